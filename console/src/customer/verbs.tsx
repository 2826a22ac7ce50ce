/** What a customer may do with a request now, as the server's `verbs` says: solved or not, called off, its text. */

import { Check, Pencil, RotateCcw, X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import type { Declared } from "../ui/custom-fields";
import { Dialog } from "../ui/dialog";
import { Form, TextArea, useForm } from "../ui/form";
import { Editing } from "./editing";
import { refusedInWords } from "./refusals";
import type { Ticket } from "./talk";

const WORDS = words({
  en: {
    solved: "Is it solved?",
    solvedHint: "If you say nothing, it closes by itself after a while.",
    yes: "Yes, this solves it",
    no: "No, not solved",
    reopen: "Open it again",
    whyNot: "What is not solved yet?",
    cancel: "Call it off",
    cancelTitle: "Call this request off?",
    cancelWhy: "Why is it not needed any more?",
    edit: "Change the request",
    keep: "Keep it",
  },
  es: {
    solved: "¿Está resuelta?",
    solvedHint: "Si no dice nada, se cierra sola después de un tiempo.",
    yes: "Sí, esto lo resuelve",
    no: "No, no está resuelta",
    reopen: "Abrirla de nuevo",
    whyNot: "¿Qué falta por resolver?",
    cancel: "Cancelarla",
    cancelTitle: "¿Cancelar esta solicitud?",
    cancelWhy: "¿Por qué ya no hace falta?",
    edit: "Cambiar la solicitud",
    keep: "Conservarla",
  },
});

type Out = Schema<"TicketOut">;

interface VerbsProps {
  ticket: Ticket;
  /** What the answer says of the request from now on. */
  onDone: (ticket: Out) => void;
}

/** "Is it solved?", once the desk says so; on a closed one the way back alone. */
export function Solved({ ticket, onDone }: VerbsProps) {
  const t = say(WORDS);
  const [asking, setAsking] = useState(false);
  const path = { ticket_id: ticket.id };
  const closing = useForm({}, async () => onDone(await take(api.POST("/v1/tickets/{ticket_id}/close", { params: { path }, body: {} }))));
  const mayClose = ticket.verbs.includes("close");
  if (!mayClose && !ticket.verbs.includes("reopen")) return null;
  const reopen = <Button icon={mayClose ? X : RotateCcw} onClick={() => setAsking(true)}>{mayClose ? t.no : t.reopen}</Button>;
  return (
    <>
      {mayClose ? (
        <section class="card padded stack is-it-solved" aria-labelledby="solved">
          <div>
            <h2 id="solved">{t.solved}</h2>
            <p class="soft small">{t.solvedHint}</p>
          </div>
          {closing.problem && <p class="error small" role="alert">{closing.problem.message}</p>}
          <div class="row">
            <Button look="brand" icon={Check} busy={closing.busy} onClick={closing.submit}>{t.yes}</Button>
            {ticket.verbs.includes("reopen") && reopen}
          </div>
        </section>
      ) : (
        <div>{reopen}</div>
      )}
      {asking && (
        <Asking title={mayClose ? t.no : t.reopen} label={t.whyNot} action={t.reopen} onClose={() => setAsking(false)} send={async (reason) => onDone(await take(api.POST("/v1/tickets/{ticket_id}/reopen", { params: { path }, body: { reason } })))} />
      )}
    </>
  );
}

/** Beside the title: the text, and calling it off. */
export function OwnVerbs({ ticket, fields, onDone }: VerbsProps & { fields: readonly Declared[] }) {
  const t = say(WORDS);
  const [open, setOpen] = useState<"edit" | "cancel" | null>(null);
  const path = { ticket_id: ticket.id };
  const isMine = ticket.requester.id === session.value?.user.id;
  return (
    <>
      {isMine && ticket.verbs.includes("update") && <Button small icon={Pencil} onClick={() => setOpen("edit")}>{t.edit}</Button>}
      {ticket.verbs.includes("cancel") && <Button small icon={X} onClick={() => setOpen("cancel")}>{t.cancel}</Button>}
      {open === "edit" && <Editing ticket={ticket} fields={fields} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "cancel" && (
        <Asking title={t.cancelTitle} label={t.cancelWhy} action={t.cancel} look="bad" keep={t.keep} onClose={() => setOpen(null)} send={async (reason) => onDone(await take(api.POST("/v1/tickets/{ticket_id}/cancel", { params: { path }, body: { reason } })))} />
      )}
    </>
  );
}

interface AskingProps {
  title: string;
  label: string;
  action: string;
  look?: "bad";
  keep?: string;
  send: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

function Asking({ title, label, action, look, keep, send, onClose }: AskingProps) {
  const form = useForm({ reason: "" }, async ({ reason }) => {
    await refusedInWords(() => send(reason.trim()));
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <Form of={form} action={action} look={look ?? "brand"} beside={keep && <Button onClick={onClose}>{keep}</Button>}>
        <TextArea of={form} name="reason" label={label} rows={3} maxLength={1000} />
      </Form>
    </Dialog>
  );
}
