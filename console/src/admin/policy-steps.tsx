/** What a policy announces before and after a promise is due, and what is then done. */

import { Plus, X } from "lucide";

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { OneById } from "../ui/by-id";
import { Options } from "../ui/form";
import { Ticks } from "../ui/several";
import { TERMS } from "../ui/words";
import type { Wrong } from "./places";

export type Warned = Schema<"WarningIn">;
export type Escalation = Schema<"EscalationIn">;
type Step = Escalation["actions"][number];
type Notified = Schema<"NotifiedIn">;

const WORDS = words({
  en: {
    warnings: "Warnings",
    warningsHint: "Told to the assignee, or the team, before a promise is due.",
    warning: (which: number) => `Warning ${which}`,
    percent: "% of its time has passed",
    before: "working minutes before",
    unit: "Measure",
    amount: "How much",
    metrics: "Of which promises",
    addWarning: "Add warning",
    escalations: "Escalations",
    escalationsHint: "What is done when a promise is about to break, or has broken.",
    escalation: (which: number) => `Escalation ${which}`,
    addEscalation: "Add escalation",
    minutes: "Working minutes",
    when: "When",
    whens: { before: "before due", after: "after due" },
    metric: "Of which promise",
    any: "Any promise",
    do: "What to do",
    actions: { notify: "Tell", raise_priority: "Raise the priority", assign: "Assign", transfer: "Transfer" },
    addAction: "Add action",
    whom: "Whom",
    kinds: { assignee: "The ticket's assignee", team: "The ticket's team", admin: "All admins", dispatcher: "All dispatchers", agent: "All agents", team_id: "A team…", user_id: "Somebody…" },
    addWhom: "Tell somebody else",
    up: "Up to",
    step: "By one step",
    person: "To whom",
    nobody: "Nobody",
    team: "To team",
    remove: (what: string) => `Remove ${what}`,
  },
  es: {
    warnings: "Avisos",
    warningsHint: "Llegan al agente asignado, o al equipo, antes de que venza un compromiso.",
    warning: (which: number) => `Aviso ${which}`,
    percent: "% de su tiempo ha pasado",
    before: "minutos laborables antes",
    unit: "Medida",
    amount: "Cuánto",
    metrics: "De qué compromisos",
    addWarning: "Añadir aviso",
    escalations: "Escalados",
    escalationsHint: "Lo que se hace cuando un compromiso está por vencer o ha vencido.",
    escalation: (which: number) => `Escalado ${which}`,
    addEscalation: "Añadir escalado",
    minutes: "Minutos laborables",
    when: "Cuándo",
    whens: { before: "antes de vencer", after: "después de vencer" },
    metric: "De qué compromiso",
    any: "Cualquier compromiso",
    do: "Qué se hace",
    actions: { notify: "Avisar", raise_priority: "Subir la prioridad", assign: "Asignar", transfer: "Transferir" },
    addAction: "Añadir acción",
    whom: "A quién",
    kinds: { assignee: "El agente asignado", team: "El equipo del ticket", admin: "Todos los administradores", dispatcher: "Todos los coordinadores", agent: "Todos los agentes", team_id: "Un equipo…", user_id: "Una persona…" },
    addWhom: "Avisar a alguien más",
    up: "Hasta",
    step: "Un nivel",
    person: "A quién",
    nobody: "Nadie",
    team: "Al equipo",
    remove: (what: string) => `Quitar ${what}`,
  },
});

const without = <T,>(list: readonly T[], place: number): T[] => list.filter((_, each) => each !== place);
const put = <T,>(list: readonly T[], place: number, item: T): T[] => list.map((was, each) => (each === place ? item : was));

