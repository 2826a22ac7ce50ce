/** A request with all that was said in it, fetched anew every 15 seconds while it is looked at. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad, type Loaded } from "../core/load";
import { Problem } from "../core/problem";
import { useWhileSeen } from "./while-seen";

export type Ticket = Schema<"TicketDetail">;
export type Comment = Schema<"CommentOut">;
export type Attached = Schema<"AttachmentOut">;

export interface Talk {
  ticket: Ticket;
  /** Oldest first, all of them. */
  comments: readonly Comment[];
  /** Those of the request itself and of its comments; of those that have not come yet, the own ones alone. */
  files: readonly Attached[];
}

const EVERY = 15_000;
// A file that has just been sent is looked through within seconds.
const SOON = 3_000;
const FRESH = 120_000;

const isMoving = (file: Attached): boolean =>
  (file.state === "awaiting" || file.scan === "pending") && Date.now() - Date.parse(file.created_at) < FRESH;

export function useTalk(id: string): Loaded<Talk> & { news: number } {
  const path = { ticket_id: id };
  const [news, setNews] = useState(0);
  const fetchTicket = () => take(api.GET("/v1/tickets/{ticket_id}", { params: { path } }));
  const fetchFiles = () => everything((cursor) => take(api.GET("/v1/tickets/{ticket_id}/attachments", { params: { path, query: { limit: 100, cursor } } })));
  const fetchComments = () => everything((cursor) => take(api.GET("/v1/tickets/{ticket_id}/comments", { params: { path, query: { limit: 100, cursor } } })));
  const talk = useLoad<Talk>(async () => {
    const [ticket, comments, files] = await Promise.all([fetchTicket(), fetchComments(), fetchFiles()]);
    return { ticket, comments, files };
  }, [id]);
  useWhileSeen(talk.data?.files.some(isMoving) ? SOON : EVERY, async () => {
    const before = talk.data;
    if (!before || talk.loading) return;
    try {
      const ticket = await fetchTicket();
      const comments = joined(before.comments, ticket.comments);
      const files = before.files.some(isMoving) ? await fetchFiles() : before.files;
      const fresh = comments.filter(({ id }) => !before.comments.some((comment) => comment.id === id)).length;
      talk.put({ ticket, comments, files });
      if (fresh) setNews(fresh);
    } catch (thrown) {
      // What could not be had now is asked for again in a while; what is gone is shown as gone.
      if (!(thrown instanceof Problem)) throw thrown;
      if (thrown.status === 404) void talk.reload();
    }
  });
  return { ...talk, news };
}

/** The files of a comment, or of the request itself. */
export function filesOf(talk: Talk, comment: Comment | null): readonly Attached[] {
  const own = talk.files.filter((file) => file.comment_id === (comment?.id ?? null));
  const known = new Set(own.map(({ id }) => id));
  return [...own, ...(comment?.attachments ?? []).filter(({ id }) => !known.has(id))];
}

/** The latest ones in the place of what was known since the first of them. */
export function joined(known: readonly Comment[], latest: readonly Comment[]): readonly Comment[] {
  const since = latest[0]?.created_at;
  return since ? [...known.filter((comment) => comment.created_at < since), ...latest] : latest;
}
