/** One comment: a public reply or an internal note, with its files; an own one is edited or taken back for 15 minutes. */

import { Lock, Mail, Pencil, Undo2 } from "lucide";
import { useState, type Dispatch, type StateUpdater } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { now } from "../core/clock";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { AttachedFiles } from "../ui/files";
import { Form, TextArea, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { Markup } from "../ui/markup";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { Written } from "../ui/written";
import { MailDialog } from "./mail";

export type Said = Schema<"CommentOut">;

const WORDS = words({
  en: {
    note: "Internal note", reply: "Public reply", edited: "edited", somebody: "Somebody", requester: "Requester",
    edit: "Edit", takeBack: "Take back", text: "Text", takenBack: (who: string) => `${who} took this back.`, wasTaken: "This was taken back.",
    sure: "Take this comment back?", explain: "It disappears for the customer. A mail that went out stays as it was.", done: "Taken back",
    mail: "The mail", viaMail: "by mail",
  },
  es: {
    note: "Nota interna", reply: "Respuesta pública", edited: "editado", somebody: "Alguien", requester: "Solicitante",
    edit: "Editar", takeBack: "Retirar", text: "Texto", takenBack: (who: string) => `${who} lo retiró.`, wasTaken: "Se retiró.",
    sure: "¿Retirar este comentario?", explain: "Desaparece para el cliente. Un correo ya enviado queda como estaba.", done: "Retirado",
    mail: "El correo", viaMail: "por correo",
  },
});

/** How long one may edit or take back what one wrote. */
const WINDOW = 15 * 60_000;

interface CommentProps {
  of: Said;
  ticketId: string;
  requesterId: string;
  isNew: boolean;
  onChanged: () => void;
}

export function Comment({ of, ticketId, requesterId, isNew, onChanged }: CommentProps) {
  const t = say(WORDS);
  const [open, setOpen] = useState<"" | "edit" | "take-back" | "mail">("");
  const user = session.value!.user;
  const who = of.author?.name ?? t.somebody;
  const isNote = of.visibility === "internal";
  const isFresh = now.value - Date.parse(of.created_at) < WINDOW;
  const isOwn = of.author?.id === user.id;
  const mayTakeBack = (isOwn && isFresh) || user.role === "dispatcher" || user.role === "admin";
  const kind = isNote ? t.note : t.reply;
  return (
    <article id={`comment-${of.id}`} class={`comment${isNote ? " internal" : ""}${isNew ? " new" : ""}`} aria-label={`${kind}: ${who}`}>
      <header>
        <Avatar name={who} />
        <span class="strong one-line">{who}</span>
        {of.author?.id === requesterId && <span class="badge">{t.requester}</span>}
        {isNote && <span class="badge note-badge"><Icon of={Lock} />{t.note}</span>}
        {of.source === "email" && !of.mail_id && <span class="small soft">{t.viaMail}</span>}
        <span class="grow" />
        <span class="small soft"><Ago at={of.created_at} />{of.edited_at && ` · ${t.edited}`}</span>
        {!of.deleted_at && of.id && (
          <span class="row tight deeds">
            {of.mail_id && <Button look="quiet" small icon={Mail} label={t.mail} onClick={() => setOpen("mail")} />}
            {isOwn && isFresh && <Button look="quiet" small icon={Pencil} label={t.edit} onClick={() => setOpen("edit")} />}
            {mayTakeBack && <Button look="quiet" small icon={Undo2} label={t.takeBack} onClick={() => setOpen("take-back")} />}
          </span>
        )}
      </header>
      {of.deleted_at ? (
        <p class="soft small">{of.deleted_by ? t.takenBack(of.deleted_by.name) : t.wasTaken}</p>
      ) : open === "edit" ? (
        <Edit of={of} ticketId={ticketId} onEnd={(changed) => { setOpen(""); if (changed) onChanged(); }} />
      ) : (
        <Text of={of} />
      )}
      {of.attachments.length > 0 && <AttachedFiles ticketId={ticketId} files={of.attachments} />}
      {open === "take-back" && <TakeBack of={of} ticketId={ticketId} setOpen={setOpen} onChanged={onChanged} />}
      {open === "mail" && of.mail_id && <MailDialog ticketId={ticketId} mailId={of.mail_id} onClose={() => setOpen("")} />}
    </article>
  );
}

function TakeBack({ of, ticketId, setOpen, onChanged }: Pick<CommentProps, "of" | "ticketId" | "onChanged"> & { setOpen: Dispatch<StateUpdater<"" | "edit" | "take-back" | "mail">> }) {
  const t = say(WORDS);
  const takeBack = async () => {
    await take(api.DELETE("/v1/tickets/{ticket_id}/comments/{comment_id}", { params: { path: { ticket_id: ticketId, comment_id: of.id! } } }));
    tell(t.done);
    onChanged();
  };
  return (
    <Confirm title={t.sure} action={t.takeBack} onClose={() => setOpen("")} onConfirm={takeBack}>
      <p>{t.explain}</p>
    </Confirm>
  );
}

/** Whom it mentions stands out in it. */
function Text({ of }: { of: Said }) {
  if (of.body_html === null) return <Written text={of.body ?? ""} />;
  const names = (of.mentions ?? []).map(({ name }) => name);
  return <Markup html={of.body_html} mark={names.length ? (text) => marked(text) : undefined} />;
}

const MENTION = /@(?:\[[^\]\n]{1,200}\]|[\p{L}\p{N}._%+-]+(?:@[\p{L}\p{N}.-]+)?)/gu;

function marked(text: string) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(MENTION)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(<span class="mention">{found[0].replace(/^@\[(.*)\]$/, "@$1")}</span>);
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function Edit({ of, ticketId, onEnd }: { of: Said; ticketId: string; onEnd: (changed: boolean) => void }) {
  const t = say(WORDS);
  const form = useForm({ body: of.body ?? "" }, async (body) => {
    await take(api.PATCH("/v1/tickets/{ticket_id}/comments/{comment_id}", { params: { path: { ticket_id: ticketId, comment_id: of.id! } }, body }));
    onEnd(true);
  });
  return (
    <Form of={form} action={say(PARTS).save} beside={<Button onClick={() => onEnd(false)}>{say(PARTS).cancel}</Button>}>
      <TextArea of={form} name="body" label={t.text} hidden autoFocus rows={4} />
    </Form>
  );
}
