/** A ticket's facts at a glance: said in words, told apart by colour as well. */

import { ChevronDown, ChevronsUp, ChevronUp, Equal } from "lucide";

import type { Schema } from "../core/api-types";
import { initials } from "../core/format";
import { say } from "../core/words";
import { Icon } from "./icon";
import { TERMS } from "./words";

const STATUS_LOOKS: Record<Schema<"Status">, string> = { new: "strong", open: "info", pending: "warn", on_hold: "warn", resolved: "good", closed: "", cancelled: "" };
const PRIORITY_ICONS = { low: ChevronDown, medium: Equal, high: ChevronUp, urgent: ChevronsUp };
const PRIORITY_COLOURS = { low: "var(--soft)", medium: "var(--soft)", high: "var(--warn)", urgent: "var(--bad)" };

export const StatusBadge = ({ status }: { status: Schema<"Status"> }) => <span class={`badge ${STATUS_LOOKS[status]}`}>{say(TERMS).status[status]}</span>;

export const PriorityMark = ({ priority, bare }: { priority: Schema<"Priority">; bare?: boolean }) => (
  <span class="row tight firm" style={{ color: PRIORITY_COLOURS[priority], display: "inline-flex" }} title={say(TERMS).priority[priority]}>
    <Icon of={PRIORITY_ICONS[priority]} />
    <span class={bare ? "unseen" : undefined}>{say(TERMS).priority[priority]}</span>
  </span>
);

/** The letters of a name; the name itself stands beside it, or is said. */
export const Avatar = ({ name, said }: { name: string; said?: boolean }) => (
  <span class="avatar" role={said ? "img" : undefined} aria-label={said ? name : undefined} aria-hidden={said ? undefined : "true"} title={name}>
    {initials(name)}
  </span>
);
