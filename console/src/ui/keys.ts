/**
 * Keys that do something wherever the focus is, but where somebody types or a dialog is open.
 *
 *     useKeys({ j: next, "Shift+x": range, "g q": () => go("queue") });
 *
 * Who speaks to the machine or types unsteadily can turn them off (WCAG 2.2, 2.1.4).
 */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** What a key does; `false` where it is not meant after all. */
export type Keys = Readonly<Record<string, ((event: KeyboardEvent) => unknown) | undefined>>;

const KEPT = "mesa.keys";
/** Keys that begin another, and how long they wait for it. */
const FIRST = "g";
const WAIT = 1_500;

export const keysAreOn = signal(localStorage.getItem(KEPT) !== "off");

export function turnKeys(on: boolean): void {
  keysAreOn.value = on;
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "off");
}

// Several listen; what came before a key is the same to all of them.
let turn: { event: Event | null; afterFirst: boolean } = { event: null, afterFirst: false };
let firstAt = -WAIT;

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !keysAreOn.value || isElsewhere(event)) return;
      const key = nameOf(event);
      if (turn.event !== event) {
        turn = { event, afterFirst: event.timeStamp - firstAt < WAIT };
        firstAt = key === FIRST && !turn.afterFirst ? event.timeStamp : -WAIT;
      }
      const does = latest.current[turn.afterFirst ? `${FIRST} ${key}` : key];
      if (does && does(event) !== false) event.preventDefault();
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, []);
}

function nameOf(event: KeyboardEvent): string {
  const isLetter = /^\p{L}$/u.test(event.key);
  return isLetter ? `${event.shiftKey ? "Shift+" : ""}${event.key.toLowerCase()}` : event.key;
}

const TYPED = 'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable="true"], [role="combobox"], [role="menu"], [role="tablist"], [role="listbox"], dialog, [popover]';

function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return true;
  return event.target instanceof Element && event.target.closest(TYPED) !== null;
}
