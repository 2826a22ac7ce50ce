/** A field's value in words: of a conflict, of the timeline. */

import { day, moment, number } from "../core/format";
import { say } from "../core/words";
import { TERMS } from "../ui/words";
import { nameOf } from "./names";
import { WORDS } from "./words";

const LONGEST = 200;

export function fieldName(field: string, own: ReadonlyMap<string, string> = new Map()): string {
  if (field.startsWith("custom_fields.")) {
    const key = field.slice("custom_fields.".length);
    return own.get(key) ?? key;
  }
  return say(WORDS).fields[field] ?? field.replaceAll("_", " ");
}

export function valueText(field: string, value: unknown): string {
  const t = say(WORDS);
  const terms = say(TERMS) as unknown as Record<string, Record<string, string>>;
  if (value === null || value === undefined || value === "") return field === "assignee_id" ? t.nobody : t.none;
  if (field === "assignee_id") return nameOf("user", String(value));
  if (field === "team_id") return nameOf("team", String(value));
  if (field === "status" || field === "priority" || field === "type") return terms[field]?.[String(value)] ?? String(value);
  if (field === "archived_at") return moment(String(value));
  if (field === "sla_minutes" || field === "minutes") return t.minutes(Number(value));
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (typeof value === "number") return number(value, 6);
  if (Array.isArray(value)) return value.length ? value.map(String).join(", ") : t.none;
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key}: ${valueText("", one)}`).join(", ") || t.none;
  const text = /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? day(String(value)) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
