import { Wand } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { route, set } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { SeveralById } from "../ui/by-id";
import { Button } from "../ui/button";
import { CheckField, Form, TextField, useForm } from "../ui/form";
import { Markup } from "../ui/markup";
import { ProblemNote, Waiting } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { type TicketHint, TicketPicker } from "../ui/tickets";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { ActionsEditor, ActionsTold, type KeptAction } from "./actions";
import { Catalogue, type EditorProps } from "./catalogue";
import { Effects } from "./effects";
import { misplaced } from "./ordering";
import { within } from "./places";

type Macro = Schema<"MacroOut">;

const WORDS = words({
  en: {
    title: "Macros",
    lead: "Several actions that somebody does to a ticket at once, from its page.",
    add: "Add macro",
    whose: "Whose",
    shared: "Shared",
    own: "Your own",
    empty: { shared: "No shared macros yet.", own: "You have no macros of your own yet." },
    name: "Name",
    does: "Does",
    teams: "For",
    everybody: "Everybody",
    description: "Description",
    share: "Shared with the staff",
    shareHint: "Own ones are seen by nobody else.",
    forTeams: "For these teams alone",
    active: "In use",
    inactive: "Not in use",
    removal: "What it did stays done.",
    made: "Made. Try it on a ticket.",
    saved: "Saved",
    preview: "Preview",
    previewLead: "What it would do, as it is saved. Nothing is done.",
    ticket: "On ticket",
    visibility: { public: "Public reply", internal: "Internal note" },
    changes: "Changes",
  },
  es: {
    title: "Macros",
    lead: "Varias acciones que alguien hace de una vez en un ticket, desde su página.",
    add: "Añadir macro",
    whose: "De quién",
    shared: "Compartidas",
    own: "Propias",
    empty: { shared: "Aún no hay macros compartidas.", own: "Aún no tiene macros propias." },
    name: "Nombre",
    does: "Hace",
    teams: "Para",
    everybody: "Todos",
    description: "Descripción",
    share: "Compartida con el personal",
    shareHint: "Las propias no las ve nadie más.",
    forTeams: "Solo para estos equipos",
    active: "En uso",
    inactive: "Sin uso",
    removal: "Lo que hizo, hecho queda.",
    made: "Creada. Pruébela con un ticket.",
    saved: "Guardado",
    preview: "Vista previa",
    previewLead: "Lo que haría, tal como está guardada. No se hace nada.",
    ticket: "Con el ticket",
    visibility: { public: "Respuesta pública", internal: "Nota interna" },
    changes: "Cambios",
  },
});

const maySharing = () => ["admin", "dispatcher"].includes(session.value!.user.role);

export default function Macros() {
  const t = say(WORDS);
  const whose = route.value.params.whose === "own" ? "own" : "shared";
  const may = maySharing();
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/macros", { params: { query: { limit: 100, cursor } } }))), []);
  const shown = { ...list, data: list.data?.filter((macro) => route.value.params.id === macro.id || macro.shared === (whose === "shared")) };
  const mayChange = (macro: Macro) => !macro.shared || may;
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={shown}
      icon={Wand}
      may
      mayChange={mayChange}
      words={{ add: t.add, empty: t.empty[whose] }}
      as="page"
      nameOf={(macro) => macro.name}
      beside={(macro) => !macro.active && <span class="badge">{t.inactive}</span>}
      above={<Tabs label={t.whose} tabs={[["shared", t.shared], ["own", t.own]]} chosen={whose} onChoose={(key) => set({ whose: key === "own" ? key : undefined })}>{null}</Tabs>}
      columns={[
        { key: "name", label: t.name, cell: (macro) => macro.name },
        { key: "does", label: t.does, wide: true, cell: (macro) => <ActionsTold actions={macro.actions} /> },
        ...(whose === "shared" ? [{ key: "teams", label: t.teams, cell: (macro: Macro) => (macro.teams.length ? macro.teams.map(({ name }) => name).join(", ") : <span class="soft">{t.everybody}</span>) }] : []),
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} own={whose === "own" || !may} reload={list.reload} />}
      removal={() => t.removal}
      remove={({ id: macro_id }) => api.DELETE("/v1/macros/{macro_id}", { params: { path: { macro_id } } })}
      reorder={whose === "own" || may ? async (items) => {
        for (const [{ id: macro_id }, position] of misplaced(items)) await api.PATCH("/v1/macros/{macro_id}", { params: { path: { macro_id } }, body: { position } });
        await list.reload();
      } : undefined}
    />
  );
}

