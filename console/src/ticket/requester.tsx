/** Who asked: how to reach them, whose they are, and what else they asked for. */

import { Building2, Mail, MessageCircle, Phone } from "lucide";

import { api, take } from "../core/api";
import { useLoad } from "../core/load";
import { here, to } from "../core/router";
import { say, words } from "../core/words";
import { Avatar, StatusBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import type { Detail } from "./state";

const WORDS = words({
  en: { title: "Requester", others: "Other tickets", none: "No other tickets", all: "All of them", document: "Document", whatsapp: "WhatsApp", problem: "Mails do not arrive there" },
  es: { title: "Solicitante", others: "Otros tickets", none: "Sin otros tickets", all: "Todos", document: "Documento", whatsapp: "WhatsApp", problem: "Los correos no llegan ahí" },
});

export function Requester({ ticket, returns }: { ticket: Detail; returns?: string }) {
  const t = say(WORDS);
  const { requester } = ticket;
  const person = useLoad(() => take(api.GET("/v1/users/{user_id}", { params: { path: { user_id: requester.id } } })), [requester.id]);
  const others = useLoad(() => take(api.GET("/v1/tickets", { params: { query: { requester: requester.id, sort: "-created_at", limit: 6 } } })), [requester.id]);
  const rest = others.data?.items.filter(({ id }) => id !== ticket.id).slice(0, 5);
  const company = person.data?.organisation?.name ?? requester.company;
  return (
    <section class="card side" aria-label={t.title}>
      <h2>{t.title}</h2>
      <div class="row firm">
        <Avatar name={requester.name} />
        <a class="strong one-line" href={to("person", { id: requester.id })}>{requester.name}</a>
      </div>
      <ul class="contact small">
        {requester.email && <li><Icon of={Mail} /><a class="one-line" href={`mailto:${requester.email}`} title={requester.email}>{requester.email}</a></li>}
        {person.data?.email_problem && <li class="bad-text">{t.problem}</li>}
        {requester.phone && <li><Icon of={Phone} /><a href={`tel:${requester.phone.replace(/[^\d+]/g, "")}`}>{requester.phone}</a></li>}
        {requester.has_whatsapp && requester.phone && <li><Icon of={MessageCircle} />{t.whatsapp}</li>}
        {company && <li><Icon of={Building2} /><span class="one-line" title={company}>{company}</span></li>}
        {requester.document_id && <li><span class="soft">{t.document}</span> {requester.document_id}</li>}
      </ul>
      <h3>{t.others}</h3>
      {rest?.length === 0 && <p class="soft small">{t.none}</p>}
      <ul class="brief small">
        {rest?.map((other) => (
          <li key={other.id}>
            <a class="one-line" href={to("ticket", { id: other.id, from: returns ?? here() })} title={other.subject}>{other.subject}</a>
            <StatusBadge status={other.status} />
          </li>
        ))}
      </ul>
      {(others.data?.items.length ?? 0) > 5 && <a class="small" href={to("queue", { requester: requester.id })}>{t.all}</a>}
    </section>
  );
}
