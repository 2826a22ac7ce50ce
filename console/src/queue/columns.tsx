/** What is shown of a ticket: the columns that a view names, or those that most need. */

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import { day } from "../core/format";
import { say, words } from "../core/words";
import { Avatar, PriorityMark, StatusBadge } from "../ui/badges";
import { nextTarget, SlaClock } from "../ui/sla-clock";
import { Ago } from "../ui/time";
import { TERMS } from "../ui/words";
import type { Ticket } from "./tickets";

export const COLUMN_WORDS = words({
  en: {
    label: "Label", number: "Number", subject: "Subject", type: "Type", priority: "Priority", status: "Status", category: "Category", subcategory: "Subcategory",
    requester: "Requester", assignee: "Assignee", team: "Team", tags: "Tags", source: "Source", created_at: "Created", updated_at: "Updated", resolved_at: "Resolved",
    closed_at: "Closed", sla_minutes: "SLA minutes", due_at: "SLA", hours_remaining: "Hours left", breached: "Past due",
  } as Record<string, string>,
  es: {
    label: "Etiqueta", number: "Número", subject: "Asunto", type: "Tipo", priority: "Prioridad", status: "Estado", category: "Categoría", subcategory: "Subcategoría",
    requester: "Solicitante", assignee: "Responsable", team: "Equipo", tags: "Etiquetas", source: "Origen", created_at: "Creado", updated_at: "Actualizado", resolved_at: "Resuelto",
    closed_at: "Cerrado", sla_minutes: "Minutos SLA", due_at: "SLA", hours_remaining: "Horas restantes", breached: "Vencido",
  },
});

const CELLS = words({ en: { nobody: "Nobody", yes: "Yes", no: "No", met: "met", missed: "missed" }, es: { nobody: "Nadie", yes: "Sí", no: "No", met: "cumplido", missed: "incumplido" } });

/** In one line the subject stands with its label and who asks. */
export const USUAL = ["priority", "subject", "status", "assignee", "team", "due_at", "updated_at"] as const;
export const COLUMNS = Object.keys(COLUMN_WORDS.en);
export const FIELD_COLUMN = "custom_fields.";

/** What a list can be sorted by, by the column that shows it. */
export const SORTABLE: Record<string, "created_at" | "updated_at" | "due_at" | "priority"> = { created_at: "created_at", updated_at: "updated_at", due_at: "due_at", priority: "priority" };

export const columnName = (column: string, fields: ReadonlyMap<string, string>): string =>
  column.startsWith(FIELD_COLUMN) ? fields.get(column.slice(FIELD_COLUMN.length)) ?? column.slice(FIELD_COLUMN.length) : say(COLUMN_WORDS)[column] ?? column;

export function Cell({ column, ticket, resolutionOnly }: { column: string; ticket: Ticket; resolutionOnly: boolean }): ComponentChildren {
  const t = say(CELLS);
  const terms = say(TERMS);
  switch (column) {
    case "priority":
      return <PriorityMark priority={ticket.priority} bare />;
    case "status":
      return <StatusBadge status={ticket.status} />;
    case "assignee":
      return ticket.assignee ? <Person name={ticket.assignee.name} /> : <span class="soft">{t.nobody}</span>;
    case "requester":
      return <span class="one-line" title={ticket.requester.email ?? undefined}>{ticket.requester.name}</span>;
    case "team":
      return <span class="one-line" title={ticket.team.name}>{ticket.team.name}</span>;
    case "due_at":
      return <Promised ticket={ticket} resolutionOnly={resolutionOnly} />;
    case "type":
      return terms.type[ticket.type];
    case "tags":
      return <span class="one-line" title={ticket.tags.join(", ")}>{ticket.tags.join(", ")}</span>;
    case "created_at":
    case "updated_at":
      return <Ago at={ticket[column]} narrow />;
    case "resolved_at":
    case "closed_at":
      return ticket[column] && <span class="numbers">{day(ticket[column])}</span>;
    case "breached":
      return ticket.breached ? t.yes : t.no;
    case "hours_remaining":
      return ticket.hours_remaining != null && <span class="numbers">{ticket.hours_remaining.toFixed(1)}</span>;
    case "label":
    case "number":
    case "category":
    case "subcategory":
    case "source":
    case "sla_minutes":
      return <span class="numbers">{ticket[column]}</span>;
  }
  const value: unknown = ticket.custom_fields[column.slice(FIELD_COLUMN.length)];
  if (typeof value === "boolean") return value ? t.yes : t.no;
  return value == null ? null : <span class="one-line">{Array.isArray(value) ? value.join(", ") : String(value)}</span>;
}

/** What is owed next, or what became of it. `resolutionOnly` where the list is in the order of that. */
export function Promised({ ticket, resolutionOnly }: { ticket: Ticket; resolutionOnly: boolean }) {
  const t = say(CELLS);
  const resolution = useMemo(() => ticket.sla.targets.filter((target) => target.metric === "resolution"), [ticket]);
  const targets = resolutionOnly ? resolution : ticket.sla.targets;
  if (nextTarget(targets)) return <SlaClock targets={targets} bare />;
  const last = resolution.at(-1);
  if (last?.status !== "fulfilled") return <span class="soft" aria-hidden="true">–</span>;
  return <span class="small soft">{last.breached ? t.missed : t.met}</span>;
}

const Person = ({ name }: { name: string }) => (
  <span class="row tight firm person">
    <Avatar name={name} />
    <span class="one-line">{name}</span>
  </span>
);
