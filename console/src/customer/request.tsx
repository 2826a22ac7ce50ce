/** One request: how far it is, what was said, and what its customer may do. */

import { SearchX } from "lucide";
import type { ComponentChildren } from "preact";

import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { FieldValue } from "../ui/custom-fields";
import { customFields } from "../ui/lookups";
import { Page } from "../ui/page";
import { Empty, Show } from "../ui/states";
import { Moment } from "../ui/time";
import { Conversation } from "./conversation";
import { Following, useWatchers } from "./following";
import { Journey } from "./journey";
import { Rating } from "./rating";
import { Reply } from "./reply";
import { useTalk, type Talk } from "./talk";
import { OwnVerbs, Solved } from "./verbs";
import { PARTS } from "../ui/words";
import { PLAIN } from "./words";

const WORDS = words({
  en: {
    title: "Request",
    all: "Your requests",
    by: "From",
    handles: "Who takes care of it",
    nobody: "Nobody yet",
    received: "Received",
    about: "About",
    due: "We mean to solve it by",
    merged: "It was joined with another request, where work goes on.",
    goThere: "Go there",
    archived: "It has been put away and can only be read.",
    news: (n: number) => (n === 1 ? "There is a new message." : `There are ${n} new messages.`),
  },
  es: {
    title: "Solicitud",
    all: "Sus solicitudes",
    by: "De",
    handles: "Quién se encarga",
    nobody: "Nadie todavía",
    received: "Recibida",
    about: "Sobre",
    due: "Queremos resolverla antes del",
    merged: "Se unió a otra solicitud, donde sigue el trabajo.",
    goThere: "Ir allá",
    archived: "Se ha archivado y solo se puede leer.",
    news: (n: number) => (n === 1 ? "Hay un mensaje nuevo." : `Hay ${n} mensajes nuevos.`),
  },
});

export default function Request() {
  const { id = "" } = route.value.params;
  return <Whole key={id} id={id} />;
}

function Whole({ id }: { id: string }) {
  const t = say(WORDS);
  const talk = useTalk(id);
  const ticket = talk.data?.ticket;
  const back = { href: to("requests"), label: t.all };
  const fields = useLoad(customFields, []).data ?? [];
  const done = (changed: Schema<"TicketOut">) => {
    if (talk.data) talk.put({ ...talk.data, ticket: { ...talk.data.ticket, ...changed } });
    // What was pressed is gone with it.
    document.querySelector("h1")?.focus();
    void talk.reload();
  };
  if (talk.problem?.status === 404 || talk.problem?.status === 422) return <Page title={t.title} back={back}><Empty icon={SearchX}><p>{say(PARTS).missing}</p></Empty></Page>;
  if (!talk.data || !ticket) return <Page title={t.title} back={back}><Show of={talk} lines={8}>{() => null}</Show></Page>;
  return (
    <Page title={ticket.subject} back={back} lead={<span class="mono">{ticket.label}</span>} actions={<OwnVerbs ticket={ticket} fields={fields.filter((field) => field.active && field.editable_by_customers)} onDone={done} />}>
      <p class="unseen" role="status">{talk.news ? t.news(talk.news) : ""}</p>
      <Show of={talk}>{(data) => <Inside of={data} fields={fields} onDone={done} reload={talk.reload} />}</Show>
    </Page>
  );
}

function Inside({ of, fields, onDone, reload }: { of: Talk; fields: readonly Schema<"FieldOut">[]; onDone: (ticket: Schema<"TicketOut">) => void; reload: () => Promise<void> }) {
  const t = say(WORDS);
  const { ticket } = of;
  const watchers = useWatchers(ticket.id);
  const isMine = ticket.requester.id === session.value?.user.id;
  const isActive = !["resolved", "closed", "cancelled"].includes(ticket.status);
  return (
    <div class="stack wide request">
      <section class="card padded stack" aria-label={say(PLAIN).progress}>
        <Journey status={ticket.status} />
        <p>{ticket.merged_into ? t.merged : say(PLAIN).means[ticket.status]} {ticket.merged_into && <a href={to("request", { id: ticket.merged_into })}>{t.goThere}</a>} {ticket.archived_at && t.archived}</p>
        <dl class="request-facts">
          {!isMine && <Fact name={t.by}>{ticket.requester.name}</Fact>}
          <Fact name={t.handles}>{ticket.assignee?.name ?? (isActive ? t.nobody : ticket.team.name)}</Fact>
          <Fact name={t.received}><Moment at={ticket.created_at} /></Fact>
          {ticket.category && <Fact name={t.about}>{[ticket.category, ticket.subcategory].filter(Boolean).join(" · ")}</Fact>}
          {fields.filter(({ key }) => ticket.custom_fields[key] != null).map((field) => <Fact key={field.key} name={field.name}><FieldValue field={field} value={ticket.custom_fields[field.key]} /></Fact>)}
          {isActive && ticket.due_at && !ticket.breached && <Fact name={t.due}><Moment at={ticket.due_at} /></Fact>}
        </dl>
      </section>
      <Conversation of={of} onRevised={reload} />
      <Solved ticket={ticket} onDone={onDone} />
      {isMine && <Rating ticket={ticket} />}
      {ticket.verbs.includes("comment") && <Reply ticket={ticket} onSent={reload} />}
      {watchers.data && <Following ticketId={ticket.id} watchers={watchers.data} />}
    </div>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
