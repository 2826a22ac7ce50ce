/** The promises on a ticket, each explained: how its due time came about, as a bar and as a table. */

import { now } from "../core/clock";
import { api, take } from "../core/api";
import { moment, number, span } from "../core/format";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Empty, Show } from "../ui/states";
import { TERMS } from "../ui/words";
import { SlaBar, type Explained } from "./sla-bar";

const WORDS = words({
  en: {
    none: "Nothing is promised on this ticket.",
    policy: (name: string) => `By the policy “${name}”`,
    own: "Without a policy",
    cycle: (count: number) => `no. ${count}`,
    states: { running: "running", paused: "paused", kept: "kept", broken: "broken", late: "past due", ended: "withdrawn" },
    goal: "Promised", elapsed: "Counted so far", used: "Used before", remaining: "Remaining", overdue: "Over by", due: "Due", never: "Never", started: "Began", done: "Done",
    minutes: (text: string) => `${text} min`,
    business: "Minutes are of business time.",
    calendar: (name: string, zone: string) => `Hours of “${name}” (${zone})`,
    closedNow: "closed now",
    table: (metric: string) => `How ${metric} is counted`,
    from: "From", to: "To", kind: "What", counts: "Minutes",
    reasons: { within_hours: "counted", paused: "paused", outside_hours: "outside hours", holiday: "holiday" },
    total: "Counted in all", pausedTotal: "Paused", closedTotal: "Outside hours",
    truncated: "There are more intervals than are shown; the sums are of all.",
    old: "The calendar was changed since: what had finished by then stands, the intervals are those of today.",
    overtime: "past due",
    steps: "Announced", step: { warning: "Warning", breach: "Breach", escalation: "Escalation" }, fired: "announced", planned: "planned",
    show: "All intervals",
  },
  es: {
    none: "Este ticket no tiene compromisos.",
    policy: (name: string) => `Según la política «${name}»`,
    own: "Sin política",
    cycle: (count: number) => `n.º ${count}`,
    states: { running: "en curso", paused: "en pausa", kept: "cumplido", broken: "incumplido", late: "vencido", ended: "retirado" },
    goal: "Prometido", elapsed: "Contado hasta ahora", used: "Consumido antes", remaining: "Restante", overdue: "Excedido en", due: "Vence", never: "Nunca", started: "Comenzó", done: "Hecho",
    minutes: (text: string) => `${text} min`,
    business: "Los minutos son de horario laboral.",
    calendar: (name: string, zone: string) => `Horario de «${name}» (${zone})`,
    closedNow: "ahora cerrado",
    table: (metric: string) => `Cómo se cuenta: ${metric}`,
    from: "Desde", to: "Hasta", kind: "Qué", counts: "Minutos",
    reasons: { within_hours: "contado", paused: "en pausa", outside_hours: "fuera de horario", holiday: "festivo" },
    total: "Contado en total", pausedTotal: "En pausa", closedTotal: "Fuera de horario",
    truncated: "Hay más intervalos de los que se muestran; las sumas son de todos.",
    old: "El calendario cambió desde entonces: lo que ya había terminado se mantiene, los intervalos son los de hoy.",
    overtime: "vencido",
    steps: "Avisos", step: { warning: "Aviso", breach: "Incumplimiento", escalation: "Escalado" }, fired: "anunciado", planned: "previsto",
    show: "Todos los intervalos",
  },
});

export function SlaPanel({ ticketId, pulse }: { ticketId: string; pulse: number }) {
  const t = say(WORDS);
  const explained = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/sla", { params: { path: { ticket_id: ticketId } } })), [ticketId, pulse]);
  return (
    <Show of={explained}>
      {({ policy, targets }) =>
        targets.length === 0 ? (
          <div class="card"><Empty>{t.none}</Empty></div>
        ) : (
          <div class="stack">
            <p class="soft">{policy ? t.policy(policy.name) : t.own}. {t.business}</p>
            {[...targets].sort(byUrgency).map((target) => <Promised key={`${target.metric}${target.cycle}`} of={target} />)}
          </div>
        )
      }
    </Show>
  );
}

/** What runs comes first, the sooner due the sooner; what is over after it, the newest first. */
const byUrgency = (one: Explained, other: Explained): number => {
  const over = (target: Explained) => Number(Boolean(target.fulfilled_at ?? target.ended_at));
  if (over(one) !== over(other)) return over(one) - over(other);
  const times = ({ due_at, started_at }: Explained) => Date.parse(due_at ?? started_at);
  return over(one) ? times(other) - times(one) : times(one) - times(other);
};

