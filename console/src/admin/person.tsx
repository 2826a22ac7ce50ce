/** One person of the desk: who they are, what they may, and what the law lets them ask for. */

import { Ticket } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { ButtonLink } from "../ui/button";
import { Choice, type Choosable } from "../ui/choice";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { findOrganisations, findTeams } from "../ui/lookups";
import { Page } from "../ui/page";
import { Several } from "../ui/several";
import { Show } from "../ui/states";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";
import { Access, PersonalData } from "./person-access";

export type User = Schema<"UserOut">;

const WORDS = words({
  en: {
    person: "Person",
    people: "People",
    profile: "Profile",
    name: "Name",
    email: "Email",
    role: "Role",
    teams: "Teams",
    organisation: "Organisation",
    away: "Away: gets no tickets by turn",
    phone: "Phone",
    whatsapp: "Has WhatsApp",
    document: "Identity document",
    company: "Company",
    tickets: "Tickets of theirs",
    assigned: "Tickets assigned to them",
    figures: "Their figures",
    saved: "Saved",
    since: "Here since",
    verified: "email verified",
    unverified: "email not verified",
    trouble: "Mail to this address does not arrive, since",
    working: "It works again",
    states: { active: "Active", invited: "Invited", contact: "Without an account", deactivated: "Deactivated" },
  },
  es: {
    person: "Persona",
    people: "Personas",
    profile: "Perfil",
    name: "Nombre",
    email: "Correo electrónico",
    role: "Rol",
    teams: "Equipos",
    organisation: "Organización",
    away: "Ausente: no recibe tickets por turno",
    phone: "Teléfono",
    whatsapp: "Tiene WhatsApp",
    document: "Documento de identidad",
    company: "Empresa",
    tickets: "Sus tickets",
    assigned: "Tickets asignados",
    figures: "Sus cifras",
    saved: "Guardado",
    since: "Aquí desde",
    verified: "correo verificado",
    unverified: "correo sin verificar",
    trouble: "El correo a esta dirección no llega, desde",
    working: "Ya funciona",
    states: { active: "Activo", invited: "Invitado", contact: "Sin cuenta", deactivated: "Desactivado" },
  },
});

export default function Person() {
  const t = say(WORDS);
  const { id: user_id = "" } = route.value.params;
  const isAdmin = isFor("settings", session.value!.user.role);
  const person = useLoad(() => take(api.GET("/v1/users/{user_id}", { params: { path: { user_id } } })), [user_id]);
  const user = person.data;
  const isStaff = user && user.role !== "customer";
  return (
    <Page
      title={user?.name ?? t.person}
      back={{ href: to("people"), label: t.people }}
      actions={
        user && (
          <>
            {isStaff && <ButtonLink href={to("agent", { id: user.id })}>{t.figures}</ButtonLink>}
            <ButtonLink icon={Ticket} href={to("queue", isStaff ? { assignee: user.id } : { requester: user.id })}>{isStaff ? t.assigned : t.tickets}</ButtonLink>
          </>
        )
      }
    >
      <Show of={person}>
        {(found) => (
          <div class="stack wide person">
            <div class="row">
              <Avatar name={found.name} />
              <span class={`badge ${found.status === "active" ? "good" : ""}`}>{t.states[found.status]}</span>
              <span class="soft small">{found.email_verified_at ? t.verified : t.unverified} · {t.since} <Ago at={found.created_at} /></span>
            </div>
            <section class="card padded" aria-label={t.profile}>
              <Profile key={found.updated_at} user={found} readOnly={!isAdmin} onSaved={person.put} />
            </section>
            {isAdmin && <Access user={found} onChanged={person.put} onReload={person.reload} />}
            {isAdmin && <PersonalData user={found} />}
          </div>
        )}
      </Show>
    </Page>
  );
}

const pair = (thing: { id: string; name: string }): Choosable => ({ id: thing.id, label: thing.name });

