/** A ticket's page for the staff: what was said, what one can do, and all that belongs to it. */

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { useLoad } from "../core/load";
import { route, set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Page } from "../ui/page";
import { ProblemNote, Waiting } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { tell } from "../ui/toasts";
import { Rating, Similar } from "./beside";
import { Composer, type Tab } from "./composer";
import { ConflictDialog } from "./conflict";
import { Conversation } from "./conversation";
import type { Declared } from "./custom-fields";
import { Header } from "./header";
import { Links } from "./links";
import type { Merging } from "./merging";
import { learn } from "./names";
import { Properties } from "./properties";
import { Requester } from "./requester";
import { SlaPanel } from "./sla";
import { useTicket, type Detail, type OneTicket } from "./state";
import { TimeSpent } from "./time";
import { Timeline } from "./timeline";
import { fieldName } from "./values";
import type { Asked } from "./verb-dialogs";
import { Watchers } from "./watchers";

const WORDS = words({
  en: {
    title: "Ticket", queue: "To the queue", missing: "No ticket was named. Choose one from the list.", parts: "Parts of the ticket", conversation: "Conversation", timeline: "Timeline", sla: "SLA", beside: "About the ticket",
    merged: (fields: string) => `Saved. Somebody else changed it meanwhile: ${fields}.`, mergedNothing: "Saved onto a newer version.",
  },
  es: {
    title: "Ticket", queue: "A la lista de tickets", missing: "No se indicó ningún ticket. Elija uno de la lista.", parts: "Partes del ticket", conversation: "Conversación", timeline: "Cronología", sla: "SLA", beside: "Sobre el ticket",
    merged: (fields: string) => `Guardado. Otra persona lo cambió entretanto: ${fields}.`, mergedNothing: "Guardado sobre una versión más reciente.",
  },
});

export default function TicketPage() {
  const t = say(WORDS);
  const { id } = route.value.params;
  if (!id) return <Nowhere>{t.missing}</Nowhere>;
  return <OneTicketPage key={id} id={id} />;
}

/** Where there is no such ticket: why, and a way back. */
function Nowhere({ children }: { children: ComponentChildren }) {
  const t = say(WORDS);
  return <Page title={t.title} back={{ href: to("queue"), label: t.queue }}>{children}</Page>;
}

const NONE: readonly Declared[] = [];

function OneTicketPage({ id }: { id: string }) {
  const t = say(WORDS);
  const fields = useLoad(() => take(api.GET("/v1/custom-fields", { params: { query: { active: true, limit: 100, sort: "position" } } })), []);
  const declared = fields.data?.items ?? NONE;
  const own = useMemo(() => new Map(declared.map(({ key, name }) => [key, name])), [declared]);
  const tellMerged = ({ theirs }: Merging) => tell(theirs.length ? t.merged(theirs.map(({ field }) => fieldName(field, own)).join(", ")) : t.mergedNothing);
  const one = useTicket(id, tellMerged);
  const ticket = one.loaded.data;
  // An id that is cut short is 422. Trying again is in vain.
  if (!ticket && (one.loaded.problem?.status === 404 || one.loaded.problem?.status === 422)) return <Nowhere><ProblemNote problem={one.loaded.problem} /></Nowhere>;
  if (!ticket) return one.loaded.problem ? <Page title={t.title}><ProblemNote problem={one.loaded.problem} retry={() => void one.reload()} /></Page> : <Page title={t.title}><Waiting lines={8} /></Page>;
  learnFrom(ticket);
  const of: OneTicket = { ticket, may: (deed) => ticket.verbs.includes(deed), reload: one.reload, change: one.change, act: one.act, put: one.put, pulse: one.pulse };
  return (
    <>
      {one.loaded.problem && <ProblemNote problem={one.loaded.problem} retry={() => void one.reload()} />}
      <Drawn of={of} one={one} declared={declared} own={own} />
      {one.conflict && <ConflictDialog of={one.conflict} own={own} />}
    </>
  );
}

/** Names that the answer has, so that none of them is asked for. */
function learnFrom({ assignee, team, requester, timeline }: Detail): void {
  queueMicrotask(() => {
    for (const known of [assignee, team, requester, ...timeline.map(({ actor }) => actor)]) if (known?.id && known.name) learn(known.id, known.name);
  });
}

interface DrawnProps {
  of: OneTicket;
  one: ReturnType<typeof useTicket>;
  declared: readonly Declared[];
  own: ReadonlyMap<string, string>;
}

function Drawn({ of, one, declared, own }: DrawnProps) {
  const t = say(WORDS);
  const { ticket } = of;
  const [part, setPart] = useState<"conversation" | "timeline" | "sla">("conversation");
  const [tab, setTab] = useState<Tab>("public");
  const [asked, ask] = useState<Asked | null>(null);
  const last = ticket.comments.at(-1)?.created_at ?? "";
  const me = session.value!.user.id;
  // What others said after these moments is new: to the eye, and to what one is writing.
  const [since] = useState(last);
  const [seen, setSeen] = useState(last);
  const newer = ticket.comments.filter(({ created_at, author, deleted_at }) => created_at > seen && author?.id !== me && !deleted_at);
  const area = useRef<HTMLTextAreaElement>(null);
  const { from = route.value.params.return, compose } = route.value.params;
  useShortcuts({
    r: () => write("public"),
    n: () => write("internal"),
    a: () => of.may("assign") && ask("assign"),
  });
  useEffect(() => {
    if (!compose) return;
    set({ compose: undefined });
    write(compose === "note" ? "internal" : "public");
  }, [compose]);
  const write = (kind: Tab) => {
    setPart("conversation");
    setTab(kind);
    requestAnimationFrame(() => area.current?.focus());
  };
  return (
    <div class="page ticket">
      <Header of={of} heard={one.heard} from={from} asked={asked} ask={ask} />
      <div class="columns">
        <div class="stack">
          <Tabs label={t.parts} chosen={part} onChoose={setPart} tabs={[["conversation", `${t.conversation} ${ticket.comments.length || ""}`], ["timeline", t.timeline], ["sla", t.sla]]}>
            {part === "conversation" && <Conversation of={of} since={since} own={own} meId={me} onChanged={() => void of.reload()} />}
            {part === "timeline" && <Timeline ticket={ticket} own={own} />}
            {part === "sla" && <SlaPanel ticketId={ticket.id} pulse={of.pulse} />}
          </Tabs>
          <div class="dock" hidden={part !== "conversation"}>
            <Composer of={of} tab={tab} onTab={setTab} newer={newer} onSeen={() => setSeen(last)} area={area} />
          </div>
        </div>
        <aside class="stack" aria-label={t.beside}>
          <Properties of={of} declared={declared} ask={ask} />
          <Requester ticket={ticket} returns={from} />
          <Rating ticketId={ticket.id} pulse={of.pulse} />
          <Watchers of={of} />
          <Links of={of} />
          <TimeSpent of={of} />
          <Similar ticketId={ticket.id} />
        </aside>
      </div>
    </div>
  );
}

/** Single letters, where nobody is writing and no dialog is open. */
function useShortcuts(deeds: Readonly<Record<string, () => unknown>>): void {
  const latest = useRef(deeds);
  latest.current = deeds;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const at = event.target as Element;
      if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select, dialog, [role=menu]") || document.querySelector("dialog[open]")) return;
      const deed = latest.current[event.key];
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
