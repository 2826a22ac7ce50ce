/**
 * Somebody else was faster: what one meant to change, what they changed, and whether the two clash. Pure.
 *
 * A change names fields of the ticket; of the custom ones each is a field of its own, `custom_fields.<key>`.
 */

import type { Schema } from "../core/api-types";

export type Ticket = Schema<"TicketOut">;
export type Patch = Partial<Schema<"TicketPatch">>;

export interface Difference {
  field: string;
  /** Before either. */
  was: unknown;
  theirs: unknown;
  /** Absent where one did not touch it. */
  mine?: unknown;
}

export interface Merging {
  /** What both changed, to different values. */
  clashes: Difference[];
  /** What they alone changed. */
  theirs: Difference[];
  /** What of one's own can go onto the new version without asking. */
  free: Record<string, unknown>;
}

const SHOWN = ["subject", "description", "status", "type", "priority", "category", "subcategory", "team_id", "assignee_id", "sla_minutes", "tags", "archived_at", "merged_into"] as const;

/** A ticket's values by the names that a change has for them. */
export function flat(ticket: Ticket): Record<string, unknown> {
  const values: Record<string, unknown> = { team_id: ticket.team.id, assignee_id: ticket.assignee?.id ?? null };
  for (const name of SHOWN) if (!(name in values)) values[name] = (ticket as unknown as Record<string, unknown>)[name] ?? null;
  for (const [key, value] of Object.entries(ticket.custom_fields)) values[`custom_fields.${key}`] = value;
  return values;
}

const flatPatch = ({ custom_fields, ...plain }: Patch): Record<string, unknown> => ({
  ...plain,
  ...Object.fromEntries(Object.entries(custom_fields ?? {}).map(([key, value]) => [`custom_fields.${key}`, value])),
});

/** The change that flat names stand for. */
export function patchOf(values: Record<string, unknown>): Patch {
  const patch: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith("custom_fields.")) own[name.slice("custom_fields.".length)] = value;
    else patch[name] = value;
  }
  return (Object.keys(own).length ? { ...patch, custom_fields: own } : patch) as Patch;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** `base`: what one saw when beginning to change it; `fresh`: what it is now. */
export function merging(base: Ticket, fresh: Ticket, patch: Patch): Merging {
  const before = flat(base);
  const after = flat(fresh);
  const mine = flatPatch(patch);
  const result: Merging = { clashes: [], theirs: [], free: {} };
  for (const field of new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(mine)])) {
    const changed = !same(before[field], after[field]);
    if (!(field in mine)) {
      if (changed) result.theirs.push({ field, was: before[field], theirs: after[field] });
    } else if (same(mine[field], after[field])) {
      continue;
    } else if (changed) {
      result.clashes.push({ field, was: before[field], theirs: after[field], mine: mine[field] });
    } else {
      result.free[field] = mine[field];
    }
  }
  return result;
}
