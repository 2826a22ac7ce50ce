/** For whom a ticket is: somebody who is known, oneself, or a new contact by email. */

import { api, take } from "../core/api";
import { say, words } from "../core/words";
import { Choice, type Choosable } from "../ui/choice";
import { Field } from "../ui/form";

const WORDS = words({
  en: { who: "Requester", hint: "By name or email; an email that nobody has makes a new contact. Empty: yourself.", fresh: (email: string) => `New contact: ${email}`, name: "Their name", myself: "Yourself" },
  es: { who: "Solicitante", hint: "Por nombre o correo; un correo que nadie tiene crea un contacto nuevo. Vacío: usted.", fresh: (email) => `Contacto nuevo: ${email}`, name: "Su nombre", myself: "Usted" },
});

export interface Requester {
  /** Null for a new contact. */
  id: string | null;
  name: string;
  email: string;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

interface RequesterPickerProps {
  chosen: Requester | null;
  error?: string;
  onChoose: (requester: Requester | null) => void;
}

export function RequesterPicker({ chosen, error, onChoose }: RequesterPickerProps) {
  const t = say(WORDS);
  const find = async (text: string) => {
    const typed = text.trim();
    const { items } = await take(api.GET("/v1/users", { params: { query: { limit: 15, sort: "name", query: typed || undefined, ...(typed ? {} : { role: "customer" }) } } }));
    const known = items.filter((user) => user.status !== "deactivated").map(({ id, name, email }) => ({ id, label: name, detail: email, requester: { id, name, email } }));
    if (!EMAIL.test(typed) || known.some(({ detail }) => detail === typed.toLowerCase())) return known;
    return [...known, { id: "new", label: t.fresh(typed), requester: { id: null, name: "", email: typed } }];
  };
  const took = (item: Choosable | null) => onChoose(item ? (item as Choosable & { requester: Requester }).requester : null);
  const isNew = chosen !== null && chosen.id === null;
  return (
    <div class="stack">
      <Choice label={t.who} hint={t.hint} placeholder={t.myself} error={error} chosen={chosen && { id: chosen.id ?? "new", label: isNew ? t.fresh(chosen.email) : `${chosen.name} · ${chosen.email}` }} find={find} onChoose={took} />
      {isNew && (
        <Field label={t.name} optional>
          {(tied) => <input {...tied} class="input" autocomplete="off" maxLength={150} value={chosen.name} onInput={(event) => onChoose({ ...chosen, name: event.currentTarget.value })} />}
        </Field>
      )}
    </div>
  );
}
