/** The tickets to look at first, each with the reason. */

import { CircleCheck } from "lucide";
import { useEffect } from "preact/hooks";

import type { Schema } from "../core/api-types";
import { here, to } from "../core/router";
import { leaveTrail } from "../core/trail";
import { say, words } from "../core/words";
import { PriorityMark } from "../ui/badges";
import { Empty } from "../ui/states";
import { Ago } from "../ui/time";

const WORDS = words({
  en: {
    title: "To look at first", none: "Nothing is at work. Enjoy the calm.", nobody: "Nobody", paused: "no clock runs",
    reasons: { breached: "Past due", due_today: "Due today", urgent_unassigned: "Urgent, unassigned", due_later: "", not_due: "" },
  },
  es: {
    title: "Lo primero que mirar", none: "No hay nada en curso. Disfrute de la calma.", nobody: "Nadie", paused: "sin plazo en curso",
    reasons: { breached: "Vencido", due_today: "Vence hoy", urgent_unassigned: "Urgente, sin asignar", due_later: "", not_due: "" },
  },
});

// Of the rest, when they are due says all.
const LOOKS = { breached: "bad", due_today: "warn", urgent_unassigned: "bad", due_later: "", not_due: "" };

export function Attention({ items }: { items: readonly Schema<"AttentionOut">[] }) {
  const t = say(WORDS);
  const ids = items.map(({ id }) => id);
  useEffect(() => leaveTrail(here(), ids), [ids.join()]);
  return (
    <section class="card" aria-label={t.title}>
      <header><h2>{t.title}</h2></header>
      {items.length === 0 && <Empty icon={CircleCheck}><p>{t.none}</p></Empty>}
      <ol class="attention">
        {items.map((ticket) => (
          <li key={ticket.id}>
            <PriorityMark priority={ticket.priority} bare />
            <div class="what">
              <a class="one-line" href={to("ticket", { id: ticket.id, from: here() })} title={ticket.subject}>{ticket.subject}</a>
              <span class="one-line small soft">{[ticket.label, ticket.team.name, ticket.assignee?.name ?? t.nobody].join(" · ")}</span>
            </div>
            <div class="when">
              {LOOKS[ticket.reason] && <span class={`badge ${LOOKS[ticket.reason]}`}>{t.reasons[ticket.reason]}</span>}
              <span class="small soft">{ticket.due_at ? <Ago at={ticket.due_at} /> : t.paused}</span>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
