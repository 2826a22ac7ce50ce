/** What was asked at first, with the ticket's own files; edited in place by who may. */

import { Mail, Pencil } from "lucide";
import { useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { asProblem } from "../core/problem";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import { AttachedFiles } from "../ui/files";
import { Form, TextArea, useForm } from "../ui/form";
import { sentence } from "../ui/states";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { Written } from "../ui/written";
import { MailDialog } from "./mail";
import type { OneTicket } from "./state";

const WORDS = words({
  en: { description: "Description", edit: "Edit the description", mail: "The mail", gone: "That mail is no longer kept.", sources: { public: "by the form", email: "by mail", api: "by the console or the API" } as Record<string, string> },
  es: { description: "Descripción", edit: "Editar la descripción", mail: "El correo", gone: "Ese correo ya no se conserva.", sources: { public: "por el formulario", email: "por correo", api: "por la consola o la API" } },
});

export function Description({ of, files }: { of: OneTicket; files: readonly Schema<"AttachmentOut">[] }) {
  const t = say(WORDS);
  const { ticket } = of;
  const [editing, setEditing] = useState(false);
  const [mail, setMail] = useState<string | null>(null);
  const source = t.sources[ticket.source];
  const findMail = async () => {
    try {
      const { items } = await take(api.GET("/v1/tickets/{ticket_id}/mails", { params: { path: { ticket_id: ticket.id }, query: { sort: "received_at", limit: 100 } } }));
      const found = items.find(({ comment_id }) => comment_id === null);
      if (found) setMail(found.id);
      else tell(t.gone);
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    }
  };
  return (
    <article class="comment" aria-label={t.description}>
      <header>
        <Avatar name={ticket.requester.name} />
        <span class="strong one-line">{ticket.requester.name}</span>
        <span class="grow" />
        <span class="small soft"><Ago at={ticket.created_at} />{source && ` · ${source}`}</span>
        <span class="row tight deeds">
          {ticket.source === "email" && <Button look="quiet" small icon={Mail} label={t.mail} onClick={() => void findMail()} />}
          {of.may("update") && !editing && <Button look="quiet" small icon={Pencil} label={t.edit} onClick={() => setEditing(true)} />}
        </span>
      </header>
      {editing ? <Edit of={of} onEnd={() => setEditing(false)} /> : <Written text={ticket.description} />}
      {files.length > 0 && <AttachedFiles ticketId={ticket.id} files={files} />}
      {mail && <MailDialog ticketId={ticket.id} mailId={mail} onClose={() => setMail(null)} />}
    </article>
  );
}

function Edit({ of, onEnd }: { of: OneTicket; onEnd: () => void }) {
  // What one saw when beginning: against that others' changes are held.
  const base = useRef(of.ticket);
  const form = useForm({ description: of.ticket.description }, async ({ description }) => {
    if (description === base.current.description || (await of.change({ description }, base.current))) onEnd();
  });
  return (
    <Form of={form} action={say(PARTS).save} beside={<Button onClick={onEnd}>{say(PARTS).cancel}</Button>}>
      <TextArea of={form} name="description" label={say(WORDS).description} hidden autoFocus rows={6} />
    </Form>
  );
}
