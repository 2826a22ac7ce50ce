/** The hours of a week: drawn by day, edited as spans. A span that ends at or before its start runs past midnight. */

import { Copy, Plus, X } from "lucide";

import { locale, number } from "../core/format";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";

export type Span = readonly [from: string, to: string];
/** By weekday, Monday first. An end at midnight is 00:00. */
export type Week = readonly (readonly Span[])[];

const WORDS = words({
  en: {
    week: "Weekly hours",
    total: (hours: string) => `${hours} h a week`,
    closed: "Closed",
    from: (day: string, which: number) => `${day}, span ${which}, from`,
    to: (day: string, which: number) => `${day}, span ${which}, until`,
    add: (day: string) => `Add hours on ${day}`,
    remove: (day: string, which: number) => `Remove span ${which} of ${day}`,
    copy: (day: string) => `Copy ${day}`,
    toWorkdays: "To Monday to Friday",
    toAll: "To every day",
    nextDay: "next day",
    office: "Mon–Fri 9–17",
    always: "Round the clock",
    none: "Clear",
  },
  es: {
    week: "Horario semanal",
    total: (hours: string) => `${hours} h a la semana`,
    closed: "Cerrado",
    from: (day: string, which: number) => `${day}, tramo ${which}, desde`,
    to: (day: string, which: number) => `${day}, tramo ${which}, hasta`,
    add: (day: string) => `Añadir horas el ${day}`,
    remove: (day: string, which: number) => `Quitar el tramo ${which} del ${day}`,
    copy: (day: string) => `Copiar el ${day}`,
    toWorkdays: "De lunes a viernes",
    toAll: "A todos los días",
    nextDay: "día siguiente",
    office: "Lun–vie 9–17",
    always: "Las 24 horas",
    none: "Vaciar",
  },
});

const DAY = 1440;
export const EMPTY: Week = Array.from({ length: 7 }, () => []);
export const OFFICE: Week = EMPTY.map((_, day) => (day < 5 ? [["09:00", "17:00"]] : []));
export const ALWAYS: Week = EMPTY.map(() => [["00:00", "00:00"]]);

