/** How long until the next promise is due, ticking: said in words, told apart by colour as well. */

import { computed } from "@preact/signals";
import { CirclePause, Clock, ClockAlert } from "lucide";
import { useMemo } from "preact/hooks";

import type { Schema } from "../core/api-types";
import { now } from "../core/clock";
import { moment, span } from "../core/format";
import { say, words } from "../core/words";
import { Icon } from "./icon";
import { TERMS } from "./words";

type Target = Schema<"TargetOut">;

const WORDS = words({
  en: {
    left: (span: string) => `in ${span}`,
    late: (span: string) => `${span} past due`,
    paused: "paused",
    due: (what: string, at: string) => `${what} is due ${at}`,
  },
  es: {
    left: (span: string) => `en ${span}`,
    late: (span: string) => `vencido hace ${span}`,
    paused: "en pausa",
    due: (what: string, at: string) => `${what}: vence el ${at}`,
  },
});

/** What is owed next: the running promise that is due first; else a paused one; null where nothing is owed. */
export function nextTarget(targets: readonly Target[]): Target | null {
  const running = targets.filter((target) => target.status === "running" && target.due_at);
  running.sort((a, b) => Date.parse(a.due_at!) - Date.parse(b.due_at!));
  return running[0] ?? targets.findLast((target) => target.status === "paused") ?? null;
}

const HOUR = 3_600_000;

/** Less than a quarter of its own minutes is left, or than an hour, or nothing. */
export function urgency(target: Target, at: number): "fine" | "warn" | "bad" | "paused" {
  if (target.status === "paused") return target.breached ? "bad" : "paused";
  const left = Date.parse(target.due_at!) - at;
  if (left <= 0) return "bad";
  return left < HOUR || left < target.minutes * 60_000 * 0.25 ? "warn" : "fine";
}

const LOOKS = { fine: "", warn: "warn", bad: "bad", paused: "" };
const ICONS = { fine: Clock, warn: Clock, bad: ClockAlert, paused: CirclePause };

function told(target: Target, at: number): string {
  const t = say(WORDS);
  if (target.status === "paused") return t.paused;
  const left = (Date.parse(target.due_at!) - at) / 1000;
  return left > 0 ? t.left(span(left)) : t.late(span(left));
}

/** `bare`: the time alone, as in a column that says what it is; the promise is said. */
export function SlaClock({ targets, bare }: { targets: readonly Target[]; bare?: boolean }) {
  const t = say(WORDS);
  const target = useMemo(() => nextTarget(targets), [targets]);
  // Drawn anew when what it says changes, not each second: a list has hundreds.
  const ticking = useMemo(() => computed(() => (target ? `${urgency(target, now.value)}|${told(target, now.value)}` : "")), [target]);
  const [state, text] = ticking.value.split("|") as [keyof typeof LOOKS, string];
  if (!target) return null;
  const what = say(TERMS).metric[target.metric as keyof typeof TERMS.en.metric] ?? target.metric;
  return (
    <span class={`badge clock ${LOOKS[state]}`} title={target.due_at ? t.due(what, moment(target.due_at)) : what}>
      <Icon of={ICONS[state]} />
      <span class={bare ? "unseen" : undefined}>{what}</span> <span class="numbers">{text}</span>
    </span>
  );
}
