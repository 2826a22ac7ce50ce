/** News of the desk: asks the change feed every few seconds while the page is looked at. For staff. */

import { useEffect, useRef } from "preact/hooks";

import { api, take } from "./api";
import type { Schema } from "./api-types";
import { Problem } from "./problem";

export type News = Schema<"EventOut">;

const EVERY = 5_000;
const AT_MOST = 60_000;

/** `hear` gets what happened since the page was opened, in order; nothing comes twice. */
export function useFeed(hear: (news: readonly News[]) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    let cursor = "now";
    let wait = EVERY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const ask = async () => {
      if (over) return;
      if (!document.hidden) {
        try {
          const page = await take(api.GET("/v1/events", { params: { query: { after: cursor, limit: 100 } } }));
          if (over) return;
          cursor = page.next_cursor;
          wait = EVERY;
          if (page.items.length) latest.current(page.items);
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
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
}
