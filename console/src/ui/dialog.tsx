/** A dialog of the browser's own: it keeps the focus, Escape closes it, and the focus returns. */

import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { say } from "../core/words";
import { Button } from "./button";
import { Form, useForm } from "./form";
import { PARTS } from "./words";

interface DialogProps {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** Open while it is drawn: `{open && <Dialog …/>}`. */
export function Dialog({ title, wide, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={dialog} class={wide ? "wide" : undefined} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header>
        <h2 id={id}>{title}</h2>
        <Button look="quiet" small icon={X} label={say(PARTS).close} onClick={onClose} />
      </header>
      <div class="body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** What the button says: the verb. */
  action: string;
  look?: "main" | "bad";
  onClose: () => void;
  /** Done, the dialog closes; what it throws is shown. */
  onConfirm: () => Promise<unknown>;
  children?: ComponentChildren;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, action, look = "bad", onClose, onConfirm, children }: ConfirmProps) {
  const form = useForm({}, async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <Form of={form} action={action} look={look} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
        {children}
      </Form>
    </Dialog>
  );
}
