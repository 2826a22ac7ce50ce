/** What belongs to which colour, stroke and mark. */

import type { Line } from "./plot";

export const colour = (tone: number): string => `var(--chart-${tone})`;

export function Swatch({ line: { mark, tone, dashed } }: { line: Pick<Line, "mark" | "tone" | "dashed"> }) {
  return (
    <svg class="swatch-mark" width="18" height="10" aria-hidden="true">
      {mark === "bar" ? (
        <rect x="3" width="12" height="10" rx="2" fill={colour(tone)} />
      ) : (
        <>
          {mark === "area" && <rect y="5" width="18" height="5" fill={colour(tone)} fill-opacity="0.25" />}
          <path d="M0 5H18" stroke={colour(tone)} stroke-width="2.5" stroke-dasharray={dashed ? "5 3" : undefined} />
        </>
      )}
    </svg>
  );
}

export function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul class="chart-legend" aria-hidden="true">
      {lines.map((line) => (
        <li key={line.name}><Swatch line={line} />{line.name}</li>
      ))}
    </ul>
  );
}
