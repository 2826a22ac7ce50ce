/** Other systems that call the desk, signed: an alert, an order, a message becomes a ticket. */

import { Plug, RefreshCw } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { API } from "../core/root";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { CheckField, Field, Form, SelectField, TextField, useForm } from "../ui/form";
import { PersonPicker, TeamPicker, type Person } from "../ui/people";
import { CopyButton, Secret } from "../ui/secret";
import { SeveralWords } from "../ui/several";
import { Ago, Moment } from "../ui/time";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";

type Integration = Schema<"IntegrationOut">;
type Fact = Schema<"Fact">;

const WORDS = words({
  en: {
    title: "Integrations",
    lead: "Addresses that other systems call, signed as Standard Webhooks says: what they tell becomes a ticket, or a comment.",
    add: "Add integration",
    empty: "No integrations yet.",
    name: "Name",
    kind: "Kind",
    kinds: { generic: "Any system (JSON)", alertmanager: "Prometheus Alertmanager", grafana: "Grafana alerts" },
    last: "Last call",
    never: "Never",
    off: "Refuses calls",
    enabled: "Takes calls",
    url: "Address to call",
    team: "Team",
    teamNone: "As the ticket's category says",
    otherwise: "Where the call names none",
    requester: "Requester",
    priority: "Priority",
    type: "Type",
    none: "As usual",
    tags: "Tags of its tickets",
    mapping: "Where each fact stands in the call",
    mappingHint: "JSON Pointers, as /issue/title. Empty is what the kind of sender does anyway.",
    facts: { external_id: "Its id there", subject: "Subject", description: "Description", comment: "Comment", status: "Status", type: "Type", priority: "Priority", category: "Category", subcategory: "Subcategory", tags: "Tags", requester_email: "Requester's email", requester_name: "Requester's name" },
    made: "The integration is made",
    secret: "Secret that signs each call",
    rotate: "Another secret",
    rotateAbout: "The secret of now is taken for a while beside the new one.",
    before: "The secret before is taken until",
    removal: "Calls are refused from then on. Tickets stay.",
  },
  es: {
    title: "Integraciones",
    lead: "Direcciones a las que llaman otros sistemas, firmadas como dice Standard Webhooks: lo que cuentan se convierte en ticket o comentario.",
    add: "Añadir integración",
    empty: "Aún no llama ningún sistema.",
    name: "Nombre",
    kind: "Clase",
    kinds: { generic: "Cualquier sistema (JSON)", alertmanager: "Prometheus Alertmanager", grafana: "Alertas de Grafana" },
    last: "Última llamada",
    never: "Nunca",
    off: "Rechaza llamadas",
    enabled: "Acepta llamadas",
    url: "Dirección a la que llamar",
    team: "Equipo",
    teamNone: "Como diga la categoría del ticket",
    otherwise: "Si la llamada no lo indica",
    requester: "Solicitante",
    priority: "Prioridad",
    type: "Tipo",
    none: "Como siempre",
    tags: "Etiquetas de sus tickets",
    mapping: "Dónde está cada dato en la llamada",
    mappingHint: "JSON Pointers, como /issue/title. Vacío es lo que la clase hace de por sí.",
    facts: { external_id: "Su id allí", subject: "Asunto", description: "Descripción", comment: "Comentario", status: "Estado", type: "Tipo", priority: "Prioridad", category: "Categoría", subcategory: "Subcategoría", tags: "Etiquetas", requester_email: "Correo del solicitante", requester_name: "Nombre del solicitante" },
    made: "La integración está creada",
    secret: "Secreto que firma cada llamada",
    rotate: "Otro secreto",
    rotateAbout: "El secreto actual se acepta un tiempo junto al nuevo.",
    before: "El secreto anterior se acepta hasta",
    removal: "Desde entonces se rechazan las llamadas. Los tickets se quedan.",
  },
});

type Told = { title: string; secret: string; until?: string };

