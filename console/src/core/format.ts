/** Times, numbers and names as people read them, in the language of the page. */

import { language } from "./words";

const made = new Map<string, unknown>();

/** English as in Britain where the browser says so: days come before months. */
export const locale = (): string => navigator.languages.find((tag) => tag.slice(0, 2) === language.value) ?? language.value;

function kept<T>(key: string, make: (code: string) => T): T {
  const code = locale();
  const name = `${code} ${key}`;
  if (!made.has(name)) made.set(name, make(code));
  return made.get(name) as T;
}

/** 21 Nov 2026, 13:24 */
export const moment = (iso: string): string =>
  kept("moment", (code) => new Intl.DateTimeFormat(code, { dateStyle: "medium", timeStyle: "short" })).format(new Date(iso));

/** 21 Nov 2026 */
export const day = (iso: string): string =>
  kept("day", (code) => new Intl.DateTimeFormat(code, { dateStyle: "medium" })).format(new Date(iso));

export const number = (value: number, digits = 0): string =>
  kept(`number ${digits}`, (code) => new Intl.NumberFormat(code, { maximumFractionDigits: digits })).format(value);

/** `share` of 1 as 97.5 % */
export const percent = (share: number): string =>
  kept("percent", (code) => new Intl.NumberFormat(code, { style: "percent", maximumFractionDigits: 1 })).format(share);

export const bytes = (size: number): string => {
  const step = size < 1e3 ? 0 : size < 1e6 ? 1 : 2;
  return `${number(size / 1e3 ** step, step ? 1 : 0)} ${["B", "kB", "MB"][step]}`;
};

const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]] as const;

/** "3 hours ago", "in 2 days": of `iso`, seen from `at` (milliseconds). Narrow: "3h ago". */
export function ago(iso: string, at: number, style: "long" | "narrow" = "long"): string {
  const seconds = (Date.parse(iso) - at) / 1000;
  const relative = kept(`ago ${style}`, (code) => new Intl.RelativeTimeFormat(code, { numeric: style === "long" ? "auto" : "always", style }));
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return kept(`now ${style}`, (code) => new Intl.RelativeTimeFormat(code, { numeric: "auto", style })).format(0, "second");
}

/** "2 d 4 h", "3 h 12 m", "4 m 10 s": of seconds, the two largest units. */
export function span(seconds: number): string {
  const total = Math.abs(Math.trunc(seconds));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), "d"],
    [Math.floor(total / 3_600) % 24, "h"],
    [Math.floor(total / 60) % 60, "m"],
    [total % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2).filter(([count], place) => count > 0 || place === 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** "AD" of "Ada Diaz" */
export function initials(name: string): string {
  const letters = name.trim().split(/\s+/).map((part) => [...part][0] ?? "");
  return (letters.length > 1 ? `${letters[0]}${letters.at(-1)}` : letters[0] ?? "?").toLocaleUpperCase();
}
