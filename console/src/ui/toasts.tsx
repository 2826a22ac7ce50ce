/** A line that says what was done, and goes by itself. What went wrong stays where it was done, as a note. */

import { signal } from "@preact/signals";

interface Toast {
  id: number;
  text: string;
  look?: "bad";
  action?: { label: string; do: () => void };
}

const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function tell(text: string, more: Pick<Toast, "look" | "action"> = {}): void {
  const toast = { id: ++last, text, ...more };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => drop(toast.id), more.action ? 10_000 : 5_000);
}

const drop = (id: number) => (toasts.value = toasts.value.filter((toast) => toast.id !== id));

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={toast.look}>
          {toast.text}
          {toast.action && <button type="button" onClick={() => { toast.action!.do(); drop(toast.id); }}>{toast.action.label}</button>}
        </div>
      ))}
    </div>
  );
}
