/** A figure against that of the days before: by an arrow, in words, and whether that is good by colour as well. */

import { ArrowDown, ArrowRight, ArrowUp } from "lucide";

import { number, percent, span } from "../core/format";
import { say, words } from "../core/words";
import { Icon } from "../ui/icon";

const WORDS = words({
  en: {
    count: ["more", "fewer"], minutes: ["longer", "shorter"], spent: ["more", "less"], share: ["higher", "lower"], score: ["higher", "lower"],
    same: "unchanged", none: "nothing to compare with", before: (value: string) => `Before: ${value}`, better: "better", worse: "worse", points: "points",
  },
  es: {
    count: ["más", "menos"], minutes: ["más", "menos"], spent: ["más", "menos"], share: ["más", "menos"], score: ["más", "menos"],
    same: "sin cambios", none: "sin comparación", before: (value) => `Antes: ${value}`, better: "mejor", worse: "peor", points: "puntos",
  },
});

/** `spent` is minutes that somebody worked, `minutes` those that somebody waited. */
export type FigureKind = "count" | "minutes" | "spent" | "share" | "score";

/** A figure as people read it; a dash where there is none. */
export function shown(value: number | null | undefined, kind: FigureKind): string {
  if (value == null) return "–";
  if (kind === "minutes" || kind === "spent") return span(value * 60);
  if (kind === "share") return percent(value);
  return number(value, kind === "score" ? 2 : 0);
}

/** What changed, without its direction. */
function size(change: number, kind: FigureKind, points: string): string {
  const value = Math.abs(change);
  return kind === "share" ? `${number(value * 100, 1)} ${points}` : shown(value, kind);
}

interface ChangeProps {
  change: number | null | undefined;
  before: number | null | undefined;
  kind: FigureKind;
  /** Which way is the better one; neither, where it is left out. */
  good?: "up" | "down";
  /** The figure alone, without its word for the eye. */
  short?: boolean;
}

export function Change({ change, before, kind, good, short }: ChangeProps) {
  const t = say(WORDS);
  if (change == null) return <span class="change soft">{short ? "–" : t.none}</span>;
  const title = t.before(shown(before, kind));
  // What is too small to be seen is nothing.
  if (Math.abs(change) < { count: 0.5, minutes: 1 / 60, spent: 0.5, share: 0.0005, score: 0.005 }[kind]) return <span class="change soft" title={title}><Icon of={ArrowRight} />{t.same}</span>;
  const up = change > 0;
  const judged = good && (good === "up") === up ? "better" : good ? "worse" : null;
  return (
    <span class={judged ? `change ${judged}` : "change"} title={judged ? `${title} (${t[judged]})` : title}>
      <Icon of={up ? ArrowUp : ArrowDown} />
      <span>{size(change, kind, t.points)}<span class={short ? "unseen" : undefined}> {t[kind][up ? 0 : 1]}</span>{judged && <span class="unseen"> ({t[judged]})</span>}</span>
    </span>
  );
}
