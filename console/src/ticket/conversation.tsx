/** What was said on a ticket: its description, replies and notes, and between them what happened, folded. */

import { History } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { asProblem, type Problem } from "../core/problem";
import { say, words } from "../core/words";
import { useLoad } from "../core/load";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { ProblemNote } from "../ui/states";
import { Ago } from "../ui/time";
import { Comment, type Said } from "./comment";
import { Description } from "./description";
import { detailOf, sentenceOf, type Entry } from "./sentences";
import type { Detail, OneTicket } from "./state";
import { Changes, Sentence } from "./timeline";

const WORDS = words({
  en: {
    title: "Conversation", earlier: "Show earlier comments", more: (count: number) => `${count} changes`,
  },
  es: {
    title: "Conversación", earlier: "Mostrar comentarios anteriores", more: (count: number) => `${count} cambios`,
  },
});

/** What stands in the conversation as a comment, or says nothing that one would look for there. */
const NOT_TOLD = new Set(["commented", "created", "comment_edited", "comment_deleted", "attached", "time_logged", "time_changed", "time_removed", "sla_recounted", "watcher_added", "watcher_removed"]);
/** Of the detail's answer: the last hundred. */
const LAST = 100;

interface ConversationProps {
  of: OneTicket;
  /** When the last comment was written that was there at first: what others said since is marked. */
  since: string;
  own: ReadonlyMap<string, string>;
  meId: string;
  onChanged: () => void;
}

export function Conversation({ of, since, own, meId, onChanged }: ConversationProps) {
  const t = say(WORDS);
  const { ticket, pulse } = of;
  const [older, setOlder] = useState<readonly Said[]>([]);
  const [complete, setComplete] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const path = { ticket_id: ticket.id };
  const files = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/attachments", { params: { path, query: { limit: 100 } } })), [ticket.id, pulse]);
  useEffect(() => {
    setOlder([]);
    setComplete(false);
  }, [ticket.id]);
  const isCut = !complete && ticket.comments.length > 0 && (ticket.comments.length >= LAST || saidBefore(ticket));
  const fetchEarlier = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setOlder(await earlier(ticket));
      setComplete(true);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const known = new Set(ticket.comments.map(({ id }) => id));
  const said = [...older.filter(({ id }) => !known.has(id)), ...ticket.comments];
  const loose = files.data?.items.filter(({ comment_id }) => comment_id === null) ?? [];
  return (
    <section class="conversation" aria-label={t.title}>
      <Description of={of} files={loose} />
      {isCut && <Button look="quiet" icon={History} busy={busy} onClick={fetchEarlier}>{t.earlier}</Button>}
      {problem && <ProblemNote problem={problem} retry={fetchEarlier} />}
      {inOrder(said, ticket.timeline).map((piece) =>
        "body" in piece ? (
          <Comment key={piece.id} of={piece} ticketId={ticket.id} requesterId={ticket.requester.id} isNew={piece.created_at > since && piece.author?.id !== meId} onChanged={onChanged} />
        ) : (
          <Happened key={piece.entries[0]!.id} entries={piece.entries} own={own} />
        ),
      )}
    </section>
  );
}

const saidBefore = ({ comments, timeline }: Detail): boolean => {
  const told = timeline.filter(({ action }) => action === "commented").length;
  return told > comments.length;
};

/** All comments before those that came with the ticket. */
async function earlier(ticket: Detail): Promise<Said[]> {
  const first = ticket.comments[0]!;
  const found: Said[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: LAST, cursor };
    const page = await take(api.GET("/v1/tickets/{ticket_id}/comments", { params: { path: { ticket_id: ticket.id }, query } }));
    found.push(...page.items.filter(({ created_at, id }) => created_at < first.created_at || (created_at === first.created_at && id !== first.id)));
    if (page.items.some(({ id }) => id === first.id)) break;
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

type Piece = Said | { entries: Entry[] };

/** By their time; what happened between two comments stands together. */
function inOrder(said: readonly Said[], timeline: readonly Entry[]): Piece[] {
  const all: (Said | Entry)[] = [...said, ...timeline.filter(({ action }) => !NOT_TOLD.has(action))];
  all.sort((a, b) => a.created_at.localeCompare(b.created_at));
  const pieces: Piece[] = [];
  for (const one of all) {
    const last = pieces.at(-1);
    if ("body" in one) pieces.push(one);
    else if (last && "entries" in last) last.entries.push(one);
    else pieces.push({ entries: [one] });
  }
  return pieces;
}

function Happened({ entries, own }: { entries: readonly Entry[]; own: ReadonlyMap<string, string> }) {
  const t = say(WORDS);
  const last = entries.at(-1)!;
  const line = (entry: Entry) => (
    <li key={entry.id}>
      <Sentence of={entry} /> <span class="soft"><Ago at={entry.created_at} /></span>
      {detailOf(entry) && <div class="soft written">{detailOf(entry)}</div>}
      <Changes of={entry} own={own} />
    </li>
  );
  return (
    <details class="happened small">
      <summary>
        <Icon of={History} />
        <span class="one-line">{sentenceOf(last)}{entries.length > 1 && ` · ${t.more(entries.length)}`}</span>
        <span class="soft"><Ago at={last.created_at} /></span>
      </summary>
      <ul>{entries.map(line)}</ul>
    </details>
  );
}
