/** Saving what one looks at as a view, or changing one: its name, for whom it is, its columns. */

import { api, take } from "../core/api";
import { go } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, SelectField, TextField, useForm } from "../ui/form";
import { findTeams, matching } from "../ui/lookups";
import { Several } from "../ui/several";
import { PARTS } from "../ui/words";
import { columnName, COLUMNS, FIELD_COLUMN } from "./columns";
import { asDocument, type Filter, type Sort } from "./filter";
import type { View } from "./place";

const WORDS = words({
  en: { make: "Save as a view", change: "Change the view", name: "Name", description: "Description", who: "Who sees it", whos: { own: "Only me", staff: "All staff", teams: "Some teams" }, teams: "Teams", columns: "Columns", columnsHint: "In this order. None: the usual ones." },
  es: { make: "Guardar como vista", change: "Cambiar la vista", name: "Nombre", description: "Descripción", who: "Quién la ve", whos: { own: "Solo yo", staff: "Todo el personal", teams: "Algunos equipos" }, teams: "Equipos", columns: "Columnas", columnsHint: "En este orden. Ninguna: las habituales." },
});

interface ViewFormProps {
  /** None for a new one, of this filter and sort. */
  view: View | null;
  filter: Filter;
  sort: Sort;
  /** What custom fields are called. */
  fields: ReadonlyMap<string, string>;
  onSaved: () => void;
  onClose: () => void;
}

export const maySharedViews = (): boolean => session.value?.user.role !== "agent";

export function ViewForm({ view, filter, sort, fields, onSaved, onClose }: ViewFormProps) {
  const t = say(WORDS);
  const start = { name: view?.name ?? "", description: view?.description ?? "", who: !view?.shared ? "own" : view.teams.length ? "teams" : "staff", teams: view?.teams ?? [], columns: view?.columns ?? [] };
  const form = useForm(start, async ({ name, description, who, teams, columns }) => {
    const sharing = { shared: who !== "own", team_ids: who === "teams" ? teams.map(({ id }) => id) : [] };
    const body = { name, description: description.trim() || null, columns, ...(maySharedViews() && sharing) };
    if (view) {
      await take(api.PATCH("/v1/views/{view_id}", { params: { path: { view_id: view.id } }, body }));
    } else {
      const made = await take(api.POST("/v1/views", { body: { ...body, filter: asDocument(filter), sort: sort === "relevance" ? "-created_at" : sort } }));
      go("queue", { view: made.id });
    }
    onSaved();
    onClose();
  });
  const choices = [...COLUMNS, ...[...fields.keys()].map((key) => FIELD_COLUMN + key)].map((id) => ({ id, label: columnName(id, fields) }));
  return (
    <Dialog title={view ? t.change : t.make} onClose={onClose}>
      <Form of={form} action={say(PARTS).save} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
        <TextField of={form} name="name" label={t.name} maxLength={100} />
        <TextField of={form} name="description" label={t.description} optional maxLength={500} />
        {maySharedViews() && <SelectField of={form} name="who" label={t.who} options={t.whos} />}
        {form.values.who === "teams" && <Several label={t.teams} error={form.error("team_ids")} find={findTeams} chosen={form.values.teams.map(({ id, name }) => ({ id, label: name }))} onChange={(teams) => form.set({ teams: teams.map(({ id, label }) => ({ id, name: label })) })} />}
        <Several label={t.columns} hint={t.columnsHint} optional error={form.error("columns")} find={async (text) => matching(choices, text)} chosen={form.values.columns.map((id) => ({ id, label: columnName(id, fields) }))} onChange={(columns) => form.set({ columns: columns.map(({ id }) => id) })} />
      </Form>
    </Dialog>
  );
}
