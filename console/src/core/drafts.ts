/**
 * What somebody is writing, kept in the browser until it was taken: by who writes and what it is for. Of who has no
 * account it is kept by the tab alone: others may sit there next.
 */

import { useCallback, useState } from "preact/hooks";

import { session } from "./session";

const PREFIX = "mesa.draft.";

const keyOf = (who: string | undefined, what: string): string => `${PREFIX}${who ?? "nobody"}.${what}`;

/**
 * A text that outlives reloads, lost networks and ended sessions. The third clears it: of what was sent, what was
 * typed since stays.
 */
export function useDraft(what: string, initial = ""): [string, (text: string) => void, (sent?: string) => void] {
  const [, redraw] = useState(0);
  const who = session.value?.user.id;
  const place = who ? localStorage : sessionStorage;
  const key = keyOf(who, what);
  const put = useCallback(
    (text: string) => {
      if (text && text !== initial) place.setItem(key, text);
      else place.removeItem(key);
      redraw((count) => count + 1);
    },
    [key, initial],
  );
  const clear = useCallback(
    (sent?: string) => {
      const now = place.getItem(key) ?? "";
      put(sent === undefined ? "" : now.startsWith(sent) ? now.slice(sent.length).trimStart() : now);
    },
    [put],
  );
  return [place.getItem(key) ?? initial, put, clear];
}

/** Who signs out by hand leaves nothing behind for who sits there next. */
export function forgetDrafts(who: string): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(keyOf(who, ""))) localStorage.removeItem(key);
}
