/** What a ticket was promised next, and how long that is still: one time ticks for all rows (core/clock.ts). */

import { computed } from "@preact/signals";
import { CircleCheck, CirclePause, CircleX, Reply, Timer, type IconNode } from "lucide";
import { useMemo } from "preact/hooks";

import type { Schema } from "../core/api-types";
import { now } from "../core/clock";
import { moment, span } from "../core/format";
import { say, words } from "../core/words";
import { Icon } from "../ui/icon";
import { TERMS } from "../ui/words";

const WORDS = words({
  en: { late: (time: string) => `${time} late`, paused: "Paused", met: "Met", missed: "Missed", due: (metric: string, at: string) => `${metric}: due ${at}` },
  es: { late: (time: string) => `${time} tarde`, paused: "En pausa", met: "Cumplido", missed: "Incumplido", due: (metric: string, at: string) => `${metric}: vence ${at}` },
});

type Target = Schema<"TargetOut">;
export type Tone = "fine" | "warn" | "late" | "paused" | "met" | "missed";
const HOUR = 3_600_000;

/** The promise that is due next, of those that still run; else how the resolution stands. */
export function nextTarget(targets: readonly Target[], resolutionOnly = false): Target | undefined {
  const asked = resolutionOnly ? targets.filter((target) => target.metric === "resolution") : [...targets];
  const running = asked.filter((target) => target.status === "running" && target.due_at);
  return running.sort((a, b) => Date.parse(a.due_at!) - Date.parse(b.due_at!))[0] ?? asked.filter((target) => target.metric === "resolution").at(-1);
}

/** How urgent it is: less than a quarter, or than an hour, warns. */
export function toneOf(target: Target, at: number): Tone | null {
  if (target.status === "fulfilled") return target.breached ? "missed" : "met";
  if (target.status === "paused") return "paused";
  if (target.status === "ended" || !target.due_at) return null;
  const left = Date.parse(target.due_at) - at;
  if (left < 0) return "late";
  return left < HOUR || left < (Date.parse(target.due_at) - Date.parse(target.started_at)) / 4 ? "warn" : "fine";
}

const said = (target: Target, at: number): string =>
  `${toneOf(target, at) ?? ""}|${target.due_at ? span((Date.parse(target.due_at) - at) / 1000) : ""}`;

const ICONS: Partial<Record<Tone, IconNode>> = { paused: CirclePause, met: CircleCheck, missed: CircleX };

export function SlaClock({ ticket, resolutionOnly }: { ticket: Pick<Schema<"TicketListed">, "sla" | "status">; resolutionOnly?: boolean }) {
  const t = say(WORDS);
  const target = nextTarget(ticket.sla.targets, resolutionOnly);
  // Drawn anew when what it says changes, which is once a minute for most.
  const shown = useMemo(() => computed(() => (target ? said(target, now.value) : "|")), [target]);
  const [tone, time] = shown.value.split("|") as [Tone | "", string];
  if (!target || !tone) return <span class="soft" aria-hidden="true">–</span>;
  const metric = say(TERMS).metric[target.metric as keyof (typeof TERMS)["en"]["metric"]] ?? target.metric;
  const text = { fine: time, warn: time, late: t.late(time), paused: t.paused, met: t.met, missed: t.missed }[tone];
  const isResponse = target.metric === "first_response" || target.metric === "next_response";
  return (
    <span class={`sla ${tone}`} title={target.due_at ? t.due(metric, moment(target.due_at)) : metric}>
      <Icon of={ICONS[tone] ?? (isResponse ? Reply : Timer)} />
      <span class="numbers">{text}</span>
      <span class="unseen">, {metric}</span>
    </span>
  );
}
