/** The value of a custom field, asked for as its kind is; null where there is none. */

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import { Field, Options } from "../ui/form";
import { Ticks } from "../ui/several";

const WORDS = words({
  en: { value: "Value", empty: "Empty it", yes: "Yes", no: "No" },
  es: { value: "Valor", empty: "Vaciarlo", yes: "Sí", no: "No" },
});

interface CustomValueProps {
  field: Pick<Schema<"FieldOut">, "type" | "options">;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
}

export function CustomValue({ field, value, error, onChange }: CustomValueProps) {
  const t = say(WORDS);
  if (field.type === "multi_select") {
    const chosen = Array.isArray(value) ? (value as string[]) : [];
    return <Ticks label={t.value} hidden options={Object.fromEntries(field.options.map((option) => [option, option]))} values={chosen} error={error} onChange={(values) => onChange(values.length ? values : null)} />;
  }
  return (
    <Field label={t.value} hidden error={error}>
      {(tied) => {
        if (field.type === "select") return <select {...tied} class="input small" value={(value as string | null) ?? ""} onChange={(event) => onChange(event.currentTarget.value || null)}><Options of={[["", t.empty], ...field.options.map((option) => [option, option] as const)]} /></select>;
        if (field.type === "boolean") return <select {...tied} class="input small" value={value === null || value === undefined ? "" : String(value)} onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value === "true")}><Options of={[["", t.empty], ["true", t.yes], ["false", t.no]]} /></select>;
        const type = field.type === "number" ? "number" : field.type === "date" ? "date" : "text";
        return <input {...({ type, step: type === "number" ? "any" : undefined } as object)} {...tied} class="input small" maxLength={1000} placeholder={t.empty} value={(value as string | number | null) ?? ""} onInput={(event) => onChange(event.currentTarget.value === "" ? null : type === "number" ? Number(event.currentTarget.value) : event.currentTarget.value)} />;
      }}
    </Field>
  );
}
