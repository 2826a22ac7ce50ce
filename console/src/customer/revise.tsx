/** Changing or taking back what one has just said: for a quarter of an hour, as the API has it. */

import { Pencil, Trash2 } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { now } from "../core/clock";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Form, TextArea, useForm } from "../ui/form";
import { refusedInWords } from "./refusals";
import type { Comment } from "./talk";

const WORDS = words({
  en: { edit: "Change your message", back: "Take your message back", sure: "Take this message back?", means: "It goes from this page. A mail that was sent with it stays sent.", body: "Your message", save: "Save", keep: "Keep it", take: "Take it back" },
  es: { edit: "Cambiar su mensaje", back: "Retirar su mensaje", sure: "¿Retirar este mensaje?", means: "Desaparece de esta página. Un correo que se envió con él queda enviado.", body: "Su mensaje", save: "Guardar", keep: "Conservarlo", take: "Retirarlo" },
});

const WINDOW = 15 * 60_000;

export function Revise({ comment, onRevised }: { comment: Comment; onRevised: () => Promise<void> }) {
  const t = say(WORDS);
  const [open, setOpen] = useState<"edit" | "back" | null>(null);
  const isMine = comment.author?.id === session.value?.user.id;
  if (!isMine || !comment.id || now.value - Date.parse(comment.created_at) > WINDOW) return null;
  const path = { ticket_id: comment.ticket_id, comment_id: comment.id };
  const takeBack = async () => {
    await api.DELETE("/v1/tickets/{ticket_id}/comments/{comment_id}", { params: { path } });
    await onRevised();
  };
  return (
    <span class="row tight">
      <Button look="quiet" small icon={Pencil} label={t.edit} onClick={() => setOpen("edit")} />
      <Button look="quiet" small icon={Trash2} label={t.back} onClick={() => setOpen("back")} />
      {open === "edit" && <Editing comment={comment} path={path} onRevised={onRevised} onClose={() => setOpen(null)} />}
      {open === "back" && <Confirm title={t.sure} action={t.take} onClose={() => setOpen(null)} onConfirm={takeBack}><p>{t.means}</p></Confirm>}
    </span>
  );
}

interface EditingProps {
  comment: Comment;
  path: { ticket_id: string; comment_id: string };
  onRevised: () => Promise<void>;
  onClose: () => void;
}

function Editing({ comment, path, onRevised, onClose }: EditingProps) {
  const t = say(WORDS);
  const form = useForm({ body: comment.body ?? "" }, async ({ body }) => {
    await refusedInWords(() => take(api.PATCH("/v1/tickets/{ticket_id}/comments/{comment_id}", { params: { path }, body: { body } })));
    await onRevised();
    onClose();
  });
  return (
    <Dialog title={t.edit} wide onClose={onClose}>
      <Form of={form} action={t.save} look="brand" beside={<Button onClick={onClose}>{t.keep}</Button>}>
        <TextArea of={form} name="body" label={t.body} rows={6} />
      </Form>
    </Dialog>
  );
}
