/** Changing what a request says, where somebody else may do the same: only what one changed is sent. */

import { useState } from "preact/hooks";

import { api, seen, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { Problem } from "../core/problem";
import { say, words } from "../core/words";
import { CustomFields, toSend, toShow, type Declared, type Typed } from "../ui/custom-fields";
import { Dialog } from "../ui/dialog";
import { Form, TextArea, TextField, useForm } from "../ui/form";
import { Written } from "../ui/written";
import { refusedInWords } from "./refusals";
import type { Ticket } from "./talk";

const WORDS = words({
  en: {
    edit: "Change the request",
    subject: "Subject",
    description: "Description",
    save: "Save",
    both: "Somebody changed the same while you were writing. Theirs stands below; what you save takes its place.",
    theirs: (what: string) => `${what}, as it is now`,
    nothing: "nothing",
  },
  es: {
    edit: "Cambiar la solicitud",
    subject: "Asunto",
    description: "Descripción",
    save: "Guardar",
    both: "Alguien cambió lo mismo mientras usted escribía. Lo suyo aparece abajo; lo que usted guarde lo reemplaza.",
    theirs: (what: string) => `${what}, como está ahora`,
    nothing: "nada",
  },
});

type Out = Schema<"TicketOut">;
type Flat = Record<string, unknown>;

interface EditingProps {
  ticket: Ticket;
  /** Those that the customer may fill in. */
  fields: readonly Declared[];
  onDone: (ticket: Out) => void;
  onClose: () => void;
}

export function Editing({ ticket, fields, onDone, onClose }: EditingProps) {
  const t = say(WORDS);
  const [base, setBase] = useState<Pick<Out, "subject" | "description" | "custom_fields" | "version">>(ticket);
  const [clashes, setClashes] = useState<readonly (readonly [label: string, theirs: string])[]>([]);
  const label = (name: string) => (name === "subject" || name === "description" ? t[name] : (fields.find(({ key }) => `custom_fields.${key}` === name)?.name ?? name));
  /** All that can be changed here, by the names that refusals have. */
  const flat = (from: { subject: string; description: string; custom_fields: Record<string, unknown> }): Flat => ({
    subject: from.subject,
    description: from.description,
    ...Object.fromEntries(fields.map(({ key }) => [`custom_fields.${key}`, from.custom_fields[key] ?? null])),
  });
  const start = { subject: ticket.subject, description: ticket.description, custom_fields: toShow(ticket.custom_fields) };
  const form = useForm<{ subject: string; description: string; custom_fields: Typed }>(start, async (values) => {
    const mine = flat({ ...values, custom_fields: toSend(fields, values.custom_fields) });
    const changed = Object.keys(mine).filter((name) => !same(mine[name], flat(base)[name]));
    if (!changed.length) return onClose();
    const patch = (version: number) =>
      refusedInWords(() => take(api.PATCH("/v1/tickets/{ticket_id}", { params: { path: { ticket_id: ticket.id }, header: seen(version) }, body: nested(mine, changed) })));
    try {
      onDone(await patch(base.version));
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
      // What others changed elsewhere in it stays as they have it. Where it is the same, both are shown before one is kept.
      const now = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path: { ticket_id: ticket.id } } }));
      const theirs = flat(now);
      const clashing = changed.filter((name) => !same(theirs[name], flat(base)[name]) && !same(theirs[name], mine[name]));
      if (clashing.length) {
        setClashes(clashing.map((name) => [label(name), shown(theirs[name]) || t.nothing]));
        return setBase(now);
      }
      onDone(await patch(now.version));
    }
    onClose();
  });
  return (
    <Dialog title={t.edit} wide onClose={onClose}>
      <Form of={form} action={t.save} look="brand">
        {clashes.length > 0 && (
          <div class="note warn" role="alert">
            <div class="stack">
              <p>{t.both}</p>
              {clashes.map(([name, theirs]) => (
                <div key={name}>
                  <p class="strong small">{t.theirs(name)}</p>
                  <Written text={theirs} />
                </div>
              ))}
            </div>
          </div>
        )}
        <TextField of={form} name="subject" label={t.subject} maxLength={200} />
        <TextArea of={form} name="description" label={t.description} rows={8} />
        <CustomFields of={form} fields={fields} type={ticket.type} />
      </Form>
    </Dialog>
  );
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : value == null ? "" : String(value));

/** `custom_fields.floor` goes into `custom_fields`. */
function nested(flat: Flat, names: readonly string[]): Schema<"TicketPatch"> {
  const custom = names.filter((name) => name.startsWith("custom_fields."));
  return {
    ...Object.fromEntries(names.filter((name) => !custom.includes(name)).map((name) => [name, flat[name]])),
    ...(custom.length && { custom_fields: Object.fromEntries(custom.map((name) => [name.slice("custom_fields.".length), flat[name]])) }),
  };
}