export default function Integrations() {
  const t = say(WORDS);
  const [told, setTold] = useState<Told | null>(null);
  const [turned, setTurned] = useState<Integration | null>(null);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/integrations", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <>
      <Catalogue<Integration>
        title={t.title}
        lead={t.lead}
        list={list}
        icon={Plug}
        may
        wide
        words={t}
        nameOf={(integration) => integration.name}
        beside={(integration) => !integration.enabled && <span class="badge bad">{t.off}</span>}
        columns={[
          { key: "name", label: t.name, cell: (integration) => integration.name },
          { key: "kind", label: t.kind, wide: true, cell: (integration) => t.kinds[integration.kind] },
          { key: "last", label: t.last, cell: (integration) => (integration.last_received_at ? <Ago at={integration.last_received_at} /> : <span class="soft">{t.never}</span>) },
        ]}
        rowActions={(integration) => <Button small icon={RefreshCw} onClick={() => setTurned(integration)}>{t.rotate}</Button>}
        editor={(props) => <Editor key={props.item?.id} {...props} onMade={(secret) => setTold({ title: t.made, secret })} />}
        removal={() => t.removal}
        remove={({ id: integration_id }) => api.DELETE("/v1/integrations/{integration_id}", { params: { path: { integration_id } } })}
      />
      {turned && (
        <Confirm title={t.rotate} action={t.rotate} look="main" onClose={() => setTurned(null)} onConfirm={async () => {
          const { secret, previous_valid_until } = await take(api.POST("/v1/integrations/{integration_id}/rotate-secret", { params: { path: { integration_id: turned.id } } }));
          setTold({ title: t.rotate, secret, until: previous_valid_until });
        }}>
          <p>{t.rotateAbout}</p>
        </Confirm>
      )}
      {told && <Secret title={told.title} label={t.secret} secret={told.secret} onClose={() => setTold(null)}>{told.until && <p class="small soft">{t.before} <Moment at={told.until} />.</p>}</Secret>}
    </>
  );
}

function Editor({ item, readOnly, onDone, onClose, onMade }: EditorProps<Integration> & { onMade: (secret: string) => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const facts = Object.keys(t.facts) as Fact[];
  const initial = {
    name: item?.name ?? "",
    kind: item?.kind ?? "generic",
    team: (item?.team ?? null) as Integration["team"],
    requester: (item?.requester ?? null) as Pick<Person, "id" | "name"> | null,
    type: (item?.defaults.type ?? "") as Schema<"TicketType"> | "",
    priority: (item?.defaults.priority ?? "") as Schema<"Priority"> | "",
    tags: (item?.defaults.tags ?? []) as readonly string[],
    places: Object.fromEntries(facts.map((fact) => [fact, item?.mapping[fact]?.pointer ?? ""])) as Record<Fact, string>,
    enabled: item?.enabled ?? true,
  };
  const form = useForm(initial, async (values) => {
    const { name, kind, team, requester, type, priority, tags, places, enabled } = values;
    // What stood beside a pointer (values, default) stays with it.
    const mapping = Object.fromEntries(facts.filter((fact) => places[fact].trim()).map((fact) => [fact, { ...item?.mapping[fact], pointer: places[fact].trim() }]));
    const body = { name, team_id: team?.id ?? null, requester_id: requester?.id ?? null, defaults: { ...item?.defaults, type: type || null, priority: priority || null, tags: [...tags] }, mapping, enabled };
    if (item) {
      await api.PATCH("/v1/integrations/{integration_id}", { params: { path: { integration_id: item.id } }, body });
      onDone();
    } else {
      const { secret } = await take(api.POST("/v1/integrations", { body: { ...body, kind } }));
      onDone();
      onMade(secret);
    }
  });
  const isOwnMapping = form.values.kind === "generic";
  return (
    <Form of={form} action={parts.save} readOnly={readOnly} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      {item && (
        <Field label={t.url}>
          {(tied) => <div class="row firm"><input {...tied} class="input mono" readOnly value={API + item.url} /><CopyButton text={API + item.url} /></div>}
        </Field>
      )}
      <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
      <SelectField of={form} name="kind" label={t.kind} options={t.kinds} disabled={Boolean(item)} />
      <TeamPicker label={t.team} placeholder={t.teamNone} chosen={form.values.team} onChoose={(team) => form.set({ team })} error={form.error("team_id")} />
      <fieldset class="stack">
        <legend>{t.otherwise}</legend>
        <div class="grid four">
          <PersonPicker label={t.requester} optional roles={["customer", "agent", "dispatcher", "admin"]} chosen={form.values.requester} onChoose={(requester) => form.set({ requester })} error={form.error("requester_id")} />
          <SelectField of={form} name="type" label={t.type} options={[["", t.none], ...Object.entries(terms.type)]} />
          <SelectField of={form} name="priority" label={t.priority} options={[["", t.none], ...Object.entries(terms.priority)]} />
        </div>
      </fieldset>
      <SeveralWords label={t.tags} optional values={form.values.tags} onChange={(tags) => form.set({ tags })} error={form.error("defaults")} />
      {isOwnMapping && (
        <fieldset class="stack">
          <legend>{t.mapping}</legend>
          <div class="field"><div class="hint">{t.mappingHint}</div>{form.error("mapping") && <div class="error">{form.error("mapping")}</div>}</div>
          <div class="grid four">
            {facts.map((fact) => (
              <Field key={fact} label={t.facts[fact]}>
                {(tied) => <input {...tied} class="input mono" placeholder="/…" spellcheck={false} value={form.values.places[fact]} onInput={(event) => form.set({ places: { ...form.values.places, [fact]: event.currentTarget.value } })} />}
              </Field>
            ))}
          </div>
        </fieldset>
      )}
      <CheckField of={form} name="enabled" label={t.enabled} />
    </Form>
  );
}
