/** The staff's queue: views, filters, search, the list, and what one does to several at once. */

import { BookmarkPlus, CircleQuestionMark, Plus, Save } from "lucide";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { go, here, set as setAddress, to } from "../core/router";
import { say, words } from "../core/words";
import { leaveTrail } from "../core/trail";
import { number } from "../core/format";
import { useLoad } from "../core/load";
import { asProblem } from "../core/problem";
import { Button, ButtonLink } from "../ui/button";
import { customFields } from "../ui/lookups";
import { Page } from "../ui/page";
import { Empty, More, ProblemNote, sentence, Waiting } from "../ui/states";
import { tell } from "../ui/toasts";
import { isWide } from "../ui/wide";
import { BulkBar, type Deed } from "./bulk-bar";
import { BulkDialog } from "./bulk-dialog";
import { BULK_WORDS } from "./bulk-words";
import { USUAL } from "./columns";
import { asDocument } from "./filter";
import { FilterBar } from "./filter-bar";
import { Help } from "./help";
import { ManageViews } from "./manage-views";
import { filterOf, place, refine, sortOf, type View } from "./place";
import { Results } from "./results";
import { Rows } from "./rows";
import { useRunning, type Target } from "./running";
import { countOf, keyOf, useTickets, type Source, type Ticket } from "./tickets";
import { useSelection } from "./selection";
import { maySharedViews, ViewForm } from "./view-form";
import { CountOf, ViewList, VIEW_WORDS } from "./view-list";
import { useViews, type Count } from "./views";
import { useWalk } from "./walk";

const WORDS = words({
  en: {
    newTicket: "New ticket", keys: "Keys", empty: "No tickets here.", emptySearch: "Nothing matches. Try other words, or fewer filters.", gone: "This view is not there any more, or not shared with you.",
    noView: "No such view", start: "To your queue",
    fresh: (count: number) => (count === 1 ? "1 new ticket" : `${count} new tickets`), show: "Show", shown: (count: number, more: boolean) => `${count === 1 ? "1 ticket is" : `${count} tickets are`} shown${more ? ", there are more" : ""}`, save: "Save as a view", keep: "Save the view", kept: (name: string) => `${name} is saved.`,
  },
  es: {
    newTicket: "Nuevo ticket", keys: "Teclas", empty: "No hay tickets aquí.", emptySearch: "Sin resultados. Pruebe otras palabras o menos filtros.", gone: "Esta vista ya no existe o no está compartida con usted.",
    noView: "No existe esa vista", start: "Ir a su cola",
    fresh: (count) => (count === 1 ? "1 ticket nuevo" : `${count} tickets nuevos`), show: "Mostrar", shown: (count, more) => `${count === 1 ? "Se muestra 1 ticket" : `Se muestran ${count} tickets`}${more ? ", hay más" : ""}`, save: "Guardar como vista", keep: "Guardar la vista", kept: (name) => `${name} se ha guardado.`,
  },
});

