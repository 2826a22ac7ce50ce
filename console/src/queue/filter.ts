/**
 * Which tickets, as the address says it: `status=active&assignee=me&cf.region=north`. The same as the API's filter,
 * each value a text; a custom field has its key in its name.
 */

import type { Schema } from "../core/api-types";
import type { Params } from "../core/router";

export type Filter = Readonly<Record<string, string>>;
export type Sort = Schema<"ViewOut">["sort"] | "relevance";
type Document = Schema<"TicketFilter">;

export const STATUSES = ["new", "open", "pending", "on_hold", "resolved", "closed", "cancelled"] as const;
export const PRIORITIES = ["urgent", "high", "medium", "low"] as const;
export const TYPES = ["incident", "service_request", "question", "complaint", "claim", "suggestion", "resource_request"] as const;
export const SORTS = ["-created_at", "created_at", "-updated_at", "updated_at", "due_at", "-due_at", "-priority", "priority", "relevance"] as const;

const ACTIVE = "new,open,pending,on_hold";
const LISTS: Record<string, readonly string[]> = { status: STATUSES, priority: PRIORITIES, type: TYPES };
const NUMBERS = ["created_within_days", "updated_within_days", "not_updated_for_days", "due_within_hours"];
const FLAGS = ["breached", "archived"];
export const NAMES = ["query", ...Object.keys(LISTS), "assignee", "team", "requester", "organisation", "tag", ...FLAGS, "created_after", "created_before", "updated_after", ...NUMBERS];
export const FIELD = "cf.";

const isName = (name: string): boolean => NAMES.includes(name) || name.startsWith(FIELD);

export function ofAddress(params: Params): Filter {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) if (value && isName(name)) found[name] = value;
  return tidy(found);
}

/** Without what says nothing, and each list in one order: what means the same is the same. */
export function tidy(filter: Filter): Filter {
  const pairs = Object.entries(filter).filter(([name, value]) => value !== "" && !(name === "archived" && value === "false"));
  return Object.fromEntries(pairs.map(([name, value]) => [name, LISTS[name] ? inOrder(name, value) : value]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

function inOrder(name: string, value: string): string {
  const given = list(name, value);
  const sorted = [...LISTS[name]!.filter((each) => given.includes(each)), ...given.filter((each) => !LISTS[name]!.includes(each))];
  return name === "status" && sorted.join() === ACTIVE ? "active" : sorted.join();
}

/** The values of a comma list; `active` is four statuses. */
export const list = (name: string, value: string | undefined): string[] =>
  (name === "status" ? (value ?? "").replace(/\bactive\b/, ACTIVE) : value ?? "").split(",").filter(Boolean);

export const same = (one: Filter, other: Filter): boolean => JSON.stringify(tidy(one)) === JSON.stringify(tidy(other));

/** As `GET /v1/tickets` takes it. */
export function asQuery(filter: Filter): object {
  const { fields, rest } = parted(filter);
  return { ...rest, ...(fields.length && { custom_field: fields }) };
}

/** As views keep it, and work on many tickets takes it. */
export function asDocument(filter: Filter): Document {
  const { fields, rest } = parted(filter);
  const plain = Object.entries(rest).map(([name, value]): [string, unknown] => {
    if (LISTS[name]) return [name, list(name, value)];
    if (NUMBERS.includes(name)) return [name, Number(value)];
    if (FLAGS.includes(name)) return [name, value === "true"];
    return [name, value];
  });
  return { ...Object.fromEntries(plain), ...(fields.length && { custom_field: fields }) } as Document;
}

export function ofDocument(document: Schema<"FilterOut">): Filter {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(document)) {
    if (name === "custom_field") for (const each of (value as string[] | null) ?? []) found[FIELD + each.slice(0, each.indexOf(":"))] = each.slice(each.indexOf(":") + 1);
    else if (value != null) found[name] = Array.isArray(value) ? value.join() : String(value);
  }
  return tidy(found);
}

function parted(filter: Filter): { fields: string[]; rest: Record<string, string> } {
  const pairs = Object.entries(tidy(filter));
  return {
    fields: pairs.filter(([name]) => name.startsWith(FIELD)).map(([name, value]) => `${name.slice(FIELD.length)}:${value}`),
    rest: Object.fromEntries(pairs.filter(([name]) => !name.startsWith(FIELD))),
  };
}
