/** News of the desk: asks the change feed every few seconds while the page is looked at. For staff. */

import { useEffect, useRef } from "preact/hooks";

import { api, take } from "./api";
import type { Schema } from "./api-types";
import { Problem } from "./problem";

export type News = Schema<"EventOut">;

const EVERY = 5_000;
const AT_MOST = 60_000;

/**
 * `hear` gets what happened since the page was opened, in order; nothing comes twice. `begun`: from here on it is told;
 * what was fetched before may have changed meanwhile.
 */
export function useFeed(hear: (news: readonly News[]) => void, begun: () => void = () => {}): void {
  const latest = useRef({ hear, begun });
  latest.current = { hear, begun };
  useEffect(() => {
    let cursor = "now";
    let wait = EVERY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const ask = async () => {
      timer = undefined;
      if (over) return;
      if (!document.hidden) {
        try {
          const page = await take(api.GET("/v1/events", { params: { query: { after: cursor, limit: 100 } } }));
          if (over) return;
          if (cursor === "now") latest.current.begun();
          cursor = page.next_cursor;
          wait = EVERY;
          if (page.items.length) latest.current.hear(page.items);
          if (page.has_more) return void ask();
        } catch (thrown) {
          if (!(thrown instanceof Problem)) throw thrown;
          if (thrown.status === 401 || thrown.status === 403) return;
          if (thrown.status === 410) cursor = "now";
          wait = Math.min(AT_MOST, Math.max(wait * 2, (thrown.retryAfter ?? 0) * 1000));
        }
      }
      timer = setTimeout(ask, wait);
    };
    const wake = () => {
      if (document.hidden || !timer) return;
      clearTimeout(timer);
      timer = undefined;
      void ask();
    };
    void ask();
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      over = true;
      clearTimeout(timer);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, []);
}
