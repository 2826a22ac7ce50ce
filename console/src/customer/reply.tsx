/** Answering in a request, with files: what is written is kept until it was taken. */

import { Send } from "lucide";
import { useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { useDraft } from "../core/drafts";
import { asProblem, type Problem } from "../core/problem";
import { go } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { FilePicker, pasted, useFiles } from "../ui/files";
import { Field } from "../ui/form";
import { ProblemNote } from "../ui/states";
import { tell } from "../ui/toasts";
import { refusedInWords } from "./refusals";
import type { Ticket } from "./talk";

const WORDS = words({
  en: {
    label: "Your answer",
    add: "Add something",
    send: "Send",
    sendFiles: "Send the files again",
    files: (names: string) => `Files: ${names}`,
    sent: "Sent.",
    unsent: "Your answer was sent, but some files were not.",
    finished: "This request is finished: what you write opens a new one that is linked to it.",
    reopens: "It counts as solved: an answer opens it again.",
    followed: (label: string) => `Your message opened the new request ${label}.`,
    empty: "Write something first.",
  },
  es: {
    label: "Su respuesta",
    add: "Añadir algo",
    send: "Enviar",
    sendFiles: "Enviar los archivos de nuevo",
    files: (names: string) => `Archivos: ${names}`,
    sent: "Enviado.",
    unsent: "Su respuesta se envió, pero algunos archivos no.",
    finished: "Esta solicitud ha terminado: lo que escriba abre una nueva, enlazada con ella.",
    reopens: "Consta como resuelta: una respuesta la abre de nuevo.",
    followed: (label: string) => `Su mensaje abrió la nueva solicitud ${label}.`,
    empty: "Escriba algo primero.",
  },
});

/** `onSent` fetches the request anew. */
export function Reply({ ticket, onSent }: { ticket: Ticket; onSent: () => Promise<void> }) {
  const t = say(WORDS);
  const [text, keep, forget] = useDraft(`reply.${ticket.id}`);
  const files = useFiles();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [empty, setEmpty] = useState(false);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  // Where files go whose answer was sent already.
  const [landed, setLanded] = useState<{ ticket_id: string; comment_id: string | null } | null>(null);
  const unsent = files.items.filter((item) => item.state !== "sent");
  const sendFiles = async (to: { ticket_id: string; comment_id: string | null }) => {
    const all = await files.send(async (file) => {
      const body = { ...file, ...(to.comment_id && { comment_id: to.comment_id }) };
      return (await take(api.POST("/v1/tickets/{ticket_id}/attachments", { params: { path: { ticket_id: to.ticket_id } }, body }))).upload;
    });
    setLanded(all ? null : to);
    if (all) files.clear();
    return all;
  };
  const send = async () => {
    const body = text.trim() || (unsent.length && !landed ? t.files(unsent.map(({ file }) => file.name).join(", ")) : "");
    setEmpty(!body && !landed);
    if (busy || (!body && !landed)) return input.current?.focus();
    setBusy(true);
    setProblem(null);
    try {
      let to = landed;
      if (body) {
        const comment = await refusedInWords(() => take(api.POST("/v1/tickets/{ticket_id}/comments", { params: { path: { ticket_id: ticket.id } }, body: { body } })));
        forget(text);
        const follow = comment.follow_up as { id: string; label: string } | null | undefined;
        to = { ticket_id: follow?.id ?? comment.ticket_id, comment_id: comment.id };
        if (follow) {
          await sendFiles(to);
          tell(t.followed(follow.label));
          return go("request", { id: follow.id });
        }
      }
      const all = !unsent.length || (await sendFiles(to!));
      tell(all ? t.sent : t.unsent, { look: all ? undefined : "bad" });
      await onSent();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const isOver = ticket.status === "closed" || ticket.status === "cancelled";
  const told = problem?.of("body");
  const hint = isOver ? t.finished : ticket.status === "resolved" ? t.reopens : undefined;
  return (
    <form class="card padded stack reply" noValidate onSubmit={(event) => { event.preventDefault(); void send(); }}>
      {problem && !told && <ProblemNote problem={problem} />}
      <Field label={ticket.status === "pending" ? t.label : t.add} hint={hint} error={told ?? (empty ? t.empty : undefined)}>
        {(tied) => (
          <textarea {...tied} ref={input} class="input" rows={4} value={text} onPaste={pasted(files)} onInput={(event) => { keep(event.currentTarget.value); setEmpty(false); }} onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(); }} />
        )}
      </Field>
      <FilePicker of={files} />
      <div class="row" style={{ justifyContent: "flex-end" }}>
        <Button type="submit" look="brand" icon={Send} busy={busy}>{landed && !text.trim() ? t.sendFiles : t.send}</Button>
      </div>
    </form>
  );
}
