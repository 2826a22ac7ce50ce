/** The saved views and how many tickets each has, with those of our own boxes: asked for beside the list. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad, type Loaded } from "../core/load";
import { ofDocument, same } from "./filter";
import { BOXES, type Box, type Place, type View } from "./place";
import { countOf } from "./tickets";

export type Count = Pick<Schema<"CountOut">, "count" | "count_is_exact">;

export interface Views {
  of: Loaded<readonly View[]>;
  boxes: readonly Box[];
  /** The entry of the list that a place is at: a box that a view covers is that view. */
  entry: (at: Place) => string;
  counts: ReadonlyMap<string, Count>;
  /** What changed may have changed how many there are. */
  stale: () => void;
}

/** No more often than this are they counted for news. */
const EVERY = 20_000;

export function useViews(): Views {
  const of = useLoad(() => everything((cursor) => take(api.GET("/v1/views", { params: { query: { active: true, limit: 100, with_counts: true, cursor } } }))), []);
  const covering = useMemo(() => covered(of.data ?? []), [of.data]);
  const boxes = useMemo(() => (of.data ? (Object.keys(BOXES) as Box[]).filter((box) => !covering.has(box)) : []), [covering]);
  const [counted, setCounted] = useState<ReadonlyMap<string, Count>>(new Map());
  const counts = useMemo(() => new Map([...counted, ...(of.data ?? []).map((view) => [view.id, { count: view.count ?? null, count_is_exact: view.count_is_exact ?? false }] as const)]), [counted, of.data]);
  useEffect(() => {
    let isMeant = true;
    // One after another, in the shade of what is looked at.
    const count = async () => {
      for (const box of boxes) {
        if (box === "all") continue;
        try {
          const found = await countOf({ filter: BOXES[box].filter, sort: "created_at" });
          if (!isMeant) return;
          setCounted((was) => new Map(was).set(box, found));
        } catch {
          return;
        }
      }
    };
    void count();
    return () => void (isMeant = false);
  }, [boxes]);
  const last = useRef(Date.now());
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const stale = () => {
    clearTimeout(timer.current);
    const wait = Math.max(1_000, last.current + EVERY - Date.now());
    timer.current = window.setTimeout(() => {
      last.current = Date.now();
      void of.reload();
    }, wait);
  };
  return { of, boxes, counts, stale, entry: ({ view, box }) => view ?? covering.get(box!) ?? box! };
}

/** A box that a view of the desk's own has already is left to that. */
function covered(views: readonly View[]): ReadonlyMap<Box, string> {
  const found = new Map<Box, string>();
  for (const view of views.filter((each) => each.shared).toReversed()) {
    const box = (Object.keys(BOXES) as Box[]).find((each) => same(ofDocument(view.filter), BOXES[each].filter));
    if (box) found.set(box, view.id);
  }
  return found;
}
