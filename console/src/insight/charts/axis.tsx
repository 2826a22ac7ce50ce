/** The lines and figures at the left, and the names below. */

import type { ScaleLinear } from "d3-scale";

export const MARGIN = { top: 8, right: 8, bottom: 22 };

export function ValueAxis({ y, ticks, show, left, right }: { y: ScaleLinear<number, number>; ticks: readonly number[]; show: (value: number) => string; left: number; right: number }) {
  return (
    <g class="axis">
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${Math.round(y(tick)) + 0.5})`}>
          <path d={`M${left} 0H${right}`} class={tick === ticks[0] ? "base" : undefined} />
          <text x={left - 6} y="4" text-anchor="end">{show(tick)}</text>
        </g>
      ))}
    </g>
  );
}

export function StepAxis({ names, place, bottom, width, left }: { names: readonly string[]; place: (step: number) => number; bottom: number; width: number; left: number }) {
  // As many names as have room, the first of them always.
  const every = Math.max(1, Math.ceil((names.length * 58) / Math.max(1, width - left)));
  return (
    <g class="axis">
      {names.map((name, step) => step % every === 0 && (
        <text key={step} x={Math.min(width - 20, Math.max(left + 14, place(step)))} y={bottom + 16} text-anchor="middle">{name}</text>
      ))}
    </g>
  );
}

const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10_080, 20_160, 43_200];

/** Round lengths of time up to `most` minutes: an hour and its halves, a day and its quarters. */
export function lengthTicks(most: number): number[] {
  const step = LENGTHS.find((length) => most / length <= 5) ?? 86_400 * Math.ceil(most / 86_400 / 5);
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, place) => place * step);
}
