/** The charts of figures over time. */

import { number, percent, span } from "../core/format";
import { say, words } from "../core/words";
import { TERMS } from "../ui/words";
import { TIMES, type Attainment, type Everything, type FigureName } from "./asking";
import { Chart } from "./charts/chart";
import type { Column } from "./charts/csv";
import { Legend } from "./charts/legend";
import { Plot, type Line } from "./charts/plot";
import { stepNames } from "./days";
import { FIGURES } from "./words";

const WORDS = words({
  en: {
    flow: "Created against resolved", backlog: "Backlog", backlogHint: "Active tickets at the end of each step", kept: "SLA attainment", keptHint: "Promises kept, of all that were decided",
    first: "Time to first response", last: "Time to resolution", real: "Nights and pauses included", business: "In business time, without pauses", ratings: "Satisfaction", ratingsHint: "Ratings of 4 and 5, of all that were given",
    all: "All",
  },
  es: {
    flow: "Creados frente a resueltos", backlog: "Pendientes de resolver", backlogHint: "Tickets activos al final de cada intervalo", kept: "Cumplimiento de SLA", keptHint: "Compromisos cumplidos, de todos los decididos",
    first: "Tiempo hasta la primera respuesta", last: "Tiempo de resolución", real: "Con noches y pausas", business: "En horario laboral, sin pausas", ratings: "Satisfacción", ratingsHint: "Valoraciones de 4 y 5, de todas las recibidas",
    all: "Total",
  },
});

const plain = (value: number): string => number(value, 0);
const length = (minutes: number): string => span(minutes * 60);
/** "2 d" where nothing is left beside them. */
const round = (minutes: number): string => (minutes ? length(minutes).replace(/ 0 \S+$/, "") : "0");

export function OverTime({ all, promises, file }: { all: Everything; promises?: Attainment; file: (name: string) => string }) {
  const t = say(WORDS);
  const names = say(FIGURES);
  const metrics = say(TERMS).metric;
  const steps = all.counts.map((point) => stepNames(point.from, point.to, all.interval));
  const from = all.counts.map((point) => point.from);
  const counted = (name: FigureName) => all.counts.map(({ figures }) => figures[name] ?? null);
  const timed = (name: FigureName) => all.times.map(({ figures }) => figures[name] ?? null);
  const sheet = (columns: readonly (Column & { values: readonly (number | null)[] })[]) => ({
    columns: [{ name: names.period }, ...columns],
    rows: steps.map((step, place) => [all.interval === "day" ? from[place]! : step.name, ...columns.map(({ values }) => values[place] ?? null)]),
  });
  const [firstMedian, firstP90, lastMedian, lastP90] = TIMES(all.business).map(timed) as [number[], number[], number[], number[]];
  const flow: Line[] = [
    { name: names.created, values: counted("created"), mark: "bar", tone: 1 },
    { name: names.resolved, values: counted("resolved"), mark: "bar", tone: 3 },
  ];
  const backlog: Line[] = [{ name: names.backlog, values: counted("backlog"), mark: "area", tone: 4 }];
  const kept: Line[] = (promises?.groups ?? []).filter(({ series }) => series).map(({ metric, series }, place) => ({
    name: metrics[metric!], values: series!.map(({ attainment }) => attainment), mark: "line", tone: [1, 2, 3, 4][place] ?? 6, dashed: place % 2 === 1,
  }));
  const times = (median: number[], p90: number[], tone: number): Line[] => [
    { name: names.median, values: median, mark: "line", tone },
    { name: names.p90, values: p90, mark: "line", tone: 6, dashed: true },
  ];
  const satisfaction: Line[] = [{ name: names.satisfaction, values: counted("satisfaction"), mark: "line", tone: 2 }];
  const inMinutes = (lines: readonly Line[]) => sheet(lines.map((line) => ({ ...line, show: length, inFile: names.inMinutes(line.name) })));
  const hint = all.business ? t.business : t.real;
  return (
    <>
      <Chart title={t.flow} file={file("created-resolved")} sheet={sheet(flow.map((line) => ({ ...line, show: plain })))} legend={<Legend lines={flow} />}>
        <Plot label={t.flow} steps={steps} lines={flow} show={plain} />
      </Chart>
      <Chart title={t.backlog} hint={t.backlogHint} file={file("backlog")} sheet={sheet(backlog.map((line) => ({ ...line, show: plain })))}>
        <Plot label={t.backlog} steps={steps} lines={backlog} show={plain} />
      </Chart>
      <Chart title={t.first} hint={hint} file={file("first-response")} sheet={inMinutes(times(firstMedian, firstP90, 1))} legend={<Legend lines={times(firstMedian, firstP90, 1)} />}>
        <Plot label={t.first} steps={steps} lines={times(firstMedian, firstP90, 1)} show={length} tick={round} kind="minutes" />
      </Chart>
      <Chart title={t.last} hint={hint} file={file("resolution")} sheet={inMinutes(times(lastMedian, lastP90, 4))} legend={<Legend lines={times(lastMedian, lastP90, 4)} />}>
        <Plot label={t.last} steps={steps} lines={times(lastMedian, lastP90, 4)} show={length} tick={round} kind="minutes" />
      </Chart>
      {promises && <Chart title={t.kept} hint={t.keptHint} file={file("attainment")} sheet={sheet(kept.map((line) => ({ ...line, show: percent })))} legend={<Legend lines={kept} />}>
        <Plot label={t.kept} steps={steps} lines={kept} show={percent} kind="share" />
      </Chart>}
      <Chart title={t.ratings} hint={t.ratingsHint} file={file("ratings")} sheet={sheet([{ ...satisfaction[0]!, show: percent }, { name: names.ratings, values: counted("ratings"), show: plain }, { name: names.rating_average, values: counted("rating_average"), show: (value: number) => number(value, 2) }])}>
        <Plot label={t.ratings} steps={steps} lines={satisfaction} show={percent} kind="share" />
      </Chart>
    </>
  );
}
