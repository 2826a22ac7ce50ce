/**
 * Where one is in the queue: in a box of ours or a saved view, as it is or with another filter, in which order. It
 * all stands in the address; `queue` alone is where the role begins.
 */

import { computed } from "@preact/signals";

import type { Schema } from "../core/api-types";
import { go, route } from "../core/router";
import { session } from "../core/session";
import { ofAddress, ofDocument, same, type Filter, type Sort } from "./filter";

export type View = Schema<"ViewOut">;

/** What everybody has without saving it. One whose tickets a shared view has already is not listed twice. */
export const BOXES = {
  mine: { filter: { assignee: "me", status: "active" }, sort: "due_at" },
  unassigned: { filter: { assignee: "none", status: "active" }, sort: "created_at" },
  teams: { filter: { status: "active", team: "mine" }, sort: "due_at" },
  active: { filter: { status: "active" }, sort: "-created_at" },
  breached: { filter: { breached: "true", status: "active" }, sort: "due_at" },
  soon: { filter: { breached: "false", due_within_hours: "8", status: "active" }, sort: "due_at" },
  changed: { filter: { updated_within_days: "7" }, sort: "-updated_at" },
  all: { filter: {}, sort: "-created_at" },
} as const satisfies Record<string, { filter: Filter; sort: Sort }>;

export type Box = keyof typeof BOXES;
const isBox = (name: string | undefined): name is Box => name !== undefined && Object.hasOwn(BOXES, name);

export interface Place {
  box: Box | null;
  view: string | null;
  /** The filter of the address; null where the box's or the view's own holds. */
  edited: Filter | null;
  sort: Sort | null;
}

export const place = computed<Place>(() => {
  const { params } = route.value;
  const filter = ofAddress(params);
  const edited = Object.keys(filter).length ? filter : null;
  const view = params.view ?? null;
  const start = session.value?.user.role === "agent" ? "teams" : "active";
  const box = view ? null : isBox(params.box) ? params.box : edited ? "all" : start;
  return { box, view, edited, sort: (params.sort as Sort | undefined) ?? null };
});

/** The filter that holds, null until the view is known. */
export function filterOf({ box, view, edited }: Place, views: readonly View[] | undefined): Filter | null {
  if (edited) return edited;
  if (box) return BOXES[box].filter;
  const found = views?.find((each) => each.id === view);
  return found ? ofDocument(found.filter) : null;
}

export function sortOf({ box, view, edited, sort }: Place, views: readonly View[] | undefined): Sort {
  if (sort && (sort !== "relevance" || edited?.query)) return sort;
  if (edited?.query) return "relevance";
  return box ? BOXES[box].sort : views?.find((each) => each.id === view)?.sort ?? "-created_at";
}

/** Another filter where one is: what a box or view has anyway is not written out. */
export function refine(filter: Filter, views: readonly View[] | undefined, how: { replace?: boolean } = {}): void {
  const at = place.value;
  const own = filterOf({ ...at, edited: null }, views);
  const sort = at.sort === "relevance" && !filter.query ? undefined : at.sort;
  const base = at.view ? { view: at.view } : { box: at.box };
  if (own && same(own, filter)) go("queue", { ...base, sort }, how);
  else if (!Object.keys(filter).length) go("queue", { box: "all", sort }, how);
  else go("queue", { ...base, ...filter, sort }, how);
}
