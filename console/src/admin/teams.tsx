import { Network, UserMinus } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import { Form, SelectField, TextField, useForm } from "../ui/form";
import { forget } from "../ui/lookups";
import { PersonPicker } from "../ui/people";
import { ProblemNote, Show } from "../ui/states";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";

type Team = Schema<"TeamOut">;

const WORDS = words({
  en: {
    title: "Teams",
    lead: "Who resolves what together. A ticket always belongs to one team.",
    add: "Add team",
    empty: "No teams.",
    name: "Name",
    members: "Members",
    assignment: "New tickets",
    assignments: { manual: "Assigned by hand", round_robin: "Go to each in turn", least_loaded: "Go to who has the fewest" },
    cap: "No more than",
    capHint: "So many active tickets a person; empty is no bound. Who is away gets none.",
    default: "Default",
    defaultHint: "Tickets that nothing else says a team for come here, and staff made without a team.",
    addMember: "Add somebody",
    removeMember: (name: string) => `Take ${name} out of the team`,
    away: "away",
    nobody: "Nobody yet.",
  },
  es: {
    title: "Equipos",
    lead: "Quiénes resuelven juntos qué. Un ticket siempre pertenece a un equipo.",
    add: "Añadir equipo",
    empty: "No hay equipos.",
    name: "Nombre",
    members: "Miembros",
    assignment: "Los tickets nuevos",
    assignments: { manual: "Se asignan a mano", round_robin: "Van a cada uno por turno", least_loaded: "Van a quien menos tiene" },
    cap: "No más de",
    capHint: "Tantos tickets activos por persona; vacío es sin límite. Quien está ausente no recibe ninguno.",
    default: "Predeterminado",
    defaultHint: "Aquí llegan los tickets a los que nada indica un equipo, y el personal creado sin equipo.",
    addMember: "Añadir a alguien",
    removeMember: (name: string) => `Quitar a ${name} del equipo`,
    away: "ausente",
    nobody: "Nadie todavía.",
  },
});

export default function Teams() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/teams", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue<Team>
      title={t.title}
      lead={t.lead}
      list={list}
      icon={Network}
      may={isFor("settings", session.value!.user.role)}
      words={t}
      nameOf={(team) => team.name}
      beside={(team) => team.is_default && <span class="badge info" title={t.defaultHint}>{t.default}</span>}
      columns={[
        { key: "name", label: t.name, cell: (team) => team.name },
        { key: "members", label: t.members, end: true, cell: (team) => <span class="numbers">{team.member_count}</span> },
        { key: "assignment", label: t.assignment, wide: true, cell: (team) => <>{t.assignments[team.assignment]}{team.assignment_cap !== null && ` (≤ ${team.assignment_cap})`}</> },
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} onChanged={list.reload} />}
    />
  );
}

function Editor({ item, readOnly, onDone, onClose, onChanged }: EditorProps<Team> & { onChanged: () => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const form = useForm(
    { name: item?.name ?? "", assignment: item?.assignment ?? "manual", assignment_cap: item?.assignment_cap?.toString() ?? "" },
    async ({ name, assignment, assignment_cap }) => {
      const body = { name, assignment, assignment_cap: assignment !== "manual" && assignment_cap ? Number(assignment_cap) : null };
      if (item) await api.PATCH("/v1/teams/{team_id}", { params: { path: { team_id: item.id } }, body });
      else await api.POST("/v1/teams", { body });
      forget();
      onDone();
    },
  );
  return (
    <>
      <Form of={form} action={parts.save} readOnly={readOnly} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
        <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
        <SelectField of={form} name="assignment" label={t.assignment} options={t.assignments} />
        {form.values.assignment !== "manual" && <TextField of={form} name="assignment_cap" type="number" min={1} label={t.cap} hint={t.capHint} optional />}
      </Form>
      {item && <Members team={item} readOnly={readOnly} onChanged={onChanged} />}
    </>
  );
}

function Members({ team, readOnly, onChanged }: { team: Team; readOnly: boolean; onChanged: () => void }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const path = { team_id: team.id };
  const members = useLoad(() => everything((cursor) => take(api.GET("/v1/teams/{team_id}/members", { params: { path, query: { limit: 100, cursor } } }))), [team.id]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = async (call: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await call();
      await members.reload();
      forget();
      onChanged();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <section class="stack" aria-label={t.members}>
      <h3>{t.members}</h3>
      {problem && <ProblemNote problem={problem} />}
      <Show of={members} lines={3}>
        {(people) => (
          <>
            {people.length === 0 && <p class="soft">{t.nobody}</p>}
            <ul class="stack tight members">
              {people.map((person) => (
                <li key={person.id} class="row firm">
                  <Avatar name={person.name} />
                  <div class="grow">
                    <a href={to("person", { id: person.id })}>{person.name}</a>
                    <div class="small soft one-line">{terms.role[person.role]} · {person.email}{person.away && ` · ${t.away}`}</div>
                  </div>
                  {!readOnly && <Button look="quiet" small icon={UserMinus} label={t.removeMember(person.name)} onClick={() => change(() => api.DELETE("/v1/teams/{team_id}/members/{user_id}", { params: { path: { ...path, user_id: person.id } } }))} />}
                </li>
              ))}
            </ul>
            {!readOnly && <PersonPicker label={t.addMember} chosen={null} without={people.map(({ id }) => id)} onChoose={(person) => person && change(() => api.POST("/v1/teams/{team_id}/members", { params: { path }, body: { user_id: person.id } }))} />}
          </>
        )}
      </Show>
    </section>
  );
}
