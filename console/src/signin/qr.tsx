/** A QR code, drawn: black on white in light and dark, or no camera reads it. */

import { useMemo } from "preact/hooks";
import { encode } from "uqr";

const QUIET = 3;

export function Qr({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text]);
  const side = size + 2 * QUIET;
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} width={216} height={216} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={side} height={side} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}

/** Each run of dark squares in a row as one rectangle. */
function drawn(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { border: 0, ecc: "M" });
  const runs: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      runs.push(`M${from + QUIET} ${y + QUIET}h${x - from + 1}v1h-${x - from + 1}z`);
    }
  });
  return { size, path: runs.join("") };
}
