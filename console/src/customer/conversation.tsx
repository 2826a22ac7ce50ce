/** What was said and done in a request, oldest first. */

import { CircleCheck, CirclePause, CircleX, RotateCcw, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";

import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { AttachedFiles } from "../ui/files";
import { Icon } from "../ui/icon";
import { Markup } from "../ui/markup";
import { Ago } from "../ui/time";
import { Written } from "../ui/written";
import { Revise } from "./revise";
import { filesOf, type Attached, type Comment, type Talk } from "./talk";

const WORDS = words({
  en: {
    title: "Conversation",
    you: (name: string) => `${name} (you)`,
    desk: "Help desk",
    edited: "edited",
    paused: (who: string, reason: string) => `${who} asks you: ${reason}`,
    held: (who: string, reason: string) => `${who} waits for somebody else: ${reason}`,
    resolved: (who: string) => `${who} says that it is solved.`,
    closed: (who: string) => `Closed by ${who}.`,
    reopened: (who: string) => `${who} says that it is not solved.`,
    cancelled: (who: string) => `Called off by ${who}.`,
    byItself: "the help desk",
  },
  es: {
    title: "Conversación",
    you: (name: string) => `${name} (usted)`,
    desk: "Mesa de ayuda",
    edited: "editado",
    paused: (who: string, reason: string) => `${who} le pregunta: ${reason}`,
    held: (who: string, reason: string) => `${who} espera a un tercero: ${reason}`,
    resolved: (who: string) => `${who} dice que está resuelta.`,
    closed: (who: string) => `Cerrada por ${who}.`,
    reopened: (who: string) => `${who} dice que no está resuelta.`,
    cancelled: (who: string) => `Cancelada por ${who}.`,
    byItself: "la mesa de ayuda",
  },
});

interface Item {
  at: string;
  key: string;
  draw: () => ComponentChildren;
}

const ICONS: Record<string, IconNode> = { paused: CirclePause, resolved: CircleCheck, closed: CircleCheck, reopened: RotateCcw, cancelled: CircleX };

/** `onRevised` fetches it anew. */
export function Conversation({ of, onRevised }: { of: Talk; onRevised: () => Promise<void> }) {
  const t = say(WORDS);
  const { ticket, comments } = of;
  const first: Item = {
    at: ticket.created_at,
    key: "first",
    draw: () => (
      <Message author={ticket.requester} at={ticket.created_at} isDesk={false}>
        <Written text={ticket.description} />
        <AttachedFiles ticketId={ticket.id} files={filesOf(of, null)} />
      </Message>
    ),
  };
  const said = comments.map<Item>((comment) => ({ at: comment.created_at, key: comment.id!, draw: () => <Said comment={comment} files={filesOf(of, comment)} onRevised={onRevised} /> }));
  const done = ticket.timeline.flatMap<Item>((entry) => {
    const told = happened(entry, t);
    return told ? [{ at: entry.created_at, key: entry.id, draw: () => <p class="talk-event small"><Icon of={ICONS[entry.action]!} /><span>{told} <span class="soft"><Ago at={entry.created_at} /></span></span></p> }] : [];
  });
  const items = [first, ...[...said, ...done].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))];
  return (
    <section aria-labelledby="conversation">
      <h2 id="conversation" class="unseen">{t.title}</h2>
      <ol class="talk">{items.map((item) => <li key={item.key}>{item.draw()}</li>)}</ol>
    </section>
  );
}

function happened(entry: Talk["ticket"]["timeline"][number], t: typeof WORDS.en): string | null {
  const who = entry.actor.name ?? t.byItself;
  const { reason, waiting_on } = entry.meta as { reason?: string | null; waiting_on?: string };
  const because = reason ? ` ${reason}` : "";
  if (entry.action === "paused") return reason ? (waiting_on === "customer" ? t.paused(who, reason) : t.held(who, reason)) : null;
  if (entry.action === "resolved") return t.resolved(who);
  if (entry.action === "closed") return t.closed(who) + because;
  if (entry.action === "reopened") return t.reopened(who) + because;
  if (entry.action === "cancelled") return t.cancelled(who) + because;
  return null;
}

function Said({ comment, files, onRevised }: { comment: Comment; files: readonly Attached[]; onRevised: () => Promise<void> }) {
  return (
    <Message author={comment.author} at={comment.created_at} isDesk={comment.from_desk} edited={comment.edited_at !== null} beside={<Revise comment={comment} onRevised={onRevised} />}>
      {comment.body_html === null ? <Written text={comment.body ?? ""} /> : <Markup html={comment.body_html} />}
      <AttachedFiles ticketId={comment.ticket_id} files={files} />
    </Message>
  );
}

interface MessageProps {
  author: { id: string; name: string } | null;
  at: string;
  isDesk: boolean;
  edited?: boolean;
  beside?: ComponentChildren;
  children: ComponentChildren;
}

function Message({ author, at, isDesk, edited, beside, children }: MessageProps) {
  const t = say(WORDS);
  const isMine = author?.id === session.value?.user.id;
  const name = author?.name ?? t.desk;
  return (
    <article class={`talk-message ${isMine ? "mine" : isDesk ? "desk" : ""}`}>
      <Avatar name={name} />
      <div class="card padded stack tight">
        <div class="row small">
          <span class="strong">{isMine ? t.you(name) : name}</span>
          {isDesk && author && <span class="badge">{t.desk}</span>}
          <span class="soft"><Ago at={at} />{edited && ` · ${t.edited}`}</span>
          {beside}
        </div>
        {children}
      </div>
    </article>
  );
}
