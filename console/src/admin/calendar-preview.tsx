/** When a promise would be due by a calendar, and the days up to then, drawn. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { locale } from "../core/format";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { instant, later, wall } from "../core/zones";
import { Field } from "../ui/form";
import { Show } from "../ui/states";
import { hoursOf, weekday, type Week } from "./week";

const WORDS = words({
  en: {
    title: "Preview",
    lead: "By the calendar as it is saved.",
    from: "From",
    minutes: "Working minutes",
    due: "Due",
    in: (zone: string) => `in ${zone}`,
    legend: { counted: "counts", open: "working time", holiday: "holiday", due: "due" },
    table: "The days up to then",
    day: "Day",
    counted: "Counted",
    none: "closed",
    min: "min",
  },
  es: {
    title: "Vista previa",
    lead: "Con el calendario tal como está guardado.",
    from: "Desde",
    minutes: "Minutos laborables",
    due: "Vence",
    in: (zone: string) => `en ${zone}`,
    legend: { counted: "cuenta", open: "horario laboral", holiday: "festivo", due: "vencimiento" },
    table: "Los días hasta entonces",
    day: "Día",
    counted: "Contado",
    none: "cerrado",
    min: "min",
  },
});

type Interval = Schema<"IntervalOut">;

interface DayDrawn {
  day: string;
  parts: { start: number; end: number; look: "counted" | "open" }[];
  holiday: string | null;
  minutes: number;
  due: number | null;
}

const DAY = 86_400;
const WEEKS = 3;

/** What each local day has of the intervals; what is past `due` is working time that no longer counts. */
function days(intervals: readonly Interval[], start: string, due: string, zone: string): DayDrawn[] {
  const first = wall(start, zone).day;
  const lastDue = wall(due, zone);
  const drawn = new Map<string, DayDrawn>();
  const count = Math.max(14, Math.min(28, (Date.parse(lastDue.day) - Date.parse(first)) / 86_400_000 + 1));
  for (let each = 0; each < count; each++) {
    const day = later(first, each);
    drawn.set(day, { day, parts: [], holiday: null, minutes: 0, due: day === lastDue.day ? lastDue.seconds / DAY : null });
  }
  const add = (from: number, to: number, look: "counted" | "open") => {
    while (from < to) {
      const { day, seconds } = wall(from, zone);
      const midnight = instant(`${later(day, 1)}T00:00`, zone).getTime();
      const end = Math.min(to, midnight);
      const row = drawn.get(day);
      row?.parts.push({ start: seconds / DAY, end: end === midnight ? 1 : wall(end, zone).seconds / DAY, look });
      if (row && look === "counted") row.minutes += (end - from) / 60_000;
      from = end;
    }
  };
  for (const { start: from, end: to, kind, reason, name } of intervals) {
    const [begins, ends, dueAt] = [Date.parse(from), Date.parse(to), Date.parse(due)];
    if (kind === "counted") {
      add(begins, Math.min(ends, dueAt), "counted");
      add(Math.max(begins, dueAt), ends, "open");
    } else if (reason === "holiday") {
      for (let day = wall(begins, zone).day; day <= wall(ends - 1, zone).day; day = later(day, 1)) {
        const row = drawn.get(day);
        if (row) row.holiday = name ?? "";
      }
    }
  }
  return [...drawn.values()];
}

export function CalendarPreview({ id, zone, week, saved }: { id: string; zone: string; week: Week; saved: string }) {
  const t = say(WORDS);
  const now = wall(Date.now(), zone);
  const [start, setStart] = useState(`${now.day}T${now.time}`);
  const [minutes, setMinutes] = useState("480");
  const from = start ? instant(start, zone).toISOString() : undefined;
  const asked = async (of: number) => take(api.GET("/v1/calendars/{calendar_id}/preview", { params: { path: { calendar_id: id }, query: { start: from, minutes: of } } }));
  const shown = useLoad(async () => {
    const wanted = Math.max(0, Number(minutes) || 0);
    const due = await asked(wanted);
    const drawn = Math.max(wanted, hoursOf(week) * 60 * WEEKS);
    return { due, long: drawn > wanted ? await asked(drawn).catch(() => due) : due };
  }, [id, from, minutes, saved]);
  const told = (moment: string) => new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date(moment));
  return (
    <section class="card padded stack preview" aria-label={t.title}>
      <div>
        <h2>{t.title}</h2>
        <p class="soft small">{t.lead}</p>
      </div>
      <div class="grid">
        <Field label={t.from}>{(tied) => <input {...tied} class="input" type="datetime-local" value={start} onInput={(event) => setStart(event.currentTarget.value)} />}</Field>
        <Field label={t.minutes} error={shown.problem?.of("minutes")}>{(tied) => <input {...tied} class="input" type="number" min={0} step={15} value={minutes} onInput={(event) => setMinutes(event.currentTarget.value)} />}</Field>
      </div>
      <Show of={shown} lines={8}>
        {({ due, long }) => (
          <>
            <p class="due-line" aria-live="polite">
              <span class="soft">{t.due}</span> <strong>{told(due.due_at)}</strong> <span class="soft small">{t.in(zone)}</span>
            </p>
            <table class="preview-days" aria-label={t.table}>
              <thead class="unseen"><tr><th>{t.day}</th><th>{t.counted}</th></tr></thead>
              <tbody>
                {days(long.explain.intervals, due.start, due.due_at, zone).map((row) => <Day key={row.day} row={row} />)}
              </tbody>
            </table>
            <ul class="legend">
              {Object.entries(t.legend).map(([look, label]) => <li key={look}><span class={`swatch ${look}`} />{label}</li>)}
            </ul>
          </>
        )}
      </Show>
    </section>
  );
}

function Day({ row }: { row: DayDrawn }) {
  const t = say(WORDS);
  const of = (new Date(`${row.day}T00:00Z`).getUTCDay() + 6) % 7;
  return (
    <tr class={of === 0 ? "monday" : undefined}>
      <th scope="row"><span class="soft">{weekday(of, "short")}</span> <span class="numbers">{Number(row.day.slice(8))}/{Number(row.day.slice(5, 7))}</span></th>
      <td>
        <div class={row.holiday === null ? "day-bar" : "day-bar holiday"} aria-hidden="true">
          {row.holiday !== null && <em>{row.holiday}</em>}
          {row.parts.map(({ start, end, look }) => <span key={`${start}${look}`} class={look} style={{ insetInlineStart: `${start * 100}%`, inlineSize: `${(end - start) * 100}%` }} />)}
          {row.due !== null && <i style={{ insetInlineStart: `${row.due * 100}%` }} />}
        </div>
        <span class="unseen">{row.minutes ? `${Math.round(row.minutes)} ${t.min}` : t.none}{row.holiday ? `, ${row.holiday}` : ""}</span>
      </td>
    </tr>
  );
}