/** Monday is 0. */
export const weekday = (day: number, style: "long" | "short" = "long"): string =>
  new Intl.DateTimeFormat(locale(), { weekday: style, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const reach = ([from, to]: Span): number => (minutes(to) > minutes(from) ? minutes(to) - minutes(from) : DAY - minutes(from) + minutes(to));
export const hoursOf = (week: Week): number => week.flat().filter(([from, to]) => from && to).reduce((sum, span) => sum + reach(span), 0) / 60;

export const fromApi = (weekly: Record<string, readonly (readonly string[])[]>): Week =>
  EMPTY.map((_, day) => (weekly[String(day)] ?? []).map(([from, to]) => [from!.slice(0, 5), to === "24:00" ? "00:00" : to!.slice(0, 5)] as const));

export const toApi = (week: Week): Record<string, string[][]> =>
  Object.fromEntries(week.map((spans, day) => [String(day), spans.map(([from, to]) => [from, to === "00:00" ? "24:00" : to])]));

/** What is open on each day, as parts of it from 0 to 1; with what is left over of the night before. */
export function drawn(week: Week): readonly (readonly [start: number, end: number, isOver: boolean][])[] {
  return week.map((spans, day) => {
    const own = spans.filter(([from, to]) => from && to).map((span) => [minutes(span[0]) / DAY, Math.min(1, (minutes(span[0]) + reach(span)) / DAY), false] as [number, number, boolean]);
    const over = week[(day + 6) % 7]!.filter(([from, to]) => from && to && minutes(from) + reach([from, to]) > DAY).map((span) => [0, (minutes(span[0]) + reach(span) - DAY) / DAY, true] as [number, number, boolean]);
    return [...over, ...own];
  });
}

export function Bar({ parts }: { parts: readonly (readonly [start: number, end: number, isOver: boolean])[] }) {
  return (
    <div class="day-bar" aria-hidden="true">
      {parts.map(([start, end, isOver]) => (
        <span key={`${start}${isOver}`} class={isOver ? "over" : undefined} style={{ insetInlineStart: `${start * 100}%`, inlineSize: `${(end - start) * 100}%` }} />
      ))}
    </div>
  );
}

interface WeekProps {
  week: Week;
  onChange: (week: Week) => void;
  error: (place: string) => string | undefined;
}

export function WeekEditor({ week, onChange, error }: WeekProps) {
  const t = say(WORDS);
  const put = (day: number, spans: readonly Span[]) => onChange(week.map((was, each) => (each === day ? spans : was)));
  const parts = drawn(week);
  const isWrong = error("weekly");
  return (
    <fieldset class="week">
      <legend class="row apart">
        <span>{t.week} <span class="soft numbers">· {t.total(number(hoursOf(week), 1))}</span></span>
      </legend>
      <div class="row tight">
        <Button small onClick={() => onChange(OFFICE)}>{t.office}</Button>
        <Button small onClick={() => onChange(ALWAYS)}>{t.always}</Button>
        <Button small onClick={() => onChange(EMPTY)}>{t.none}</Button>
      </div>
      {isWrong && <div class="error" role="alert">{isWrong}</div>}
      <div class="week-hours" aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hour) => <span key={hour} style={{ insetInlineStart: `${(hour / 24) * 100}%` }}>{hour}</span>)}
      </div>
      {week.map((spans, day) => {
        const name = weekday(day);
        const whole = error(`weekly.${day}`);
        return (
          <div class="week-day" key={day} role="group" aria-label={name}>
            <div class="strong">{name}</div>
            <Bar parts={parts[day]!} />
            <div class="stack tight">
              {whole && <div class="error">{whole}</div>}
              {!spans.length && <span class="soft small closed">{t.closed}</span>}
              {spans.map(([from, to], which) => {
                const wrong = error(`weekly.${day}.${which}`) ?? error(`weekly.${day}.${which}.0`) ?? error(`weekly.${day}.${which}.1`);
                const input = (label: string, value: string, take: (value: string) => Span) => (
                  <input class="input small" type="time" aria-label={label} aria-invalid={wrong ? "true" : undefined} value={value} onInput={(event) => put(day, spans.map((span, each) => (each === which ? take(event.currentTarget.value) : span)))} />
                );
                return (
                  <div key={which}>
                    <div class="row tight">
                      {input(t.from(name, which + 1), from, (value) => [value, to])}
                      <span aria-hidden="true">–</span>
                      {input(t.to(name, which + 1), to, (value) => [from, value])}
                      <Button look="quiet" small icon={X} label={t.remove(name, which + 1)} onClick={() => put(day, spans.filter((_, each) => each !== which))} />
                      {from && to && to !== "00:00" && minutes(to) <= minutes(from) && <span class="badge">{t.nextDay}</span>}
                    </div>
                    {wrong && <div class="error small">{wrong}</div>}
                  </div>
                );
              })}
            </div>
            <div class="row tight firm">
              <Button look="quiet" small icon={Plus} label={t.add(name)} onClick={() => put(day, [...spans, next(spans)])} />
              <Menu label={t.copy(name)} icon={Copy} iconOnly small look="quiet" align="end">
                <MenuItem onClick={() => onChange(week.map((was, each) => (each < 5 ? spans : was)))}>{t.toWorkdays}</MenuItem>
                <MenuItem onClick={() => onChange(week.map(() => spans))}>{t.toAll}</MenuItem>
              </Menu>
            </div>
          </div>
        );
      })}
    </fieldset>
  );
}

/** Where more hours of a day may lie: after a break, or in the morning of one that has none. */
function next(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  const start = last ? minutes(last[1]) + 60 : 540;
  if (last && (minutes(last[1]) <= minutes(last[0]) || start + 60 > DAY)) return ["", ""];
  const end = Math.min(start + (last ? 180 : 480), DAY - 60);
  const shown = (value: number) => `${String(Math.floor(value / 60)).padStart(2, "0")}:${String(value % 60).padStart(2, "0")}`;
  return [shown(start), shown(Math.max(end, start + 30))];
}
