/** Which tickets it has to do with. */

import { X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { StatusBadge } from "../ui/badges";
import { Button } from "../ui/button";
import { Options } from "../ui/form";
import { TicketPicker } from "../ui/tickets";
import { PARTS } from "../ui/words";
import { useSaving } from "./saving";
import type { OneTicket } from "./state";

type Kind = Schema<"LinkOut">["type"];

const WORDS = words({
  en: {
    title: "Links", none: "No links", add: "Link another ticket", kind: "What it is to the other one", more: "Add a link",
    kinds: { relates: "Relates to", duplicates: "Duplicates", duplicated_by: "Is duplicated by", blocks: "Blocks", blocked_by: "Is blocked by", parent: "Is the parent of", child: "Is a child of", follow_up_of: "Follows up", followed_up_by: "Is followed up by", split_from: "Was split from", split_into: "Was split into" },
  },
  es: {
    title: "Vínculos", none: "Sin vínculos", add: "Vincular otro ticket", kind: "Qué es respecto del otro", more: "Añadir un vínculo",
    kinds: { relates: "Relacionado con", duplicates: "Duplica a", duplicated_by: "Duplicado por", blocks: "Bloquea a", blocked_by: "Bloqueado por", parent: "Es padre de", child: "Es hijo de", follow_up_of: "Es continuación de", followed_up_by: "Continuado por", split_from: "Separado de", split_into: "Dividido en" },
  },
});

const OPEN = ["relates", "duplicates", "duplicated_by", "blocks", "blocked_by", "parent", "child"] as const;

export function Links({ of }: { of: OneTicket }) {
  const t = say(WORDS);
  const saving = useSaving(of);
  const [kind, setKind] = useState<(typeof OPEN)[number]>("relates");
  const [adding, setAdding] = useState(false);
  const path = { ticket_id: of.ticket.id };
  const links = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/links", { params: { path, query: { limit: 100 } } })), [of.ticket.id, of.pulse]);
  const items = links.data?.items ?? [];
  const add = (ticket_id: string) => saving.run("ticket_id", async () => { await take(api.POST("/v1/tickets/{ticket_id}/links", { params: { path }, body: { type: kind, ticket_id } })); setAdding(false); await links.reload(); });
  const remove = (link_id: string) => saving.run("ticket_id", async () => { await take(api.DELETE("/v1/tickets/{ticket_id}/links/{link_id}", { params: { path: { ...path, link_id } } })); await links.reload(); });
  const isOurs = (type: Kind): boolean => (OPEN as readonly string[]).includes(type);
  return (
    <section class="card side" aria-label={t.title}>
      <div class="row apart">
        <h2>{t.title}</h2>
        {!of.ticket.archived_at && <Button look="quiet" small aria-expanded={adding} onClick={() => setAdding(!adding)}>{t.more}</Button>}
      </div>
      {links.data && items.length === 0 && !adding && <p class="soft small">{t.none}</p>}
      <ul class="brief small">
        {items.map(({ id, type, ticket }) => (
          <li key={id}>
            <span class="grow stack" style={{ gap: 0 }}>
              <span class="soft">{t.kinds[type]}</span>
              <a class="one-line" href={to("ticket", { id: ticket.id })} title={ticket.subject}>{ticket.label} {ticket.subject}</a>
            </span>
            <StatusBadge status={ticket.status} />
            {isOurs(type) && <Button look="quiet" small icon={X} label={say(PARTS).remove(`${t.kinds[type]} ${ticket.label}`)} onClick={() => void remove(id)} />}
          </li>
        ))}
      </ul>
      {adding && (
        <div class="stack tight">
          <select class="input small" aria-label={t.kind} value={kind} onChange={(event) => setKind(event.currentTarget.value as typeof kind)}>
            <Options of={OPEN.map((one) => [one, t.kinds[one]] as const)} />
          </select>
          <TicketPicker label={t.add} hidden placeholder={t.add} chosen={null} without={[of.ticket.id]} onChoose={(ticket) => ticket && void add(ticket.id)} error={saving.error("ticket_id")} />
        </div>
      )}
      {!adding && saving.error("ticket_id") && <p class="bad-text small">{saving.error("ticket_id")}</p>}
    </section>
  );
}
