/** What is at work at this moment, and what to look at first. */

import { RefreshCw } from "lucide";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { asProblem } from "../core/problem";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Page } from "../ui/page";
import { PriorityMark, StatusBadge } from "../ui/badges";
import { Moment } from "../ui/time";
import { Attention } from "./attention";
import { Figures } from "./counting";
import { useFigures, useFreshness } from "./fresh";
import { Share, Tile } from "./tiles";

const WORDS = words({
  en: {
    title: "Now", lead: "What is at work, as of", refresh: "Refresh", atLeast: "More than 50,000 tickets are active: there are at least as many as is told.",
    tiles: { active: "Active", new: "New", unassigned: "Unassigned", due: "Due in 24 h", breached: "Past due", waiting: "Waiting" },
    hints: { active: "new, open, pending, on hold", new: "nobody has looked yet", unassigned: "active, with no assignee", due: (today: number) => `${number(today)} due today, past due ones included`, breached: "active, promise not kept", waiting: "pending or on hold" },
    byTeam: "By team", byAgent: "By agent", byPriority: "By priority", byStatus: "By status", team: "Team", agent: "Agent", activeNow: "Active", nobody: "Nobody", late: "Past due", unassigned: "Unassigned", resolvedToday: "Resolved today", none: "Nothing is at work.",
  },
  es: {
    title: "Ahora", lead: "Lo que está en curso a fecha de", refresh: "Actualizar", atLeast: "Hay más de 50.000 tickets activos: son al menos los que se indican.",
    tiles: { active: "Activos", new: "Nuevos", unassigned: "Sin asignar", due: "Vencen en 24 h", breached: "Vencidos", waiting: "En pausa" },
    hints: { active: "nuevos, abiertos, pendientes, en espera", new: "nadie los ha visto aún", unassigned: "activos, sin responsable", due: (today) => `${number(today)} vencen hoy, incluidos los vencidos`, breached: "activos, con un compromiso incumplido", waiting: "pendientes o en espera" },
    byTeam: "Por equipo", byAgent: "Por agente", byPriority: "Por prioridad", byStatus: "Por estado", team: "Equipo", agent: "Agente", activeNow: "Activos", nobody: "Nadie", late: "Vencidos", unassigned: "Sin asignar", resolvedToday: "Resueltos hoy", none: "No hay nada en curso.",
  },
});

export const ACTIVE = { status: "active" };
const STATUSES = ["new", "open", "pending", "on_hold"] as const;
const PRIORITIES = ["urgent", "high", "medium", "low"] as const;
const DUE = { ...ACTIVE, due_within_hours: 24, breached: false };

/** What is not to be had just now is left out, and the rest is shown. */
const rather = <T,>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((thrown) => {
    if (asProblem(thrown).isPassing) return null;
    throw thrown;
  });

async function load() {
  const [now, due, today] = await Promise.all([
    take(api.GET("/v1/dashboard", { params: { query: { limit: 25 } } })),
    rather(take(api.GET("/v1/tickets", { params: { query: { ...DUE, count: true, limit: 1 } } }))),
    rather(take(api.GET("/v1/analytics/dashboard", { params: { query: { days: 1 } } }))),
  ]);
  return { now, due: due?.count ?? null, agents: today?.by_agent ?? null, at: new Date().toISOString() };
}

export default function Dashboard() {
  const t = say(WORDS);
  const loaded = useFigures(load, []);
  useFreshness(loaded.reload);
  const lead = loaded.data && <>{t.lead} <Moment at={loaded.data.at} /></>;
  return (
    <Page title={t.title} lead={lead ?? " "} actions={<Button icon={RefreshCw} busy={loaded.loading} onClick={loaded.reload}>{t.refresh}</Button>}>
      <Figures of={loaded} lines={12}>
        {({ now, due, agents }) => (
          <>
            {!now.counts_are_exact && <p class="note warn">{t.atLeast}</p>}
            <Tiles now={now} due={due} />
            <div class="dashboard">
              <Attention items={now.attention} />
              <div class="stack wide">
                <div class="pair">
                  <section class="card padded stack" aria-label={t.byPriority}>
                    <h2>{t.byPriority}</h2>
                    {PRIORITIES.map((priority) => (
                      <Share key={priority} href={to("queue", { ...ACTIVE, priority })} name={<PriorityMark priority={priority} />} count={now.by_priority[priority]} of={now.active} />
                    ))}
                  </section>
                  <section class="card padded stack" aria-label={t.byStatus}>
                    <h2>{t.byStatus}</h2>
                    {STATUSES.map((status) => (
                      <Share key={status} href={to("queue", { status })} name={<StatusBadge status={status} />} count={now.by_status[status]} of={now.active} />
                    ))}
                  </section>
                </div>
                <ByTeam teams={now.by_team} />
                {agents && <ByAgent agents={agents} />}
              </div>
            </div>
          </>
        )}
      </Figures>
    </Page>
  );
}

