/** A button that opens a small panel with anything in it: Escape and a click elsewhere close it, the focus returns. */

import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { Button } from "./button";
import { placeBy } from "./place";

interface PopoverProps {
  /** What the button shows; its name too, unless `label` is given. */
  text?: ComponentChildren;
  label?: string;
  /** The panel's name. */
  title: string;
  icon?: IconNode;
  look?: "main" | "quiet";
  small?: boolean;
  class?: string;
  align?: "start" | "end";
  children: (close: () => void) => ComponentChildren;
}

export function Popover({ text, label, title, icon, look, small = true, class: name, align = "start", children }: PopoverProps) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const toggled = (event: ToggleEvent) => {
    const isOpen = event.newState === "open";
    setOpen(isOpen);
    if (!isOpen) return;
    // What stands in it is drawn first.
    requestAnimationFrame(() => {
      if (!panel.current || !frame.current) return;
      placeBy(frame.current, panel.current, align);
      panel.current.querySelector<HTMLElement>("[data-first], input, select, button, a, textarea")?.focus();
    });
  };
  return (
    <div class={`menu ${name ?? ""}`} ref={frame}>
      <Button look={look} small={small} icon={icon} label={text ? undefined : label ?? title} aria-label={text ? label : undefined} aria-haspopup="dialog" aria-expanded={open} aria-controls={id} onClick={() => panel.current?.togglePopover()}>
        {text}
      </Button>
      <div id={id} ref={panel} role="dialog" aria-label={title} popover="auto" class="panel" onToggle={toggled}>
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </div>
  );
}
