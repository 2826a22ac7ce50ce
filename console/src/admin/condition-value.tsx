/** What a condition is compared with, asked for as its field is: a word, a person, a text, one or many. */

import { say, words } from "../core/words";
import { OneById, SeveralById } from "../ui/by-id";
import { Choice } from "../ui/choice";
import { Options } from "../ui/form";
import { findCategories, findOrMakeTags } from "../ui/lookups";
import { Several, SeveralWords, Ticks } from "../ui/several";
import { TERMS } from "../ui/words";
import type { Askable, ValueKind } from "./condition-fields";

export type Compared = string | number | boolean | readonly (string | number | boolean)[] | undefined;

export const VALUE_WORDS = words({
  en: {
    value: "Value",
    nobody: "Nobody",
    noOrganisation: "No organisation",
    truth: { true: "Yes", false: "No" },
    source: { api: "Console or API", public: "Public form", email: "Mail", webhook: "Webhook" },
    visibility: { public: "Public", internal: "Internal" },
    actor: { requester: "The requester", customer: "A customer", assignee: "The assignee", staff: "The staff", admin: "An admin", dispatcher: "A dispatcher", agent: "An agent", api_key: "An API key", system: "The desk itself" },
  },
  es: {
    value: "Valor",
    nobody: "Nadie",
    noOrganisation: "Sin organización",
    truth: { true: "Sí", false: "No" },
    source: { api: "Consola o API", public: "Formulario público", email: "Correo", webhook: "Webhook" },
    visibility: { public: "Público", internal: "Interno" },
    actor: { requester: "El solicitante", customer: "Un cliente", assignee: "El agente asignado", staff: "El personal", admin: "Un administrador", dispatcher: "Un coordinador", agent: "Un agente", api_key: "Una clave de API", system: "La propia mesa de ayuda" },
  },
});

/** The words that a kind of value is one of, if it is. */
export function choicesOf(kind: ValueKind, options: readonly string[] | undefined): Record<string, string> | null {
  const t = say(VALUE_WORDS);
  const terms = say(TERMS);
  if (kind === "status" || kind === "priority" || kind === "type") return terms[kind];
  if (kind === "source" || kind === "visibility" || kind === "actor") return t[kind];
  return kind === "option" ? Object.fromEntries((options ?? []).map((option) => [option, option])) : null;
}

interface ConditionValueProps {
  of: Askable;
  many: boolean;
  value: Compared;
  wrong: boolean;
  onChange: (value: string | number | boolean | (string | number | boolean)[]) => void;
}

export function ConditionValue(props: ConditionValueProps) {
  return props.many ? <Many {...props} /> : <One {...props} />;
}

const WHOSE = { team: "team", assignee: "staff", person: "person", organisation: "organisation" } as const;

function useExtra(kind: ValueKind) {
  const t = say(VALUE_WORDS);
  return kind === "assignee" ? [{ id: "none", label: t.nobody }] : kind === "organisation" ? [{ id: "none", label: t.noOrganisation }] : undefined;
}

function One({ of, value, wrong, onChange }: ConditionValueProps) {
  const t = say(VALUE_WORDS);
  const extra = useExtra(of.value);
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const words = choicesOf(of.value, of.options);
  const invalid = wrong ? "true" : undefined;
  if (words) return <select class="input small" aria-label={t.value} aria-invalid={invalid} value={text} onChange={(event) => onChange(event.currentTarget.value)}><Options of={text in words ? words : { "": "", ...words }} /></select>;
  if (of.value === "truth") return <select class="input small" aria-label={t.value} aria-invalid={invalid} value={String(value ?? true)} onChange={(event) => onChange(event.currentTarget.value === "true")}><Options of={t.truth} /></select>;
  if (of.value in WHOSE) return <OneById of={WHOSE[of.value as keyof typeof WHOSE]} hidden label={t.value} extra={extra} id={text || null} onChoose={(id) => onChange(id ?? "")} />;
  if (of.value === "category") return <Choice hidden label={t.value} chosen={text ? { id: text, label: text } : null} find={findCategories} onChoose={(item) => onChange(item?.id ?? "")} />;
  if (of.value === "tag") return <Choice hidden label={t.value} chosen={text ? { id: text, label: text } : null} find={findOrMakeTags} onChoose={(item) => onChange(item?.id ?? "")} />;
  const type = of.value === "number" ? "number" : of.value === "date" ? "date" : "text";
  return <input {...({ type, step: type === "number" ? "any" : undefined } as object)} class="input small" aria-label={t.value} aria-invalid={invalid} maxLength={1000} value={text} onInput={(event) => onChange(type === "number" && event.currentTarget.value !== "" ? Number(event.currentTarget.value) : event.currentTarget.value)} />;
}

function Many({ of, value, onChange }: ConditionValueProps) {
  const t = say(VALUE_WORDS);
  const extra = useExtra(of.value);
  const given = (Array.isArray(value) ? value : []).map(String);
  const words = choicesOf(of.value, of.options);
  const chosen = given.map((id) => ({ id, label: id }));
  if (words) return <Ticks hidden label={t.value} options={words} values={given} onChange={onChange} />;
  if (of.value in WHOSE) return <SeveralById of={WHOSE[of.value as keyof typeof WHOSE]} hidden label={t.value} extra={extra} ids={given} onChange={onChange} />;
  if (of.value === "category") return <Several hidden label={t.value} chosen={chosen} find={findCategories} onChange={(items) => onChange(items.map(({ id }) => id))} />;
  if (of.value === "tag") return <Several hidden label={t.value} chosen={chosen} find={findOrMakeTags} onChange={(items) => onChange(items.map(({ id }) => id))} />;
  return <SeveralWords hidden label={t.value} values={given} maxLength={1000} onChange={(values) => onChange(of.value === "number" ? values.map((each) => (Number.isFinite(Number(each)) ? Number(each) : each)) : [...values])} />;
}
