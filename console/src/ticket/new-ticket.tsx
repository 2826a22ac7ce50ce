/** A new ticket by the staff, for whoever asked by phone or at the counter. What was typed is kept until it is sent. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { go, to } from "../core/router";
import { useLoad } from "../core/load";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { ButtonLink, Button } from "../ui/button";
import { CustomFields, toSend, type Typed } from "../ui/custom-fields";
import { useDraftForm } from "../ui/draft-form";
import { ChosenFiles, FilePicker, pasted, useFiles } from "../ui/files";
import { Field, Form, SelectField, TextField } from "../ui/form";
import { customFields, findOrMakeTags } from "../ui/lookups";
import { Page } from "../ui/page";
import { PersonPicker, TeamPicker, type Team } from "../ui/people";
import { Several } from "../ui/several";
import { tell } from "../ui/toasts";
import { TERMS } from "../ui/words";
import { CategoryFields, useCategories } from "./categories";
import { LikeThis } from "./like-this";
import { RequesterPicker, type Requester } from "./requester-picker";

const WORDS = words({
  en: {
    title: "New ticket", open: "Open the ticket", draft: "Forget the draft", what: "What it is about", facts: "How it is handled", subject: "Subject", description: "Description", type: "Type", priority: "Priority", team: "Team", teamHint: "Empty: by its category, or the default team.",
    assignee: "Assignee", nobody: "Nobody, or who the team chooses", me: "Assign to me", tags: "Tags", taken: (label: string) => `${label} is open.`, unsent: "Some of its files were not sent.", sending: "Its files are being sent.", again: "Send them again", goTo: "Go to the ticket",
  },
  es: {
    title: "Nuevo ticket", open: "Abrir el ticket", draft: "Descartar el borrador", what: "De qué se trata", facts: "Cómo se atiende", subject: "Asunto", description: "Descripción", type: "Tipo", priority: "Prioridad", team: "Equipo", teamHint: "Vacío: según su categoría, o el equipo por defecto.",
    assignee: "Responsable", nobody: "Nadie, o quien elija el equipo", me: "Asignarme", tags: "Etiquetas", taken: (label) => `${label} está abierto.`, unsent: "Algunos de sus archivos no se enviaron.", sending: "Sus archivos se están enviando.", again: "Enviarlos de nuevo", goTo: "Ir al ticket",
  },
});

const START = {
  requester: null as Requester | null, subject: "", description: "", type: "question" as Schema<"TicketType">, priority: "medium" as Schema<"Priority">, category: "", subcategory: "",
  team: null as Team | null, assignee: null as { id: string; name: string } | null, tags: [] as readonly string[], custom_fields: {} as Typed,
};
type Values = typeof START;

export default function NewTicket() {
  const t = say(WORDS);
  const terms = say(TERMS);
  const user = session.value!.user;
  const categories = useCategories();
  const declared = useLoad(async () => (await customFields()).filter((field) => field.active), []);
  const files = useFiles();
  const [taken, setTaken] = useState<Schema<"TicketOut"> | null>(null);
  const sendFiles = async (ticket: Schema<"TicketOut">) => {
    const path = { ticket_id: ticket.id };
    const all = await files.send(async (body) => (await take(api.POST("/v1/tickets/{ticket_id}/attachments", { params: { path }, body }))).upload);
    if (all) go("ticket", { id: ticket.id }, { replace: true });
  };
  const [form, forget] = useDraftForm<Values>("new-ticket", START, async (values) => {
    const ticket = await take(api.POST("/v1/tickets", { body: asked(values, declared.data ?? []) }));
    forget();
    tell(t.taken(ticket.label));
    if (!files.items.length) return go("ticket", { id: ticket.id }, { replace: true });
    setTaken(ticket);
    await sendFiles(ticket);
  });
  if (taken) {
    return (
      <Page title={t.taken(taken.label)} narrow>
        <div class="card padded stack">
          <p role="status">{files.busy ? t.sending : t.unsent}</p>
          <ChosenFiles of={files} />
          <div class="row">
            {!files.busy && <Button look="main" onClick={() => void sendFiles(taken)}>{t.again}</Button>}
            <ButtonLink href={to("ticket", { id: taken.id })}>{t.goTo}</ButtonLink>
          </div>
        </div>
      </Page>
    );
  }
  const { values } = form;
  const drop = () => {
    forget();
    form.reset(START);
    files.clear();
  };
  return (
    <Page title={t.title}>
      <div class="new-ticket">
        <Form of={form} action={t.open} beside={form.changed || values.subject || values.description ? <Button look="quiet" onClick={drop}>{t.draft}</Button> : null}>
          <div class="two">
            <section class="card padded stack" aria-label={t.what}>
              <RequesterPicker chosen={values.requester} error={form.error("requester_id") ?? form.error("requester")} onChoose={(requester) => form.set({ requester })} />
              <TextField of={form} name="subject" label={t.subject} maxLength={200} autocomplete="off" />
              <Field label={t.description} error={form.error("description")}>
                {(tied) => <textarea {...tied} class="input describe" rows={8} value={values.description} onPaste={pasted(files)} onInput={(event) => form.set({ description: event.currentTarget.value })} />}
              </Field>
              <div class="field">
                <FilePicker of={files} />
              </div>
              <LikeThis subject={values.subject} requester={values.requester} />
            </section>
            <section class="card padded stack" aria-label={t.facts}>
              <SelectField of={form} name="type" label={t.type} options={terms.type} />
              <SelectField of={form} name="priority" label={t.priority} options={terms.priority} />
              <CategoryFields of={form} categories={categories} />
              <TeamPicker label={t.team} hint={t.teamHint} optional error={form.error("team_id")} chosen={values.team} onChoose={(team) => form.set({ team })} />
              <div class="stack tight">
                <PersonPicker label={t.assignee} optional placeholder={t.nobody} error={form.error("assignee_id")} chosen={values.assignee} onChoose={(assignee) => form.set({ assignee })} />
                {values.assignee?.id !== user.id && <div><button type="button" class="link small" onClick={() => form.set({ assignee: { id: user.id, name: user.name } })}>{t.me}</button></div>}
              </div>
              <Several label={t.tags} optional error={form.error("tags")} find={findOrMakeTags} chosen={values.tags.map((tag) => ({ id: tag, label: tag }))} onChange={(tags) => form.set({ tags: tags.map(({ id }) => id) })} />
              {declared.data && <CustomFields of={form} fields={declared.data} type={values.type} />}
            </section>
          </div>
        </Form>
      </div>
    </Page>
  );
}

/** What the API is told: nothing of what was left empty. */
function asked(values: Values, declared: readonly Schema<"FieldOut">[]): Schema<"TicketIn"> {
  const { requester } = values;
  return {
    subject: values.subject.trim(),
    description: values.description,
    type: values.type,
    priority: values.priority,
    custom_fields: toSend(declared, values.custom_fields),
    ...(values.category && { category: values.category }),
    ...(values.subcategory && { subcategory: values.subcategory }),
    ...(values.team && { team_id: values.team.id }),
    ...(values.assignee && { assignee_id: values.assignee.id }),
    ...(values.tags.length && { tags: [...values.tags] }),
    ...(requester && (requester.id ? { requester_id: requester.id } : { requester: { email: requester.email, ...(requester.name && { name: requester.name }) } })),
  };
}
