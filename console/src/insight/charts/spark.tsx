/** A line beside a figure: how it went, for the eye alone. */

import { area, line } from "d3-shape";

export function Spark({ values, tone = 1 }: { values: readonly (number | null)[]; tone?: number }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <svg class="spark" viewBox="0 0 100 28" aria-hidden="true" />;
  const least = Math.min(...known);
  const most = Math.max(...known);
  const x = (_: unknown, place: number) => (place / (values.length - 1)) * 100;
  const y = (value: number | null) => 26 - ((value! - least) / (most - least || 1)) * 24;
  const isThere = (value: number | null) => value !== null;
  return (
    <svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <path d={area<number | null>().defined(isThere).x(x).y0(28).y1(y)(values) ?? ""} fill={`var(--chart-${tone})`} fill-opacity="0.14" />
      <path d={line<number | null>().defined(isThere).x(x).y(y)(values) ?? ""} fill="none" stroke={`var(--chart-${tone})`} stroke-width="1.5" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