function stateOf(target: Explained): keyof typeof WORDS.en.states {
  if (target.fulfilled_at) return target.breached ? "broken" : "kept";
  if (target.ended_at) return "ended";
  if (target.breached) return "late";
  return target.paused ? "paused" : "running";
}

const LOOKS = { running: "info", paused: "warn", kept: "good", broken: "bad", late: "bad", ended: "" };

function Promised({ of }: { of: Explained }) {
  const t = say(WORDS);
  const metric = say(TERMS).metric[of.metric];
  const state = stateOf(of);
  const title = `${metric}${of.cycle > 1 ? ` ${t.cycle(of.cycle)}` : ""}`;
  const minutes = (count: number) => (Math.abs(count) < 120 ? t.minutes(number(count, 1)) : span(count * 60));
  return (
    <section class="card padded stack promise" aria-label={title}>
      <div class="row apart">
        <h2>{title} <span class={`badge ${LOOKS[state]}`}>{t.states[state]}</span></h2>
        <span class="small soft">{t.calendar(of.calendar.name, of.timezone)}{!of.within_hours && !of.fulfilled_at && !of.ended_at && ` · ${t.closedNow}`}</span>
      </div>
      <SlaBar of={of} now={now.value} />
      <dl class="facts">
        <div><dt>{t.goal}</dt><dd>{minutes(of.goal)}</dd></div>
        {of.used_before > 0 && <div><dt>{t.used}</dt><dd>{minutes(of.used_before)}</dd></div>}
        <div><dt>{t.elapsed}</dt><dd>{minutes(of.elapsed)}</dd></div>
        <div><dt>{of.remaining < 0 ? t.overdue : t.remaining}</dt><dd class={of.remaining < 0 ? "bad" : undefined}>{minutes(Math.abs(of.remaining))}</dd></div>
        <div><dt>{t.due}</dt><dd>{of.due_at ? moment(of.due_at) : of.paused ? t.states.paused : t.never}</dd></div>
        {of.fulfilled_at && <div><dt>{t.done}</dt><dd>{moment(of.fulfilled_at)}</dd></div>}
      </dl>
      {!of.adds_up && <p class="small soft">{t.old}</p>}
      <details>
        <summary class="small">{t.show}</summary>
        <Intervals of={of} title={t.table(metric)} />
      </details>
      {of.steps.length > 0 && (
        <p class="small soft">
          {t.steps}: {of.steps.filter(({ at }) => at).map((step) => `${t.step[step.kind]}${step.percent && step.kind === "warning" ? ` ${step.percent} %` : ""} ${moment(step.fired_at ?? step.at!)} (${step.fired_at ? t.fired : t.planned})`).join(" · ")}
        </p>
      )}
    </section>
  );
}

function Intervals({ of, title }: { of: Explained; title: string }) {
  const t = say(WORDS);
  const rows = [...of.explain.intervals.map((one) => [one, false] as const), ...(of.overtime?.intervals ?? []).map((one) => [one, true] as const)];
  const sums = [of.explain, ...(of.overtime ? [of.overtime] : [])];
  const sum = (kind: "counted" | "paused" | "closed") => number(sums.reduce((all, one) => all + one[kind], 0), 1);
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={title}>
      <table class="table small">
        <caption class="unseen">{title}</caption>
        <thead><tr><th scope="col">{t.from}</th><th scope="col">{t.to}</th><th scope="col">{t.kind}</th><th scope="col" class="end">{t.counts}</th></tr></thead>
        <tbody>
          {rows.map(([interval, isLate]) => (
            <tr key={interval.start} data-kind={interval.kind}>
              <td class="numbers">{moment(interval.start)}</td>
              <td class="numbers">{moment(interval.end)}</td>
              <td>{t.reasons[interval.reason]}{interval.name && ` (${interval.name})`}{isLate && interval.kind === "counted" && ` · ${t.overtime}`}</td>
              <td class="end numbers">{number(interval.minutes, 1)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr><th scope="row" colSpan={3}>{t.total}</th><td class="end numbers strong">{sum("counted")}</td></tr>
          {sums.some(({ paused }) => paused > 0) && <tr><th scope="row" colSpan={3}>{t.pausedTotal}</th><td class="end numbers">{sum("paused")}</td></tr>}
          {sums.some(({ closed }) => closed > 0) && <tr><th scope="row" colSpan={3}>{t.closedTotal}</th><td class="end numbers">{sum("closed")}</td></tr>}
        </tfoot>
      </table>
      {sums.some(({ truncated }) => truncated) && <p class="small soft">{t.truncated}</p>}
    </div>
  );
}
