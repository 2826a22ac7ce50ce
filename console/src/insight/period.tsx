/** Which days, and whose tickets: in the address, so that a page of figures can be sent to somebody. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { route, set, type Params } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Field, Options } from "../ui/form";
import { teams } from "../ui/lookups";
import { count, type Interval } from "./days";

const WORDS = words({
  en: { period: "Period", days: (n: number) => `${n} days`, own: "Other days", from: "From", to: "To", team: "Team", all: "All teams", mine: "All of mine", by: "Steps", steps: { "": "Automatic", day: "By day", week: "By week", month: "By month" }, order: "The first day comes after the last.", long: "A period has 366 days at the most." },
  es: { period: "Período", days: (n) => `${n} días`, own: "Otros días", from: "Desde", to: "Hasta", team: "Equipo", all: "Todos los equipos", mine: "Todos los míos", by: "Intervalos", steps: { "": "Automático", day: "Por día", week: "Por semana", month: "Por mes" }, order: "El primer día es posterior al último.", long: "Un período tiene como máximo 366 días." },
});

export const PERIODS = [7, 30, 90] as const;
const DAY = /^[12]\d{3}-\d\d-\d\d$/;

/** As the API takes it: `from` and `to`, or `days`. */
export type Period = { from: string; to: string } | { days: number };

export function periodOf(params: Params): Period {
  if (params.from && params.to) return { from: params.from, to: params.to };
  const days = Number(params.days);
  return { days: Number.isInteger(days) && days >= 1 && days <= 366 ? days : 30 };
}

/** Steps that make between 7 and some 60 points of a period, unless the address names others. */
export function intervalOf(params: Params): Interval {
  const asked = params.interval;
  if (asked === "day" || asked === "week" || asked === "month") return asked;
  const period = periodOf(params);
  const days = "days" in period ? period.days : count(period.from, period.to);
  return days <= 45 ? "day" : days <= 200 ? "week" : "month";
}

type Bounds = Pick<Schema<"OverviewOut">, "from" | "to">;

interface PickerProps {
  /** The days that are shown, to begin with where others are to be chosen. */
  shown?: Bounds;
  withTeam?: boolean;
  withSteps?: boolean;
}

export function PeriodPicker({ shown, withTeam, withSteps }: PickerProps) {
  const t = say(WORDS);
  const { params } = route.value;
  const period = periodOf(params);
  const choose = (some: Params) => set({ days: undefined, from: undefined, to: undefined, ...some }, { replace: false });
  const own = "from" in period;
  return (
    <div class="period">
      <div class="segments" role="group" aria-label={t.period}>
        {PERIODS.map((days) => (
          <button key={days} type="button" aria-pressed={"days" in period && period.days === days} onClick={() => choose({ days: String(days) })}>{t.days(days)}</button>
        ))}
        <button type="button" aria-pressed={own} disabled={!own && !shown} onClick={() => shown && choose({ from: shown.from, to: shown.to })}>{t.own}</button>
      </div>
      {own && <OwnDays key={`${period.from} ${period.to}`} from={period.from} to={period.to} choose={choose} />}
      {withSteps && (
        <select class="input" aria-label={t.by} value={params.interval ?? ""} onChange={(event) => set({ interval: event.currentTarget.value })}>
          <Options of={t.steps} />
        </select>
      )}
      {withTeam && <TeamChoice />}
    </div>
  );
}

function OwnDays({ from, to, choose }: { from: string; to: string; choose: (some: Params) => void }) {
  const t = say(WORDS);
  const [days, setDays] = useState({ from, to });
  const wrong = days.from > days.to ? t.order : count(days.from, days.to) > 366 ? t.long : undefined;
  const typed = (some: Partial<typeof days>) => {
    const next = { ...days, ...some };
    if (!DAY.test(next.from) || !DAY.test(next.to)) return;
    setDays(next);
    if (next.from <= next.to && count(next.from, next.to) <= 366) choose(next);
  };
  return (
    <div class="own-days">
      <Field label={t.from}>
        {(tied) => <input {...tied} class="input" type="date" value={days.from} onChange={(event) => typed({ from: event.currentTarget.value })} />}
      </Field>
      <Field label={t.to} error={wrong}>
        {(tied) => <input {...tied} class="input" type="date" value={days.to} onChange={(event) => typed({ to: event.currentTarget.value })} />}
      </Field>
    </div>
  );
}

/** Agents choose among their own teams, others among all. */
function TeamChoice() {
  const t = say(WORDS);
  const isAgent = session.value?.user.role === "agent";
  const known = useLoad<readonly { id: string; name: string }[]>(async () => (isAgent ? (await take(api.GET("/v1/auth/me"))).teams : await teams()), []);
  const chosen = route.value.params.team ?? "";
  const options = [["", isAgent ? t.mine : t.all] as const, ...(known.data ?? []).map(({ id, name }) => [id, name] as const)];
  if (chosen && !options.some(([id]) => id === chosen)) options.push([chosen, "…"]);
  return (
    <select class="input" aria-label={t.team} value={chosen} onChange={(event) => set({ team: event.currentTarget.value }, { replace: false })}>
      <Options of={options} />
    </select>
  );
}
