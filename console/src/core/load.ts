/** What a page shows comes from somewhere: its state while it does. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { asProblem, type Problem } from "./problem";

export interface Loaded<T> {
  /** What came last; it stays while it is fetched anew. */
  data: T | undefined;
  problem: Problem | null;
  loading: boolean;
  reload: () => Promise<void>;
  /** Puts what one knows better in its place, as a verb's answer. */
  put: (data: T) => void;
  /** What went wrong with a part of it; what is there stays. */
  fail: (problem: Problem) => void;
}

/** Fetches when `by` changes. What comes late, after something else was asked for, is left out. */
export function useLoad<T>(fetchIt: () => Promise<T>, by: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; problem: Problem | null; loading: boolean }>({ problem: null, loading: true });
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    setState((was) => ({ ...was, loading: true }));
    try {
      const data = await fetchIt();
      if (mine === turn.current) setState({ data, problem: null, loading: false });
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (mine === turn.current) setState((was) => ({ ...was, problem, loading: false }));
    }
  }, by);
  useEffect(() => {
    setState({ problem: null, loading: true });
    void reload();
    return () => void turn.current++;
  }, [reload]);
  const put = useCallback((data: T) => {
    turn.current++;
    setState({ data, problem: null, loading: false });
  }, []);
  const fail = useCallback((problem: Problem) => setState((was) => ({ ...was, problem, loading: false })), []);
  return { data: state.data, problem: state.problem, loading: state.loading, reload, put, fail };
}

/** All of a list that is told by pages. */
export async function everything<T>(page: (cursor: string | undefined) => Promise<{ items: readonly T[]; next_cursor: string | null }>): Promise<readonly T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const part = await page(cursor);
    found.push(...part.items);
    cursor = part.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

export interface Listed<T> extends Loaded<readonly T[]> {
  /** Fetches what comes after; absent at the end. */
  more: (() => Promise<void>) | undefined;
}

/** A list that is told by pages, as far as somebody has asked for it. */
export function useList<T>(page: (cursor: string | undefined) => Promise<{ items: readonly T[]; next_cursor: string | null }>, by: readonly unknown[]): Listed<T> {
  const loaded = useLoad(() => page(undefined), by);
  const [busy, setBusy] = useState(false);
  const { data } = loaded;
  const shown = useRef(data);
  shown.current = data;
  const more = async () => {
    if (busy || !data?.next_cursor) return;
    setBusy(true);
    try {
      const next = await page(data.next_cursor);
      // Of another list than what is shown meanwhile: of another filter, or loaded anew.
      if (shown.current === data) loaded.put({ items: [...data.items, ...next.items], next_cursor: next.next_cursor });
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (shown.current === data) loaded.fail(problem);
    } finally {
      setBusy(false);
    }
  };
  return {
    ...loaded,
    data: data?.items,
    loading: loaded.loading || busy,
    more: data?.next_cursor ? more : undefined,
    put: (items) => loaded.put({ items, next_cursor: data?.next_cursor ?? null }),
  };
}
