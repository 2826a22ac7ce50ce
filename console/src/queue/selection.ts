/** Which tickets are chosen: they stay so whatever the list does. */

import { useCallback, useMemo, useRef, useState } from "preact/hooks";

import type { Ticket } from "./tickets";

export interface Selection {
  chosen: ReadonlyMap<string, Ticket>;
  /** All that the filter means, shown or not. */
  all: boolean;
  /** `range`: and all from the one that was chosen last to this one. */
  choose: (ticket: Ticket, range: boolean) => void;
  /** All that are shown, or none. */
  chooseAll: (all: boolean) => void;
  chooseMatching: () => void;
  /** No more than these of them. */
  keep: (ids: readonly string[]) => void;
  clear: () => void;
}

export function useSelection(rows: readonly Ticket[]): Selection {
  const [state, setState] = useState<{ chosen: ReadonlyMap<string, Ticket>; all: boolean }>({ chosen: new Map(), all: false });
  const latest = useRef(rows);
  latest.current = rows;
  const from = useRef<string | null>(null);
  const choose = useCallback((ticket: Ticket, range: boolean) => {
    const shown = latest.current;
    setState(({ chosen }) => {
      const next = new Map(chosen);
      const start = range ? shown.findIndex((row) => row.id === from.current) : -1;
      const end = shown.findIndex((row) => row.id === ticket.id);
      if (start >= 0 && end >= 0) for (const row of shown.slice(Math.min(start, end), Math.max(start, end) + 1)) next.set(row.id, row);
      else if (!next.delete(ticket.id)) next.set(ticket.id, ticket);
      return { chosen: next, all: false };
    });
    from.current = ticket.id;
  }, []);
  const chooseAll = useCallback((all: boolean) => setState({ chosen: new Map(all ? latest.current.map((row) => [row.id, row]) : []), all: false }), []);
  const chooseMatching = useCallback(() => setState(({ chosen }) => ({ chosen, all: true })), []);
  const keep = useCallback((ids: readonly string[]) => setState(({ chosen }) => ({ chosen: new Map([...chosen].filter(([id]) => ids.includes(id))), all: false })), []);
  return useMemo(() => ({ ...state, choose, chooseAll, chooseMatching, keep, clear: () => chooseAll(false) }), [state]);
}