function Tiles({ now, due }: { now: Schema<"DashboardOut">; due: number | null }) {
  const t = say(WORDS);
  return (
    <ul class="tiles">
      <Tile name={t.tiles.active} hint={t.hints.active} value={now.active} href={to("queue", ACTIVE)} />
      <Tile name={t.tiles.new} hint={t.hints.new} value={now.by_status.new} href={to("queue", { status: "new" })} />
      <Tile name={t.tiles.unassigned} hint={t.hints.unassigned} value={now.unassigned} href={to("queue", { ...ACTIVE, assignee: "none" })} look={now.unassigned ? "warn" : undefined} />
      <Tile name={t.tiles.due} hint={t.hints.due(now.due_today)} value={due} href={to("queue", { ...DUE, sort: "due_at" })} look={due ? "warn" : undefined} />
      <Tile name={t.tiles.breached} hint={t.hints.breached} value={now.breached} href={to("queue", { ...ACTIVE, breached: true, sort: "due_at" })} look={now.breached ? "bad" : undefined} />
      <Tile name={t.tiles.waiting} hint={t.hints.waiting} value={now.by_status.pending + now.by_status.on_hold} href={to("queue", { status: "pending,on_hold" })} />
    </ul>
  );
}

function ByTeam({ teams }: { teams: Schema<"DashboardOut">["by_team"] }) {
  const t = say(WORDS);
  const most = Math.max(1, ...teams.map(({ active }) => active));
  const linked = (count: number, query: Parameters<typeof to>[1]) => (count ? <a href={to("queue", query)}>{number(count)}</a> : "0");
  return (
    <section class="card" aria-label={t.byTeam}>
      <header><h2>{t.byTeam}</h2></header>
      {teams.length ? (
        <div class="table-frame">
          <table class="table numbers">
            <thead><tr><th scope="col">{t.team}</th><th scope="col">{t.activeNow}</th><th scope="col" class="end">{t.unassigned}</th><th scope="col" class="end">{t.late}</th></tr></thead>
            <tbody>
              {teams.map(({ team, active, unassigned, breached }) => (
                <tr key={team.id}>
                  <td class="who"><a href={to("queue", { ...ACTIVE, team: team.id })}>{team.name}</a></td>
                  <td><Bar value={active} most={most} /></td>
                  <td class="end">{linked(unassigned, { ...ACTIVE, team: team.id, assignee: "none" })}</td>
                  <td class="end">{linked(breached, { ...ACTIVE, team: team.id, breached: true })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="soft nothing">{t.none}</p>}
    </section>
  );
}

export const Bar = ({ value, most, tone = 1 }: { value: number; most: number; tone?: number }) => (
  <span class="bar-cell"><span class="figure">{number(value)}</span><span class="track" aria-hidden="true"><i style={{ inlineSize: `${(100 * value) / Math.max(1, most)}%`, background: `var(--chart-${tone})` }} /></span></span>
);

function ByAgent({ agents }: { agents: readonly Schema<"GroupOut">[] }) {
  const t = say(WORDS);
  const rows = agents.filter(({ backlog, resolved }) => backlog || resolved).sort((a, b) => b.backlog - a.backlog);
  const most = Math.max(1, ...rows.map(({ backlog }) => backlog));
  return (
    <section class="card" aria-label={t.byAgent}>
      <header><h2>{t.byAgent}</h2></header>
      {rows.length ? (
        <div class="table-frame">
          <table class="table numbers">
            <thead><tr><th scope="col">{t.agent}</th><th scope="col">{t.activeNow}</th><th scope="col" class="end">{t.resolvedToday}</th></tr></thead>
            <tbody>
              {rows.map(({ value, name, backlog, resolved }) => (
                <tr key={value}>
                  <td class="who">{value ? <a href={to("agent", { id: value })}>{name}</a> : <a href={to("queue", { ...ACTIVE, assignee: "none" })}>{t.nobody}</a>}</td>
                  <td><Bar value={backlog} most={most} /></td>
                  <td class="end">{number(resolved)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="soft nothing">{t.none}</p>}
    </section>
  );
}
