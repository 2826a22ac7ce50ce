/** The time, as it passes: what ticks reads `now.value`. The server's clock decides, so its difference counts. */

import { signal } from "@preact/signals";

/** Milliseconds since 1970, by the second. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) now.value = Date.now();
});
