import { KeyRound } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { day } from "../core/format";
import { everything, useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import type { Choosable } from "../ui/choice";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { findTeams } from "../ui/lookups";
import { Secret } from "../ui/secret";
import { Several } from "../ui/several";
import { Ago } from "../ui/time";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";

type Key = Schema<"ApiKeyOut">;

const WORDS = words({
  en: {
    title: "API keys",
    lead: "Programs call the API with a key, in the place of a person.",
    add: "Add key",
    empty: "No program has a key yet.",
    name: "Name",
    nameHint: "What program it is for.",
    role: "Role",
    scopes: "May",
    read: "Read",
    write: "Write",
    teams: "Teams",
    teamsHint: "A key of an agent's role sees the tickets of these teams.",
    expires: "Ends on",
    expiresHint: "A year from now unless said otherwise.",
    used: "Last used",
    never: "Never",
    made: "The key is made",
    key: "Key",
    removal: "Programs that call with it are refused from then on. It cannot be undone.",
  },
  es: {
    title: "Claves de API",
    lead: "Los programas llaman a la API con una clave, en lugar de una persona.",
    add: "Añadir clave",
    empty: "Ningún programa tiene clave todavía.",
    name: "Nombre",
    nameHint: "Para qué programa es.",
    role: "Rol",
    scopes: "Puede",
    read: "Leer",
    write: "Escribir",
    teams: "Equipos",
    teamsHint: "Una clave con rol de agente ve los tickets de estos equipos.",
    expires: "Termina el",
    expiresHint: "Dentro de un año si no se indica otra cosa.",
    used: "Último uso",
    never: "Nunca",
    made: "La clave está creada",
    key: "Clave",
    removal: "Desde entonces se rechaza a los programas que llaman con ella. No se puede deshacer.",
  },
});

export default function ApiKeys() {
  const t = say(WORDS);
  const terms = say(TERMS);
  const [made, setMade] = useState<string | null>(null);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/api-keys", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <>
      <Catalogue<Key>
        title={t.title}
        lead={t.lead}
        list={list}
        icon={KeyRound}
        may
        words={t}
        nameOf={(key) => key.name}
        columns={[
          { key: "name", label: t.name, cell: (key) => key.name },
          { key: "role", label: t.role, cell: (key) => <>{terms.role[key.role]}{key.teams.length > 0 && <div class="small soft">{key.teams.map((team) => team.name).join(", ")}</div>}</> },
          { key: "scopes", label: t.scopes, wide: true, cell: (key) => key.scopes.map((scope) => t[scope]).join(", ") },
          { key: "expires", label: t.expires, wide: true, cell: (key) => day(key.expires_at) },
          { key: "used", label: t.used, cell: (key) => (key.last_used_at ? <Ago at={key.last_used_at} /> : <span class="soft">{t.never}</span>) },
        ]}
        editor={(props) => (props.item ? null : <Maker {...props} onMade={setMade} />)}
        removal={() => t.removal}
        remove={({ id: api_key_id }) => api.DELETE("/v1/api-keys/{api_key_id}", { params: { path: { api_key_id } } })}
      />
      {made && <Secret title={t.made} label={t.key} secret={made} onClose={() => setMade(null)} />}
    </>
  );
}

function Maker({ onDone, onClose, onMade }: EditorProps<Key> & { onMade: (key: string) => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const form = useForm(
    { name: "", role: "agent" as Key["role"], read: true, write: false, team_ids: [] as readonly Choosable[], expires_at: "" },
    async ({ name, role, read, write, team_ids, expires_at }) => {
      const scopes = [...(read ? ["read" as const] : []), ...(write ? ["write" as const] : [])];
      const ends = expires_at ? new Date(`${expires_at}T23:59:59`).toISOString() : undefined;
      const made = await take(api.POST("/v1/api-keys", { body: { name, role, scopes, team_ids: team_ids.map(({ id }) => id), expires_at: ends } }));
      onDone();
      onMade(made.key);
    },
  );
  const { agent, dispatcher, admin } = terms.role;
  return (
    <Form of={form} action={t.add} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} hint={t.nameHint} maxLength={100} autoFocus />
      <SelectField of={form} name="role" label={t.role} options={{ agent, dispatcher, admin }} />
      {form.values.role === "agent" && <Several label={t.teams} hint={t.teamsHint} optional chosen={form.values.team_ids} find={findTeams} onChange={(team_ids) => form.set({ team_ids })} error={form.error("team_ids")} />}
      <fieldset class="stack tight">
        <legend>{t.scopes}</legend>
        <CheckField of={form} name="read" label={t.read} />
        <CheckField of={form} name="write" label={t.write} />
        {form.error("scopes") && <div class="field"><div class="error">{form.error("scopes")}</div></div>}
      </fieldset>
      <TextField of={form} name="expires_at" type="date" label={t.expires} hint={t.expiresHint} optional />
    </Form>
  );
}
