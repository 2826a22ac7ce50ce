import { AtSign } from "lucide";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { TeamPicker } from "../ui/people";
import { CopyButton } from "../ui/secret";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";

type Mailbox = Schema<"MailboxOut">;

const WORDS = words({
  en: {
    title: "Mailboxes",
    lead: "Mail to these addresses becomes tickets; replies become comments.",
    add: "Add mailbox",
    empty: "No mailboxes.",
    name: "Name",
    nameHint: "Answers go out in its name.",
    address: "Address",
    addressHint: "One of the desk's own, or one of yours that is forwarded to it.",
    team: "Team",
    teamNone: "As the ticket's category says",
    type: "Type",
    priority: "Priority",
    unknown: "Whoever is not known here",
    unknowns: { accept: "May write", quarantine: "Waits in quarantine" },
    language: "Language of answers",
    languages: { "": "The desk's", en: "English", es: "Español" },
    enabled: "Takes mail",
    off: "Takes no mail",
    default: "Default",
    removal: "Mail to it goes to quarantine from then on. Its tickets stay.",
  },
  es: {
    title: "Buzones",
    lead: "El correo a estas direcciones se convierte en tickets; las respuestas, en comentarios.",
    add: "Añadir buzón",
    empty: "No hay buzones.",
    name: "Nombre",
    nameHint: "Las respuestas salen con su nombre.",
    address: "Dirección",
    addressHint: "Una de la propia mesa de ayuda, o una suya que se reenvía a ella.",
    team: "Equipo",
    teamNone: "Como diga la categoría del ticket",
    type: "Tipo",
    priority: "Prioridad",
    unknown: "Quien no es conocido aquí",
    unknowns: { accept: "Puede escribir", quarantine: "Espera en cuarentena" },
    language: "Idioma de las respuestas",
    languages: { "": "El de la mesa de ayuda", en: "English", es: "Español" },
    enabled: "Recibe correo",
    off: "No recibe correo",
    default: "Predeterminado",
    removal: "Desde entonces su correo va a la cuarentena. Sus tickets se quedan.",
  },
});

export default function Mailboxes() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/mailboxes", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue<Mailbox>
      title={t.title}
      lead={t.lead}
      list={list}
      icon={AtSign}
      may
      words={t}
      nameOf={(mailbox) => mailbox.name}
      beside={(mailbox) => <>{mailbox.is_default && <span class="badge info">{t.default}</span>}{!mailbox.enabled && <span class="badge bad">{t.off}</span>}</>}
      columns={[
        { key: "name", label: t.name, cell: (mailbox) => mailbox.name },
        { key: "address", label: t.address, cell: (mailbox) => mailbox.address && <span class="row tight"><span class="mono">{mailbox.address}</span></span> },
        { key: "team", label: t.team, wide: true, cell: (mailbox) => mailbox.team?.name ?? <span class="soft">{t.teamNone}</span> },
      ]}
      rowActions={(mailbox) => mailbox.address && <CopyButton small text={mailbox.address} />}
      editor={(props) => <Editor key={props.item?.id} {...props} />}
      removal={() => t.removal}
      remove={({ id: mailbox_id }) => api.DELETE("/v1/mailboxes/{mailbox_id}", { params: { path: { mailbox_id } } })}
    />
  );
}

function Editor({ item, readOnly, onDone, onClose }: EditorProps<Mailbox>) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const initial = {
    name: item?.name ?? "",
    address: item?.address ?? "",
    team: (item?.team ?? null) as Mailbox["team"],
    type: item?.type ?? "question",
    priority: item?.priority ?? "medium",
    unknown_senders: item?.unknown_senders ?? "accept",
    language: (item?.language ?? "") as "" | "en" | "es",
    enabled: item?.enabled ?? true,
  };
  const form = useForm(initial, async ({ team, language, address, ...rest }) => {
    const body = { ...rest, team_id: team?.id ?? null, language: language || null };
    if (item) await api.PATCH("/v1/mailboxes/{mailbox_id}", { params: { path: { mailbox_id: item.id } }, body: address === initial.address ? body : { ...body, address } });
    else await api.POST("/v1/mailboxes", { body: { ...body, address } });
    onDone();
  });
  return (
    <Form of={form} action={parts.save} readOnly={readOnly} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} hint={t.nameHint} maxLength={100} autoFocus={!item} />
      <TextField of={form} name="address" type="email" label={t.address} hint={t.addressHint} autocomplete="off" disabled={item?.is_default} />
      <TeamPicker label={t.team} placeholder={t.teamNone} chosen={form.values.team} onChoose={(team) => form.set({ team })} error={form.error("team_id")} />
      <div class="grid">
        <SelectField of={form} name="type" label={t.type} options={terms.type} />
        <SelectField of={form} name="priority" label={t.priority} options={terms.priority} />
      </div>
      <SelectField of={form} name="unknown_senders" label={t.unknown} options={t.unknowns} />
      <SelectField of={form} name="language" label={t.language} options={t.languages} />
      <CheckField of={form} name="enabled" label={t.enabled} />
    </Form>
  );
}
