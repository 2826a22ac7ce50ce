/** What a list can be filtered by: how each is said, and how it is chosen. */

import type { ComponentChildren } from "preact";

import type { Schema } from "../core/api-types";
import { day, number } from "../core/format";
import { say, words } from "../core/words";
import { Choice } from "../ui/choice";
import { Field, Options } from "../ui/form";
import { findOrganisations, findPeople, findTags, findTeams } from "../ui/lookups";
import { PersonPicker } from "../ui/people";
import { Ticks } from "../ui/several";
import { TERMS } from "../ui/words";
import { CustomField } from "./custom-field";
import { FIELD, list, PRIORITIES, STATUSES, TYPES, type Filter } from "./filter";
import { Name } from "./names";
import { When } from "./when";

export type FieldDefinition = Schema<"FieldOut">;

export const FACET_WORDS = words({
  en: {
    facets: { status: "Status", priority: "Priority", type: "Type", assignee: "Assignee", team: "Team", requester: "Requester", organisation: "Organisation", tag: "Tag", breached: "Promise", due: "Due", created: "Created", updated: "Updated", archived: "Archive", field: "Custom field" } as Record<string, string>,
    me: "Me", nobody: "Nobody", mine: "My teams", none: "None", somebody: "Somebody else",
    late: "Past due", notLate: "Not past due", archivedOnly: "Archived tickets", active: "All active",
    dueIn: (hours: number) => (hours === 1 ? "within the hour" : hours < 48 ? `within ${number(hours)} hours` : `within ${number(hours / 24)} days`),
    lastDays: (days: number) => (days === 1 ? "in the last day" : `in the last ${number(days)} days`),
    notFor: (days: number) => (days === 1 ? "not for a day" : `not for ${number(days)} days`),
    after: (at: string) => `after ${at}`, before: (at: string) => `before ${at}`, clear: "Any",
  },
  es: {
    facets: { status: "Estado", priority: "Prioridad", type: "Tipo", assignee: "Responsable", team: "Equipo", requester: "Solicitante", organisation: "Organización", tag: "Etiqueta", breached: "Compromiso", due: "Vence", created: "Creado", updated: "Actualizado", archived: "Archivo", field: "Campo propio" },
    me: "Yo", nobody: "Nadie", mine: "Mis equipos", none: "Ninguna", somebody: "Otra persona",
    late: "Vencido", notLate: "En plazo", archivedOnly: "Tickets archivados", active: "Todos los activos",
    dueIn: (hours) => (hours === 1 ? "en una hora" : hours < 48 ? `en ${number(hours)} horas` : `en ${number(hours / 24)} días`),
    lastDays: (days) => (days === 1 ? "en el último día" : `en los últimos ${number(days)} días`),
    notFor: (days) => (days === 1 ? "no desde hace un día" : `no desde hace ${number(days)} días`),
    after: (at) => `después del ${at}`, before: (at) => `antes del ${at}`, clear: "Cualquiera",
  },
});

export interface FacetProps {
  filter: Filter;
  /** Other values; "" takes one away. */
  set: (some: Record<string, string>) => void;
  fields: readonly FieldDefinition[];
}

interface Facet {
  /** Which values of the filter are its own. */
  owns: (name: string) => boolean;
  said: (filter: Filter, fields: readonly FieldDefinition[]) => ComponentChildren;
  Editor: (props: FacetProps) => ComponentChildren;
}

const named = (...names: string[]) => (name: string) => names.includes(name);

function ticked<K extends "status" | "priority" | "type">(name: K, values: readonly string[]): Facet {
  const terms = () => say(TERMS)[name] as Record<string, string>;
  return {
    owns: named(name),
    said: (filter) => (filter[name] === "active" ? say(FACET_WORDS).active : list(name, filter[name]).map((value) => terms()[value] ?? value).join(", ")),
    Editor: ({ filter, set }) => (
      <Ticks label={say(FACET_WORDS).facets[name]!} options={Object.fromEntries(values.map((value) => [value, terms()[value]!]))} values={list(name, filter[name])} onChange={(chosen) => set({ [name]: chosen.join() })} />
    ),
  };
}

/** One of a few that have a name, or one that is looked for. */
function Among({ label, value, special, set, children }: { label: string; value: string | undefined; special: Record<string, string>; set: (value: string) => void; children: ComponentChildren }) {
  const t = say(FACET_WORDS);
  return (
    <div class="stack">
      <div class="row tight" role="group" aria-label={label}>
        {Object.entries({ "": t.clear, ...special }).map(([key, text]) => (
          <button key={key} type="button" class="button small" aria-pressed={(value ?? "") === key} onClick={() => set(key)}>{text}</button>
        ))}
      </div>
      {children}
    </div>
  );
}

const isId = (value: string | undefined): value is string => /^[0-9a-f-]{36}$/.test(value ?? "");

