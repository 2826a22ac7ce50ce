/** Lines, areas and bars in a plot. */

import { area, line as path } from "d3-shape";

import { colour } from "./legend";
import type { Line } from "./plot";

interface MarkProps {
  line: Line;
  x: (step: number) => number;
  y: (value: number) => number;
  base: number;
}

type Point = readonly [step: number, value: number | null];

const pointsOf = (line: Line): Point[] => line.values.map((value, step) => [step, value]);
const isThere = ([, value]: Point): boolean => value !== null;

export function LineMark({ line, x, y }: MarkProps) {
  const points = pointsOf(line);
  const d = path<Point>().defined(isThere).x(([step]) => x(step)).y(([, value]) => y(value!))(points);
  const alone = points.filter(([step, value]) => value !== null && line.values[step - 1] == null && line.values[step + 1] == null);
  return (
    <g stroke={colour(line.tone)} fill="none">
      <path d={d ?? ""} stroke-width="2" stroke-linejoin="round" stroke-linecap="round" stroke-dasharray={line.dashed ? "6 4" : undefined} />
      {alone.map(([step, value]) => <circle key={step} cx={x(step)} cy={y(value!)} r="2.5" fill={colour(line.tone)} />)}
    </g>
  );
}

export function AreaMark(props: MarkProps) {
  const { line, x, y, base } = props;
  const d = area<Point>().defined(isThere).x(([step]) => x(step)).y0(base).y1(([, value]) => y(value!))(pointsOf(line));
  return (
    <>
      <path d={d ?? ""} fill={colour(line.tone)} fill-opacity="0.18" />
      <LineMark {...props} />
    </>
  );
}

/** `place` of `count` bars that stand side by side in a step of this width. */
export function BarMark({ line, x, y, base, place, count, width }: MarkProps & { place: number; count: number; width: number }) {
  const gap = width > 12 ? 2 : 0;
  const each = Math.max(1, Math.min(28, width / count));
  return (
    <g fill={colour(line.tone)}>
      {line.values.map((value, step) => value !== null && value > 0 && (
        <rect key={step} x={x(step) + (place - count / 2) * each} y={y(value)} width={Math.max(1, each - gap)} height={Math.max(0, base - y(value))} rx={each > 8 ? 2 : 0} />
      ))}
    </g>
  );
}
