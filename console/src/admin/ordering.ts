/** Putting a list in order by dragging its rows; beside it there are always buttons. */

import { useState } from "preact/hooks";

export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** What a row and its grip need. A row can be dragged once its grip is held: its text can still be marked. */
export function useDragging(place: (from: number, to: number) => void) {
  const [held, setHeld] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = () => {
    setHeld(null);
    setOver(null);
  };
  return {
    grip: (at: number) => ({ onPointerDown: () => setHeld(at), onPointerUp: end }),
    row: (at: number) => ({
      draggable: held === at,
      class: over !== at || held === null || held === at ? undefined : held < at ? "drop-below" : "drop-above",
      onDragStart: (event: DragEvent) => event.dataTransfer?.setData("text/plain", ""),
      onDragOver: (event: DragEvent) => {
        if (held === null) return;
        event.preventDefault();
        if (over !== at) setOver(at);
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        if (held !== null) place(held, at);
        end();
      },
      onDragEnd: end,
    }),
  };
}

/** The positions to write so that `items` are kept in this order: of those whose number is not its place yet. */
export const misplaced = <T extends { position: number }>(items: readonly T[]): readonly (readonly [T, number])[] =>
  items.map((item, at) => [item, at + 1] as const).filter(([item, position]) => item.position !== position);
