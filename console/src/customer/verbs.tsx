/** What a customer may do with a request now, as the server's `verbs` says: solved or not, called off, its text. */

import { Check, Pencil, RotateCcw, X } from "lucide";
import { useState } from "preact/hooks";

import { api, seen, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { Problem } from "../core/problem";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextArea, Form, TextField, useForm } from "../ui/form";
import { Written } from "../ui/written";
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
    edit: "Change the text",
    subject: "Subject",
    description: "Description",
    save: "Save",
    keep: "Keep it",
    both: "Somebody changed this text while you were writing. Theirs stands below; what you save takes its place.",
    theirs: (what: string) => `${what}, as it is now`,
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
    edit: "Cambiar el texto",
    subject: "Asunto",
    description: "Descripción",
    save: "Guardar",
    keep: "Conservarla",
    both: "Alguien cambió este texto mientras usted escribía. El suyo aparece abajo; lo que usted guarde lo reemplaza.",
    theirs: (what: string) => `${what}, como está ahora`,
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
export function OwnVerbs({ ticket, onDone }: VerbsProps) {
  const t = say(WORDS);
  const [open, setOpen] = useState<"edit" | "cancel" | null>(null);
  const path = { ticket_id: ticket.id };
  const isMine = ticket.requester.id === session.value?.user.id;
  return (
    <>
      {isMine && ticket.verbs.includes("update") && <Button small icon={Pencil} onClick={() => setOpen("edit")}>{t.edit}</Button>}
      {ticket.verbs.includes("cancel") && <Button small icon={X} onClick={() => setOpen("cancel")}>{t.cancel}</Button>}
      {open === "edit" && <Editing ticket={ticket} onDone={onDone} onClose={() => setOpen(null)} />}
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

/** Only what one changed is sent. Where somebody else changed the same meanwhile, both are shown before one is kept. */
function Editing({ ticket, onDone, onClose }: VerbsProps & { onClose: () => void }) {
  const t = say(WORDS);
  const [base, setBase] = useState<Pick<Out, "subject" | "description" | "version">>(ticket);
  const [theirs, setTheirs] = useState<Partial<Record<"subject" | "description", string>>>({});
  const form = useForm({ subject: ticket.subject, description: ticket.description }, async (values) => {
    const changed = (["subject", "description"] as const).filter((name) => values[name] !== base[name]);
    if (!changed.length) return onClose();
    const body = Object.fromEntries(changed.map((name) => [name, values[name]]));
    const patch = (version: number) => refusedInWords(() => take(api.PATCH("/v1/tickets/{ticket_id}", { params: { path: { ticket_id: ticket.id }, header: seen(version) }, body })));
    try {
      onDone(await patch(base.version));
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
      const now = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path: { ticket_id: ticket.id } } }));
      const clashing = changed.filter((name) => now[name] !== base[name] && now[name] !== values[name]);
      if (clashing.length) {
        setTheirs(Object.fromEntries(clashing.map((name) => [name, now[name]])));
        setBase(now);
        return;
      }
      onDone(await patch(now.version));
    }
    onClose();
  });
  const clash = (name: "subject" | "description") => theirs[name] !== undefined && (
    <div class="note warn stack tight">
      <div><p class="strong small">{t.theirs(t[name])}</p><Written text={theirs[name]!} /></div>
    </div>
  );
  return (
    <Dialog title={t.edit} wide onClose={onClose}>
      <Form of={form} action={t.save} look="brand">
        {Object.keys(theirs).length > 0 && <p role="alert">{t.both}</p>}
        <TextField of={form} name="subject" label={t.subject} maxLength={200} />
        {clash("subject")}
        <TextArea of={form} name="description" label={t.description} rows={8} />
        {clash("description")}
      </Form>
    </Dialog>
  );
}
