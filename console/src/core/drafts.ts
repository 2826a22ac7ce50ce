/** What somebody is writing, kept in the browser until it was taken: by who writes and what it is for. */

import { useCallback, useState } from "preact/hooks";

import { session } from "./session";

const PREFIX = "mesa.draft.";

const keyOf = (what: string): string => `${PREFIX}${session.value?.user.id ?? "nobody"}.${what}`;

/** A text that outlives reloads, lost networks and ended sessions. The third clears it. */
export function useDraft(what: string, initial = ""): [string, (text: string) => void, () => void] {
  const [, redraw] = useState(0);
  const key = keyOf(what);
  const put = useCallback(
    (text: string) => {
      if (text && text !== initial) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
      redraw((count) => count + 1);
    },
    [key, initial],
  );
  return [localStorage.getItem(key) ?? initial, put, useCallback(() => put(""), [put])];
}
