/** What a page of figures shows, asked for at once. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import type { Interval } from "./days";
import type { Period } from "./period";

export type Overview = Schema<"OverviewOut">;
export type Point = Schema<"PointOut">;
export type Attainment = Schema<"AttainmentOut">;
export type FigureName = Schema<"Figure">;

const COUNTS: readonly FigureName[] = ["created", "resolved", "reopened", "breached", "backlog", "ratings", "rating_average", "satisfaction"];

/** The names of the times, by real or by business time. */
export const TIMES = (business: boolean) => {
  const before = business ? "business_" : "";
  return [`${before}first_response_median`, `${before}first_response_p90`, `${before}resolution_median`, `${before}resolution_p90`] as FigureName[];
};

export interface Everything {
  counts: readonly Point[];
  times: readonly Point[];
  business: boolean;
  interval: Interval;
}

/** By hour of the week, from Monday at midnight. */
export interface Hours {
  created: readonly number[];
  resolved: readonly number[];
}

export interface OfDesk extends Everything {
  week: Hours;
  overview: Overview;
  kept: Attainment;
  keptByPriority: Attainment;
}

type Asked = Period & { team?: string; agent?: string };

const series = (asked: Asked, metric: readonly FigureName[], interval: Interval | "weekday_hour") =>
  take(api.GET("/v1/analytics/series", { params: { query: { ...asked, metric: metric.join(), interval } } }));

async function overTime(asked: Asked, interval: Interval, business: boolean): Promise<Everything> {
  const [counts, times] = await Promise.all([series(asked, COUNTS, interval), series(asked, TIMES(business), interval)]);
  return { counts: pointsOf(counts), times: pointsOf(times), business, interval };
}

export async function everythingOf(period: Period, team: string | undefined, interval: Interval, business: boolean): Promise<OfDesk> {
  const asked = { ...period, team: team || undefined };
  const promises = (more: { interval?: Interval; group_by: string }) => take(api.GET("/v1/analytics/sla", { params: { query: { ...asked, ...more } } }));
  const [overview, all, hours, kept, keptByPriority] = await Promise.all([
    take(api.GET("/v1/analytics/dashboard", { params: { query: asked } })),
    overTime(asked, interval, business),
    series(asked, ["created", "resolved"], "weekday_hour"),
    promises({ interval, group_by: "metric" }),
    promises({ group_by: "metric,priority" }),
  ]);
  return { ...all, overview, week: hoursOf(hours.series[0]?.points as readonly Schema<"HourOfWeekOut">[] | undefined), kept, keptByPriority };
}

export const everythingOfAgent = (agent: string, period: Period, interval: Interval): Promise<Everything> => overTime({ ...period, agent }, interval, false);

const pointsOf = (series: Schema<"SeriesOut">): readonly Point[] => (series.series[0]?.points ?? []) as readonly Point[];

function hoursOf(points: readonly Schema<"HourOfWeekOut">[] = []): Hours {
  const empty = () => Array.from({ length: 168 }, () => 0);
  const week = { created: empty(), resolved: empty() };
  for (const { weekday, hour, figures } of points) {
    week.created[weekday * 24 + hour] = figures.created ?? 0;
    week.resolved[weekday * 24 + hour] = figures.resolved ?? 0;
  }
  return week;
}
