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
  overview: Overview;
  counts: readonly Point[];
  times: readonly Point[];
  business: boolean;
  /** By hour of the week: created, resolved. */
  week: { created: readonly number[]; resolved: readonly number[] };
  kept: Attainment;
  keptByPriority: Attainment;
  interval: Interval;
}

export async function everythingOf(period: Period, team: string | undefined, interval: Interval, business: boolean): Promise<Everything> {
  const asked = { ...period, team: team || undefined };
  const series = (metric: readonly FigureName[], by: Interval) => take(api.GET("/v1/analytics/series", { params: { query: { ...asked, metric: metric.join(), interval: by } } }));
  const promises = (more: { interval?: Interval; group_by: string }) => take(api.GET("/v1/analytics/sla", { params: { query: { ...asked, ...more } } }));
  const [overview, counts, times, week, kept, keptByPriority] = await Promise.all([
    take(api.GET("/v1/analytics/dashboard", { params: { query: asked } })),
    series(COUNTS, interval),
    series(TIMES(business), interval),
    take(api.GET("/v1/analytics/series", { params: { query: { ...asked, metric: "created,resolved", interval: "weekday_hour" } } })),
    promises({ interval, group_by: "metric" }),
    promises({ group_by: "metric,priority" }),
  ]);
  const hours = hoursOf(week.series[0]?.points as readonly Schema<"HourOfWeekOut">[] | undefined);
  return { overview, counts: pointsOf(counts), times: pointsOf(times), business, week: hours, kept, keptByPriority, interval };
}

const pointsOf = (series: Schema<"SeriesOut">): readonly Point[] => (series.series[0]?.points ?? []) as readonly Point[];

function hoursOf(points: readonly Schema<"HourOfWeekOut">[] = []): Everything["week"] {
  const empty = () => Array.from({ length: 168 }, () => 0);
  const week = { created: empty(), resolved: empty() };
  for (const { weekday, hour, figures } of points) {
    week.created[weekday * 24 + hour] = figures.created ?? 0;
    week.resolved[weekday * 24 + hour] = figures.resolved ?? 0;
  }
  return week;
}
