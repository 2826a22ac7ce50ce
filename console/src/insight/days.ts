/** Days without a time (`2026-11-21`) as people read them: no time zone moves them. */

import { locale } from "../core/format";

const made = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const code = locale();
  const key = code + JSON.stringify(options);
  let known = made.get(key);
  if (!known) made.set(key, (known = new Intl.DateTimeFormat(code, { ...options, timeZone: "UTC" })));
  return known;
}

const at = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** 23 Oct – 21 Nov 2026 */
export const range = (from: string, to: string): string => formatter({ dateStyle: "medium" }).formatRange(at(from), at(to));

export type Interval = "day" | "week" | "month";

/** A step of a series: in full, and as short as an axis wants it. */
export function stepNames(from: string, to: string, interval: Interval): { name: string; short: string } {
  if (interval === "month") {
    return { name: formatter({ month: "long", year: "numeric" }).format(at(from)), short: formatter({ month: "short" }).format(at(from)) };
  }
  const short = formatter({ day: "numeric", month: "short" }).format(at(from));
  if (interval === "week") return { name: range(from, to), short };
  return { name: formatter({ weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(at(from)), short };
}

/** The names of the days of a week, from Monday. */
export const weekdays = (length: "long" | "short"): string[] =>
  Array.from({ length: 7 }, (_, place) => formatter({ weekday: length }).format(at(`2024-01-0${place + 1}`)));

/** How many days, both included. */
export const count = (from: string, to: string): number => Math.round((at(to).getTime() - at(from).getTime()) / 86_400_000) + 1;
