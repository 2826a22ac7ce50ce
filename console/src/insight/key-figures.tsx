/** The figures of a period at a glance, each against the days before. */

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import type { Attainment, Point } from "./asking";
import { Spark } from "./charts/spark";
import { Change, shown, type FigureKind } from "./comparison";
import { FIGURES } from "./words";

const WORDS = words({
  en: { p90: (value: string) => `9 of 10 within ${value}`, ratings: (n: string) => `${n} ratings`, business: "business time", broken: (n: string) => `${n} broken`, label: "Key figures" },
  es: { p90: (value) => `9 de cada 10 en ${value}`, ratings: (n) => `${n} valoraciones`, business: "horario laboral", broken: (n) => `${n} incumplidos`, label: "Cifras clave" },
});

type Whole = Schema<"WholeOut">;
interface Compared {
  previous: Whole;
  change: Record<string, number | null>;
}

interface Key {
  name: string;
  value: number | null;
  kind: FigureKind;
  change: number | null | undefined;
  before: number | null | undefined;
  good?: "up" | "down";
  detail?: string;
  spark?: readonly (number | null)[];
  tone?: number;
}

interface KeyFiguresProps {
  total: Whole & Compared;
  /** Over time, where it is known. */
  points?: readonly Point[];
  kept?: { attainment: number | null; breached: number | null; change: number | null; before: number | null; series?: readonly (number | null)[] };
  business: boolean;
  more?: readonly Key[];
}

export function KeyFigures({ total, points, kept, business, more = [] }: KeyFiguresProps) {
  const t = say(WORDS);
  const names = say(FIGURES);
  const over = (name: Schema<"Figure">) => points?.map(({ figures }) => figures[name] ?? null);
  const of = (name: keyof Whole, kind: FigureKind, good?: "up" | "down") => ({ value: total[name], kind, change: total.change[name], before: total.previous[name], good });
  const time = (what: "first_response" | "resolution"): Key => {
    const name = `${business ? "business_" : ""}${what}` as "first_response";
    const p90 = total[`${name}_p90`];
    return { name: names[what], ...of(`${name}_median`, "minutes", "down"), detail: p90 == null ? undefined : t.p90(shown(p90, "minutes")) };
  };
  const keys: Key[] = [
    { name: names.created, ...of("created", "count"), spark: over("created"), tone: 1 },
    { name: names.resolved, ...of("resolved", "count", "up"), spark: over("resolved"), tone: 3 },
    { name: names.backlog, ...of("backlog", "count", "down"), spark: over("backlog"), tone: 4 },
    time("first_response"),
    time("resolution"),
    ...(kept ? [{ name: names.attainment, value: kept.attainment, kind: "share", change: kept.change, before: kept.before, good: "up", detail: kept.breached === null ? undefined : t.broken(shown(kept.breached, "count")), spark: kept.series, tone: 3 } satisfies Key] : []),
    { name: names.satisfaction, ...of("satisfaction", "share", "up"), detail: t.ratings(shown(total.ratings, "count")), spark: over("satisfaction"), tone: 2 },
    { name: names.reopened, ...of("reopened", "count", "down"), spark: over("reopened"), tone: 5 },
    ...more,
  ];
  return (
    <ul class="tiles keys" aria-label={t.label}>
      {keys.map((key) => (
        <li key={key.name}>
          <div class={key.spark ? "tile figure" : "tile"}>
            <span class="name">{key.name}</span>
            <span class="value numbers">{shown(key.value, key.kind)}</span>
            <Change change={key.change} before={key.before} kind={key.kind} good={key.good} />
            {key.detail && <span class="small soft">{key.detail}</span>}
            {key.spark && <Spark values={key.spark} tone={key.tone} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Attainment in all, as a key figure. */
export const keptOf = ({ total }: Attainment) => ({
  attainment: total.attainment,
  breached: total.breached,
  change: total.attainment_change,
  before: total.previous.attainment,
  series: total.series?.map(({ attainment }) => attainment),
});
