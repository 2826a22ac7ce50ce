/** A picture from lucide (ISC), for the eye alone: what it means is said in words beside it. */

import type { IconNode } from "lucide";

// lucide draws with these alone; TypeScript wants to know.
type Shape = "path" | "circle" | "rect" | "line" | "polyline" | "polygon" | "ellipse";

export function Icon({ of }: { of: IconNode }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([name, attributes]) => {
        const Tag = name as Shape;
        return <Tag {...(attributes as object)} />;
      })}
    </svg>
  );
}
