/** Somebody else changed the same: what it was, what they made of it, what one meant; one chooses for each field. */

import { useState } from "preact/hooks";

import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import type { Difference } from "./merging";
import type { Conflict } from "./state";
import { fieldName, valueText } from "./values";
import { WORDS as TICKET } from "./words";

const WORDS = words({
  en: {
    title: "Somebody else changed this meanwhile",
    by: (who: string) => `${who} changed this ticket while you were at it. Nothing of yours is lost: choose what is to hold.`,
    bySomebody: "This ticket was changed while you were at it. Nothing of yours is lost: choose what is to hold.",
    field: "Field",
    was: "Before",
    theirs: "Theirs",
    mine: "Yours",
    keepMine: "Keep mine",
    takeTheirs: "Take theirs",
    also: "They also changed",
    they: "What they changed",
    free: "These changes of yours fit and are kept",
    save: "Save",
    leave: "Leave theirs",
    verb: (verb: string) => `You were about to: ${verb}`,
    gone: "That is not possible any more.",
    anyway: "Do it anyway",
  },
  es: {
    title: "Otra persona lo ha cambiado entretanto",
    by: (who: string) => `${who} ha cambiado este ticket mientras usted trabajaba en él. No se ha perdido nada suyo: elija qué debe valer.`,
    bySomebody: "Este ticket ha cambiado mientras usted trabajaba en él. No se ha perdido nada suyo: elija qué debe valer.",
    field: "Campo",
    was: "Antes",
    theirs: "Lo de la otra persona",
    mine: "Lo de usted",
    keepMine: "Mantener lo mío",
    takeTheirs: "Aceptar lo otro",
    also: "También han cambiado",
    they: "Lo que han cambiado",
    free: "Estos cambios de usted encajan y se mantienen",
    save: "Guardar",
    leave: "Dejar lo otro",
    verb: (verb: string) => `Usted iba a: ${verb}`,
    gone: "Eso ya no es posible.",
    anyway: "Hacerlo igualmente",
  },
});

export function ConflictDialog({ of, own }: { of: Conflict; own: ReadonlyMap<string, string> }) {
  const t = say(WORDS);
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set(of.clashes.map(({ field }) => field)));
  const choose = (field: string, isMine: boolean) => {
    const next = new Set(mine);
    next[isMine ? "add" : "delete"](field);
    setMine(next);
  };
  const chosen = () => Object.fromEntries(of.clashes.filter(({ field }) => mine.has(field)).map(({ field, mine: value }) => [field, value]));
  const possible = !of.verb || of.fresh.verbs.includes(of.verb);
  return (
    <Dialog title={t.title} wide onClose={() => of.decide(null)}>
      <p>{of.who ? t.by(of.who) : t.bySomebody}</p>
      {of.clashes.length > 0 && (
        <div class="table-frame">
          <table class="table clashes">
            <thead>
              <tr><th scope="col">{t.field}</th><th scope="col">{t.was}</th><th scope="col">{t.theirs}</th><th scope="col">{t.mine}</th></tr>
            </thead>
            <tbody>
              {of.clashes.map((clash) => <Clash key={clash.field} of={clash} own={own} isMine={mine.has(clash.field)} choose={choose} />)}
            </tbody>
          </table>
        </div>
      )}
      <Listed title={of.clashes.length ? t.also : t.they} of={of.theirs} own={own} />
      {of.verb && <p class="strong">{t.verb(say(TICKET).verbs[of.verb])} {!possible && <span class="soft">{t.gone}</span>}</p>}
      {Object.keys(of.free).length > 0 && <p class="soft small">{t.free}: {Object.keys(of.free).map((field) => fieldName(field, own)).join(", ")}</p>}
      <div class="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={() => of.decide(of.verb ? null : {})}>{t.leave}</Button>
        {of.verb ? possible && <Button look="main" onClick={() => of.decide({})}>{t.anyway}</Button> : <Button look="main" onClick={() => of.decide(chosen())}>{t.save}</Button>}
      </div>
    </Dialog>
  );
}

function Clash({ of, own, isMine, choose }: { of: Difference; own: ReadonlyMap<string, string>; isMine: boolean; choose: (field: string, isMine: boolean) => void }) {
  const t = say(WORDS);
  const name = fieldName(of.field, own);
  const option = (forMine: boolean, value: unknown) => (
    <td>
      <label class="check">
        <input type="radio" name={`clash-${of.field}`} aria-label={`${name}: ${forMine ? t.keepMine : t.takeTheirs}`} checked={isMine === forMine} onChange={() => choose(of.field, forMine)} />
        <span><span class="written">{valueText(of.field, value)}</span><br /><span class="small soft">{forMine ? t.keepMine : t.takeTheirs}</span></span>
      </label>
    </td>
  );
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="soft written">{valueText(of.field, of.was)}</td>
      {option(false, of.theirs)}
      {option(true, of.mine)}
    </tr>
  );
}

function Listed({ title, of, own }: { title: string; of: readonly Difference[]; own: ReadonlyMap<string, string> }) {
  if (!of.length) return null;
  return (
    <div class="stack tight small">
      <h3>{title}</h3>
      <ul style={{ paddingInlineStart: "20px" }}>
        {of.map(({ field, was, theirs }) => (
          <li key={field}>
            {fieldName(field, own)}: <span class="soft">{valueText(field, was)}</span> → <span class="strong">{valueText(field, theirs)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
