/** A button with a list of things to do (ARIA Authoring Practices: menu button). */

import { Check, ChevronDown, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "./button";
import { Icon } from "./icon";
import { placeBy } from "./place";

interface MenuProps {
  label: string;
  icon?: IconNode;
  /** The label is said, not shown. */
  iconOnly?: boolean;
  small?: boolean;
  look?: "main" | "quiet";
  /** Which edge of the button the list keeps to. */
  align?: "start" | "end";
  children: ComponentChildren;
}

export function Menu({ label, icon, iconOnly, small, look, align = "start", children }: MenuProps) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const items = () => Array.from(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? []);
  // Once it is drawn: before, nothing tells how much room it takes.
  useLayoutEffect(() => {
    if (!open) return;
    placeBy(frame.current!, list.current!, align);
    items()[0]?.focus();
  }, [open]);
  const keyed = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") list.current?.hidePopover();
    if (next === undefined || !all.length) return;
    event.preventDefault();
    all[next % all.length]?.focus();
  };
  return (
    <div class="menu" ref={frame}>
      <Button look={look} small={small} icon={icon} label={iconOnly ? label : undefined} aria-haspopup="menu" aria-expanded={open} aria-controls={id} onClick={() => list.current?.togglePopover()}>
        {!iconOnly && label}
        {!iconOnly && <Icon of={ChevronDown} />}
      </Button>
      <div id={id} ref={list} role="menu" aria-label={label} popover="auto" onToggle={(event) => setOpen(event.newState === "open")} onKeyDown={keyed} onClick={(event) => (event.target as Element).closest('[role^="menuitem"]') && list.current?.hidePopover()}>
        {open && children}
      </div>
    </div>
  );
}

export function MenuItem({ icon, href, onClick, children }: { icon?: IconNode; href?: string; onClick?: () => void; children: ComponentChildren }) {
  const inside = (
    <>
      {icon && <Icon of={icon} />}
      {children}
    </>
  );
  if (href) return <a role="menuitem" tabIndex={-1} href={href}>{inside}</a>;
  return <button type="button" role="menuitem" tabIndex={-1} onClick={onClick}>{inside}</button>;
}

/** One of several, as the theme is. */
export function MenuRadios({ label, options, value, onChange }: { label: string; options: Record<string, string>; value: string; onChange: (value: string) => void }) {
  return (
    <div role="group" aria-label={label}>
      <div class="label" aria-hidden="true">{label}</div>
      {Object.entries(options).map(([key, name]) => (
        <button key={key} type="button" role="menuitemradio" tabIndex={-1} aria-checked={key === value} onClick={() => onChange(key)}>
          <Icon of={Check} />
          {name}
        </button>
      ))}
    </div>
  );
}