export default function Queue() {
  const t = say(WORDS);
  const bulk = say(BULK_WORDS);
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
  const title = at.view ? view?.name ?? (views.of.data ? t.noView : "…") : say(VIEW_WORDS).boxes[at.box!];
  const selection = useSelection(tickets.rows ?? NONE);
  // Nothing is done to what one does not see any more.
  useEffect(() => selection.clear(), [at.view, at.box, JSON.stringify(at.edited)]);
  const search = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<"help" | "save" | "manage" | { deed: Deed; target: Target } | { edit: View } | null>(null);
  const running = useRunning((run, ids) => {
    views.stale();
    void (ids && ids.length <= 100 ? tickets.renew(ids) : tickets.reload());
    selection.keep(run.failures.map((each) => each.ticket_id));
    if (!run.failures.length && !run.problem && !run.cancelled) tell(bulk.ended(run.what, number(run.counts.changed ?? 0)));
  });
  const toMe = (chosen: readonly Ticket[]) => running.start(bulk.assign, { tickets: chosen }, [{ action: "assign", assignee_id: "me" }]).catch((thrown) => tell(sentence(asProblem(thrown)), { look: "bad" }));
  const walk = useWalk({ rows: tickets.rows ?? NONE, selection, search, onHelp: () => setDialog("help"), onAssign: (chosen) => setDialog({ deed: "assign", target: targetOf(chosen) }), onAssignToMe: (chosen) => void toMe(chosen) });
  const total = useTotal(source, tickets.next !== null && (at.edited !== null || selection.chosen.size > 0), tickets.rows?.length ?? null);
  const targetOf = (chosen: readonly Ticket[]): Target => (selection.all && filter ? { filter: asDocument(filter), count: total?.count ?? null } : { tickets: chosen });
  const columns = view?.columns.length ? withSubject(view.columns) : USUAL;
  const names = useMemo(() => new Map(fields.data?.map((field) => [field.key, field.name])), [fields.data]);
  const onFilter = useCallback((next: Parameters<typeof refine>[0], how?: Parameters<typeof refine>[2]) => refine(next, views.of.data, how), [views.of.data]);
  useEffect(() => {
    if (!tickets.rows) return;
    leaveTrail(here(), tickets.rows.map((row) => row.id));
    if (!performance.getEntriesByName("queue-drawn").length) performance.mark("queue-drawn");
  }, [tickets.rows]);
  const count = at.edited ? total ?? undefined : views.counts.get(views.entry(at));
  const isGone = at.view !== null && tickets.problem?.status === 404;
  const keep = async (changed: View) => {
    try {
      const body = { filter: asDocument(filter ?? {}), sort: sort === "relevance" ? changed.sort : sort };
      await take(api.PATCH("/v1/views/{view_id}", { params: { path: { view_id: changed.id } }, body }));
      await views.of.reload();
      go("queue", { view: changed.id });
      tell(t.kept(changed.name));
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    }
  };
  const list = <ViewList views={views} title={title} onManage={() => setDialog("manage")} />;
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
        <FilterBar filter={filter ?? {}} sort={sort} fields={fields.data ?? []} onFilter={onFilter} search={search}>
          {(at.edited || at.sort) && (
            <>
              {view && mayChange(view) && <Button small look="quiet" icon={Save} onClick={() => void keep(view)}>{t.keep}</Button>}
              <Button small look="quiet" icon={BookmarkPlus} onClick={() => setDialog("save")}>{t.save}</Button>
            </>
          )}
        </FilterBar>
        <p class="unseen" role="status">{tickets.rows && t.shown(tickets.rows.length, tickets.next !== null)}</p>
        <div class="list card">
          {tickets.fresh.size > 0 && (
            <div class="fresh" role="status">
              <button type="button" class="link" onClick={() => void tickets.reload()}>{t.fresh(tickets.fresh.size)} · {t.show}</button>
            </div>
          )}
          {isGone && <Empty><p>{t.gone}</p><a href={to("queue")}>{t.start}</a></Empty>}
          {tickets.problem && !isGone && <ProblemNote problem={tickets.problem} retry={tickets.rows ? tickets.more : tickets.reload} />}
          {tickets.rows && tickets.rows.length > 0 && (
            <Rows rows={tickets.rows} columns={columns} chosen={selection.chosen} here={walk.here} left={tickets.left} sort={sort} fields={names} choose={selection.choose} onSort={(next) => setAddress({ sort: next }, { replace: false })} onHere={walk.setHere} onChooseAll={selection.chooseAll} />
          )}
          {tickets.rows?.length === 0 && <Empty>{filter?.query ? t.emptySearch : t.empty}</Empty>}
          {!tickets.rows && tickets.busy && <Waiting lines={12} />}
          {tickets.next && <More onClick={() => void tickets.more()} busy={tickets.busy} />}
        </div>
      </Page>
      <BulkBar selection={selection} matching={filter && total && (total.count ?? 0) > selection.chosen.size ? `${number(total.count!)}${total.count_is_exact ? "" : "+"}` : null} run={running.run} onDeed={(deed) => setDialog({ deed, target: targetOf([...selection.chosen.values()]) })} onStop={() => void running.cancel()} />
      {dialog === "help" && <Help onClose={() => setDialog(null)} />}
      {dialog === "save" && filter && <ViewForm view={null} filter={filter} sort={sort} fields={names} onSaved={() => void views.of.reload()} onClose={() => setDialog(null)} />}
      {dialog === "manage" && views.of.data && <ManageViews views={views.of.data} onChanged={views.of.reload} onEdit={(edit) => setDialog({ edit })} onClose={() => setDialog(null)} />}
      {typeof dialog === "object" && dialog && "edit" in dialog && <ViewForm view={dialog.edit} filter={{}} sort={sort} fields={names} onSaved={() => void views.of.reload()} onClose={() => setDialog(null)} />}
      {typeof dialog === "object" && dialog && "deed" in dialog && <BulkDialog deed={dialog.deed} target={dialog.target} running={running} onClose={() => setDialog(null)} />}
      {running.run?.ended && (running.run.failures.length > 0 || running.run.problem || running.run.cancelled) && <Results run={running.run} onClose={running.dismiss} />}
    </div>
  );
}

/** How many match, once somebody may want all of them: what is shown whole needs no counting. */
function useTotal(source: Source, isAsked: boolean, shown: number | null): Count | null {
  const [total, setTotal] = useState<{ key: string; count: Count } | null>(null);
  const key = keyOf(source);
  useEffect(() => {
    if (!isAsked || total?.key === key) return;
    countOf(source).then((count) => setTotal({ key, count }), () => null);
  }, [isAsked, key]);
  if (!isAsked) return { count: shown, count_is_exact: true };
  return total?.key === key ? total.count : null;
}

const NONE: readonly Ticket[] = [];

const mayChange = (view: View): boolean => !view.shared || maySharedViews();

/** A ticket is opened by its subject: without one it stands first. */
const withSubject = (columns: readonly string[]): readonly string[] => (columns.includes("subject") ? columns : ["subject", ...columns]);
