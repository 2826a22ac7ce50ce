/** What each verb asks before it is done. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { api, seen, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { asProblem } from "../core/problem";
import { go } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, SelectField, TextArea, TextField, useForm, type FormState } from "../ui/form";
import { PersonPicker, TeamPicker, type Team } from "../ui/people";
import { sentence } from "../ui/states";
import { TicketPicker, type TicketHint } from "../ui/tickets";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";
import { CategoryFields, useCategories } from "./categories";
import type { OneTicket, Verb } from "./state";
import { SplitDialog } from "./split";
import { WORDS as TICKET } from "./words";

export type Asked = Verb | "delete";

const WORDS = words({
  en: {
    done: { assign: "Assigned", transfer: "Transferred", reclassify: "Reclassified", pause: "Paused", resume: "Resumed", resolve: "Resolved", close: "Closed", reopen: "Reopened", cancel: "Cancelled", archive: "Archived", unarchive: "Taken out of the archive", merge: "Merged", split: "Split", delete: "Deleted" },
    reason: "Reason", reasonStaff: "The staff reads it.", reasonAll: "The customer reads it too.", team: "Team", assignee: "Assignee", me: "Me", unassign: "Nobody",
    waitingOn: "It waits for", customer: "the customer", other: "somebody else", resolution: "How it was resolved", resolutionHint: "The customer reads it, as a public reply.",
    into: "Merge into", intoHint: "This ticket is closed; comments and watchers go on there.", search: "Label or words", restored: "Restored", restore: "Undo",
    cancel: "It is closed as not needed. The customer is told.", close: "It is ended without being resolved.", remove: "It disappears for everybody. An administrator can restore it.",
    choosePerson: "Leave it empty for nobody, or for whom the team chooses.",
  },
  es: {
    done: { assign: "Asignado", transfer: "Transferido", reclassify: "Reclasificado", pause: "Pausado", resume: "Reanudado", resolve: "Resuelto", close: "Cerrado", reopen: "Reabierto", cancel: "Cancelado", archive: "Archivado", unarchive: "Sacado del archivo", merge: "Fusionado", split: "Dividido", delete: "Eliminado" },
    reason: "Motivo", reasonStaff: "Lo lee el personal.", reasonAll: "También lo lee el cliente.", team: "Equipo", assignee: "Responsable", me: "Yo", unassign: "Nadie",
    waitingOn: "Espera a", customer: "el cliente", other: "un tercero", resolution: "Cómo se resolvió", resolutionHint: "El cliente la lee, como respuesta pública.",
    into: "Fusionar con", intoHint: "Este ticket se cierra; los comentarios y observadores siguen allí.", search: "Número o palabras", restored: "Restaurado", restore: "Deshacer",
    cancel: "Se cierra por no ser necesario. Se avisa al cliente.", close: "Se termina sin haberse resuelto.", remove: "Desaparece para todos. Un administrador puede restaurarlo.",
    choosePerson: "Déjelo vacío para nadie, o para quien elija el equipo.",
  },
});

interface DialogProps {
  of: OneTicket;
  onClose: () => void;
}

export function VerbDialog({ verb, ...props }: DialogProps & { verb: Asked }) {
  if (verb === "assign") return <Assign {...props} />;
  if (verb === "transfer") return <Transfer {...props} />;
  if (verb === "reclassify") return <Reclassify {...props} />;
  if (verb === "merge") return <Merge {...props} />;
  if (verb === "split") return <SplitDialog {...props} />;
  if (verb === "delete") return <Delete {...props} />;
  return <Plain {...props} verb={verb} />;
}

interface AskProps<T extends object> extends DialogProps {
  verb: Asked;
  form: FormState<T>;
  bad?: boolean;
  children?: ComponentChildren;
}

function Ask<T extends object>({ verb, form, bad, onClose, children }: AskProps<T>) {
  const name = say(TICKET).verbs[verb].replace("…", "");
  return (
    <Dialog title={name} onClose={onClose}>
      <Form of={form} action={name} look={bad ? "bad" : "main"} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>{children}</Form>
    </Dialog>
  );
}

/** A form whose answer is a verb's; left to them in a conflict, it stays open. */
function useVerb<T extends object>({ of, onClose }: DialogProps, verb: Verb, initial: T, body: (values: T) => object): FormState<T> {
  const told = say(WORDS).done[verb];
  return useForm(initial, async (values) => {
    if (!(await of.act(verb, body(values)))) return;
    tell(told);
    onClose();
  });
}

const given = (text: string): string | undefined => text.trim() || undefined;

function Assign(props: DialogProps) {
  const t = say(WORDS);
  const { ticket } = props.of;
  const user = session.value!.user;
  const [person, setPerson] = useState<{ id: string; name: string } | null>(ticket.assignee);
  const [team, setTeam] = useState<Team | null>(ticket.team);
  const mayMove = user.role !== "agent";
  const form = useVerb(props, "assign", { reason: "" }, ({ reason }) => ({ assignee_id: person?.id ?? null, team_id: team && team.id !== ticket.team.id ? team.id : undefined, reason: given(reason) }));
  return (
    <Ask {...props} verb="assign" form={form}>
      <PersonPicker label={t.assignee} chosen={person} onChoose={setPerson} team={mayMove ? null : ticket.team.id} error={form.error("assignee_id")} />
      <div class="row tight">
        <Button small onClick={() => setPerson({ id: user.id, name: user.name })}>{t.me}</Button>
        <Button small onClick={() => setPerson(null)}>{t.unassign}</Button>
      </div>
      {mayMove && <TeamPicker label={t.team} chosen={team} onChoose={setTeam} clearable={false} error={form.error("team_id")} />}
      <TextField of={form} name="reason" label={t.reason} hint={t.reasonStaff} optional maxLength={1000} />
    </Ask>
  );
}

