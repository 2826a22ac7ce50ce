/** The desk's own settings, in groups; each group is saved by itself. */

import type { ComponentChildren } from "preact";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { contrast, paint } from "../core/desk";
import { type Loaded, useLoad } from "../core/load";
import { API } from "../core/root";
import { route, set } from "../core/router";
import { say, words } from "../core/words";
import { ZONES } from "../core/zones";
import { CheckField, Field, Form, type FormState, SelectField, TextArea, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { CopyButton } from "../ui/secret";
import { SeveralWords } from "../ui/several";
import { Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { Provider } from "./provider";

export type Workspace = Schema<"WorkspaceOut">;
type Patch = Schema<"WorkspacePatch">;

const WORDS = words({
  en: {
    title: "Settings",
    tabs: { desk: "Desk", tickets: "Tickets", customers: "Customers", looks: "Looks and pages", access: "Signing in" },
    saved: "Saved",
    name: "Name",
    slug: "Short name in addresses",
    slugHint: "Links and forms with the old one stop working.",
    timezone: "Time zone",
    language: "Language of mails and pages",
    languages: { en: "English", es: "Español" },
    prefix: "Tickets begin with",
    prefixHint: "As TKT in TKT-2026-00042; existing tickets keep theirs.",
    visibility: "Agents see",
    visibilities: { teams: "Tickets of their teams and their own", all: "All tickets" },
    reopen: "Days in which a resolved ticket may be reopened",
    reopenHint: "Then it closes by itself.",
    retention: "Days until an ended ticket is deleted for good",
    retentionHint: "Empty keeps them for ever.",
    reminders: "Remind who has not answered after so many days",
    remindersHint: "One number each, as 2, 5.",
    resolveAfter: "Resolve by itself after so many days without an answer",
    resolveText: "What is said then",
    never: "Never",
    categoriesOnly: "Tickets take declared categories alone",
    signup: "Whoever has an address may make an account",
    organisation: "Customers see the tickets of their organisation",
    cc: "Whom a customer's mail was copied to watches its ticket",
    ratings: "Ask customers how the help was",
    ratingDelay: "Hours after the end until they are asked",
    ratingDelayHint: "0 asks in the mail that tells of the end.",
    color: "Colour",
    colorHint: "As #0d74ce; buttons of public pages and mails have it.",
    preview: "Sample",
    reads: (ratio: string) => `Its words read at ${ratio} to 1.`,
    logo: "Address of a logo",
    logoHint: "By https; a picture some 40 pixels high.",
    footer: "Line at the end of mails and pages",
    sites: "Sites that may show the form within their pages",
    sitesHint: "Origins by https, as https://www.acme.example or https://*.acme.example.",
    pages: "Pages to link to",
    submit: "Write to us, with files",
    status: "Where is my request?",
    form: "The form without scripts, for other sites",
    embed: "To stand within a site",
    twoStep: "Two-step sign-in is required of",
    twoSteps: { nobody: "Nobody", staff: "The staff" },
    twoStepHint: "Who has not set it up is asked to at the next sign-in, before anything else.",
  },
  es: {
    title: "Ajustes",
    tabs: { desk: "Mesa de ayuda", tickets: "Tickets", customers: "Clientes", looks: "Aspecto y páginas", access: "Inicio de sesión" },
    saved: "Guardado",
    name: "Nombre",
    slug: "Nombre corto en las direcciones",
    slugHint: "Los enlaces y formularios con el antiguo dejan de funcionar.",
    timezone: "Zona horaria",
    language: "Idioma de correos y páginas",
    languages: { en: "English", es: "Español" },
    prefix: "Los tickets empiezan por",
    prefixHint: "Como TKT en TKT-2026-00042; los tickets que hay conservan el suyo.",
    visibility: "Los agentes ven",
    visibilities: { teams: "Los tickets de sus equipos y los propios", all: "Todos los tickets" },
    reopen: "Días en que se puede reabrir un ticket resuelto",
    reopenHint: "Después se cierra solo.",
    retention: "Días hasta que un ticket terminado se elimina para siempre",
    retentionHint: "Vacío los conserva siempre.",
    reminders: "Recordar a quien no respondió después de tantos días",
    remindersHint: "Un número cada vez, como 2, 5.",
    resolveAfter: "Resolver solo después de tantos días sin respuesta",
    resolveText: "Qué se dice entonces",
    never: "Nunca",
    categoriesOnly: "Los tickets solo aceptan las categorías declaradas",
    signup: "Quien tenga una dirección puede crear una cuenta",
    organisation: "Los clientes ven los tickets de su organización",
    cc: "Quien recibió copia del correo de un cliente sigue su ticket",
    ratings: "Preguntar a los clientes qué tal fue la ayuda",
    ratingDelay: "Horas después del final hasta preguntar",
    ratingDelayHint: "0 pregunta en el correo que avisa del final.",
    color: "Color",
    colorHint: "Como #0d74ce; lo llevan los botones de páginas públicas y correos.",
    preview: "Muestra",
    reads: (ratio: string) => `Sus palabras se leen a ${ratio} a 1.`,
    logo: "Dirección de un logotipo",
    logoHint: "Por https; una imagen de unos 40 píxeles de alto.",
    footer: "Línea al final de correos y páginas",
    sites: "Sitios que pueden mostrar el formulario en sus páginas",
    sitesHint: "Orígenes por https, como https://www.acme.example o https://*.acme.example.",
    pages: "Páginas a las que enlazar",
    submit: "Escríbanos, con archivos",
    status: "¿Cómo va mi solicitud?",
    form: "El formulario sin scripts, para otros sitios",
    embed: "Para ponerlo en un sitio",
    twoStep: "La verificación en dos pasos se exige a",
    twoSteps: { nobody: "Nadie", staff: "El personal" },
    twoStepHint: "A quien no la haya configurado se le pide al iniciar sesión, antes de nada.",
  },
});

type Tab = keyof (typeof WORDS)["en"]["tabs"];

export default function Settings() {
  const t = say(WORDS);
  const workspace = useLoad(() => take(api.GET("/v1/workspace")), []);
  const chosen = (route.value.params.tab ?? "desk") as Tab;
  const tabs = Object.entries(t.tabs) as [Tab, string][];
  return (
    <Page title={t.title} narrow>
      <Tabs label={t.title} tabs={tabs} chosen={chosen} onChoose={(tab) => set({ tab })}>
        <Show of={workspace}>
          {(found) => {
            const Group = GROUPS[chosen] ?? Desk;
            return <div class="stack"><Group key={found.updated_at} of={found} loaded={workspace} /></div>;
          }}
        </Show>
      </Tabs>
    </Page>
  );
}

interface GroupProps {
  of: Workspace;
  loaded: Loaded<Workspace>;
}

/** A form of some settings: only those are sent. */
function useGroup<T extends object>({ loaded }: GroupProps, initial: T, body: (values: T) => Patch): FormState<T> {
  const t = say(WORDS);
  return useForm(initial, async (values) => {
    loaded.put(await take(api.PATCH("/v1/workspace", { body: body(values) })));
    tell(t.saved);
  });
}

const Card = ({ children }: { children: ComponentChildren }) => <section class="card padded stack">{children}</section>;
const days = (text: string): number | null => (text.trim() ? Number(text) : null);

function Desk(props: GroupProps) {
  const t = say(WORDS);
  const { name, slug, timezone, language, label_prefix, agent_visibility } = props.of;
  const form = useGroup(props, { name, slug, timezone, language, label_prefix, agent_visibility }, (values) => {
    const { slug: wanted, ...rest } = values;
    return { ...rest, ...(wanted === slug ? {} : { slug: wanted }) } as Patch;
  });
  return (
    <Card>
      <Form of={form} action={say(PARTS).save}>
        <TextField of={form} name="name" label={t.name} maxLength={100} />
        <TextField of={form} name="slug" label={t.slug} hint={t.slugHint} spellcheck={false} />
        <SelectField of={form} name="language" label={t.language} options={t.languages} />
        <TextField of={form} name="timezone" label={t.timezone} list="zones" spellcheck={false} />
        <datalist id="zones">{ZONES.map((zone) => <option key={zone} value={zone} />)}</datalist>
        <TextField of={form} name="label_prefix" label={t.prefix} hint={t.prefixHint} spellcheck={false} />
        <SelectField of={form} name="agent_visibility" label={t.visibility} options={t.visibilities} />
      </Form>
    </Card>
  );
}

function Tickets(props: GroupProps) {
  const t = say(WORDS);
  const { of } = props;
  const initial = {
    reopen_window_days: String(of.reopen_window_days),
    retention_days: of.retention_days?.toString() ?? "",
    pending_reminder_days: of.pending_reminder_days.map(String) as readonly string[],
    pending_resolve_days: of.pending_resolve_days?.toString() ?? "",
    pending_resolve_text: of.pending_resolve_text ?? "",
    categories_only: of.categories_only,
  };
  const form = useGroup(props, initial, (values) => ({
    reopen_window_days: Number(values.reopen_window_days),
    retention_days: days(values.retention_days),
    pending_reminder_days: values.pending_reminder_days.map(Number),
    pending_resolve_days: days(values.pending_resolve_days),
    pending_resolve_text: values.pending_resolve_text.trim() || null,
    categories_only: values.categories_only,
  }));
  return (
    <Card>
      <Form of={form} action={say(PARTS).save}>
        <TextField of={form} name="reopen_window_days" type="number" min={0} max={365} label={t.reopen} hint={t.reopenHint} />
        <SeveralWords label={t.reminders} hint={t.remindersHint} optional values={form.values.pending_reminder_days} onChange={(pending_reminder_days) => form.set({ pending_reminder_days })} error={form.error("pending_reminder_days")} />
        <TextField of={form} name="pending_resolve_days" type="number" min={1} label={t.resolveAfter} placeholder={t.never} optional />
        {form.values.pending_resolve_days && <TextArea of={form} name="pending_resolve_text" label={t.resolveText} optional />}
        <TextField of={form} name="retention_days" type="number" min={30} max={3650} label={t.retention} hint={t.retentionHint} optional />
        <CheckField of={form} name="categories_only" label={t.categoriesOnly} />
      </Form>
    </Card>
  );
}

function Customers(props: GroupProps) {
  const t = say(WORDS);
  const { customer_signup, customers_see_organisation, add_cc_as_watchers, ratings_enabled, rating_delay_hours } = props.of;
  const form = useGroup(props, { customer_signup, customers_see_organisation, add_cc_as_watchers, ratings_enabled, rating_delay_hours: String(rating_delay_hours) }, (values) => ({ ...values, rating_delay_hours: Number(values.rating_delay_hours) }));
  return (
    <Card>
      <Form of={form} action={say(PARTS).save}>
        <CheckField of={form} name="customer_signup" label={t.signup} />
        <CheckField of={form} name="customers_see_organisation" label={t.organisation} />
        <CheckField of={form} name="add_cc_as_watchers" label={t.cc} />
        <CheckField of={form} name="ratings_enabled" label={t.ratings} />
        {form.values.ratings_enabled && <TextField of={form} name="rating_delay_hours" type="number" min={0} max={168} label={t.ratingDelay} hint={t.ratingDelayHint} />}
      </Form>
    </Card>
  );
}

function Looks(props: GroupProps) {
  const t = say(WORDS);
  const { branding, form_sites, slug } = props.of;
  const form = useGroup(props, { color: branding.color ?? "", logo_url: branding.logo_url ?? "", footer: branding.footer ?? "", form_sites: form_sites as readonly string[] }, (values) => ({
    branding: { color: values.color.trim().toLowerCase() || null, logo_url: values.logo_url.trim() || null, footer: values.footer.trim() || null },
    form_sites: [...values.form_sites],
  }));
  const color = form.values.color.trim();
  const isColor = /^#[0-9a-f]{6}$/i.test(color);
  paint(isColor ? color : null);
  const ratio = isColor ? Math.max(contrast(color, "#ffffff"), contrast(color, "#000000")) : null;
  const page = (name: string) => `${API}/app/${name}?workspace=${slug}`;
  const form_url = `${API}/v1/public/${slug}/form`;
  return (
    <>
      <Card>
        <Form of={form} action={say(PARTS).save}>
          <div class="row" style={{ alignItems: "flex-end" }}>
            <div class="grow"><TextField of={form} name="color" label={t.color} hint={t.colorHint} optional spellcheck={false} /></div>
            <Field label={t.color} hidden>{(tied) => <input {...tied} type="color" class="input" style={{ inlineSize: "52px", padding: "2px" }} value={isColor ? color : "#0d74ce"} onInput={(event) => form.set({ color: event.currentTarget.value })} />}</Field>
            <span class="button brand" aria-hidden="true">{t.preview}</span>
          </div>
          {ratio && <p class="small soft">{t.reads(ratio.toFixed(1))}</p>}
          <TextField of={form} name="logo_url" type="url" label={t.logo} hint={t.logoHint} optional />
          <TextArea of={form} name="footer" label={t.footer} optional />
          <SeveralWords label={t.sites} hint={t.sitesHint} optional values={form.values.form_sites} onChange={(sites) => form.set({ form_sites: sites })} error={form.error("form_sites")} />
        </Form>
      </Card>
      <Card>
        <h2>{t.pages}</h2>
        <Address label={t.submit} text={page("submit")} />
        <Address label={t.status} text={page("status")} />
        <Address label={t.form} text={form_url} />
        <Address label={t.embed} text={`<iframe src="${form_url}" title="${t.submit}" style="width: 100%; height: 900px; border: 0"></iframe>`} />
      </Card>
    </>
  );
}

const Address = ({ label, text }: { label: string; text: string }) => (
  <Field label={label}>
    {(tied) => (
      <div class="row firm">
        <input {...tied} class="input mono" readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton text={text} />
      </div>
    )}
  </Field>
);

function Access(props: GroupProps) {
  const t = say(WORDS);
  const form = useGroup(props, { two_step_required_of: props.of.two_step_required_of }, (values) => values as Patch);
  return (
    <>
      <Card>
        <Form of={form} action={say(PARTS).save}>
          <SelectField of={form} name="two_step_required_of" label={t.twoStep} hint={t.twoStepHint} options={t.twoSteps} />
        </Form>
      </Card>
      <Card><Provider /></Card>
    </>
  );
}

const GROUPS: Record<Tab, (props: GroupProps) => preact.JSX.Element> = { desk: Desk, tickets: Tickets, customers: Customers, looks: Looks, access: Access };
