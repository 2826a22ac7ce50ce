/** Whether there is room beside each other: a table and columns, or cards below each other. As the styles have it. */

import { signal } from "@preact/signals";

const query = matchMedia("(min-width: 801px)");

export const isWide = signal(query.matches);
query.addEventListener("change", () => (isWide.value = query.matches));
