/** Figures over steps of time: lines, areas and bars over one pair of axes, read by pointer and keys. */

import { scaleBand, scaleLinear } from "d3-scale";

import { lengthTicks, MARGIN, StepAxis, ValueAxis } from "./axis";
import { colour, Swatch } from "./legend";
import { AreaMark, BarMark, LineMark } from "./marks";
import { Reading } from "./reading";
import { useWidth } from "./width";

export interface Step {
  name: string;
  short: string;
}

export interface Line {
  name: string;
  values: readonly (number | null)[];
  mark: "line" | "area" | "bar";
  /** Of the palette: 1 to 6. */
  tone: number;
  dashed?: boolean;
}

interface PlotProps {
  label: string;
  steps: readonly Step[];
  lines: readonly Line[];
  show: (value: number) => string;
  /** As the axis says it, where that is shorter. */
  tick?: (value: number) => string;
  /** Minutes have round hours and days; shares end at 1. */
  kind?: "count" | "minutes" | "share";
  height?: number;
}

export function Plot({ label, steps, lines, show, tick = show, kind = "count", height = 240 }: PlotProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { least, most, ticks } = domain(lines, kind);
  const left = 14 + Math.max(...ticks.map((value) => tick(value).length)) * 6.6;
  const right = Math.max(left + 1, width - MARGIN.right);
  const base = height - MARGIN.bottom;
  const band = scaleBand<number>(steps.map((_, step) => step), [left, right]).paddingInner(0.25).paddingOuter(0.1);
  const x = (step: number) => (band(step) ?? 0) + band.bandwidth() / 2;
  const y = scaleLinear([least, most], [base, MARGIN.top]);
  const bars = lines.filter(({ mark }) => mark === "bar");
  const find = (at: number) => (at < left - 8 || !steps.length ? null : Math.max(0, Math.min(steps.length - 1, Math.floor(((at - left) / (right - left)) * steps.length))));
  const value = (line: Line, step: number) => (line.values[step] == null ? "–" : show(line.values[step]!));
  const told = (step: number) => `${steps[step]!.name}: ${lines.map((line) => `${line.name} ${value(line, step)}`).join(", ")}`;
  return (
    <Reading label={label} count={steps.length} find={find} told={told} frame={frame} height={height}>
      {(at) => width > 0 && (
        <>
          <svg width={width} height={height} aria-hidden="true">
            <ValueAxis y={y} ticks={ticks} show={tick} left={left} right={right} />
            <StepAxis names={steps.map(({ short }) => short)} place={x} bottom={base} width={width} left={left} />
            {at !== null && <rect class="cursor" x={x(at) - band.step() / 2} y={MARGIN.top} width={band.step()} height={base - MARGIN.top} />}
            {lines.map((line) => {
              const props = { line, x, y, base };
              if (line.mark === "bar") return <BarMark key={line.name} {...props} place={bars.indexOf(line)} count={bars.length} width={band.bandwidth()} />;
              return line.mark === "area" ? <AreaMark key={line.name} {...props} /> : <LineMark key={line.name} {...props} />;
            })}
            {at !== null && lines.map((line) => line.mark !== "bar" && line.values[at] != null && (
              <circle key={line.name} class="dot" cx={x(at)} cy={y(line.values[at]!)} r="4" fill={colour(line.tone)} />
            ))}
          </svg>
          {at !== null && (
            <div class={x(at) > width / 2 ? "read-out before" : "read-out"} style={{ insetInlineStart: `${x(at)}px` }} aria-hidden="true">
              <strong>{steps[at]!.name}</strong>
              {lines.map((line) => <span key={line.name}><Swatch line={line} />{line.name}<b>{value(line, at)}</b></span>)}
            </div>
          )}
        </>
      )}
    </Reading>
  );
}

function domain(lines: readonly Line[], kind: "count" | "minutes" | "share"): { least: number; most: number; ticks: number[] } {
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const top = Math.max(0, ...values);
  if (kind === "minutes") {
    const ticks = lengthTicks(top || 60);
    return { least: 0, most: ticks.at(-1)!, ticks };
  }
  if (kind === "share") {
    // From a fifth below what there is, for shares move little.
    const least = values.length ? Math.max(0, Math.floor(Math.min(...values) * 5 - 0.25) / 5) : 0;
    return { least, most: 1, ticks: scaleLinear([least, 1], [0, 1]).ticks(4) };
  }
  const scale = scaleLinear([0, Math.max(4, top)], [0, 1]).nice(4);
  return { least: 0, most: scale.domain()[1]!, ticks: scale.ticks(4) };
}