function Transfer(props: DialogProps) {
  const t = say(WORDS);
  const [team, setTeam] = useState<Team | null>(null);
  const [person, setPerson] = useState<{ id: string; name: string } | null>(null);
  const form = useVerb(props, "transfer", { reason: "" }, ({ reason }) => ({ team_id: team?.id, assignee_id: person?.id, reason }));
  return (
    <Ask {...props} verb="transfer" form={form}>
      <TeamPicker label={t.team} chosen={team} onChoose={(next) => { setTeam(next); setPerson(null); }} without={[props.of.ticket.team.id]} error={form.error("team_id")} />
      <PersonPicker label={t.assignee} optional hint={t.choosePerson} chosen={person} onChoose={setPerson} team={team?.id} error={form.error("assignee_id")} />
      <TextArea of={form} name="reason" label={t.reason} hint={t.reasonStaff} rows={2} maxLength={1000} required />
    </Ask>
  );
}

function Reclassify(props: DialogProps) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const fields = say(TICKET).fields;
  const { ticket } = props.of;
  const categories = useCategories();
  const initial = { type: ticket.type as string, priority: ticket.priority as string, category: ticket.category ?? "", subcategory: ticket.subcategory ?? "", reason: "" };
  const form = useVerb(props, "reclassify", initial, ({ reason, ...values }) => {
    const changed = Object.entries(values).filter(([name, value]) => value !== initial[name as keyof typeof values]);
    return { ...Object.fromEntries(changed.map(([name, value]) => [name, value || null])), reason: given(reason) };
  });
  return (
    <Ask {...props} verb="reclassify" form={form}>
      <SelectField of={form} name="type" label={fields.type!} options={terms.type} />
      <SelectField of={form} name="priority" label={fields.priority!} options={terms.priority} />
      <CategoryFields of={form} categories={categories} />
      <TextField of={form} name="reason" label={t.reason} hint={t.reasonStaff} optional maxLength={1000} />
    </Ask>
  );
}

/** Verbs that take a text, or nothing. */
function Plain({ verb, ...props }: DialogProps & { verb: Exclude<Verb, "assign" | "transfer" | "reclassify" | "merge" | "split"> }) {
  const t = say(WORDS);
  const waiting = { customer: t.customer, other: t.other };
  const form = useVerb(props, verb, { reason: "", resolution: "", waiting_on: "customer" }, (values) => {
    if (verb === "resolve") return { resolution: values.resolution };
    if (verb === "pause") return { waiting_on: values.waiting_on, reason: values.reason };
    return { reason: verb === "reopen" || verb === "cancel" ? values.reason : given(values.reason) };
  });
  const must = verb === "pause" || verb === "reopen" || verb === "cancel";
  const isPublic = must || verb === "close";
  return (
    <Ask {...props} verb={verb} form={form} bad={verb === "cancel"}>
      {verb === "cancel" && <p>{t.cancel}</p>}
      {verb === "close" && props.of.ticket.status !== "resolved" && <p>{t.close}</p>}
      {verb === "pause" && <SelectField of={form} name="waiting_on" label={t.waitingOn} options={waiting} />}
      {verb === "resolve" ? (
        <TextArea of={form} name="resolution" label={t.resolution} hint={t.resolutionHint} rows={5} required autoFocus />
      ) : (
        <TextArea of={form} name="reason" label={t.reason} hint={isPublic ? t.reasonAll : t.reasonStaff} rows={2} maxLength={1000} optional={!must} required={must} autoFocus />
      )}
    </Ask>
  );
}

function Merge(props: DialogProps) {
  const t = say(WORDS);
  const { of, onClose } = props;
  const [into, setInto] = useState<TicketHint | null>(null);
  const form = useForm({ reason: "" }, async ({ reason }) => {
    // The answer is the other ticket; work goes on there.
    const merged = await of.act("merge", { into_id: into?.id, reason: given(reason) });
    if (!merged) return;
    tell(t.done.merge);
    onClose();
    if (into) go("ticket", { id: into.id });
  });
  return (
    <Ask {...props} verb="merge" form={form}>
      <TicketPicker label={t.into} hint={t.intoHint} placeholder={t.search} chosen={into} onChoose={setInto} without={[of.ticket.id]} error={form.error("into_id")} />
      <TextField of={form} name="reason" label={t.reason} hint={t.reasonStaff} optional maxLength={1000} />
    </Ask>
  );
}

function Delete({ of, onClose }: DialogProps) {
  const t = say(WORDS);
  const path = { ticket_id: of.ticket.id };
  const form = useForm({}, async () => {
    await take(api.DELETE("/v1/tickets/{ticket_id}", { params: { path, header: seen(of.ticket.version) } }));
    onClose();
    go("queue");
    tell(`${of.ticket.label}: ${t.done.delete}`, {
      action: {
        label: t.restore,
        do: () => void take<Schema<"TicketOut">>(api.POST("/v1/tickets/{ticket_id}/restore", { params: { path } })).then((ticket) => { tell(t.restored); go("ticket", { id: ticket.id }); }, (thrown) => tell(sentence(asProblem(thrown)), { look: "bad" })),
      },
    });
  });
  return <Ask of={of} onClose={onClose} verb="delete" form={form} bad><p>{t.remove}</p></Ask>;
}
