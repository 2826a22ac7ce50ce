/** Where a list that opens stands: below what opened it, or above, and always within the window. */

export function placeBy(frame: HTMLElement, shown: HTMLElement, align: "start" | "end"): void {
  const at = frame.getBoundingClientRect();
  const width = Math.max(shown.offsetWidth, 200);
  const left = align === "end" ? at.right - width : at.left;
  const isBelow = at.bottom + shown.offsetHeight + 8 < innerHeight || at.top < innerHeight / 2;
  Object.assign(shown.style, {
    position: "fixed",
    left: `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`,
    top: isBelow ? `${at.bottom}px` : `${Math.max(8, at.top - shown.offsetHeight - 8)}px`,
  });
}
