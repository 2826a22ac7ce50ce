/** Light, dark, or as the system has it. */

import { effect, signal } from "@preact/signals";

const KEY = "mesa.theme";

export const theme = signal(localStorage.getItem(KEY) ?? "auto");

effect(() => {
  if (theme.value === "auto") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme.value;
    localStorage.setItem(KEY, theme.value);
  }
});
