/** The desk's own fields, by their declared kinds. What is there but declared no more is read. */

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import { Field } from "../ui/form";
import { Read, Select, TextLike } from "./inline-fields";
import type { Saving } from "./saving";
import type { OneTicket } from "./state";
import { valueText } from "./values";
import { WORDS as TICKET } from "./words";

export type Declared = Schema<"FieldOut">;

const WORDS = words({
  en: { must: "required" },
  es: { must: "obligatorio" },
});

export function CustomFields({ of, declared, saving }: { of: OneTicket; declared: readonly Declared[]; saving: Saving }) {
  const values = of.ticket.custom_fields as Record<string, unknown>;
  const known = new Set(declared.map(({ key }) => key));
  return (
    <>
      {declared.map((field) => <Own key={field.id} of={of} field={field} value={values[field.key]} saving={saving} />)}
      {Object.entries(values).filter(([key]) => !known.has(key)).map(([key, value]) => <Read key={key} label={key} value={valueText("", value)} />)}
    </>
  );
}

function Own({ of, field, value, saving }: { of: OneTicket; field: Declared; value: unknown; saving: Saving }) {
  const t = say(TICKET);
  const disabled = !of.may("update");
  const label = field.required_for.includes(of.ticket.type) ? `${field.name} (${say(WORDS).must})` : field.name;
  const name = `custom_fields.${field.key}`;
  const patch = (next: unknown) => ({ custom_fields: { [field.key]: next } }) as { custom_fields: never };
  const common = { label, disabled, saving, field: name };
  if (field.type === "boolean") {
    const options = [["", t.none], ["true", t.yes], ["false", t.no]] as const;
    return <Select {...common} value={value === undefined || value === null ? "" : String(value)} options={options} patch={(next) => patch(next === "" ? null : next === "true")} />;
  }
  if (field.type === "select") {
    const now = typeof value === "string" ? value : "";
    const names = now && !field.options.includes(now) ? [...field.options, now] : field.options;
    return <Select {...common} value={now} options={[["", t.none], ...names.map((one) => [one, one] as const)]} patch={(next) => patch(next || null)} />;
  }
  if (field.type === "multi_select") return <Several of={of} field={field} label={label} chosen={Array.isArray(value) ? value.map(String) : []} saving={saving} disabled={disabled} />;
  const text = value === undefined || value === null ? "" : String(value);
  return <TextLike label={label} type={field.type === "number" ? "number" : field.type === "date" ? "date" : "text"} value={text} disabled={disabled} name={name} saving={saving} of={of} patch={(next) => patch(!next.trim() ? null : field.type === "number" ? Number(next) : next)} />;
}

interface SeveralProps {
  of: OneTicket;
  field: Declared;
  label: string;
  chosen: readonly string[];
  saving: Saving;
  disabled: boolean;
}

function Several({ field, label, chosen, saving, disabled }: SeveralProps) {
  const name = `custom_fields.${field.key}`;
  const put = (option: string, isOn: boolean) => {
    const next = isOn ? [...chosen, option] : chosen.filter((one) => one !== option);
    void saving.save(name, { custom_fields: { [field.key]: next.length ? next : null } } as { custom_fields: never });
  };
  return (
    <Field label={label} error={saving.error(name)}>
      {(tied) => (
        <div {...tied} role="group" aria-label={label} class="stack tight">
          {[...new Set([...field.options, ...chosen])].map((option) => (
            <label key={option} class="check small"><input type="checkbox" checked={chosen.includes(option)} disabled={disabled || saving.busy === name} onChange={(event) => put(option, event.currentTarget.checked)} />{option}</label>
          ))}
        </div>
      )}
    </Field>
  );
}
