/** Going through the list by keys: where one is has the focus, so it is seen, and said to who listens. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { go, goTo } from "../core/router";
import { useKeys } from "../ui/keys";
import { linkId, ticketAddress } from "./rows";
import type { Selection } from "./selection";
import type { Ticket } from "./tickets";

interface WalkProps {
  rows: readonly Ticket[];
  selection: Selection;
  search: { current: HTMLInputElement | null };
  onHelp: () => void;
  onAssign: (tickets: readonly Ticket[]) => void;
  onAssignToMe: (tickets: readonly Ticket[]) => void;
}

// Where one was when one left the queue: coming back, one is there again.
let last: string | null = null;

export function useWalk({ rows, selection, search, onHelp, onAssign, onAssignToMe }: WalkProps): { here: string | null; setHere: (id: string) => void } {
  const [here, set] = useState<string | null>(last);
  const returning = useRef(last !== null);
  const setHere = useCallback((id: string) => {
    last = id;
    set(id);
  }, []);
  const place = rows.findIndex((row) => row.id === here);
  const at = rows[place];
  const focus = (row: Ticket | undefined) => {
    const link = row && document.getElementById(linkId(row.id));
    if (!link) return;
    setHere(row.id);
    link.focus({ preventScroll: true });
    link.closest("[data-ticket]")?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    if (!returning.current || !rows.length) return;
    returning.current = false;
    if (document.activeElement === document.body || document.activeElement?.tagName === "H1") focus(rows.find((row) => row.id === here));
  }, [rows]);
  const meant = (): readonly Ticket[] => (selection.chosen.size ? [...selection.chosen.values()] : at ? [at] : []);
  const forThese = (act: (tickets: readonly Ticket[]) => void) => () => {
    const tickets = meant();
    if (tickets.length) act(tickets);
  };
  const next = () => focus(rows[Math.min(place + 1, rows.length - 1)]);
  const before = () => focus(rows[Math.max(place - 1, 0)]);
  // Arrows scroll, unless one is in the list.
  const within = (act: () => void) => () => (document.activeElement?.closest("[data-ticket]") ? act() : false);
  useKeys({
    j: next,
    k: before,
    ArrowDown: within(next),
    ArrowUp: within(before),
    Home: within(() => focus(rows[0])),
    End: within(() => focus(rows.at(-1))),
    o: at && (() => goTo(ticketAddress(at.id))),
    // A link opens by itself.
    Enter: at && (() => (document.activeElement?.closest("a, button, summary") ? false : goTo(ticketAddress(at.id)))),
    x: at && (() => selection.choose(at, false)),
    "Shift+x": at && (() => selection.choose(at, true)),
    Escape: selection.chosen.size ? selection.clear : undefined,
    r: at && (() => goTo(ticketAddress(at.id, { compose: "reply" }))),
    a: forThese(onAssign),
    m: forThese(onAssignToMe),
    "/": () => search.current?.focus(),
    "?": onHelp,
    n: () => go("new-ticket"),
  });
  return { here, setHere };
}
