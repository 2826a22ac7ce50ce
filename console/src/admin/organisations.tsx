import { Building2 } from "lucide";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useList } from "../core/load";
import { route, set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Field, Form, SelectField, TextArea, TextField, useForm } from "../ui/form";
import { forget } from "../ui/lookups";
import { SeveralWords } from "../ui/several";
import { More } from "../ui/states";
import { PARTS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";

type Organisation = Schema<"OrganisationOut">;

const WORDS = words({
  en: {
    title: "Organisations",
    lead: "Whom customers belong to. Whoever writes from one of its domains joins it.",
    add: "Add organisation",
    empty: "No organisations that fit.",
    search: "Search",
    name: "Name",
    domains: "Domains",
    domainsHint: "Of email addresses, as acme.example.",
    members: "People",
    notes: "Notes for the staff",
    shared: "Members see each other's tickets",
    sharing: { desk: "As the desk's settings say", yes: "Yes", no: "No" },
    tickets: "Their tickets",
    removal: "Its people stay, and belong to none.",
  },
  es: {
    title: "Organizaciones",
    lead: "A quién pertenecen los clientes. Quien escribe desde uno de sus dominios se incorpora.",
    add: "Añadir organización",
    empty: "No hay organizaciones que coincidan.",
    search: "Buscar",
    name: "Nombre",
    domains: "Dominios",
    domainsHint: "De direcciones de correo, como acme.example.",
    members: "Personas",
    notes: "Notas para el personal",
    shared: "Los miembros ven los tickets de los demás",
    sharing: { desk: "Como dicen los ajustes", yes: "Sí", no: "No" },
    tickets: "Sus tickets",
    removal: "Sus personas se quedan y no pertenecen a ninguna.",
  },
});

export default function Organisations() {
  const t = say(WORDS);
  const query = route.value.params.query;
  const list = useList((cursor) => take(api.GET("/v1/organisations", { params: { query: { limit: 50, cursor, query } } })), [query]);
  return (
    <Catalogue<Organisation>
      title={t.title}
      lead={t.lead}
      list={list}
      icon={Building2}
      may={isFor("settings", session.value!.user.role)}
      words={t}
      nameOf={(organisation) => organisation.name}
      above={
        <div style={{ maxInlineSize: "320px" }}>
          <Field label={t.search} hidden>{(tied) => <input {...tied} type="search" class="input" placeholder={t.search} value={query ?? ""} onChange={(event) => set({ query: event.currentTarget.value.trim() || undefined })} />}</Field>
        </div>
      }
      below={list.more && <More onClick={list.more} busy={list.loading} />}
      columns={[
        { key: "name", label: t.name, cell: (organisation) => organisation.name },
        { key: "domains", label: t.domains, wide: true, cell: (organisation) => organisation.domains.join(", ") },
        { key: "members", label: t.members, end: true, cell: (organisation) => <a class="numbers" href={to("people", { organisation: organisation.id, role: "customer" })}>{organisation.member_count}</a> },
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} />}
      removal={() => t.removal}
      remove={async ({ id: organisation_id }) => {
        await api.DELETE("/v1/organisations/{organisation_id}", { params: { path: { organisation_id } } });
        forget();
      }}
    />
  );
}

function Editor({ item, readOnly, onDone, onClose }: EditorProps<Organisation>) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const form = useForm(
    { name: item?.name ?? "", domains: (item?.domains ?? []) as readonly string[], notes: item?.notes ?? "", shared_tickets: item?.shared_tickets == null ? "desk" : item.shared_tickets ? "yes" : "no" },
    async ({ name, domains, notes, shared_tickets }) => {
      const body = { name, domains: [...domains], notes: notes.trim() || null, shared_tickets: shared_tickets === "desk" ? null : shared_tickets === "yes" };
      if (item) await api.PATCH("/v1/organisations/{organisation_id}", { params: { path: { organisation_id: item.id } }, body });
      else await api.POST("/v1/organisations", { body });
      forget();
      onDone();
    },
  );
  return (
    <Form of={form} action={parts.save} readOnly={readOnly} beside={<>{item && <a class="button quiet" href={to("queue", { organisation: item.id })}>{t.tickets}</a>}<Button onClick={onClose}>{parts.cancel}</Button></>}>
      <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
      <SeveralWords label={t.domains} hint={t.domainsHint} optional values={form.values.domains} onChange={(domains) => form.set({ domains })} error={form.error("domains")} />
      <SelectField of={form} name="shared_tickets" label={t.shared} options={t.sharing} />
      <TextArea of={form} name="notes" label={t.notes} optional />
    </Form>
  );
}
