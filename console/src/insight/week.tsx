/** When it happens: the hours of a week, of what is created or resolved. */

import { useState } from "preact/hooks";

import { number } from "../core/format";
import { say, words } from "../core/words";
import type { Hours } from "./asking";
import { Chart } from "./charts/chart";
import { Heat } from "./charts/heat";
import { weekdays } from "./days";
import { FIGURES } from "./words";

const WORDS = words({
  en: { title: "Hours of the week", hint: (zone: string) => `All weeks of the period together, by the clocks of ${zone}`, what: "What is counted", hour: "Hour" },
  es: { title: "Horas de la semana", hint: (zone) => `Todas las semanas del período juntas, según los relojes de ${zone}`, what: "Qué se cuenta", hour: "Hora" },
});

export function Week({ week, zone, file }: { week: Hours; zone: string; file: (name: string) => string }) {
  const t = say(WORDS);
  const names = say(FIGURES);
  const [what, setWhat] = useState<"created" | "resolved">("created");
  const days = weekdays("long");
  const sheet = {
    columns: [{ name: t.hour }, ...days.map((name) => ({ name, show: (value: number) => number(value) }))],
    rows: Array.from({ length: 24 }, (_, hour) => [`${String(hour).padStart(2, "0")}:00`, ...days.map((_, day) => week[what][day * 24 + hour]!)]),
  };
  const choice = (
    <div class="segments small" role="group" aria-label={t.what}>
      {(["created", "resolved"] as const).map((each) => <button key={each} type="button" aria-pressed={what === each} onClick={() => setWhat(each)}>{names[each]}</button>)}
    </div>
  );
  return (
    <Chart title={t.title} hint={t.hint(zone)} file={file(`hours-${what}`)} sheet={sheet} legend={choice} wide>
      <Heat label={t.title} name={names[what]} tone={what === "created" ? 1 : 3} values={week[what]} />
    </Chart>
  );
}
