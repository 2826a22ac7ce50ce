/** How promises were kept: by target, and by priority within each. */

import type { Schema } from "../core/api-types";
import { number, percent } from "../core/format";
import { say, words } from "../core/words";
import { PriorityMark } from "../ui/badges";
import { TERMS } from "../ui/words";
import type { Attainment } from "./asking";
import { Chart } from "./charts/chart";
import { Change } from "./comparison";
import { FIGURES } from "./words";

const WORDS = words({
  en: { title: "Promises by target and priority", hint: "Kept, of those that were decided in these days; the change is against the days before", none: "No promise was decided in these days.", target: "Target", priority: "Priority", all: "All", change: "Change", of: (met: string, all: string) => `${met} of ${all}` },
  es: { title: "Compromisos por objetivo y prioridad", hint: "Cumplidos, de los decididos en estos días; el cambio es frente a los días anteriores", none: "No se decidió ningún compromiso en estos días.", target: "Objetivo", priority: "Prioridad", all: "Todas", change: "Cambio", of: (met, all) => `${met} de ${all}` },
});

type Group = Schema<"AttainmentGroupOut">;

export function Promises({ kept, byPriority, file }: { kept: Attainment; byPriority: Attainment; file: (name: string) => string }) {
  const t = say(WORDS);
  const names = say(FIGURES);
  const terms = say(TERMS);
  const groups = kept.groups.flatMap((group) => [group, ...byPriority.groups.filter(({ metric }) => metric === group.metric)]);
  const sheet = {
    columns: [{ name: t.target }, { name: t.priority }, { name: names.attainment, show: percent }, { name: names.met, show: (n: number) => number(n) }, { name: names.broken, show: (n: number) => number(n) }, { name: names.running, show: (n: number) => number(n) }],
    rows: groups.map(({ metric, priority, attainment, met, breached, running }) => [terms.metric[metric!], priority ? terms.priority[priority] : t.all, attainment, met, breached, running]),
  };
  return (
    <Chart title={t.title} hint={t.hint} file={file("promises")} sheet={sheet} wide>
      {groups.length === 0 && <p class="soft">{t.none}</p>}
      <div class="promises" aria-hidden="true">
        {groups.map((group) => <Kept key={`${group.metric} ${group.priority}`} group={group} name={group.priority ? <PriorityMark priority={group.priority} /> : <strong>{terms.metric[group.metric!]}</strong>} told={t.of(number(group.met), number(group.met + group.breached))} />)}
      </div>
    </Chart>
  );
}

function Kept({ group, name, told }: { group: Group; name: preact.ComponentChild; told: string }) {
  return (
    <div class={group.priority ? "kept" : "kept whole"}>
      <span>{name}</span>
      <span class="track"><i style={{ inlineSize: `${(group.attainment ?? 0) * 100}%` }} /></span>
      <span class="numbers strong end">{group.attainment === null ? "–" : percent(group.attainment)}</span>
      <span class="numbers small soft end roomy">{told}</span>
      <span class="roomy"><Change change={group.attainment_change} before={group.previous.attainment} kind="share" good="up" /></span>
    </div>
  );
}