export const FACETS: Record<string, Facet> = {
  status: ticked("status", STATUSES),
  priority: ticked("priority", PRIORITIES),
  type: ticked("type", TYPES),
  assignee: {
    owns: named("assignee"),
    said: ({ assignee }) => (assignee === "me" ? say(FACET_WORDS).me : assignee === "none" ? say(FACET_WORDS).nobody : <Name kind="user" id={assignee!} />),
    Editor: ({ filter: { assignee }, set }) => {
      const t = say(FACET_WORDS);
      return (
        <Among label={t.facets.assignee!} value={assignee} special={{ me: t.me, none: t.nobody }} set={(value) => set({ assignee: value })}>
          <PersonPicker label={t.somebody} chosen={null} onChoose={(person) => person && set({ assignee: person.id })} />
        </Among>
      );
    },
  },
  team: {
    owns: named("team"),
    said: ({ team }) => (team === "mine" ? say(FACET_WORDS).mine : <Name kind="team" id={team!} />),
    Editor: ({ filter: { team }, set }) => {
      const t = say(FACET_WORDS);
      return (
        <Among label={t.facets.team!} value={team} special={{ mine: t.mine }} set={(value) => set({ team: value })}>
          <Choice label={t.facets.team!} hidden chosen={null} find={findTeams} onChoose={(item) => item && set({ team: item.id })} />
        </Among>
      );
    },
  },
  requester: {
    owns: named("requester"),
    said: ({ requester }) => (requester === "me" ? say(FACET_WORDS).me : <Name kind="user" id={requester!} />),
    Editor: ({ filter: { requester }, set }) => {
      const t = say(FACET_WORDS);
      return (
        <Among label={t.facets.requester!} value={requester} special={{ me: t.me }} set={(value) => set({ requester: value })}>
          <Choice label={t.somebody} chosen={null} find={findPeople} onChoose={(item) => item && set({ requester: item.id })} />
        </Among>
      );
    },
  },
  organisation: {
    owns: named("organisation"),
    said: ({ organisation }) => (isId(organisation) ? <Name kind="organisation" id={organisation} /> : say(FACET_WORDS).none),
    Editor: ({ filter: { organisation }, set }) => {
      const t = say(FACET_WORDS);
      return (
        <Among label={t.facets.organisation!} value={organisation} special={{ none: t.none }} set={(value) => set({ organisation: value })}>
          <Choice label={t.facets.organisation!} hidden chosen={null} find={findOrganisations} onChoose={(item) => item && set({ organisation: item.id })} />
        </Among>
      );
    },
  },
  tag: {
    owns: named("tag"),
    said: ({ tag }) => tag,
    Editor: ({ filter: { tag }, set }) => (
      <Choice label={say(FACET_WORDS).facets.tag!} chosen={tag ? { id: tag, label: tag } : null} find={findTags} onChoose={(item) => set({ tag: item?.id ?? "" })} />
    ),
  },
  breached: {
    owns: named("breached"),
    said: ({ breached }) => (breached === "true" ? say(FACET_WORDS).late : say(FACET_WORDS).notLate),
    Editor: ({ filter: { breached }, set }) => {
      const t = say(FACET_WORDS);
      return <Among label={t.facets.breached!} value={breached} special={{ true: t.late, false: t.notLate }} set={(value) => set({ breached: value })}>{null}</Among>;
    },
  },
  due: {
    owns: named("due_within_hours"),
    said: ({ due_within_hours }) => say(FACET_WORDS).dueIn(Number(due_within_hours)),
    Editor: ({ filter: { due_within_hours: hours }, set }) => {
      const t = say(FACET_WORDS);
      const steps = [...new Set([1, 4, 8, 24, 72, 168, ...(hours ? [Number(hours)] : [])])].sort((a, b) => a - b);
      return (
        <Field label={t.facets.due!}>
          {(tied) => (
            <select {...tied} class="input" value={hours ?? ""} onChange={(event) => set({ due_within_hours: event.currentTarget.value })}>
              <Options of={[["", t.clear], ...steps.map((step) => [String(step), t.dueIn(step)] as const)]} />
            </select>
          )}
        </Field>
      );
    },
  },
  created: {
    owns: named("created_after", "created_before", "created_within_days"),
    said: (filter) => saidWhen(filter, "created"),
    Editor: (props) => <When {...props} of="created" />,
  },
  updated: {
    owns: named("updated_after", "updated_within_days", "not_updated_for_days"),
    said: (filter) => saidWhen(filter, "updated"),
    Editor: (props) => <When {...props} of="updated" />,
  },
  archived: {
    owns: named("archived"),
    said: () => say(FACET_WORDS).archivedOnly,
    Editor: ({ filter, set }) => (
      <label class="tick">
        <input type="checkbox" checked={filter.archived === "true"} onChange={(event) => set({ archived: event.currentTarget.checked ? "true" : "" })} />
        {say(FACET_WORDS).archivedOnly}
      </label>
    ),
  },
  field: {
    owns: (name) => name.startsWith(FIELD),
    said: (filter, fields) =>
      Object.entries(filter)
        .filter(([name]) => name.startsWith(FIELD))
        .map(([name, value]) => `${fields.find((field) => FIELD + field.key === name)?.name ?? name.slice(FIELD.length)}: ${value}`)
        .join(", "),
    Editor: CustomField,
  },
};

function saidWhen(filter: Filter, of: "created" | "updated"): string {
  const t = say(FACET_WORDS);
  const [within, after, before, not] = [filter[`${of}_within_days`], filter[`${of}_after`], filter[`${of}_before`], filter[`not_${of}_for_days`]];
  return [within && t.lastDays(Number(within)), not && t.notFor(Number(not)), after && t.after(day(after)), before && t.before(day(before))].filter(Boolean).join(", ");
}
