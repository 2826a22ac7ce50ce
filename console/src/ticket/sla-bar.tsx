/** A promise as a bar of time: what of it counted, was paused or closed, with marks for now and when it is due. */

import type { Schema } from "../core/api-types";
import { moment } from "../core/format";
import { say, words } from "../core/words";

export type Explained = Schema<"ExplainedOut">;
type Interval = Schema<"IntervalOut">;

const WORDS = words({
  en: {
    kinds: { counted: "counted", ahead: "still to come", spare: "not needed", late: "past due", paused: "paused", closed: "outside hours" },
    due: "Due", now: "Now", done: "Done",
  },
  es: {
    kinds: { counted: "contado", ahead: "por venir", spare: "no hizo falta", late: "vencido", paused: "en pausa", closed: "fuera de horario" },
    due: "Vence", now: "Ahora", done: "Hecho",
  },
});

type Look = keyof typeof WORDS.en.kinds;

interface Piece {
  start: number;
  end: number;
  look: Look;
}

const at = (iso: string): number => Date.parse(iso);

/** Neighbours of one look are one piece; what is counted is cut where it is not yet. */
function pieces(target: Explained, now: number): Piece[] {
  const end = target.fulfilled_at ?? target.ended_at;
  const until = end ? at(end) : now;
  const made: Piece[] = [];
  const add = (start: number, stop: number, look: Look) => {
    const last = made.at(-1);
    if (stop <= start) return;
    if (last?.look === look && last.end === start) last.end = stop;
    else made.push({ start, end: stop, look });
  };
  const draw = (interval: Interval, isLate: boolean) => {
    const [from, stop] = [at(interval.start), at(interval.end)];
    if (interval.kind !== "counted") return add(from, stop, interval.kind);
    const cut = Math.min(stop, Math.max(from, until));
    add(from, cut, isLate ? "late" : "counted");
    add(cut, stop, end ? "spare" : "ahead");
  };
  for (const interval of target.explain.intervals) draw(interval, false);
  for (const interval of target.overtime?.intervals ?? []) draw(interval, true);
  return made;
}

export function SlaBar({ of, now }: { of: Explained; now: number }) {
  const t = say(WORDS);
  const made = pieces(of, now);
  const first = made[0]?.start ?? at(of.started_at);
  const end = of.fulfilled_at ?? of.ended_at;
  const last = Math.max(made.at(-1)?.end ?? first, end ? 0 : now, first + 1);
  const share = (time: number) => `${(((Math.min(Math.max(time, first), last) - first) / (last - first)) * 100).toFixed(4)}%`;
  const looks = [...new Set(made.map(({ look }) => look))];
  const marks = [
    of.due_at && ([at(of.due_at), t.due, "due"] as const),
    end ? ([at(end), t.done, "done"] as const) : ([now, t.now, "now"] as const),
  ].filter((mark) => mark !== null && mark !== "");
  return (
    <figure class="sla-bar" aria-hidden="true">
      <div class="track">
        {made.map(({ start, end: stop, look }) => (
          <span key={start} class={`piece ${look}`} data-kind={look} style={{ inlineSize: `${(((stop - start) / (last - first)) * 100).toFixed(4)}%` }} title={`${t.kinds[look]}: ${moment(new Date(start).toISOString())} – ${moment(new Date(stop).toISOString())}`} />
        ))}
        {marks.map(([time, name, look]) => <span key={look} class={`mark-line ${look}${time - first > (last - first) * 0.85 ? " near-end" : ""}`} style={{ insetInlineStart: share(time) }}><span>{name}</span></span>)}
      </div>
      <figcaption class="row small soft">
        {looks.map((look) => <span key={look} class="row tight"><span class={`swatch ${look}`} />{t.kinds[look]}</span>)}
      </figcaption>
    </figure>
  );
}
