/**
 * A picture whose places are read one by one: by pointing at them, or by the arrow keys. To who listens it is a
 * slider that says its place; the figures as a whole are in the chart's table.
 */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface ReadingProps {
  label: string;
  count: number;
  /** Which place is at a point of the picture, in pixels from its corner. */
  find: (x: number, y: number) => number | null;
  /** What stands at a place, in words. */
  told: (place: number) => string;
  /** How far the up and down keys go. */
  stride?: number;
  frame: { current: HTMLDivElement | null };
  height: number;
  children: (place: number | null) => ComponentChildren;
}

export function Reading({ label, count, find, told, stride = 1, frame, height, children }: ReadingProps) {
  const [place, setPlace] = useState<number | null>(null);
  const [last, setLast] = useState(count - 1);
  const shown = place === null || place >= count ? null : place;
  const to = (next: number) => {
    const kept = Math.max(0, Math.min(count - 1, next));
    setPlace(kept);
    setLast(kept);
  };
  const pointed = (event: PointerEvent) => {
    const box = frame.current!.getBoundingClientRect();
    setPlace(find(event.clientX - box.left, event.clientY - box.top));
  };
  const keyed = (event: KeyboardEvent) => {
    const at = shown ?? Math.min(last, count - 1);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowUp: stride > 1 ? at - stride : at + 1, ArrowDown: stride > 1 ? at + stride : at - 1, Home: 0, End: count - 1 }[event.key];
    if (event.key === "Escape") setPlace(null);
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (stride === 1 || (next >= 0 && next < count)) to(next);
  };
  const now = shown ?? Math.min(last, count - 1);
  return (
    <div ref={frame} class="reading" style={{ blockSize: `${height}px` }} role="slider" tabIndex={0} aria-label={label} aria-valuemin={0} aria-valuemax={Math.max(0, count - 1)} aria-valuenow={Math.max(0, now)} aria-valuetext={now >= 0 ? told(now) : ""} onKeyDown={keyed} onFocus={() => frame.current?.matches(":focus-visible") && to(Math.min(last, count - 1))} onBlur={() => setPlace(null)} onPointerMove={pointed} onPointerDown={pointed} onPointerLeave={(event) => event.pointerType === "mouse" && setPlace(null)}>
      {children(shown)}
    </div>
  );
}
