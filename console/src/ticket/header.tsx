/** The head of a ticket's page: which one it is, how it stands, and the ways to the list and to its neighbours. */

import { ArrowLeft, ChevronLeft, ChevronRight, Pencil } from "lucide";
import { useRef, useState } from "preact/hooks";

import { back, to } from "../core/router";
import { say, words } from "../core/words";
import { beside } from "../core/trail";
import { PriorityMark, StatusBadge } from "../ui/badges";
import { Button, ButtonLink } from "../ui/button";
import { Form, TextField, useForm } from "../ui/form";
import { useTitle } from "../ui/page";
import { SlaClock } from "../ui/sla-clock";
import { Ago } from "../ui/time";
import { PARTS } from "../ui/words";
import type { Heard, OneTicket } from "./state";
import type { Asked } from "./verb-dialogs";
import { Verbs } from "./verbs";

const WORDS = words({
  en: {
    queue: "Back to the list", before: "Ticket before", after: "Ticket after", of: (place: number, count: number) => `${place} of ${count}`, edit: "Edit the subject", subject: "Subject",
    archived: "Archived", merged: "Merged", opened: "opened", by: (who: string) => `by ${who}`, changed: (who: string) => `Changed by ${who}`,
  },
  es: {
    queue: "Volver a la lista", before: "Ticket anterior", after: "Ticket siguiente", of: (place: number, count: number) => `${place} de ${count}`, edit: "Editar el asunto", subject: "Asunto",
    archived: "Archivado", merged: "Fusionado", opened: "abierto", by: (who: string) => `por ${who}`, changed: (who: string) => `Modificado por ${who}`,
  },
});

interface HeaderProps {
  of: OneTicket;
  heard: readonly Heard[];
  from: string | undefined;
  asked: Asked | null;
  ask: (verb: Asked | null) => void;
}

export function Header({ of, heard, from, asked, ask }: HeaderProps) {
  const t = say(WORDS);
  const { ticket } = of;
  const list = back(from);
  const near = list ? beside(list, ticket.id) : null;
  const last = heard.at(-1);
  return (
    <header class="ticket-head">
      <div class="row apart">
        <div class="row tight ways-back">
          <ButtonLink look="quiet" small icon={ArrowLeft} href={list ?? "queue"}>{t.queue}</ButtonLink>
          {near && (
            <nav class="row tight" aria-label={t.of(near.place, near.count)}>
              {near.before ? <ButtonLink look="quiet" small icon={ChevronLeft} label={t.before} href={to("ticket", { id: near.before, from })} /> : <Button look="quiet" small icon={ChevronLeft} label={t.before} disabled />}
              <span class="small soft numbers">{t.of(near.place, near.count)}</span>
              {near.after ? <ButtonLink look="quiet" small icon={ChevronRight} label={t.after} href={to("ticket", { id: near.after, from })} /> : <Button look="quiet" small icon={ChevronRight} label={t.after} disabled />}
            </nav>
          )}
        </div>
        <span class="small soft" role="status">{last && <>{t.changed(last.who)} <Ago at={last.at} /></>}</span>
      </div>
      <Subject of={of} />
      <div class="row apart">
        <div class="row facts-line">
          <span class="mono soft">{ticket.label}</span>
          <StatusBadge status={ticket.status} />
          {ticket.archived_at && <span class="badge">{t.archived}</span>}
          {ticket.merged_into && <a class="badge info" href={to("ticket", { id: ticket.merged_into })}>{t.merged}</a>}
          <PriorityMark priority={ticket.priority} />
          <SlaClock targets={ticket.sla.targets} />
          <span class="small soft">{t.opened} <Ago at={ticket.created_at} /> {t.by(ticket.requester.name)}</span>
        </div>
        <Verbs of={of} asked={asked} ask={ask} />
      </div>
    </header>
  );
}

function Subject({ of }: { of: OneTicket }) {
  const t = say(WORDS);
  const { ticket } = of;
  const heading = useTitle(`${ticket.label} ${ticket.subject}`);
  const [editing, setEditing] = useState(false);
  const base = useRef(ticket);
  const form = useForm({ subject: ticket.subject }, async ({ subject }) => {
    if (subject !== base.current.subject && !(await of.change({ subject }, base.current))) return;
    setEditing(false);
  });
  const begin = () => {
    base.current = ticket;
    form.reset({ subject: ticket.subject });
    setEditing(true);
  };
  if (editing) {
    return (
      <div class="subject-form" onKeyDown={(event) => event.key === "Escape" && setEditing(false)}>
        <Form of={form} action={say(PARTS).save} beside={<Button onClick={() => setEditing(false)}>{say(PARTS).cancel}</Button>}>
          <TextField of={form} name="subject" label={t.subject} hidden maxLength={200} autoFocus />
        </Form>
      </div>
    );
  }
  return (
    <div class="row firm subject">
      <h1 tabIndex={-1} ref={heading}>{ticket.subject}</h1>
      {of.may("update") && <Button look="quiet" small icon={Pencil} label={t.edit} onClick={begin} />}
    </div>
  );
}
