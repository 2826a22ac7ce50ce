/** What is to be taken out: which rows, of which tickets or people, with which columns, as what. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { goTo, route, set } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { FilterChips } from "../queue/filter-bar";
import { asDocument, ofAddress, type Filter } from "../queue/filter";
import { CheckField, Field, Form, SelectField, TextField, useForm } from "../ui/form";
import { customFields } from "../ui/lookups";
import { Ticks } from "../ui/several";
import { TERMS } from "../ui/words";
import { exportAddress, resourceOf, type Resource } from "./export-address";
import { COLUMNS } from "./export-columns";

const WORDS = words({
  en: {
    resource: "What", resources: { tickets: "Tickets", comments: "Comments", timeline: "Histories", users: "People" }, filter: "Which tickets", ofTickets: "Of which tickets", all: "All that you see, unless a filter is added; archived ones only where that is asked for.",
    format: "Format", formats: { csv: "CSV, for spreadsheets", jsonl: "JSON Lines, for programs" }, gzip: "Compressed (gzip)", columns: "Columns", some: "Choose columns", columnsHint: "Named as in the file. An object, as requester, has a column for each of its parts. None chosen: all of them.",
    since: "Made from", until: "Made before", clocks: (zone: string) => `By the clocks of ${zone}`, roles: "Roles", rolesHint: "None chosen: everybody.", make: "Export",
  },
  es: {
    resource: "Qué", resources: { tickets: "Tickets", comments: "Comentarios", timeline: "Historiales", users: "Personas" }, filter: "Qué tickets", ofTickets: "De qué tickets", all: "Todos los que usted ve, salvo que añada un filtro; los archivados solo si se piden.",
    format: "Formato", formats: { csv: "CSV, para hojas de cálculo", jsonl: "JSON Lines, para programas" }, gzip: "Comprimido (gzip)", columns: "Columnas", some: "Elegir columnas", columnsHint: "Con el nombre que tienen en el archivo. Un objeto, como requester, tiene una columna por cada parte. Si no elige ninguna: todas.",
    since: "Creados desde", until: "Creados antes de", clocks: (zone) => `Según los relojes de ${zone}`, roles: "Roles", rolesHint: "Si no elige ninguno: todas las personas.", make: "Exportar",
  },
});

type Body = Schema<"ExportIn">;

interface Values {
  format: "csv" | "jsonl";
  compress: boolean;
  since: string;
  until: string;
  columns: readonly string[];
  role: readonly string[];
}

const NOTHING: Values = { format: "csv", compress: false, since: "", until: "", columns: [], role: [] };
const instant = (typed: string): string | undefined => (typed ? new Date(typed).toISOString() : undefined);

function bodyOf(resource: Resource, filter: Filter, values: Values): Body {
  const isMade = resource === "comments" || resource === "timeline";
  return {
    resource,
    format: values.format,
    compress: values.compress ? "gzip" : undefined,
    filter: resource === "users" ? undefined : asDocument(filter),
    user_filter: resource === "users" && values.role.length ? ({ role: values.role } as Body["user_filter"]) : undefined,
    since: isMade ? instant(values.since) : undefined,
    until: isMade ? instant(values.until) : undefined,
    columns: values.columns.length ? [...values.columns] : undefined,
  };
}

export function ExportForm({ onAsked }: { onAsked: (job: Schema<"JobOut">, resource: Resource) => void }) {
  const t = say(WORDS);
  const { params } = route.value;
  const resource = resourceOf(params);
  const filter = ofAddress(params);
  const fields = useLoad(async () => (await customFields()).filter((field) => field.active), []);
  const form = useForm(NOTHING, async (values) => onAsked(await take(api.POST("/v1/exports", { body: bodyOf(resource, filter, values) })), resource));
  const { users, ...ofTickets } = t.resources;
  const resources = session.value?.user.role === "admin" ? t.resources : ofTickets;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const columns = Object.fromEntries(COLUMNS[resource].map((name) => [name, name]));
  return (
    <section class="card padded export-form" aria-label={t.make}>
      <Form of={form} action={t.make}>
        <div class="grid">
          <Field label={t.resource} error={form.error("resource")}>
            {(tied) => (
              <select {...tied} class="input" value={resource} onChange={(event) => { form.set({ columns: [] }); set({ resource: event.currentTarget.value }); }}>
                {Object.entries(resources).map(([value, name]) => <option key={value} value={value}>{name}</option>)}
              </select>
            )}
          </Field>
          <SelectField of={form} name="format" label={t.format} options={t.formats} />
        </div>
        {resource === "users" ? (
          <Ticks label={t.roles} hint={t.rolesHint} options={say(TERMS).role} values={form.values.role} error={form.error("user_filter")} onChange={(role) => form.set({ role })} />
        ) : (
          <fieldset class="field">
            <legend>{resource === "tickets" ? t.filter : t.ofTickets}</legend>
            <div class="hint">{t.all}</div>
            <FilterChips filter={filter} fields={fields.data ?? []} onFilter={(next) => goTo(exportAddress(resource, next), { replace: true })} />
            {form.error("filter") && <div class="error">{form.error("filter")}</div>}
          </fieldset>
        )}
        {(resource === "comments" || resource === "timeline") && (
          <div class="grid">
            <TextField of={form} name="since" type="datetime-local" label={t.since} hint={t.clocks(zone)} optional />
            <TextField of={form} name="until" type="datetime-local" label={t.until} hint={t.clocks(zone)} optional />
          </div>
        )}
        <details open={Boolean(form.error("columns"))}>
          <summary>{t.some}{form.values.columns.length > 0 && ` (${form.values.columns.length})`}</summary>
          <Ticks label={t.columns} hidden hint={t.columnsHint} options={columns} values={form.values.columns} error={form.error("columns")} onChange={(chosen) => form.set({ columns: chosen })} />
        </details>
        <CheckField of={form} name="compress" label={t.gzip} />
      </Form>
    </section>
  );
}
