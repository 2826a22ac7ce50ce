/** While a ticket is written: what says the same already, and what its requester asked for last. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { StatusBadge } from "../ui/badges";
import { Ago } from "../ui/time";
import type { Requester } from "./requester-picker";

const WORDS = words({
  en: { like: "Perhaps the same", theirs: (name: string) => `Active tickets of ${name}` },
  es: { like: "Quizá lo mismo", theirs: (name) => `Tickets activos de ${name}` },
});

type Found = Schema<"TicketFound">;
const REST = 400;

export function LikeThis({ subject, requester }: { subject: string; requester: Requester | null }) {
  const t = say(WORDS);
  const words = meaningful(subject);
  const like = useFound(words.join(" or "), (query) => ({ query, sort: "relevance" as const })).filter((found) => saysSo(found, Math.min(2, words.length)));
  const theirs = useFound(requester?.id ?? "", (id) => ({ requester: id, status: "active", sort: "-created_at" as const }));
  return (
    <div class="stack" aria-live="polite">
      {theirs.length > 0 && <Listed name={t.theirs(requester!.name)} tickets={theirs.slice(0, 4)} />}
      {like.length > 0 && <Listed name={t.like} tickets={like.filter(({ id }) => !theirs.some((each) => each.id === id)).slice(0, 4)} />}
    </div>
  );
}

/** The words that say something; any of them will do. */
function meaningful(text: string): readonly string[] {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  return [...new Set(found)].slice(0, 6);
}

/** One word alone is no likeness, where more were written. */
const saysSo = (found: Found, least: number): boolean =>
  (found.highlights ?? []).some(({ field, snippet }) => field === "subject" && snippet.split("<mark>").length > least);

function useFound(by: string, query: (by: string) => object): readonly Found[] {
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    if (!by) return setFound([]);
    const asking = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setFound((await take(api.GET("/v1/tickets", { params: { query: { ...query(by), limit: 8 } }, signal: asking.signal }))).items);
      } catch {
        // A hint that cannot be had is none.
        setFound([]);
      }
    }, REST);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [by]);
  return found;
}

function Listed({ name, tickets }: { name: string; tickets: readonly Found[] }) {
  if (!tickets.length) return null;
  return (
    <section class="stack tight">
      <h2>{name}</h2>
      <ul class="like-this">
        {tickets.map((ticket) => (
          <li key={ticket.id}>
            <StatusBadge status={ticket.status} />
            <a class="one-line grow" href={to("ticket", { id: ticket.id })} target="_blank" title={ticket.subject}>{ticket.label} {ticket.subject}</a>
            <span class="small soft"><Ago at={ticket.created_at} narrow /></span>
          </li>
        ))}
      </ul>
    </section>
  );
}
