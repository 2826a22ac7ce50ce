/** The keys of the queue, and whether they are on. */

import { keysAreOn, turnKeys } from "../ui/keys";
import { say, words } from "../core/words";
import { Dialog } from "../ui/dialog";

const WORDS = words({
  en: {
    title: "Keys", on: "Use these keys", hint: "Turn them off if you dictate, or if they get in your way.", or: "or", then: "then",
    groups: {
      move: ["Move", [[["j", "↓"], "Next ticket"], [["k", "↑"], "Ticket before"], [["Home"], "First ticket"], [["End"], "Last ticket"], [["o", "Enter"], "Open the ticket"]]],
      choose: ["Select", [[["x"], "Select the ticket"], [["Shift+x"], "Select from the last one to here"], [["Esc"], "Select nothing"]]],
      work: ["Work", [[["r"], "Open and reply"], [["a"], "Assign"], [["m"], "Assign to me"], [["/"], "Search"], [["n"], "New ticket"], [["?"], "These keys"]]],
      go: ["Go to", [[["g q"], "Tickets"], [["g d"], "Now"], [["g n"], "New ticket"]]],
    } as Record<string, [string, [string[], string][]]>,
  },
  es: {
    title: "Teclas", on: "Usar estas teclas", hint: "Desactívelas si dicta o si le estorban.", or: "o", then: "luego",
    groups: {
      move: ["Moverse", [[["j", "↓"], "Ticket siguiente"], [["k", "↑"], "Ticket anterior"], [["Home"], "Primer ticket"], [["End"], "Último ticket"], [["o", "Enter"], "Abrir el ticket"]]],
      choose: ["Seleccionar", [[["x"], "Seleccionar el ticket"], [["Shift+x"], "Seleccionar desde el último hasta aquí"], [["Esc"], "No seleccionar nada"]]],
      work: ["Trabajar", [[["r"], "Abrir y responder"], [["a"], "Asignar"], [["m"], "Asignarme"], [["/"], "Buscar"], [["n"], "Nuevo ticket"], [["?"], "Estas teclas"]]],
      go: ["Ir a", [[["g q"], "Tickets"], [["g d"], "Ahora"], [["g n"], "Nuevo ticket"]]],
    },
  },
});

export function Help({ onClose }: { onClose: () => void }) {
  const t = say(WORDS);
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      <div class="keys-help">
        {Object.entries(t.groups).map(([key, [name, keys]]) => (
          <section key={key}>
            <h3>{name}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>{names.map((each, at) => <span key={each}>{at > 0 && <span class="soft small"> {t.or} </span>}<Pressed keys={each} then={t.then} /></span>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="tick">
        <input type="checkbox" checked={keysAreOn.value} onChange={(event) => turnKeys(event.currentTarget.checked)} />
        {t.on}
      </label>
      <p class="small soft">{t.hint}</p>
    </Dialog>
  );
}

const Pressed = ({ keys, then }: { keys: string; then: string }) => (
  <>{keys.split(" ").map((key, at) => <span key={at}>{at > 0 && <span class="soft small"> {then} </span>}<kbd>{key}</kbd></span>)}</>
);
