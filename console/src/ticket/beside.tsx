/** Small cards beside the ticket: how its help was rated, and tickets like it. */

import { api, take } from "../core/api";
import { useLoad } from "../core/load";
import { here, to } from "../core/router";
import { say, words } from "../core/words";
import { StatusBadge } from "../ui/badges";
import { Ago } from "../ui/time";
import { Written } from "../ui/written";

const WORDS = words({
  en: { rating: "Rating", score: (score: number) => `${score} of 5`, former: (count: number) => `${count} earlier`, similar: "Similar tickets", none: "None is similar." },
  es: { rating: "Valoración", score: (score: number) => `${score} de 5`, former: (count: number) => `${count} anteriores`, similar: "Tickets parecidos", none: "Ninguno se parece." },
});

export function Rating({ ticketId, pulse }: { ticketId: string; pulse: number }) {
  const t = say(WORDS);
  const rated = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/rating", { params: { path: { ticket_id: ticketId } } })), [ticketId, pulse]);
  const rating = rated.data?.rating;
  if (!rating) return null;
  return (
    <section class="card side" aria-label={t.rating}>
      <h2>{t.rating}</h2>
      <p><span class="stars" aria-hidden="true">{"★".repeat(rating.score)}<span class="soft">{"★".repeat(5 - rating.score)}</span></span> <span class="strong">{t.score(rating.score)}</span> <span class="small soft"><Ago at={rating.rated_at} />{(rated.data?.former.length ?? 0) > 0 && ` · ${t.former(rated.data!.former.length)}`}</span></p>
      {rating.comment && <Written text={rating.comment} />}
    </section>
  );
}

export function Similar({ ticketId }: { ticketId: string }) {
  const t = say(WORDS);
  const similar = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/similar", { params: { path: { ticket_id: ticketId }, query: { limit: 5 } } })), [ticketId]);
  return (
    <section class="card side" aria-label={t.similar}>
      <h2>{t.similar}</h2>
      {similar.data?.items.length === 0 && <p class="soft small">{t.none}</p>}
      <ul class="brief small">
        {similar.data?.items.map(({ ticket }) => (
          <li key={ticket.id}>
            <a class="one-line" href={to("ticket", { id: ticket.id, from: here() })} title={ticket.subject}>{ticket.subject}</a>
            <StatusBadge status={ticket.status} />
          </li>
        ))}
      </ul>
    </section>
  );
}
