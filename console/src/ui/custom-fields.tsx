/**
 * The fields that a desk has declared, by their kinds, in a form whose values have `custom_fields`: texts as they are
 * typed. `toSend` makes of them what the API takes, `toShow` the way back.
 */

import type { Schema } from "../core/api-types";
import { day, number } from "../core/format";
import { say, words } from "../core/words";
import { Field, Options, type FormState } from "./form";
import { PARTS } from "./words";

const WORDS = words({ en: { yes: "Yes", no: "No" }, es: { yes: "Sí", no: "No" } });

export type Declared = Schema<"FieldToFillIn">;
export type Typed = Record<string, string | string[]>;

interface WithCustomFields {
  custom_fields: Typed;
}

export function CustomFields<T extends WithCustomFields>({ of, fields, type }: { of: FormState<T>; fields: readonly Declared[]; type: string }) {
  return (
    <>
      {fields.map((field) => (
        <CustomField key={field.key} field={field} typed={of.values.custom_fields[field.key]} error={of.error(`custom_fields.${field.key}`)} optional={!(field.required_for as string[]).includes(type)} onType={(typed) => of.set({ custom_fields: { ...of.values.custom_fields, [field.key]: typed } } as Partial<T>)} />
      ))}
    </>
  );
}

interface CustomFieldProps {
  field: Pick<Declared, "key" | "name" | "type" | "options">;
  typed: string | string[] | undefined;
  error?: string;
  optional?: boolean;
  onType: (typed: string | string[]) => void;
}

export function CustomField({ field, typed = "", error, optional, onType }: CustomFieldProps) {
  const t = say(WORDS);
  const none = ["", say(PARTS).choose] as const;
  if (field.type === "multi_select" || Array.isArray(typed)) return <Several field={field} typed={typed} error={error} optional={optional} onType={onType} />;
  const options = field.type === "boolean" ? [none, ["true", t.yes] as const, ["false", t.no] as const] : field.type === "select" ? [none, ...field.options.map((option) => [option, option] as const)] : null;
  return (
    <Field label={field.name} error={error} optional={optional}>
      {(tied) =>
        options ? (
          <select {...tied} class="input" value={typed} onChange={(event) => onType(event.currentTarget.value)}>
            <Options of={options} />
          </select>
        ) : field.type === "date" ? (
          <input {...tied} class="input" type="date" value={typed} onInput={(event) => onType(event.currentTarget.value)} />
        ) : (
          <input {...tied} class="input" inputMode={field.type === "number" ? "decimal" : "text"} maxLength={field.type === "text" ? 1000 : undefined} autocomplete="off" value={typed} onInput={(event) => onType(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

function Several({ field, typed, error, optional, onType }: CustomFieldProps) {
  const chosen = Array.isArray(typed) ? typed : [];
  const id = `several-${field.key}`;
  return (
    <fieldset class="field" aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{field.name} {optional && <span class="optional">({say(PARTS).optional})</span>}</legend>
      {field.options.map((option, place) => (
        <div class="check" key={option}>
          <input type="checkbox" id={`${id}-${place}`} checked={chosen.includes(option)} aria-invalid={error ? "true" : undefined} onChange={(event) => onType(event.currentTarget.checked ? [...chosen, option] : chosen.filter((each) => each !== option))} />
          <label for={`${id}-${place}`}>{option}</label>
        </div>
      ))}
      {error && <div class="error" id={`${id}-error`}>{error}</div>}
    </fieldset>
  );
}

/** What was filled in, as the API takes it. What means nothing stays as it was typed, and is refused for it. */
export function toSend(fields: readonly Pick<Declared, "key" | "type">[], typed: Typed): Record<string, unknown> {
  const filled = fields.map((field) => [field.key, meant(field.type, typed[field.key] ?? "")] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== null));
}

function meant(type: string, typed: string | string[]): unknown {
  if (Array.isArray(typed)) return typed.length ? typed : null;
  const text = typed.trim();
  if (!text) return null;
  if (type === "boolean") return text === "true";
  const number = text.replace(",", ".");
  return type === "number" && /^-?\d{1,15}(\.\d+)?$/.test(number) ? Number(number) : text;
}

export const toShow = (values: Record<string, unknown>): Typed =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : value == null ? "" : String(value)]));

/** What a field holds, as one reads it. */
export function FieldValue({ field, value }: { field: Pick<Declared, "type">; value: unknown }) {
  const t = say(WORDS);
  if (Array.isArray(value)) return <>{value.join(", ")}</>;
  if (field.type === "boolean") return <>{value === true ? t.yes : t.no}</>;
  if (field.type === "number" && typeof value === "number") return <>{number(value, 6)}</>;
  return <>{field.type === "date" && typeof value === "string" ? day(`${value}T12:00:00`) : String(value)}</>;
}
