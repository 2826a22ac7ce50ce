/** Everything that happened, the newest first: who, what, when, with old and new values. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { asProblem, type Problem } from "../core/problem";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { More, ProblemNote } from "../ui/states";
import { Ago } from "../ui/time";
import { detailOf, otherOf, sentenceOf, whoDid, type Entry } from "./sentences";
import type { Detail } from "./state";
import { fieldName, valueText } from "./values";

const WORDS = words({
  en: { title: "Timeline", was: "before", is: "now" },
  es: { title: "Cronología", was: "antes", is: "ahora" },
});

export function Timeline({ ticket, own }: { ticket: Detail; own: ReadonlyMap<string, string> }) {
  const t = say(WORDS);
  const [older, setOlder] = useState<readonly Entry[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setOlder([]), [ticket.id]);
  const first = ticket.timeline[0]?.sequence ?? 1;
  const known = new Set(older.map(({ sequence }) => sequence));
  const lowest = Math.min(first, ...known);
  const fetchOlder = async () => {
    setBusy(true);
    setProblem(null);
    try {
      // Sequences count without gaps for the staff, and the list begins with the first.
      const offset = Math.max(0, lowest - 1 - 100);
      const page = await take(api.GET("/v1/tickets/{ticket_id}/timeline", { params: { path: { ticket_id: ticket.id }, query: { offset, limit: 100 } } }));
      setOlder((was) => [...page.items.filter(({ sequence }) => sequence < lowest), ...was]);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const all = [...older, ...ticket.timeline];
  return (
    <section class="card" aria-label={t.title}>
      <ol class="timeline">
        {all.toReversed().map((entry) => <Row key={entry.id} of={entry} own={own} />)}
      </ol>
      {problem && <ProblemNote problem={problem} retry={fetchOlder} />}
      {lowest > 1 ? <More onClick={fetchOlder} busy={busy} /> : null}
    </section>
  );
}

function Row({ of, own }: { of: Entry; own: ReadonlyMap<string, string> }) {
  const detail = detailOf(of);
  return (
    <li>
      <Avatar name={whoDid(of)} />
      <div class="grow stack tight">
        <div class="row apart">
          <span><Sentence of={of} /></span>
          <span class="small soft"><Ago at={of.created_at} /></span>
        </div>
        {detail && <p class="small soft written">{detail}</p>}
        <Changes of={of} own={own} />
      </div>
    </li>
  );
}

/** Its sentence, with another ticket in it as a link. */
export function Sentence({ of }: { of: Entry }) {
  const told = sentenceOf(of);
  const other = otherOf(of);
  const at = other ? told.indexOf(other.label) : -1;
  if (!other || at < 0) return <>{told}</>;
  return <>{told.slice(0, at)}<a href={to("ticket", { id: other.id })}>{other.label}</a>{told.slice(at + other.label.length)}</>;
}

export function Changes({ of, own }: { of: Entry; own: ReadonlyMap<string, string> }) {
  const t = say(WORDS);
  const changes = Object.entries(of.changes).flatMap(([field, change]) => spread(field, change));
  if (!changes.length) return null;
  return (
    <ul class="changes small">
      {changes.map(([field, was, is]) => (
        <li key={field}>
          <span class="soft">{fieldName(field, own)}:</span> <span class="unseen">{t.was}</span> <s class="soft written">{valueText(field, was)}</s> <span aria-hidden="true">→</span> <span class="unseen">{t.is}</span> <span class="written">{valueText(field, is)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Custom fields change together; each is told by itself. */
function spread(field: string, change: unknown): [string, unknown, unknown][] {
  const { from, to: is } = (change ?? {}) as { from?: unknown; to?: unknown };
  if (field === "merged_into") return [];
  if (field !== "custom_fields") return [[field, from, is]];
  const was = (from ?? {}) as Record<string, unknown>;
  const now = (is ?? {}) as Record<string, unknown>;
  return [...new Set([...Object.keys(was), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(now[key]))
    .map((key) => [`custom_fields.${key}`, was[key], now[key]]);
}
