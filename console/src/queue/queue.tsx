/** The staff's queue: views, filters, search, the list, and what one does to several at once. */

import { CircleQuestionMark, Plus } from "lucide";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { here, set as setAddress, to } from "../core/router";
import { say, words } from "../core/words";
import { leaveTrail } from "../core/trail";
import { useLoad } from "../core/load";
import { Button, ButtonLink } from "../ui/button";
import { customFields } from "../ui/lookups";
import { Page } from "../ui/page";
import { isWide } from "../ui/wide";
import { Empty, More, ProblemNote, Waiting } from "../ui/states";
import { USUAL } from "./columns";
import { FilterBar } from "./filter-bar";
import { Help } from "./help";
import { filterOf, place, refine, sortOf } from "./place";
import { Rows } from "./rows";
import { useTickets, type Source, type Ticket } from "./tickets";
import { useSelection } from "./selection";
import { CountOf, ViewList, VIEW_WORDS } from "./view-list";
import { useViews } from "./views";
import { useWalk } from "./walk";

const WORDS = words({
  en: {
    newTicket: "New ticket", keys: "Keys", empty: "No tickets here.", emptySearch: "Nothing matches. Try other words, or fewer filters.", gone: "This view is not there any more, or not shared with you.",
    fresh: (count: number) => (count === 1 ? "1 new ticket" : `${count} new tickets`), show: "Show", edited: "changed", reset: "Back to the view",
    shown: (shown: number, of: string) => `${shown} of ${of}`,
  },
  es: {
    newTicket: "Nuevo ticket", keys: "Teclas", empty: "No hay tickets aquí.", emptySearch: "Sin resultados. Pruebe otras palabras o menos filtros.", gone: "Esta vista ya no existe o no está compartida con usted.",
    fresh: (count) => (count === 1 ? "1 ticket nuevo" : `${count} tickets nuevos`), show: "Mostrar", edited: "modificada", reset: "Volver a la vista",
    shown: (shown, of) => `${shown} de ${of}`,
  },
});

export default function Queue() {
  const t = say(WORDS);
  const at = place.value;
  const views = useViews();
  const fields = useLoad(async () => (await customFields()).filter((field) => field.active), []);
  const filter = filterOf(at, views.of.data);
  const sort = sortOf(at, views.of.data);
  const source = useMemo<Source>(
    () => (at.view && !at.edited ? { view: at.view, sort: at.sort } : { filter: at.edited ?? filter ?? {}, sort }),
    // What it depends on is all in the address; a view's filter is the API's to know.
    [at],
  );
  const tickets = useTickets(source, views.stale);
  const view = views.of.data?.find((each) => each.id === at.view);
  const title = at.view ? view?.name ?? (views.of.data ? t.gone : "…") : say(VIEW_WORDS).boxes[at.box!];
  const selection = useSelection(tickets.rows ?? NONE);
  const search = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<"help" | null>(null);
  const walk = useWalk({ rows: tickets.rows ?? NONE, selection, search, onHelp: () => setDialog("help"), onAssign: () => {}, onAssignToMe: () => {} });
  const columns = view?.columns.length ? withSubject(view.columns) : USUAL;
  const names = useMemo(() => new Map(fields.data?.map((field) => [field.key, field.name])), [fields.data]);
  const onFilter = useCallback((next: Parameters<typeof refine>[0], how?: Parameters<typeof refine>[2]) => refine(next, views.of.data, how), [views.of.data]);
  useEffect(() => {
    if (!tickets.rows) return;
    leaveTrail(here(), tickets.rows.map((row) => row.id));
    if (!performance.getEntriesByName("queue-drawn").length) performance.mark("queue-drawn");
  }, [tickets.rows]);
  const count = at.edited ? undefined : views.counts.get(views.entry(at));
  const list = <ViewList views={views} title={title} onManage={() => {}} />;
  return (
    <div class="queue">
      {isWide.value && list}
      <Page
        title={title}
        actions={
          <>
            {!isWide.value && list}
            <CountOf count={count} />
            {isWide.value && <Button look="quiet" icon={CircleQuestionMark} label={t.keys} aria-keyshortcuts="?" onClick={() => setDialog("help")} />}
            <ButtonLink look="main" icon={Plus} href={to("new-ticket")} aria-keyshortcuts="n">{t.newTicket}</ButtonLink>
          </>
        }
      >
        <FilterBar filter={filter ?? {}} sort={sort} fields={fields.data ?? []} onFilter={onFilter} search={search} />
        <div class="list card">
          {tickets.fresh.size > 0 && (
            <div class="fresh" role="status">
              <button type="button" class="link" onClick={() => void tickets.reload()}>{t.fresh(tickets.fresh.size)} · {t.show}</button>
            </div>
          )}
          {tickets.problem && <ProblemNote problem={tickets.problem} retry={tickets.rows ? tickets.more : tickets.reload} />}
          {tickets.rows && tickets.rows.length > 0 && (
            <Rows rows={tickets.rows} columns={columns} chosen={selection.chosen} here={walk.here} left={tickets.left} sort={sort} fields={names} choose={selection.choose} onSort={(next) => setAddress({ sort: next }, { replace: false })} onHere={walk.setHere} onChooseAll={selection.chooseAll} />
          )}
          {tickets.rows?.length === 0 && <Empty>{filter?.query ? t.emptySearch : t.empty}</Empty>}
          {!tickets.rows && tickets.busy && <Waiting lines={12} />}
          {tickets.next && <More onClick={() => void tickets.more()} busy={tickets.busy} />}
        </div>
      </Page>
      {dialog === "help" && <Help onClose={() => setDialog(null)} />}
    </div>
  );
}

const NONE: readonly Ticket[] = [];

/** A ticket is opened by its subject: without one it stands first. */
const withSubject = (columns: readonly string[]): readonly string[] => (columns.includes("subject") ? columns : ["subject", ...columns]);
