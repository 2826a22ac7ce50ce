/** The time, as it passes: what ticks reads `now.value`. The server's clock decides, so its difference counts. */

import { signal } from "@preact/signals";

// A Date header tells whole seconds, of a moment between question and answer: less than this is no difference.
const TOLERANCE = 2_000;

let ahead = 0;

/** Milliseconds since 1970, by the second. */
export const now = signal(Date.now());

/** What the server's clock said in an answer that was asked for at `asked` (milliseconds, by ours). */
export function compare(date: string | null, asked: number): void {
  const answered = Date.now();
  if (!date || answered - asked > TOLERANCE) return;
  const difference = Date.parse(date) + 500 - (asked + answered) / 2;
  ahead = Math.abs(difference) < TOLERANCE ? 0 : difference;
}

const tick = () => {
  if (!document.hidden) now.value = Date.now() + ahead;
};

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
