/** What is shown stays while it is asked for anew, and comes by itself when it can. */

import { useEffect, useRef } from "preact/hooks";

import { useFeed } from "../core/feed";
import { useLoad, type Loaded } from "../core/load";

// Counting a desk anew takes seconds to minutes; the API says a minute.
const LONGEST_WAIT = 20;
const EVERY = 30_000;
const TOGETHER = 3_000;

/** As `useLoad`, but what was asked before stays until what is asked now is there; a 503 is asked again. */
export function useFigures<T>(fetchIt: () => Promise<T>, by: readonly unknown[]): Loaded<T> {
  const loaded = useLoad(fetchIt, by);
  const last = useRef<T | undefined>(undefined);
  if (loaded.data !== undefined) last.current = loaded.data;
  const { problem, reload } = loaded;
  const waits = isCounting(problem?.status);
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(reload, 1000 * Math.min(LONGEST_WAIT, problem!.retryAfter ?? LONGEST_WAIT));
    return () => clearTimeout(timer);
  }, [problem, reload]);
  const stays = loaded.loading || waits;
  return { ...loaded, data: loaded.data ?? (stays ? last.current : undefined) };
}

/** Figures are not to be had for the moment: they are being counted anew, or the desk is busy. */
export const isCounting = (status: number | undefined): boolean => status === 503;

/** Calls `reload` soon after something happened at the desk, and every half a minute; not while nobody looks. */
export function useFreshness(reload: () => Promise<void>): void {
  const latest = useRef(reload);
  latest.current = reload;
  const soon = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useFeed(() => {
    soon.current ??= setTimeout(() => {
      soon.current = undefined;
      void latest.current();
    }, TOGETHER);
  });
  useEffect(() => {
    const timer = setInterval(() => document.hidden || void latest.current(), EVERY);
    return () => {
      clearInterval(timer);
      clearTimeout(soon.current);
    };
  }, []);
}