export function Warnings({ warnings, onChange, wrong }: { warnings: readonly Warned[]; onChange: (warnings: Warned[]) => void; wrong: Wrong }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  return (
    <fieldset class="stack">
      <legend>{t.warnings}</legend>
      <p class="soft small">{t.warningsHint}</p>
      {warnings.map((warning, place) => {
        const isPercent = warning.percent !== undefined;
        const its = wrong(`warnings.${place}`);
        const metrics = warning.metrics ?? (Object.keys(terms.metric) as (keyof typeof terms.metric)[]);
        const change = (unit: string, amount: number) => onChange(put(warnings, place, { ...(warning.metrics && { metrics: warning.metrics }), ...(unit === "percent" ? { percent: amount } : { minutes_before: amount }) }));
        return (
          <div class="part" role="group" aria-label={t.warning(place + 1)} key={place}>
            <div class="row">
              <input class="input small amount" type="number" min={1} max={isPercent ? 99 : undefined} aria-label={t.amount} aria-invalid={its ? "true" : undefined} value={warning.percent ?? warning.minutes_before} onInput={(event) => change(isPercent ? "percent" : "minutes", Number(event.currentTarget.value))} />
              <select class="input small auto" aria-label={t.unit} value={isPercent ? "percent" : "minutes"} onChange={(event) => change(event.currentTarget.value, event.currentTarget.value === "percent" ? 75 : 30)}>
                <Options of={{ percent: t.percent, minutes: t.before }} />
              </select>
              <span class="grow" />
              <Button look="quiet" small icon={X} label={t.remove(t.warning(place + 1))} onClick={() => onChange(without(warnings, place))} />
            </div>
            <Ticks label={t.metrics} hidden options={terms.metric} values={metrics} onChange={(chosen) => { const { metrics: _, ...rest } = warning; onChange(put(warnings, place, chosen.length === 4 ? rest : { ...rest, metrics: chosen })); }} />
            {its && <div class="error">{its}</div>}
          </div>
        );
      })}
      {warnings.length < 5 && <div><Button small icon={Plus} onClick={() => onChange([...warnings, { percent: 50 }])}>{t.addWarning}</Button></div>}
    </fieldset>
  );
}

export function Escalations({ escalations, onChange, wrong }: { escalations: readonly Escalation[]; onChange: (escalations: Escalation[]) => void; wrong: Wrong }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  return (
    <fieldset class="stack">
      <legend>{t.escalations}</legend>
      <p class="soft small">{t.escalationsHint}</p>
      {escalations.map((escalation, place) => {
        const change = (some: Partial<Escalation>) => onChange(put(escalations, place, { ...escalation, ...some }));
        const its = wrong(`escalations.${place}`, ["actions"]);
        const used = escalation.actions.map(({ action }) => action);
        const free = (Object.keys(t.actions) as Step["action"][]).filter((action) => !used.includes(action));
        return (
          <div class="part" role="group" aria-label={t.escalation(place + 1)} key={escalation.id ?? place}>
            <div class="row">
              <input class="input small amount" type="number" min={0} aria-label={t.minutes} aria-invalid={its ? "true" : undefined} value={escalation.minutes} onInput={(event) => change({ minutes: Number(event.currentTarget.value) })} />
              <span class="small">min</span>
              <select class="input small auto" aria-label={t.when} value={escalation.when} onChange={(event) => change({ when: event.currentTarget.value as "before" })}><Options of={t.whens} /></select>
              <select class="input small auto" aria-label={t.metric} value={escalation.metric ?? ""} onChange={(event) => change({ metric: (event.currentTarget.value || null) as Escalation["metric"] })}>
                <Options of={[["", t.any], ...Object.entries(terms.metric)]} />
              </select>
              <span class="grow" />
              <Button look="quiet" small icon={X} label={t.remove(t.escalation(place + 1))} onClick={() => onChange(without(escalations, place))} />
            </div>
            {its && <div class="error">{its}</div>}
            {escalation.actions.map((step, which) => (
              <Doing key={step.action} step={step} error={wrong(`escalations.${place}.actions.${which}`)} onChange={(next) => change({ actions: put(escalation.actions, which, next) })} onRemove={escalation.actions.length > 1 ? () => change({ actions: without(escalation.actions, which) }) : undefined} free={free} />
            ))}
            {free.length > 0 && <div><Button look="quiet" small icon={Plus} onClick={() => change({ actions: [...escalation.actions, fresh(free[0]!)] })}>{t.addAction}</Button></div>}
          </div>
        );
      })}
      {escalations.length < 10 && <div><Button small icon={Plus} onClick={() => onChange([...escalations, { metric: "resolution", when: "before", minutes: 60, actions: [fresh("notify")] }])}>{t.addEscalation}</Button></div>}
    </fieldset>
  );
}

