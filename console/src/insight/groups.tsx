/** The figures by what tickets are: a table with bars, in any order, for each agent, team, category … */

import { ArrowDown, ArrowUp } from "lucide";
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";

import type { Schema } from "../core/api-types";
import { number, percent, span } from "../core/format";
import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import { StatusBadge, PriorityMark } from "../ui/badges";
import { Icon } from "../ui/icon";
import { Button } from "../ui/button";
import { Tabs } from "../ui/tabs";
import { TERMS } from "../ui/words";
import { Download } from "lucide";
import type { Overview } from "./asking";
import { csv, save } from "./charts/csv";
import { Change, type FigureKind } from "./comparison";
import { FIGURES } from "./words";

const WORDS = words({
  en: {
    title: "By what tickets are", hint: "Whose they are now, whenever it happened", download: "Download as CSV", more: (n: number) => `${number(n)} more are not shown.`, none: "There was nothing in these days.", sort: (name: string) => `Sort by ${name}`,
    by: { agent: "Agents", team: "Teams", category: "Categories", type: "Types", priority: "Priorities", status: "Statuses", source: "Channels" },
    first: "First response", last: "Resolution", name: "Name",
  },
  es: {
    title: "Según lo que son los tickets", hint: "De quién son ahora, cuando sea que ocurriera", download: "Descargar como CSV", more: (n) => `No se muestran ${number(n)} más.`, none: "No hubo nada en estos días.", sort: (name) => `Ordenar por ${name}`,
    by: { agent: "Agentes", team: "Equipos", category: "Categorías", type: "Tipos", priority: "Prioridades", status: "Estados", source: "Canales" },
    first: "Primera respuesta", last: "Resolución", name: "Nombre",
  },
});

const DIMENSIONS = ["agent", "team", "category", "type", "priority", "status", "source"] as const;
type Dimension = (typeof DIMENSIONS)[number];
type Group = Schema<"GroupOut">;
type Name = "created" | "resolved" | "backlog" | "breached" | "first_response_average" | "resolution_average" | "satisfaction";

const COLUMNS: readonly { name: Name; kind: FigureKind; good?: "up" | "down"; tone?: number }[] = [
  { name: "created", kind: "count", tone: 1 },
  { name: "resolved", kind: "count", good: "up", tone: 3 },
  { name: "backlog", kind: "count", good: "down", tone: 4 },
  { name: "breached", kind: "count", good: "down" },
  { name: "first_response_average", kind: "minutes", good: "down" },
  { name: "resolution_average", kind: "minutes", good: "down" },
  { name: "satisfaction", kind: "share", good: "up" },
];

const isDimension = (name: string | undefined): name is Dimension => DIMENSIONS.includes(name as Dimension);

export function Groups({ overview, file }: { overview: Overview; file: (name: string) => string }) {
  const t = say(WORDS);
  const { by } = route.value.params;
  const dimension = isDimension(by) ? by : "agent";
  const groups = overview[`by_${dimension}`];
  const more = overview[`more_by_${dimension}`];
  const titles = titlesOf();
  const keep = () => save(`${file(`by-${dimension}`)}.csv`, csv({
    columns: [{ name: t.by[dimension] }, ...COLUMNS.map(({ name, kind }) => ({ name: kind === "minutes" ? say(FIGURES).inMinutes(titles[name]) : titles[name] }))],
    rows: groups.map((group) => [nameOf(dimension, group), ...COLUMNS.map(({ name }) => group[name])]),
  }));
  return (
    <section class="card groups wide" aria-label={t.title}>
      <header>
        <div><h2>{t.title}</h2><p class="small soft">{t.hint}</p></div>
        <Button look="quiet" small icon={Download} label={t.download} onClick={keep} />
      </header>
      <Tabs label={t.title} tabs={DIMENSIONS.map((each) => [each, t.by[each]] as const)} chosen={dimension} onChoose={(each) => set({ by: each })}>
        <GroupTable key={dimension} dimension={dimension} groups={groups} />
        {more > 0 && <p class="soft nothing">{t.more(more)}</p>}
      </Tabs>
    </section>
  );
}

function titlesOf(): Record<Name, string> {
  const t = say(WORDS);
  const names = say(FIGURES);
  return { created: names.created, resolved: names.resolved, backlog: names.backlog, breached: names.breached, first_response_average: t.first, resolution_average: t.last, satisfaction: names.satisfaction };
}

function GroupTable({ dimension, groups }: { dimension: Dimension; groups: readonly Group[] }) {
  const t = say(WORDS);
  const titles = titlesOf();
  const [sort, setSort] = useState<{ by: Name | null; up: boolean }>({ by: null, up: false });
  const order = (name: Name) => setSort((was) => ({ by: name, up: was.by === name ? !was.up : false }));
  const by = sort.by;
  // What there is none of comes last, whichever way.
  const rows = by === null ? groups : [...groups].sort((a, b) => (a[by] === null ? 1 : b[by] === null ? -1 : (a[by] - b[by]) * (sort.up ? 1 : -1)));
  if (!groups.length) return <p class="soft nothing">{t.none}</p>;
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={t.by[dimension]}>
      <table class="table numbers">
        <thead>
          <tr>
            <th scope="col">{t.name}</th>
            {COLUMNS.map(({ name, tone }) => (
              <th key={name} scope="col" class={tone ? undefined : "end"} aria-sort={by === name ? (sort.up ? "ascending" : "descending") : undefined}>
                <button type="button" class="sort" onClick={() => order(name)}>{titles[name]}{by === name && <Icon of={sort.up ? ArrowUp : ArrowDown} />}</button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((group) => (
            <tr key={group.value}>
              <th scope="row" class="who">{label(dimension, group)}</th>
              {COLUMNS.map(({ name, kind, good, tone }) => {
                const change = <Change change={group.change[name]} before={group.previous[name]} kind={kind} good={good} short />;
                const value = group[name];
                if (!tone) return <td key={name} class="end"><div>{told(value, kind)}</div>{change}</td>;
                return <td key={name}><BarCell value={value ?? 0} most={Math.max(1, ...groups.map((each) => each[name] ?? 0))} tone={tone} change={change} /></td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const told = (value: number | null, kind: FigureKind): string => (value === null ? "–" : kind === "minutes" ? span(value * 60) : kind === "share" ? percent(value) : number(value));

const BarCell = ({ value, most, tone, change }: { value: number; most: number; tone: number; change: ComponentChild }) => (
  <>
    <span class="bar-cell"><span class="figure">{number(value)}</span><span class="track" aria-hidden="true"><i style={{ inlineSize: `${(100 * value) / most}%`, background: `var(--chart-${tone})` }} /></span></span>
    <span class="under">{change}</span>
  </>
);

function nameOf(dimension: Dimension, { value, name }: Group): string {
  const names = say(FIGURES);
  const terms = say(TERMS) as unknown as Record<string, Record<string, string>>;
  if (value === null) return dimension === "agent" ? names.nobody : names.none;
  return name ?? (dimension === "source" ? names.source : terms[dimension])?.[value] ?? value;
}

function label(dimension: Dimension, group: Group): ComponentChild {
  const name = nameOf(dimension, group);
  const { days, from, to: until } = route.value.params;
  if (dimension === "agent" && group.value) return <a href={to("agent", { id: group.value, days, from, to: until })}>{name}</a>;
  if (dimension === "priority") return <PriorityMark priority={group.value as Schema<"Priority">} />;
  if (dimension === "status") return <StatusBadge status={group.value as Schema<"Status">} />;
  return name;
}
