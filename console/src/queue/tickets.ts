/** The tickets of a place, page by page, kept fresh by the change feed without moving under the pointer. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useFeed, type News } from "../core/feed";
import { asProblem, type Problem } from "../core/problem";
import { session } from "../core/session";
import { asQuery, type Filter, type Sort } from "./filter";

export type Ticket = Schema<"TicketFound">;
type Page = Schema<"TicketPage">;

/** What is listed: a view as it is saved, or a filter. */
export type Source = { view: string; sort: Sort | null } | { filter: Filter; sort: Sort };

const FIRST = 50;
const MOST = 100;
/** More changes than this at once, and everything is fetched anew. */
const ONE_BY_ONE = 8;

interface State {
  rows: readonly Ticket[] | null;
  next: string | null;
  /** Of the rows, those that the filter does not mean any more. */
  left: ReadonlySet<string>;
  /** What has come since and is not shown yet. */
  fresh: ReadonlySet<string>;
  problem: Problem | null;
  busy: boolean;
}

export interface TicketList extends State {
  more: () => Promise<void>;
  /** From the start again: what is new comes in its place. */
  reload: () => Promise<void>;
  /** Fetches these anew where they stand. */
  renew: (ids: readonly string[]) => Promise<void>;
}

const EMPTY: State = { rows: null, next: null, left: new Set(), fresh: new Set(), problem: null, busy: true };

// What was seen last of each place: coming back to it shows it at once.
const kept = new Map<string, State>();

/** Whoever signs in next sees nothing of what was kept for somebody else. */
export const keyOf = (source: Source): string => JSON.stringify([session.value?.user.id, source]);

export function useTickets(source: Source, onNews: () => void): TicketList {
  const key = keyOf(source);
  const [state, setState] = useState<{ key: string; at: State }>({ key, at: kept.get(key) ?? EMPTY });
  const at = state.key === key ? state.at : kept.get(key) ?? EMPTY;
  const latest = useRef({ key, at });
  latest.current = { key, at };
  const update = useCallback((of: string, change: (was: State) => State) => {
    setState((was) => {
      if (of !== latest.current.key) return was;
      const next = change(was.key === of ? was.at : kept.get(of) ?? EMPTY);
      kept.delete(of);
      kept.set(of, next);
      if (kept.size > 12) kept.delete(kept.keys().next().value!);
      return { key: of, at: next };
    });
  }, []);
  const load = useCallback(async () => {
    const held = latest.current.key === key ? latest.current.at.rows?.length ?? 0 : 0;
    update(key, (was) => ({ ...was, busy: true, problem: null }));
    try {
      const page = await fetchPage(source, null, Math.min(MOST, Math.max(FIRST, held)));
      update(key, () => ({ ...EMPTY, rows: page.items, next: page.next_cursor, busy: false }));
    } catch (thrown) {
      const problem = asProblem(thrown);
      update(key, (was) => ({ ...was, busy: false, problem }));
    }
  }, [key]);
  useEffect(() => void load(), [load]);
  const more = useCallback(async () => {
    const { next } = latest.current.at;
    if (!next) return;
    update(key, (was) => ({ ...was, busy: true, problem: null }));
    try {
      const page = await fetchPage(source, next, MOST);
      update(key, (was) => {
        const known = new Set(was.rows?.map((row) => row.id));
        return { ...was, rows: [...(was.rows ?? []), ...page.items.filter((row) => !known.has(row.id))], next: page.next_cursor, busy: false };
      });
    } catch (thrown) {
      const problem = asProblem(thrown);
      update(key, (was) => ({ ...was, busy: false, problem }));
    }
  }, [key]);
  const renew = useCallback(
    async (ids: readonly string[]) => {
      try {
        await refresh(source, new Set(ids), latest.current.at, (change) => update(key, change));
      } catch {
        // The list is as old as it was; the next news asks again.
      }
    },
    [key],
  );
  useNews((ids) => {
    onNews();
    void renew(ids);
  });
  return useMemo(() => ({ ...at, more, reload: load, renew }), [at, more, load, renew]);
}

/** Hears which tickets changed: those of a second at once. */
function useNews(hear: (ids: readonly string[]) => void): void {
  const waiting = useRef({ ids: new Set<string>(), timer: 0 });
  useEffect(() => () => clearTimeout(waiting.current.timer), []);
  useFeed((news: readonly News[]) => {
    const { ids } = waiting.current;
    for (const each of news) if (each.ticket_id) ids.add(each.ticket_id);
    if (!ids.size) return;
    clearTimeout(waiting.current.timer);
    waiting.current.timer = window.setTimeout(() => {
      const all = [...ids];
      ids.clear();
      hear(all);
    }, 400);
  });
}

/** Puts what changed where it stood; notes what came, and what does not belong here any more. */
async function refresh(source: Source, ids: ReadonlySet<string>, was: State, update: (change: (was: State) => State) => void): Promise<void> {
  if (!was.rows) return;
  const page = await fetchPage(source, null, Math.min(MOST, Math.max(FIRST, was.rows.length + ids.size)));
  const answered = new Map(page.items.map((row) => [row.id, row]));
  const lost = was.rows.filter((row) => ids.has(row.id) && !answered.has(row.id));
  // The page is the whole list, or reaches beyond what is shown: what it lacks has left the filter.
  const isWhole = page.next_cursor === null || was.rows.length < page.items.length;
  const alone = lost.length <= ONE_BY_ONE ? await Promise.all(lost.map((row) => one(row.id))) : [];
  const known = new Map([...answered, ...alone.flatMap((row) => (row ? [[row.id, row] as const] : []))]);
  update((now) => {
    const shown = new Set(now.rows?.map((row) => row.id));
    const rows = (now.rows ?? []).map((row) => {
      const newer = known.get(row.id);
      return newer && (newer.version !== row.version || ids.has(row.id)) ? { ...newer, highlights: newer.highlights ?? row.highlights } : row;
    });
    const left = new Set([...now.left].filter((id) => !answered.has(id)));
    if (isWhole) for (const row of lost) left.add(row.id);
    const fresh = new Set(page.items.filter((row) => !shown.has(row.id) && (ids.has(row.id) || now.fresh.has(row.id))).map((row) => row.id));
    return { ...now, rows, left, fresh };
  });
}

async function one(ticket_id: string): Promise<Ticket | null> {
  try {
    return (await take(api.GET("/v1/tickets/{ticket_id}", { params: { path: { ticket_id } } }))) as Ticket;
  } catch {
    return null;
  }
}

function fetchPage(source: Source, cursor: string | null, limit: number): Promise<Page> {
  const paging = { limit, ...(cursor && { cursor }) };
  if ("view" in source) {
    const query = { ...paging, ...(source.sort && { sort: source.sort }) };
    return take(api.GET("/v1/views/{view_id}/tickets", { params: { path: { view_id: source.view }, query } }));
  }
  return take(api.GET("/v1/tickets", { params: { query: { ...asQuery(source.filter), ...paging, sort: source.sort } } }));
}

/** How many there are on all pages: 10,000 that is not exact stands for more, null for too many to tell. */
export async function countOf(source: Source): Promise<Schema<"CountOut">> {
  if ("view" in source) return take(api.GET("/v1/views/{view_id}/count", { params: { path: { view_id: source.view } } }));
  const query = { ...asQuery(source.filter), limit: 1, count: true, sort: "created_at" as const };
  const { count, count_is_exact } = await take(api.GET("/v1/tickets", { params: { query } }));
  return { count: count ?? null, count_is_exact: count_is_exact ?? false };
}
