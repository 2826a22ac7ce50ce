/** The desk's own OpenID provider, with which its people sign in (docs/oidc.md). */

import { Trash2 } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem } from "../core/problem";
import { API } from "../core/root";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { SeveralWords } from "../ui/several";
import { Show } from "../ui/states";
import { Moment } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";

type Found = Schema<"ProviderOut">;
type Role = Schema<"Role">;

const WORDS = words({
  en: {
    title: "OpenID provider",
    lead: "Microsoft Entra, Google, Okta, Keycloak: your people sign in as they do elsewhere.",
    issuer: "Issuer",
    client: "Client id",
    secret: "Client secret",
    secretKept: "One is kept; empty leaves it.",
    back: "Addresses that it may send people back to",
    backHint: (address: string) => `This console's is ${address}: name it there too.`,
    claim: "Claim that tells the role",
    mapping: "Role of each value",
    mappingHint: "One a line: value=role, as helpdesk-admins=admin.",
    otherwise: "Role of everybody else",
    nobody: "None: they are refused",
    create: "Make accounts of people who have none",
    domains: "Only addresses of these domains",
    enabled: "People may sign in with it",
    discovered: "Read from the provider",
    remove: "Take it away",
    removeAbout: "Nobody signs in with it any more. Who has a password still can.",
    saved: "Saved, and the provider answers.",
    removed: "Taken away.",
  },
  es: {
    title: "Proveedor OpenID",
    lead: "Microsoft Entra, Google, Okta, Keycloak: su gente inicia sesión como en otros sitios.",
    issuer: "Emisor",
    client: "Id de cliente",
    secret: "Secreto de cliente",
    secretKept: "Hay uno guardado; vacío lo deja.",
    back: "Direcciones a las que puede devolver a la gente",
    backHint: (address: string) => `La de esta consola es ${address}: indíquela también allí.`,
    claim: "Dato que indica el rol",
    mapping: "Rol de cada valor",
    mappingHint: "Uno por línea: valor=rol, como helpdesk-admins=admin.",
    otherwise: "Rol de los demás",
    nobody: "Ninguno: se les rechaza",
    create: "Crear cuentas de quienes no tienen",
    domains: "Solo direcciones de estos dominios",
    enabled: "Se puede iniciar sesión con él",
    discovered: "Leído del proveedor",
    remove: "Quitarlo",
    removeAbout: "Nadie inicia sesión con él. Quien tenga contraseña aún puede.",
    saved: "Guardado, y el proveedor responde.",
    removed: "Quitado.",
  },
});

const BACK = `${API}/app/signed-in`;

export function Provider() {
  const t = say(WORDS);
  const found = useLoad<Found | null>(() => take(api.GET("/v1/workspace/oidc")).catch(absent), []);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <div class="row apart">
        <div><h2>{t.title}</h2><p class="soft">{t.lead}</p></div>
        {found.data && <Button small icon={Trash2} onClick={() => setAsked(true)}>{t.remove}</Button>}
      </div>
      <Show of={found}>{(provider) => <Editor key={provider?.updated_at} of={provider} onSaved={found.put} />}</Show>
      {asked && (
        <Confirm title={t.remove} action={t.remove} onClose={() => setAsked(false)} onConfirm={async () => { await api.DELETE("/v1/workspace/oidc"); found.put(null); tell(t.removed); }}>
          <p>{t.removeAbout}</p>
        </Confirm>
      )}
    </>
  );
}

/** The desk has none. */
function absent(thrown: unknown): null {
  if (asProblem(thrown).status === 404) return null;
  throw thrown;
}

function Editor({ of, onSaved }: { of: Found | null; onSaved: (found: Found) => void }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const initial = {
    issuer: of?.issuer ?? "",
    client_id: of?.client_id ?? "",
    client_secret: "",
    redirect_uris: of?.redirect_uris ?? ([BACK] as readonly string[]),
    role_claim: of?.role_claim ?? "",
    role_mapping: Object.entries(of?.role_mapping ?? {}).map(([value, role]) => `${value}=${role}`) as readonly string[],
    default_role: (of ? (of.default_role ?? "") : "customer") as Role | "",
    create_users: of?.create_users ?? true,
    email_domains: (of?.email_domains ?? []) as readonly string[],
    enabled: of?.enabled ?? true,
  };
  const form = useForm(initial, async (values) => {
    const pairs = values.role_mapping.map((line) => line.split(/=(?=[^=]*$)/).map((part) => part.trim()));
    const body = {
      issuer: values.issuer.trim(),
      client_id: values.client_id.trim(),
      ...(values.client_secret ? { client_secret: values.client_secret } : {}),
      redirect_uris: [...values.redirect_uris],
      role_claim: values.role_claim.trim() || null,
      role_mapping: Object.fromEntries(pairs.map(([value, role]) => [value, role as Role])),
      default_role: values.default_role || null,
      create_users: values.create_users,
      email_domains: [...values.email_domains],
      enabled: values.enabled,
    };
    onSaved(await take(api.PATCH("/v1/workspace/oidc", { body })));
    tell(t.saved);
  });
  return (
    <Form of={form} action={say(PARTS).save}>
      <TextField of={form} name="issuer" type="url" label={t.issuer} placeholder="https://…" spellcheck={false} />
      <div class="grid">
        <TextField of={form} name="client_id" label={t.client} spellcheck={false} autocomplete="off" />
        <TextField of={form} name="client_secret" type="password" label={t.secret} hint={of?.has_client_secret ? t.secretKept : undefined} optional autocomplete="new-password" />
      </div>
      <SeveralWords label={t.back} hint={t.backHint(BACK)} maxLength={500} values={form.values.redirect_uris} onChange={(redirect_uris) => form.set({ redirect_uris })} error={form.error("redirect_uris")} />
      <TextField of={form} name="role_claim" label={t.claim} optional spellcheck={false} />
      {form.values.role_claim && <SeveralWords label={t.mapping} hint={t.mappingHint} maxLength={300} values={form.values.role_mapping} onChange={(role_mapping) => form.set({ role_mapping })} error={form.error("role_mapping")} />}
      <SelectField of={form} name="default_role" label={t.otherwise} options={[["", t.nobody], ...Object.entries(terms.role)]} />
      <SeveralWords label={t.domains} optional values={form.values.email_domains} onChange={(email_domains) => form.set({ email_domains })} error={form.error("email_domains")} />
      <CheckField of={form} name="create_users" label={t.create} />
      <CheckField of={form} name="enabled" label={t.enabled} />
      {of && <p class="small soft">{t.discovered}: <Moment at={of.discovered_at} /></p>}
    </Form>
  );
}
