/** Tabs (ARIA Authoring Practices): arrows move between them, one panel is shown. */

import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";

interface TabsProps<K extends string> {
  label: string;
  tabs: readonly (readonly [key: K, label: ComponentChildren])[];
  chosen: K;
  onChoose: (key: K) => void;
  children: ComponentChildren;
}

export function Tabs<K extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<K>) {
  const id = useId();
  useEffect(() => {
    // On a phone it may be beyond the edge. Only the row of tabs is moved, never the page.
    const tab = document.getElementById(`${id}-${chosen}`);
    const row = tab?.parentElement;
    if (!tab || !row) return;
    if (tab.offsetLeft < row.scrollLeft) row.scrollLeft = tab.offsetLeft;
    else if (tab.offsetLeft + tab.offsetWidth > row.scrollLeft + row.clientWidth) row.scrollLeft = tab.offsetLeft + tab.offsetWidth - row.clientWidth;
  }, [chosen]);
  const keyed = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(([key]) => key === chosen);
    const [next] = tabs[(at + step + tabs.length) % tabs.length]!;
    onChoose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div class="stack">
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={keyed}>
        {tabs.map(([key, name]) => (
          <button key={key} id={`${id}-${key}`} type="button" role="tab" aria-selected={key === chosen} aria-controls={`${id}-panel`} tabIndex={key === chosen ? 0 : -1} onClick={() => onChoose(key)}>
            {name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} tabIndex={0}>{children}</div>
    </div>
  );
}
