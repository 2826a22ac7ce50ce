/** What a request is about: the fields that its form has for people with and without an account alike. */

import type { ComponentChildren } from "preact";

import type { Schema } from "../core/api-types";
import { PLAIN } from "../customer/words";
import { say, words } from "../core/words";
import { CustomFields, toSend, type Typed } from "../ui/custom-fields";
import { FilePicker, pasted, type Files } from "../ui/files";
import { Field, SelectField, TextField, type FormState } from "../ui/form";
import { PARTS } from "../ui/words";
import type { Asked } from "./at-desk";

const WORDS = words({
  en: { type: "What is it?", category: "What is it about?", none: "None of these", general: (category: string) => `${category} in general`, subject: "Subject", subjectHint: "In a few words", files: "Files", description: "Tell us more", descriptionHint: "What happened, where, since when; what you tried." },
  es: { type: "¿Qué es?", category: "¿De qué se trata?", none: "Ninguno de estos", general: (category: string) => `${category} en general`, subject: "Asunto", subjectHint: "En pocas palabras", files: "Archivos", description: "Cuéntenos más", descriptionHint: "Qué pasó, dónde, desde cuándo; qué intentó." },
});

export interface RequestValues {
  type: Schema<"TicketType">;
  /** A category and one of its parts, as `joined` has them. */
  category: string;
  subject: string;
  description: string;
  custom_fields: Typed;
}

export const EMPTY: RequestValues = { type: "question", category: "", subject: "", description: "", custom_fields: {} };

const joined = (category: string, part?: string): string => JSON.stringify(part ? [category, part] : [category]);

/** What the API is told of it. */
export function ofRequest(values: RequestValues, asked: Asked) {
  const [category, subcategory] = values.category ? (JSON.parse(values.category) as [string, string?]) : [];
  return {
    type: values.type,
    subject: values.subject.trim(),
    description: values.description,
    ...(category && { category }),
    ...(subcategory && { subcategory }),
    custom_fields: toSend(asked.fields, values.custom_fields),
  };
}

/** What an address may fill in already, as a link of a web site does. */
export function prefilled(params: Readonly<Record<string, string | undefined>>, asked: Asked): Partial<RequestValues> {
  const category = asked.categories.find((each) => each.name.toLowerCase() === params.category?.toLowerCase());
  return {
    ...(params.type && params.type in PLAIN.en.type && { type: params.type as RequestValues["type"] }),
    ...(category && { category: joined(category.name) }),
    ...(params.subject && { subject: params.subject }),
  };
}

/** `children` stand before the files. */
export function RequestFields<T extends RequestValues>({ of, asked, files, children }: { of: FormState<T>; asked: Asked; files: Files; children?: ComponentChildren }) {
  const t = say(WORDS);
  // The shape that both forms share; the rest of their values is not looked at here.
  const form = of as unknown as FormState<RequestValues>;
  const error = form.error("category") ?? form.error("subcategory");
  return (
    <>
      <div class="grid">
        <SelectField of={form} name="type" label={t.type} options={say(PLAIN).type} />
        {asked.categories.length > 0 && (
          <Field label={t.category} optional error={error}>
            {(tied) => (
              <select {...tied} class="input" value={form.values.category} onChange={(event) => form.set({ category: event.currentTarget.value })}>
                <option value="">{t.none}</option>
                {asked.categories.map(({ name, subcategories }) =>
                  subcategories.length ? (
                    <optgroup key={name} label={name}>
                      <option value={joined(name)}>{t.general(name)}</option>
                      {subcategories.map((part) => <option key={part} value={joined(name, part)}>{part}</option>)}
                    </optgroup>
                  ) : (
                    <option key={name} value={joined(name)}>{name}</option>
                  ),
                )}
              </select>
            )}
          </Field>
        )}
      </div>
      <TextField of={form} name="subject" label={t.subject} hint={t.subjectHint} maxLength={200} autocomplete="off" />
      <Field label={t.description} hint={t.descriptionHint} error={form.error("description")}>
        {(tied) => <textarea {...tied} class="input describe" value={form.values.description} onPaste={pasted(files)} onInput={(event) => form.set({ description: event.currentTarget.value })} />}
      </Field>
      <CustomFields of={form} fields={asked.fields} type={form.values.type} />
      {children}
      <div class="field">
        <span class="label">{t.files} <span class="optional">({say(PARTS).optional})</span></span>
        <FilePicker of={files} error={form.error("attachments")} />
      </div>
    </>
  );
}
