/** Choosing values of custom fields to filter by: as each was declared. */

import { useState } from "preact/hooks";

import { say, words } from "../core/words";
import { Field, Options } from "../ui/form";
import { FIELD } from "./filter";
import type { FacetProps, FieldDefinition } from "./facets";

const WORDS = words({
  en: { which: "Custom field", value: "Value", choose: "Choose…", yes: "Yes", no: "No", none: "This desk has no custom fields.", key: "Key", set: "Set" },
  es: { which: "Campo propio", value: "Valor", choose: "Elija…", yes: "Sí", no: "No", none: "Esta mesa de ayuda no tiene campos propios.", key: "Clave", set: "Aplicar" },
});

export function CustomField({ filter, set, fields }: FacetProps) {
  const t = say(WORDS);
  const [key, setKey] = useState(Object.keys(filter).find((name) => name.startsWith(FIELD))?.slice(FIELD.length) ?? "");
  const field = fields.find((each) => each.key === key);
  if (!fields.length) return <p class="soft">{t.none}</p>;
  return (
    <div class="stack">
      <Field label={t.which}>
        {(tied) => (
          <select {...tied} class="input" value={key} onChange={(event) => setKey(event.currentTarget.value)}>
            <Options of={[["", t.choose], ...fields.map((each) => [each.key, each.name] as const)]} />
          </select>
        )}
      </Field>
      {field && <Value key={key} field={field} value={filter[FIELD + key] ?? ""} set={(value) => set({ [FIELD + key]: value })} />}
    </div>
  );
}

function Value({ field, value, set }: { field: FieldDefinition; value: string; set: (value: string) => void }) {
  const t = say(WORDS);
  const options = field.type === "boolean" ? ([["true", t.yes], ["false", t.no]] as const) : field.options.map((option) => [option, option] as const);
  return (
    <Field label={t.value}>
      {(tied) =>
        options.length ? (
          <select {...tied} class="input" value={value} onChange={(event) => set(event.currentTarget.value)}>
            <Options of={[["", t.choose], ...options]} />
          </select>
        ) : (
          <input {...({ type: field.type === "number" || field.type === "date" ? field.type : "text" } as object)} {...tied} class="input" value={value} onChange={(event) => set(event.currentTarget.value.trim())} />
        )
      }
    </Field>
  );
}