function Profile({ user, readOnly, onSaved }: { user: User; readOnly: boolean; onSaved: (user: User) => void }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const [isFixed, setFixed] = useState(false);
  const initial = {
    name: user.name,
    email: user.email,
    role: user.role,
    team_ids: user.teams.map(pair) as readonly Choosable[],
    organisation: (user.organisation ? pair(user.organisation) : null) as Choosable | null,
    away: user.away ?? false,
    phone: user.phone ?? "",
    has_whatsapp: user.has_whatsapp ?? false,
    document_id: user.document_id ?? "",
    company: user.company ?? "",
  };
  const form = useForm(initial, async (values) => {
    const body = changed(initial, values);
    // The client's types have no null that stands alone.
    const patch = (isFixed ? { ...body, email_problem: null } : body) as typeof body;
    onSaved(await take(api.PATCH("/v1/users/{user_id}", { params: { path: { user_id: user.id } }, body: patch })));
    tell(t.saved);
  });
  const isStaff = form.values.role !== "customer";
  return (
    <Form of={form} action={say(PARTS).save} readOnly={readOnly}>
      {user.email_problem && (
        <div class="note bad">
          <div>
            {t.trouble} <Ago at={user.email_problem.since} />. {user.email_problem.detail}
            {!readOnly && <label class="check"><input type="checkbox" checked={isFixed} onChange={(event) => setFixed(event.currentTarget.checked)} /> {t.working}</label>}
          </div>
        </div>
      )}
      <div class="grid">
        <TextField of={form} name="name" label={t.name} maxLength={100} autocomplete="off" />
        <TextField of={form} name="email" type="email" label={t.email} autocomplete="off" />
        <SelectField of={form} name="role" label={t.role} options={terms.role} />
      </div>
      {isStaff ? (
        <>
          <Several label={t.teams} optional chosen={form.values.team_ids} find={findTeams} onChange={(team_ids) => form.set({ team_ids })} error={form.error("team_ids")} />
          <CheckField of={form} name="away" label={t.away} />
        </>
      ) : (
        <Choice label={t.organisation} optional chosen={form.values.organisation} find={findOrganisations} onChoose={(organisation) => form.set({ organisation })} error={form.error("organisation_id")} />
      )}
      <div class="grid">
        <TextField of={form} name="phone" type="tel" label={t.phone} optional autocomplete="off" />
        <TextField of={form} name="document_id" label={t.document} optional autocomplete="off" />
        <TextField of={form} name="company" label={t.company} optional autocomplete="off" />
      </div>
      <CheckField of={form} name="has_whatsapp" label={t.whatsapp} />
    </Form>
  );
}

type Values = Pick<User, "name" | "email" | "role"> & { team_ids: readonly Choosable[]; organisation: Choosable | null; away: boolean; phone: string; has_whatsapp: boolean; document_id: string; company: string };

type Patch = Omit<Schema<"UserPatch">, "email_problem">;

/** What somebody changed, as the API takes it: an address that is only sent again would have to be verified again. */
function changed(was: Values, now: Values): Patch {
  const body: Patch = {};
  if (now.name !== was.name) body.name = now.name;
  if (now.email !== was.email) body.email = now.email;
  if (now.role !== was.role) body.role = now.role;
  if (now.role !== "customer") {
    const ids = now.team_ids.map(({ id }) => id);
    if (ids.join() !== was.team_ids.map(({ id }) => id).join()) body.team_ids = ids;
    if (now.away !== was.away) body.away = now.away;
  } else if (now.organisation?.id !== was.organisation?.id) body.organisation_id = now.organisation?.id ?? null;
  for (const name of ["phone", "document_id", "company"] as const) if (now[name] !== was[name]) body[name] = now[name].trim() || null;
  if (now.has_whatsapp !== was.has_whatsapp) body.has_whatsapp = now.has_whatsapp;
  return body;
}