function fresh(action: Step["action"]): Step {
  if (action === "notify") return { action, to: [{ to: "assignee" }] };
  if (action === "assign") return { action, assignee_id: null };
  if (action === "transfer") return { action, team_id: "" };
  return { action };
}

function Doing({ step, error, onChange, onRemove, free }: { step: Step; error: string | undefined; onChange: (step: Step) => void; onRemove?: () => void; free: readonly Step["action"][] }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const kinds = Object.fromEntries([step.action, ...free].map((action) => [action, t.actions[action]]));
  return (
    <div class="doing">
      <select class="input small" aria-label={t.do} value={step.action} onChange={(event) => onChange(fresh(event.currentTarget.value as Step["action"]))}><Options of={kinds} /></select>
      <div class="stack tight">
        {step.action === "notify" && <Whom to={step.to} onChange={(to) => onChange({ ...step, to })} />}
        {step.action === "raise_priority" && (
          <select class="input small auto" aria-label={t.up} value={step.to ?? ""} onChange={(event) => onChange(event.currentTarget.value ? { ...step, to: event.currentTarget.value as Schema<"Priority"> } : { action: "raise_priority" })}>
            <Options of={[["", t.step], ...(["medium", "high", "urgent"] as const).map((each) => [each, `${t.up}: ${terms.priority[each]}`] as const)]} />
          </select>
        )}
        {step.action === "assign" && <OneById of="staff" hidden label={t.person} placeholder={t.nobody} id={step.assignee_id} onChoose={(id) => onChange({ ...step, assignee_id: id })} />}
        {step.action === "transfer" && <OneById of="team" hidden label={t.team} id={step.team_id || null} onChoose={(id) => onChange({ ...step, team_id: id ?? "" })} />}
        {error && <div class="error">{error}</div>}
      </div>
      {onRemove ? <Button look="quiet" small icon={X} label={t.remove(t.actions[step.action])} onClick={onRemove} /> : <span />}
    </div>
  );
}

type WhomKind = keyof (typeof WORDS)["en"]["kinds"];

const kindOf = (whom: Notified): WhomKind => whom.to ?? whom.role ?? (whom.team_id !== undefined ? "team_id" : "user_id");

function named(kind: WhomKind): Notified {
  if (kind === "assignee" || kind === "team") return { to: kind };
  if (kind === "team_id" || kind === "user_id") return { [kind]: "" };
  return { role: kind };
}

function Whom({ to, onChange }: { to: readonly Notified[]; onChange: (to: Notified[]) => void }) {
  const t = say(WORDS);
  return (
    <>
      {to.map((whom, place) => {
        const kind = kindOf(whom);
        return (
          <div class="row firm" key={place}>
            <select class="input small auto" aria-label={t.whom} value={kind} onChange={(event) => onChange(put(to, place, named(event.currentTarget.value as WhomKind)))}><Options of={t.kinds} /></select>
            {kind === "team_id" && <div class="grow"><OneById of="team" hidden label={t.kinds.team_id} id={whom.team_id || null} onChoose={(id) => onChange(put(to, place, { team_id: id ?? "" }))} /></div>}
            {kind === "user_id" && <div class="grow"><OneById of="staff" hidden label={t.kinds.user_id} id={whom.user_id || null} onChoose={(id) => onChange(put(to, place, { user_id: id ?? "" }))} /></div>}
            {to.length > 1 && <Button look="quiet" small icon={X} label={t.remove(t.kinds[kind])} onClick={() => onChange(without(to, place))} />}
          </div>
        );
      })}
      {to.length < 20 && <div><Button look="quiet" small icon={Plus} onClick={() => onChange([...to, { to: "team" }])}>{t.addWhom}</Button></div>}
    </>
  );
}
