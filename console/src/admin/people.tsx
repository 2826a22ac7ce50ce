/** Everybody of the desk, and who was invited and has not come yet. */

import { MailPlus, Send, UserPlus, Users, X } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useList } from "../core/load";
import { asProblem } from "../core/problem";
import { go, route, set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import type { Choosable } from "../ui/choice";
import { Dialog } from "../ui/dialog";
import { Field, Form, Options, SelectField, TextField, useForm } from "../ui/form";
import { findTeams } from "../ui/lookups";
import { Page } from "../ui/page";
import { TeamPicker } from "../ui/people";
import { Several } from "../ui/several";
import { Empty, More, Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";

type Invitation = Schema<"InvitationOut">;
type User = Schema<"UserOut">;

const WORDS = words({
  en: {
    title: "People",
    people: "People",
    invitations: "Invitations",
    add: "Add somebody",
    search: "Search by name or email",
    role: "Role",
    anyRole: "All roles",
    staff: "All staff",
    status: "State",
    anyStatus: "All states",
    anyTeam: "All teams",
    belongs: "Teams or organisation",
    statuses: { active: "Active", invited: "Invited", contact: "Without an account", deactivated: "Deactivated" } as Record<User["status"], string>,
    team: "Team",
    name: "Name",
    email: "Email",
    teams: "Teams",
    away: "away",
    bad: "mail does not arrive",
    empty: "Nobody fits.",
    emptyInvitations: "Nobody is invited who has not come.",
    invited: (email: string) => `An invitation goes to ${email}.`,
    made: (name: string) => `${name} is added.`,
    password: "Password",
    passwordHint: "Without one an invitation is mailed, and they choose it themselves.",
    resend: "Send again",
    resent: "Sent again.",
    revoke: "Take back",
    revoked: "Taken back.",
    by: "Invited by",
    until: "Good until",
    states: { pending: "Waiting", accepted: "Accepted", expired: "Expired", revoked: "Taken back" },
  },
  es: {
    title: "Personas",
    people: "Personas",
    invitations: "Invitaciones",
    add: "Añadir a alguien",
    search: "Buscar por nombre o correo",
    role: "Rol",
    anyRole: "Todos los roles",
    staff: "Todo el personal",
    status: "Estado",
    anyStatus: "Todos los estados",
    anyTeam: "Todos los equipos",
    belongs: "Equipos u organización",
    statuses: { active: "Activo", invited: "Invitado", contact: "Sin cuenta", deactivated: "Desactivado" },
    team: "Equipo",
    name: "Nombre",
    email: "Correo electrónico",
    teams: "Equipos",
    away: "ausente",
    bad: "el correo no llega",
    empty: "Nadie coincide.",
    emptyInvitations: "No hay nadie invitado que no haya venido.",
    invited: (email: string) => `Se envía una invitación a ${email}.`,
    made: (name: string) => `${name} se ha añadido.`,
    password: "Contraseña",
    passwordHint: "Sin ella se envía una invitación por correo, y la elige la propia persona.",
    resend: "Enviar de nuevo",
    resent: "Enviada de nuevo.",
    revoke: "Retirar",
    revoked: "Retirada.",
    by: "Invitado por",
    until: "Válida hasta",
    states: { pending: "En espera", accepted: "Aceptada", expired: "Caducada", revoked: "Retirada" },
  },
});

const STAFF = "admin,dispatcher,agent";

export default function People() {
  const t = say(WORDS);
  const isAdmin = isFor("settings", session.value!.user.role);
  const { tab, new: fresh } = route.value.params;
  const shown = tab === "invitations" && isAdmin ? "invitations" : "people";
  const close = () => set({ new: undefined });
  return (
    <Page title={t.title} actions={isAdmin && <Button look="main" icon={UserPlus} onClick={() => set({ new: 1 })}>{t.add}</Button>}>
      {isAdmin ? (
        <Tabs label={t.title} tabs={[["people", t.people], ["invitations", t.invitations]]} chosen={shown} onChoose={(key) => set({ tab: key === "people" ? undefined : key })}>
          {shown === "people" ? <List /> : <Invitations />}
        </Tabs>
      ) : <List />}
      {fresh && isAdmin && <Dialog title={t.add} onClose={close}><Maker onClose={close} /></Dialog>}
    </Page>
  );
}

function List() {
  const t = say(WORDS);
  const terms = say(TERMS);
  const { query, role, status, team, team_name, organisation } = route.value.params;
  const list = useList((cursor) => take(api.GET("/v1/users", { params: { query: { limit: 50, cursor, query, role, status, team, organisation, sort: "name" } } })), [query, role, status, team, organisation]);
  const roles: [string, string][] = [["", t.anyRole], [STAFF, t.staff], ...(Object.entries(terms.role) as [string, string][])];
  const statuses: [string, string][] = [["", t.anyStatus], ...Object.entries(t.statuses)];
  return (
    <div class="stack catalogue">
      <div class="grid four">
        <Field label={t.search}>{(tied) => <input {...tied} type="search" class="input" value={query ?? ""} onChange={(event) => set({ query: event.currentTarget.value.trim() || undefined })} />}</Field>
        <Field label={t.role}>{(tied) => <select {...tied} class="input" value={role ?? ""} onChange={(event) => set({ role: event.currentTarget.value || undefined })}><Options of={roles} /></select>}</Field>
        <Field label={t.status}>{(tied) => <select {...tied} class="input" value={status ?? ""} onChange={(event) => set({ status: event.currentTarget.value || undefined })}><Options of={statuses} /></select>}</Field>
        <TeamPicker label={t.team} placeholder={t.anyTeam} chosen={team ? { id: team, name: team_name ?? team } : null} onChoose={(found) => set({ team: found?.id, team_name: found?.name })} />
      </div>
      <Show of={list}>
        {(people) => people.length === 0 ? <div class="card"><Empty icon={Users}><p>{t.empty}</p></Empty></div> : (
          <>
            <div class="card table-frame">
              <table class="table" aria-label={t.people}>
                <thead><tr><th>{t.name}</th><th class="roomy">{t.email}</th><th>{t.role}</th><th class="roomy">{t.belongs}</th></tr></thead>
                <tbody>{people.map((person) => <Line key={person.id} of={person} />)}</tbody>
              </table>
            </div>
            {list.more && <More onClick={list.more} busy={list.loading} />}
          </>
        )}
      </Show>
    </div>
  );
}

function Line({ of }: { of: User }) {
  const t = say(WORDS);
  return (
    <tr>
      <td>
        <div class="row">
          <Avatar name={of.name} />
          <a href={to("person", { id: of.id })}>{of.name}</a>
          {of.status !== "active" && <span class="badge">{t.statuses[of.status]}</span>}
          {of.away && <span class="badge warn">{t.away}</span>}
          {of.email_problem && <span class="badge bad">{t.bad}</span>}
        </div>
      </td>
      <td class="roomy one-line">{of.email}</td>
      <td>{say(TERMS).role[of.role]}</td>
      <td class="roomy">{of.organisation?.name ?? of.teams.map((team) => team.name).join(", ")}</td>
    </tr>
  );
}

function Maker({ onClose }: { onClose: () => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const form = useForm(
    { name: "", email: "", role: "agent" as User["role"], password: "", team_ids: [] as readonly Choosable[] },
    async ({ name, email, role, password, team_ids }) => {
      const teams = role === "customer" ? undefined : team_ids.map(({ id }) => id);
      const made = await take(api.POST("/v1/users", { body: { name, email, role, password: password || undefined, team_ids: teams } }));
      tell(password ? t.made(name) : t.invited(email));
      go("person", { id: made.id });
    },
  );
  return (
    <Form of={form} action={t.add} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus autocomplete="off" />
      <TextField of={form} name="email" type="email" label={t.email} autocomplete="off" />
      <SelectField of={form} name="role" label={t.role} options={terms.role} />
      {form.values.role !== "customer" && <Several label={t.teams} optional chosen={form.values.team_ids} find={findTeams} onChange={(team_ids) => form.set({ team_ids })} error={form.error("team_ids")} />}
      <TextField of={form} name="password" type="password" label={t.password} hint={t.passwordHint} optional autocomplete="new-password" />
    </Form>
  );
}

function Invitations() {
  const t = say(WORDS);
  const terms = say(TERMS);
  const list = useList((cursor) => take(api.GET("/v1/invitations", { params: { query: { limit: 50, cursor } } })), []);
  const [busy, setBusy] = useState("");
  const act = async (invitation: Invitation, call: () => Promise<unknown>, said: string) => {
    setBusy(invitation.id);
    try {
      await call();
      tell(said);
      await list.reload();
    } catch (thrown) {
      list.fail(asProblem(thrown));
    } finally {
      setBusy("");
    }
  };
  return (
    <Show of={list}>
      {(invitations) => invitations.length === 0 ? <div class="card"><Empty icon={MailPlus}><p>{t.emptyInvitations}</p></Empty></div> : (
        <>
          <div class="card table-frame">
            <table class="table" aria-label={t.invitations}>
              <thead><tr><th>{t.email}</th><th>{t.role}</th><th>{t.status}</th><th class="roomy">{t.by}</th><th class="roomy">{t.until}</th><th /></tr></thead>
              <tbody>
                {invitations.map((invitation) => {
                  const path = { invitation_id: invitation.id };
                  const isOpen = invitation.status === "pending" || invitation.status === "expired";
                  return (
                    <tr key={invitation.id}>
                      <td><a href={to("person", { id: invitation.user_id })}>{invitation.email}</a></td>
                      <td>{terms.role[invitation.role]}</td>
                      <td><span class={`badge ${invitation.status === "pending" ? "warn" : ""}`}>{t.states[invitation.status]}</span></td>
                      <td class="roomy">{invitation.invited_by?.name}</td>
                      <td class="roomy"><Ago at={invitation.expires_at} /></td>
                      <td class="end">
                        {isOpen && (
                          <div class="row tight firm" style={{ justifyContent: "flex-end" }}>
                            <Button small icon={Send} busy={busy === invitation.id} onClick={() => act(invitation, () => api.POST("/v1/invitations/{invitation_id}/resend", { params: { path } }), t.resent)}>{t.resend}</Button>
                            <Button small look="quiet" icon={X} label={t.revoke} onClick={() => act(invitation, () => api.DELETE("/v1/invitations/{invitation_id}", { params: { path } }), t.revoked)} />
                          </div>
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
          {list.more && <More onClick={list.more} busy={list.loading} />}
        </>
      )}
    </Show>
  );
}
