/** The week as a map: a square for each hour of each day, the deeper the more. */

import { number } from "../../core/format";
import { say, words } from "../../core/words";
import { weekdays } from "../days";
import { Reading } from "./reading";
import { useWidth } from "./width";

const WORDS = words({
  en: { less: "none", at: (day: string, hour: number) => `${day}, ${hour}:00 to ${hour + 1}:00` },
  es: { less: "nada", at: (day: string, hour: number) => `${day}, de ${hour}:00 a ${hour + 1}:00` },
});

interface HeatProps {
  label: string;
  /** What is counted. */
  name: string;
  tone: number;
  /** 168, from Monday at midnight. */
  values: readonly number[];
}

export const hourName = (place: number): string => say(WORDS).at(weekdays("long")[Math.floor(place / 24)]!, place % 24);

export function Heat({ label, name, tone, values }: HeatProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const left = 38;
  const size = Math.max(1, (width - left) / 24);
  const tall = Math.max(18, Math.min(30, size));
  const height = tall * 7 + 22;
  const most = Math.max(1, ...values);
  const find = (x: number, y: number) => {
    const [hour, day] = [Math.floor((x - left) / size), Math.floor(y / tall)];
    return hour < 0 || hour > 23 || day > 6 || day < 0 ? null : day * 24 + hour;
  };
  const every = size < 22 ? 6 : 3;
  return (
    <div class="stack tight">
      <Reading label={label} count={168} stride={24} find={find} told={(place) => `${hourName(place)}: ${name} ${number(values[place]!)}`} frame={frame} height={height}>
        {(at) => width > 0 && (
          <>
            <svg width={width} height={height} aria-hidden="true">
              <g class="axis">
                {weekdays("short").map((day, row) => <text key={day} x={left - 6} y={row * tall + tall / 2 + 4} text-anchor="end">{day}</text>)}
                {Array.from({ length: 24 }, (_, hour) => hour % every === 0 && <text key={hour} x={left + hour * size + size / 2} y={tall * 7 + 16} text-anchor="middle">{hour}</text>)}
              </g>
              {values.map((value, place) => (
                <rect key={place} class={place === at ? "hour at" : "hour"} x={left + (place % 24) * size + 1} y={Math.floor(place / 24) * tall + 1} width={Math.max(1, size - 2)} height={tall - 2} rx="2" {...(value ? { fill: `var(--chart-${tone})`, "fill-opacity": 0.12 + 0.88 * (value / most) } : { fill: "var(--sunk)" })} />
              ))}
            </svg>
            {at !== null && (
              <div class={(at % 24) > 11 ? "read-out before" : "read-out"} style={{ insetInlineStart: `${left + ((at % 24) + 0.5) * size}px`, insetBlockStart: `${Math.min(tall * 4, Math.floor(at / 24) * tall)}px` }} aria-hidden="true">
                <strong>{hourName(at)}</strong>
                <span>{name}<b>{number(values[at]!)}</b></span>
              </div>
            )}
          </>
        )}
      </Reading>
      <div class="heat-scale small soft" aria-hidden="true">
        {say(WORDS).less}
        {[0, 0.12, 0.34, 0.56, 0.78, 1].map((depth) => <i key={depth} style={depth ? { background: `color-mix(in srgb, var(--chart-${tone}) ${depth * 100}%, var(--card))` } : { background: "var(--sunk)" }} />)}
        {number(most)}
      </div>
    </div>
  );
}
