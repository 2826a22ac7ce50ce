import { Tags } from "lucide";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Choice, type Choosable } from "../ui/choice";
import { CheckField, Form, TextField, useForm } from "../ui/form";
import { findTeams, forget } from "../ui/lookups";
import { Chips, SeveralWords } from "../ui/several";
import { PARTS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";
import { misplaced } from "./ordering";

type Category = Schema<"CategoryOut">;

const WORDS = words({
  en: {
    title: "Categories",
    lead: "What tickets are sorted by, in the order in which forms offer them.",
    add: "Add category",
    empty: "No categories yet. Until there are some, a ticket's category is any text.",
    name: "Name",
    subcategories: "Subcategories",
    subcategoriesHint: "In the order in which they are offered.",
    team: "Team",
    teamHint: "Its tickets that name no team go there.",
    defaultTeam: "The default team",
    active: "In use",
    activeHint: "What is not in use cannot be chosen; tickets that have it keep it.",
    inactive: "Not in use",
    removal: "Nobody can choose it any more. Tickets keep the word that they have.",
  },
  es: {
    title: "Categorías",
    lead: "Con ellas se clasifican los tickets, en el orden en que las ofrecen los formularios.",
    add: "Añadir categoría",
    empty: "Aún no hay categorías. Mientras no las haya, la categoría de un ticket es cualquier texto.",
    name: "Nombre",
    subcategories: "Subcategorías",
    subcategoriesHint: "En el orden en que se ofrecen.",
    team: "Equipo",
    teamHint: "Allí van sus tickets que no indican equipo.",
    defaultTeam: "El equipo predeterminado",
    active: "En uso",
    activeHint: "Lo que no está en uso no se puede elegir; los tickets que lo tienen lo conservan.",
    inactive: "Sin uso",
    removal: "Nadie podrá elegirla. Los tickets conservan la palabra que tienen.",
  },
});

export default function Categories() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/categories", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={list}
      icon={Tags}
      may
      words={t}
      nameOf={(category) => category.name}
      beside={(category) => !category.active && <span class="badge">{t.inactive}</span>}
      columns={[
        { key: "name", label: t.name, cell: (category) => category.name },
        { key: "subcategories", label: t.subcategories, wide: true, cell: (category) => <Chips label={t.subcategories} items={category.subcategories.map((name) => ({ id: name, label: name }))} /> },
        { key: "team", label: t.team, cell: (category) => category.team?.name ?? <span class="soft">{t.defaultTeam}</span> },
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} />}
      removal={() => t.removal}
      remove={async ({ id: category_id }) => {
        await api.DELETE("/v1/categories/{category_id}", { params: { path: { category_id } } });
        forget();
      }}
      reorder={async (items) => {
        for (const [{ id: category_id }, position] of misplaced(items)) await api.PATCH("/v1/categories/{category_id}", { params: { path: { category_id } }, body: { position } });
        forget();
        await list.reload();
      }}
    />
  );
}

function Editor({ item, readOnly, onDone, onClose }: EditorProps<Category>) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const form = useForm(
    { name: item?.name ?? "", subcategories: (item?.subcategories ?? []) as readonly string[], team: (item?.team ? { id: item.team.id, label: item.team.name } : null) as Choosable | null, active: item?.active ?? true },
    async ({ name, subcategories, team, active }) => {
      const body = { name, subcategories: [...subcategories], team_id: team?.id ?? null, active };
      if (item) await api.PATCH("/v1/categories/{category_id}", { params: { path: { category_id: item.id } }, body });
      else await api.POST("/v1/categories", { body });
      forget();
      onDone();
    },
  );
  return (
    <Form of={form} action={parts.save} readOnly={readOnly} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
      <SeveralWords label={t.subcategories} optional hint={t.subcategoriesHint} values={form.values.subcategories} onChange={(subcategories) => form.set({ subcategories })} error={form.error("subcategories")} />
      <Choice label={t.team} hint={t.teamHint} placeholder={t.defaultTeam} chosen={form.values.team} find={findTeams} onChoose={(team) => form.set({ team })} error={form.error("team_id")} />
      <CheckField of={form} name="active" label={t.active} hint={t.activeHint} />
    </Form>
  );
}
