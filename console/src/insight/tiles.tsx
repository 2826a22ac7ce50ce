/** Counts that lead to what they count. */

import type { ComponentChildren } from "preact";

import { number } from "../core/format";

interface TileProps {
  name: string;
  hint: string;
  /** Null where it was not to be counted in time. */
  value: number | null;
  href: string;
  look?: "warn" | "bad";
}

export const Tile = ({ name, hint, value, href, look }: TileProps) => (
  <li>
    <a class={look ? `tile ${look}` : "tile"} href={href}>
      <span class="name">{name}</span>
      <span class="value numbers">{value === null ? "–" : number(value)}</span>
      <span class="small soft">{hint}</span>
    </a>
  </li>
);

/** One of several that add up: a line with its share. */
export const Share = ({ href, name, count, of }: { href: string; name: ComponentChildren; count: number; of: number }) => (
  <a class="share" href={href}>
    <span class="row apart firm"><span>{name}</span><span class="numbers strong">{number(count)}</span></span>
    <span class="track" aria-hidden="true"><i style={{ inlineSize: `${of ? (100 * count) / of : 0}%` }} /></span>
  </a>
);
