/**
 * One ticket on its page: loaded, kept fresh by the change feed, changed by fields and by verbs. Each change names the
 * version that one has seen; where somebody was faster, what does not clash goes onto the new version by itself, and
 * what does is asked (conflict.tsx).
 */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { api, seen, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useFeed, type News } from "../core/feed";
import { useLoad } from "../core/load";
import { Problem } from "../core/problem";
import { session } from "../core/session";
import { merging, patchOf, type Merging, type Patch, type Ticket } from "./merging";

export type Detail = Schema<"TicketDetail">;
export type Verb = Schema<"Verb">;

/** What waits for a person to decide: fields that clash, or a verb on a ticket that changed meanwhile. */
export interface Conflict extends Merging {
  fresh: Ticket;
  /** Who changed it, as far as its timeline tells. */
  who: string | null;
  verb?: Verb;
  /** With what is to win, or null for leaving it as they have it. */
  decide: (values: Record<string, unknown> | null) => void;
}

export interface Heard {
  who: string;
  type: string;
  at: string;
  internal: boolean;
}

export interface OneTicket {
  ticket: Detail;
  may: (deed: Verb | Schema<"Deed">) => boolean;
  reload: () => Promise<void>;
  /** Resolves to whether it was done: false where one left it to them. `base`: what one saw when beginning. */
  change: (patch: Patch, base?: Ticket) => Promise<boolean>;
  act: (verb: Verb, body: object) => Promise<boolean>;
  /** An answer of the API that is this ticket. */
  put: (ticket: Ticket) => void;
  /** Counts what happened, so that what is loaded beside the ticket is loaded anew. */
  pulse: number;
}

/** Left to them, or taken by them already: nothing to do. */
const NOTHING = Symbol("nothing");

export function useTicket(id: string, tellMerged: (merged: Merging) => void) {
  const path = { ticket_id: id };
  const loaded = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}", { params: { path } })), [id]);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  const [pulse, setPulse] = useState(0);
  const current = useRef<Detail | undefined>(undefined);
  current.current = loaded.data;
  useEffect(() => {
    setHeard([]);
    setConflict(null);
  }, [id]);
  const reload = useCallback(async () => {
    await loaded.reload();
    setPulse((count) => count + 1);
  }, [loaded.reload]);
  const me = session.value?.user.id;
  useFeed((news) => {
    const mine = news.filter((one) => one.ticket_id === id);
    if (!mine.length) return;
    const others = mine.map(asHeard).filter((one) => one !== null);
    if (others.length) setHeard((was) => [...was, ...others].slice(-20));
    void reload();
  }, () => void loaded.reload());
  function asHeard(news: News): Heard | null {
    const actor = news.data.actor as { id?: string | null; name?: string | null } | undefined;
    if (!actor?.name || actor.id === me) return null;
    return { who: actor.name, type: news.type.replace("ticket.", ""), at: news.created_at, internal: news.internal };
  }

  /** What was answered is shown at once; conversation and timeline follow. */
  const put = useCallback(
    (ticket: Ticket) => {
      const was = current.current;
      if (was && was.id === ticket.id) loaded.put({ ...was, ...ticket });
      void reload();
    },
    [loaded.put, reload],
  );

  async function settled(send: (version: number) => Promise<Ticket>, base: Ticket, patch: Patch, verb?: Verb): Promise<Ticket | typeof NOTHING> {
    try {
      return await send(base.version);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
    }
    const fresh = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path } }));
    loaded.put(fresh);
    setPulse((count) => count + 1);
    const merged = merging(base, fresh, patch);
    const isFree = verb ? !merged.theirs.some(({ field }) => VERB_LOOKS_AT.has(field)) && fresh.verbs.includes(verb) : merged.clashes.length === 0;
    if (isFree) {
      if (!verb && !Object.keys(merged.free).length) return NOTHING;
      const answer = verb ? await send(fresh.version) : await settled((version) => patched(patchOf(merged.free), version), fresh, patchOf(merged.free));
      if (answer !== NOTHING) tellMerged(merged);
      return answer;
    }
    const who = fresh.timeline.findLast(({ actor }) => actor.id !== me)?.actor.name ?? null;
    const chosen = await new Promise<Record<string, unknown> | null>((decide) => setConflict({ ...merged, fresh, who, verb, decide }));
    setConflict(null);
    if (!chosen) return NOTHING;
    if (verb) return settled(send, fresh, patch, verb);
    const values = { ...merged.free, ...chosen };
    if (!Object.keys(values).length) return NOTHING;
    return settled((version) => patched(patchOf(values), version), fresh, patchOf(values));
  }

  const patched = (patch: Patch, version: number): Promise<Ticket> =>
    take(api.PATCH("/v1/tickets/{ticket_id}", { params: { path, header: seen(version) }, body: patch }));

  async function change(patch: Patch, base: Ticket = current.current!): Promise<boolean> {
    const answer = await settled((version) => patched(patch, version), base, patch);
    if (answer === NOTHING) return false;
    put(answer as Ticket);
    return true;
  }

  async function act(verb: Verb, body: object): Promise<boolean> {
    const base = current.current!;
    const answer = await settled((version) => done(id, verb, body, version), base, {}, verb);
    if (answer === NOTHING) return false;
    put(answer as Ticket);
    return true;
  }

  return { loaded, conflict, heard, pulse, reload, change, act, put };
}

/** What a verb is decided by: where somebody changed one of these meanwhile, it is asked again. */
const VERB_LOOKS_AT = new Set(["status", "team_id", "assignee_id", "merged_into", "archived_at"]);

/** Verbs are alike but for what they take, and that their dialogs know. */
function done(id: string, verb: Verb, body: object, version: number): Promise<Ticket> {
  const address = `/v1/tickets/{ticket_id}/${verb}` as "/v1/tickets/{ticket_id}/close";
  return take(api.POST(address, { params: { path: { ticket_id: id }, header: seen(version) }, body }));
}