function Editor({ item, readOnly, own, reload }: EditorProps<Macro> & { own: boolean; reload: () => Promise<void> }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const [saved, setSaved] = useState(item);
  const form = useForm(
    {
      name: item?.name ?? "",
      description: item?.description ?? "",
      actions: (item?.actions ?? []) as readonly KeptAction[],
      shared: item?.shared ?? !own,
      team_ids: (item?.teams.map(({ id }) => id) ?? []) as readonly string[],
      active: item?.active ?? true,
    },
    async ({ description, actions, team_ids, ...plain }) => {
      const body = { ...plain, description: description || null, actions: [...actions], team_ids: plain.shared ? [...team_ids] : [] };
      if (!item) {
        const made = await take(api.POST("/v1/macros", { body }));
        tell(t.made);
        await reload();
        return set({ id: made.id, new: undefined });
      }
      setSaved(await take(api.PATCH("/v1/macros/{macro_id}", { params: { path: { macro_id: item.id } }, body })));
      tell(t.saved);
      await reload();
    },
  );
  const { values } = form;
  return (
    <div class="beside">
      <div class="card padded">
        <Form of={form} action={parts.save} readOnly={readOnly} beside={!item && <Button onClick={() => set({ new: undefined })}>{parts.cancel}</Button>}>
          <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
          <TextField of={form} name="description" label={t.description} optional maxLength={1000} />
          <ActionsEditor actions={values.actions} onChange={(actions) => form.set({ actions })} wrong={(place, shown) => within(form, place, shown)} readOnly={readOnly} />
          {(values.shared || maySharing()) && <CheckField of={form} name="shared" label={t.share} hint={t.shareHint} />}
          {values.shared && <SeveralById of="team" label={t.forTeams} optional placeholder={t.everybody} ids={values.team_ids} onChange={(team_ids) => form.set({ team_ids })} error={form.error("team_ids")} />}
          <CheckField of={form} name="active" label={t.active} />
        </Form>
      </div>
      {saved && <Preview macro={saved} />}
    </div>
  );
}

function Preview({ macro }: { macro: Macro }) {
  const t = say(WORDS);
  const [ticket, setTicket] = useState<TicketHint | null>(null);
  const would = useLoad(async () => (ticket ? take(api.POST("/v1/macros/{macro_id}/preview", { params: { path: { macro_id: macro.id } }, body: { ticket_id: ticket.id } })) : null), [ticket?.id, macro.updated_at]);
  return (
    <section class="card padded stack preview" aria-label={t.preview}>
      <div>
        <h2>{t.preview}</h2>
        <p class="soft small">{t.previewLead}</p>
      </div>
      <TicketPicker label={t.ticket} chosen={ticket} onChoose={setTicket} />
      {would.problem && <ProblemNote problem={would.problem} />}
      {ticket && would.loading && !would.data && <Waiting />}
      {ticket && would.data && (
        <>
          {would.data.comments.map((comment) => (
            <div key={comment.visibility} class={comment.visibility === "internal" ? "said internal" : "said"}>
              <h3>{t.visibility[comment.visibility]}</h3>
              <Markup html={comment.body_html} />
            </div>
          ))}
          <div class="stack tight">
            <h3>{t.changes}</h3>
            <Effects changes={would.data.changes.filter(({ action }) => action !== "commented")} />
          </div>
        </>
      )}
    </section>
  );
}
