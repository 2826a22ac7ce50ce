/** The requests that a customer may see: the own ones, those watched, those that the organisation shares. */

import { CirclePlus, MessageCircleQuestion } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem } from "../core/problem";
import { route, set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Marks } from "../queue/marks";
import { ButtonLink } from "../ui/button";
import { Field } from "../ui/form";
import { Page } from "../ui/page";
import { Empty, More, sentence, Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PlainStatus } from "./journey";
import { useWhileSeen } from "./while-seen";

const WORDS = words({
  en: {
    title: "Your requests",
    new: "New request",
    show: { active: "In progress", waiting: "Your turn", done: "Solved", all: "All" },
    which: "Which requests",
    search: "Search your requests",
    whose: "Whose requests",
    of: { all: "All that I may see", me: "Only mine" },
    by: (name: string) => `by ${name}`,
    changed: "changed",
    noneSo: { active: "Nothing is in progress.", waiting: "Nothing waits for you.", done: "Nothing is solved yet.", all: "You have no requests yet." },
    noneFound: (text: string) => `Nothing found for “${text}”.`,
    count: (n: number) => (n === 1 ? "1 request" : `${n} requests`),
  },
  es: {
    title: "Sus solicitudes",
    new: "Nueva solicitud",
    show: { active: "En curso", waiting: "Por responder", done: "Resueltas", all: "Todas" },
    which: "Qué solicitudes",
    search: "Buscar en sus solicitudes",
    whose: "De quién",
    of: { all: "Todas las que puedo ver", me: "Solo las mías" },
    by: (name: string) => `de ${name}`,
    changed: "último cambio",
    noneSo: { active: "No hay nada en curso.", waiting: "Nada espera por usted.", done: "Todavía no hay nada resuelto.", all: "Todavía no tiene solicitudes." },
    noneFound: (text: string) => `No se encontró nada para «${text}».`,
    count: (n: number) => (n === 1 ? "1 solicitud" : `${n} solicitudes`),
  },
});

const STATUSES = { active: "new,open,pending,on_hold", waiting: "pending", done: "resolved,closed,cancelled", all: undefined };
type Which = keyof typeof STATUSES;

export default function Requests() {
  const t = say(WORDS);
  const { show, q = "", of } = route.value.params;
  const which: Which = show && show in STATUSES ? (show as Which) : "active";
  const query = { status: STATUSES[which], query: q.trim() || undefined, requester: of === "me" ? ("me" as const) : undefined, sort: q.trim() ? ("relevance" as const) : ("-updated_at" as const), limit: 25 };
  const page = (cursor?: string) => take(api.GET("/v1/tickets", { params: { query: { ...query, cursor, count: !cursor } } }));
  const first = useLoad(() => page(), [which, q, of]);
  const [more, setMore] = useState<Schema<"TicketPage">[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => setMore([]), [which, q, of]);
  // What was shown further down would no longer follow on a first page that is newer.
  useWhileSeen(60_000, () => void (more.length || first.reload()));
  const pages = first.data ? [first.data, ...more] : [];
  const next = pages.at(-1)?.next_cursor;
  const goOn = async () => {
    setBusy(true);
    try {
      setMore([...more, await page(next!)]);
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const tabs = (Object.keys(STATUSES) as Which[]).map((key) => [key, t.show[key]] as const);
  return (
    <Page title={t.title} actions={<ButtonLink look="brand" icon={CirclePlus} href={to("new-request")}>{t.new}</ButtonLink>}>
      <div class="row request-list-filter">
        <Search text={q} />
        <Field label={t.whose} hidden>
          {(tied) => (
            <select {...tied} class="input" value={of ?? "all"} onChange={(event) => set({ of: event.currentTarget.value === "me" ? "me" : undefined })}>
              <option value="all">{t.of.all}</option>
              <option value="me">{t.of.me}</option>
            </select>
          )}
        </Field>
      </div>
      <Tabs label={t.which} tabs={tabs} chosen={which} onChoose={(key) => set({ show: key === "active" ? undefined : key })}>
        <Show of={first} lines={6}>
          {(data) => (
            <>
              <p class="unseen" role="status">{data.count != null ? t.count(data.count) : ""}</p>
              {data.items.length === 0 ? (
                <Empty icon={MessageCircleQuestion}>
                  <p>{q.trim() ? t.noneFound(q.trim()) : t.noneSo[which]}</p>
                  {!q.trim() && <ButtonLink icon={CirclePlus} href={to("new-request")}>{t.new}</ButtonLink>}
                </Empty>
              ) : (
                <ul class="request-list card">{pages.flatMap((each) => each.items).map((ticket) => <Row key={ticket.id} ticket={ticket} />)}</ul>
              )}
              {next && <More onClick={goOn} busy={busy} />}
            </>
          )}
        </Show>
      </Tabs>
    </Page>
  );
}

function Row({ ticket }: { ticket: Schema<"TicketFound"> }) {
  const t = say(WORDS);
  const isMine = ticket.requester.id === session.value?.user.id;
  const subject = ticket.highlights?.find(({ field }) => field === "subject");
  const elsewhere = ticket.highlights?.find(({ field }) => field !== "subject");
  return (
    <li class={ticket.status === "pending" && isMine ? "waits" : undefined}>
      <a href={to("request", { id: ticket.id })}>
        <span class="request-subject">{subject ? <Marks snippet={subject.snippet} /> : ticket.subject}</span>
        <PlainStatus status={ticket.status} />
        <span class="about small soft">
          <span class="mono">{ticket.label}</span>
          {!isMine && <span>{t.by(ticket.requester.name)}</span>}
          {ticket.category && <span>{ticket.category}</span>}
          <span>{t.changed} <Ago at={ticket.updated_at} /></span>
        </span>
        {elsewhere && <span class="about small soft"><span><Marks snippet={elsewhere.snippet} /></span></span>}
      </a>
    </li>
  );
}

/** Searches once one has stopped typing. */
function Search({ text }: { text: string }) {
  const t = say(WORDS);
  const [typed, setTyped] = useState(text);
  const sent = useRef(text);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      set({ q: typed.trim() || undefined, show: typed.trim() ? "all" : route.value.params.show });
    }, 350);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div class="grow">
      <Field label={t.search} hidden>
        {(tied) => <input {...tied} class="input" type="search" placeholder={t.search} maxLength={200} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />}
      </Field>
    </div>
  );
}
