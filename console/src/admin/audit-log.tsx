import { ScrollText, ShieldCheck } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { useList } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { route, set } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Field } from "../ui/form";
import { Page } from "../ui/page";
import { PersonPicker } from "../ui/people";
import { Empty, More, ProblemNote, Show } from "../ui/states";
import { Moment } from "../ui/time";
import { deedOf, thingOf } from "./audit-words";

type Entry = Schema<"AuditEntryOut">;
type Verified = Schema<"VerifiedOut">;

const WORDS = words({
  en: {
    title: "Audit log",
    lead: "Who changed what of the desk itself. Each entry seals the ones before it.",
    verify: "Verify the chain",
    sound: (count: string) => `The chain holds: ${count} entries, each sealed by the next.`,
    broken: (sequence: number) => `The chain is broken at entry ${sequence}. Somebody changed the log past the desk: see docs/runbook.md.`,
    verifying: (count: string) => `${count} entries so far…`,
    when: "When",
    who: "Who",
    what: "What",
    target: "Of what",
    changes: "Before and after",
    action: "Action",
    actionHint: "As user.changed",
    after: "From",
    before: "Until",
    nobody: "somebody unknown",
    erased: "erased at the person's wish",
    from: "from",
    empty: "Nothing was changed that fits.",
    actors: { user: "", api_key: "API key", contact: "contact", system: "the desk itself", anonymous: "somebody unknown" } as Record<string, string>,
  },
  es: {
    title: "Auditoría",
    lead: "Quién cambió qué de la propia mesa de ayuda. Cada entrada sella las anteriores.",
    verify: "Verificar la cadena",
    sound: (count: string) => `La cadena es íntegra: ${count} entradas, cada una sellada por la siguiente.`,
    broken: (sequence: number) => `La cadena está rota en la entrada ${sequence}. Alguien cambió el registro por fuera: vea docs/runbook.md.`,
    verifying: (count: string) => `${count} entradas hasta ahora…`,
    when: "Cuándo",
    who: "Quién",
    what: "Qué",
    target: "De qué",
    changes: "Antes y después",
    action: "Acción",
    actionHint: "Como user.changed",
    after: "Desde",
    before: "Hasta",
    nobody: "alguien desconocido",
    erased: "borrado a petición de la persona",
    from: "desde",
    empty: "No se cambió nada que coincida.",
    actors: { user: "", api_key: "clave de API", contact: "contacto", system: "la propia mesa de ayuda", anonymous: "alguien desconocido" },
  },
});

export default function AuditLog() {
  const t = say(WORDS);
  const { actor, actor_name, action, after, before } = route.value.params;
  const list = useList(
    (cursor) => take(api.GET("/v1/audit-log", { params: { query: { limit: 50, cursor, actor, action, created_after: dayOf(after, "T00:00:00"), created_before: dayOf(before, "T23:59:59") } } })),
    [actor, action, after, before],
  );
  return (
    <Page title={t.title} lead={t.lead} actions={<Verify />}>
      <div class="stack">
        <div class="grid four">
          <PersonPicker label={t.who} chosen={actor ? { id: actor, name: actor_name ?? actor } : null} onChoose={(person) => set({ actor: person?.id, actor_name: person?.name })} />
          <Asked label={t.action} hint={t.actionHint} name="action" value={action} />
          <Asked label={t.after} name="after" type="date" value={after} />
          <Asked label={t.before} name="before" type="date" value={before} />
        </div>
        <Show of={list}>
          {(entries) => entries.length === 0 ? <div class="card"><Empty icon={ScrollText}><p>{t.empty}</p></Empty></div> : (
            <>
              <div class="card table-frame" tabIndex={0} role="region" aria-label={t.title}>
                <table class="table audit" aria-label={t.title}>
                  <thead><tr><th>{t.when}</th><th>{t.who}</th><th>{t.what}</th><th>{t.changes}</th></tr></thead>
                  <tbody>{entries.map((entry) => <Line key={entry.id} entry={entry} />)}</tbody>
                </table>
              </div>
              {list.more && <More onClick={list.more} busy={list.loading} />}
            </>
          )}
        </Show>
      </div>
    </Page>
  );
}

/** The bound of a day in the browser's own zone, as the API takes it. */
const dayOf = (day: string | undefined, time: string) => (day ? new Date(day + time).toISOString() : undefined);

function Asked({ label, hint, name, type = "text", value }: { label: string; hint?: string; name: string; type?: string; value?: string }) {
  return (
    <Field label={label}>
      {(tied) => <input {...tied} {...({ type } as object)} class="input" placeholder={hint} value={value ?? ""} onChange={(event) => set({ [name]: event.currentTarget.value.trim() || undefined })} />}
    </Field>
  );
}

function Line({ entry }: { entry: Entry }) {
  const t = say(WORDS);
  const who = entry.actor.name ?? t.actors[entry.actor.type] ?? t.nobody;
  return (
    <tr>
      <td><Moment at={entry.created_at} /><div class="small soft numbers">#{entry.sequence}</div></td>
      <td>{who}{entry.address && <div class="small soft">{t.from} {entry.address}</div>}</td>
      <td>{deedOf(entry.action)}<div class="small soft" title={entry.target.id}><code>{entry.action}</code> · {thingOf(entry.target.type)} {entry.target.id.slice(-8)}</div></td>
      <td>{entry.erased ? <span class="soft">{t.erased}</span> : <Changes before={entry.before} after={entry.after} />}</td>
    </tr>
  );
}

function Changes({ before, after }: Pick<Entry, "before" | "after">) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <dl class="changes small">
      {names.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {before && name in before && <del>{said(before[name])}</del>} {after && name in after && <ins>{said(after[name])}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const said = (value: unknown): string => (value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value));

/** Asks part by part: a long log is more than one call can look at. */
function Verify() {
  const t = say(WORDS);
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<{ ok: boolean; checked: number; broken?: number; done: boolean } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const verify = async () => {
    setBusy(true);
    setProblem(null);
    setFound(null);
    try {
      let from: number | undefined;
      let checked = 0;
      for (;;) {
        const part: Verified = await take(api.GET("/v1/audit-log/verify", { params: { query: { from_sequence: from } } }));
        checked += part.checked;
        if (!part.ok || part.next_sequence === null) return setFound({ ok: part.ok, checked, broken: part.first_broken?.sequence, done: true });
        setFound({ ok: true, checked, done: false });
        from = part.next_sequence;
      }
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="row" role="status">
      {problem && <ProblemNote problem={problem} />}
      {found && (
        <span class={`note ${found.ok ? "good" : "bad"}`}>
          {!found.done ? t.verifying(number(found.checked)) : found.ok ? t.sound(number(found.checked)) : t.broken(found.broken ?? 0)}
        </span>
      )}
      <Button icon={ShieldCheck} busy={busy} onClick={verify}>{t.verify}</Button>
    </div>
  );
}
