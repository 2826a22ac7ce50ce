/** What conditions can ask (docs/rules.md): fields, their operators, and what kind of value each is compared with. */

import type { Schema } from "../core/api-types";

/** What stands beside an operator. */
export type Takes = "nothing" | "one" | "many";

export type ValueKind =
  | "status" | "priority" | "type" | "source" | "visibility" | "actor"
  | "category" | "team" | "assignee" | "person" | "organisation" | "tag"
  | "text" | "truth" | "number" | "date" | "option";

export interface Askable {
  operators: readonly Operator[];
  value: ValueKind;
  /** Of a custom field: what it is called, and its options. */
  name?: string;
  options?: readonly string[];
}

const EQUAL = ["is", "is_not", "in", "not_in"] as const;
const PRESENCE = ["empty", "not_empty"] as const;
const CHANGE = ["changed", "not_changed", "changed_to", "changed_from"] as const;
const TEXT = ["contains", "not_contains", "contains_any", "contains_none", "starts_with", "ends_with"] as const;
const SET = ["has", "has_not", "has_any", "has_all", "has_none", ...PRESENCE] as const;
const ORDER = ["at_least", "at_most"] as const;
const EITHER = ["changed", "not_changed"] as const;
const OF_TAGS = [...SET, ...EITHER, "added", "removed"] as const;

export type Operator = (typeof EQUAL | typeof PRESENCE | typeof CHANGE | typeof TEXT | typeof OF_TAGS | typeof ORDER | readonly ["before", "after"])[number];

const NOTHING: readonly Operator[] = ["empty", "not_empty", "changed", "not_changed"];
const MANY: readonly Operator[] = ["in", "not_in", "contains_any", "contains_none", "has_any", "has_all", "has_none"];

export const takes = (operator: Operator): Takes => (NOTHING.includes(operator) ? "nothing" : MANY.includes(operator) ? "many" : "one");

export const FIELDS = {
  status: { operators: [...EQUAL, ...CHANGE], value: "status" },
  priority: { operators: [...EQUAL, ...ORDER, ...CHANGE], value: "priority" },
  type: { operators: [...EQUAL, ...CHANGE], value: "type" },
  category: { operators: [...EQUAL, ...PRESENCE, ...CHANGE], value: "category" },
  subcategory: { operators: [...EQUAL, ...PRESENCE, ...CHANGE], value: "text" },
  team: { operators: [...EQUAL, ...CHANGE], value: "team" },
  assignee: { operators: [...EQUAL, ...PRESENCE, ...CHANGE], value: "assignee" },
  tags: { operators: OF_TAGS, value: "tag" },
  subject: { operators: ["is", "is_not", ...TEXT, ...EITHER], value: "text" },
  description: { operators: [...TEXT, ...EITHER], value: "text" },
  requester: { operators: EQUAL, value: "person" },
  requester_email: { operators: [...EQUAL, "contains", "not_contains", "ends_with"], value: "text" },
  organisation: { operators: [...EQUAL, ...PRESENCE], value: "organisation" },
  source: { operators: EQUAL, value: "source" },
  comment: { operators: [...TEXT, ...PRESENCE], value: "text" },
  comment_visibility: { operators: EQUAL, value: "visibility" },
  actor: { operators: EQUAL, value: "actor" },
  breached: { operators: ["is"], value: "truth" },
  business_hours: { operators: ["is"], value: "truth" },
} as const satisfies Record<string, Askable>;

const CUSTOM = "custom_fields.";
const OF_TYPE: Record<Schema<"FieldType">, Pick<Askable, "operators" | "value">> = {
  text: { operators: [...EQUAL, ...TEXT, ...PRESENCE, ...CHANGE], value: "text" },
  number: { operators: [...EQUAL, ...ORDER, ...PRESENCE, ...CHANGE], value: "number" },
  date: { operators: [...EQUAL, "before", "after", ...PRESENCE, ...CHANGE], value: "date" },
  boolean: { operators: ["is", "is_not", ...PRESENCE, ...CHANGE], value: "truth" },
  select: { operators: [...EQUAL, ...PRESENCE, ...CHANGE], value: "option" },
  multi_select: { operators: OF_TAGS, value: "option" },
};

/** All that can be asked, with the desk's own fields. */
export function fieldsWith(custom: readonly Schema<"FieldOut">[]): Record<string, Askable> {
  const own = custom.filter(({ active }) => active).map((field) => [CUSTOM + field.key, { ...OF_TYPE[field.type], name: field.name, options: field.options }] as const);
  return { ...FIELDS, ...Object.fromEntries(own) };
}
