/** What a rule would do to a ticket, as it stands in its form, saved or not; and what it did. */

import { Check, CircleAlert, Minus, X } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { moment } from "../core/format";
import { useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { useNames } from "../ui/by-id";
import { Button } from "../ui/button";
import { Field, Options } from "../ui/form";
import { Icon } from "../ui/icon";
import { Empty, More, ProblemNote, Show } from "../ui/states";
import { type TicketHint, TicketPicker } from "../ui/tickets";
import { Ago } from "../ui/time";
import { ACTION_WORDS } from "./actions";
import { FIELDS, type Operator, type ValueKind } from "./condition-fields";
import { choicesOf } from "./condition-value";
import { CONDITION_WORDS } from "./conditions";
import { Effects } from "./effects";

const WORDS = words({
  en: {
    title: "Test",
    lead: "What the rule would do, as it stands in the form. It is tried and taken back: nothing is written or sent.",
    ticket: "On ticket",
    test: "Test",
    fires: "It would fire.",
    not: "It would not fire.",
    event: (sequence: number, action: string) => `Set off by entry ${sequence} of its timeline (${action})`,
    since: (from: string, at: string) => `The clock counts from ${from} to ${at}`,
    when: "When",
    all: "All of these",
    any: "At least one of these",
    has: "has",
    nothing: "nothing",
    then: "Then",
    ifFired: "What its actions would do",
    unchanged: "nothing to change",
    together: "All together",
    did: "What it did",
    didLead: "The last 30 days, newest first.",
    none: "It has not fired in the last 30 days.",
    outcome: "Outcome",
    outcomes: { "": "All outcomes", applied: "Changed something", unchanged: "Nothing to change", failed: "Failed" },
    depth: (count: number) => (count === 1 ? "after another rule" : `after ${count} other rules`),
  },
  es: {
    title: "Prueba",
    lead: "Lo que haría la regla, tal como está en el formulario. Se ensaya y se deshace: no se escribe ni se envía nada.",
    ticket: "Con el ticket",
    test: "Probar",
    fires: "Se dispararía.",
    not: "No se dispararía.",
    event: (sequence: number, action: string) => `Por la entrada ${sequence} de su historial (${action})`,
    since: (from: string, at: string) => `El reloj cuenta desde ${from} hasta ${at}`,
    when: "Cuándo",
    all: "Todas estas",
    any: "Al menos una de estas",
    has: "tiene",
    nothing: "nada",
    then: "Entonces",
    ifFired: "Lo que harían sus acciones",
    unchanged: "nada que cambiar",
    together: "Todas juntas",
    did: "Lo que hizo",
    didLead: "Los últimos 30 días, lo más reciente primero.",
    none: "No se ha disparado en los últimos 30 días.",
    outcome: "Resultado",
    outcomes: { "": "Todos los resultados", applied: "Cambió algo", unchanged: "Nada que cambiar", failed: "Falló" },
    depth: (count: number) => (count === 1 ? "tras otra regla" : `tras otras ${count} reglas`),
  },
});

export type Tried = Pick<Schema<"NewRuleTest">, "when" | "conditions" | "actions">;

export function RuleTest({ rule, id }: { rule: Tried; id?: string }) {
  const t = say(WORDS);
  const [ticket, setTicket] = useState<TicketHint | null>(null);
  const [tested, setTested] = useState<Schema<"RuleTested"> | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const said = JSON.stringify(rule);
  // What was found is of the rule as it was.
  useEffect(() => setTested(null), [said, ticket?.id]);
  const test = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setTested(await take(api.POST("/v1/rules/test", { body: { ...rule, ticket_id: ticket!.id } })));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="stack" aria-label={t.title} key={id}>
      <p class="soft small">{t.lead}</p>
      <TicketPicker label={t.ticket} chosen={ticket} onChoose={setTicket} />
      <div><Button onClick={test} busy={busy} disabled={!ticket}>{t.test}</Button></div>
      {problem && <ProblemNote problem={problem} />}
      {tested && <Tested tested={tested} />}
    </section>
  );
}

function Tested({ tested: { would_fire, when, conditions, actions, together } }: { tested: Schema<"RuleTested"> }) {
  const t = say(WORDS);
  const names = say(ACTION_WORDS) as Record<string, string>;
  return (
    <div class="stack">
      <div class={would_fire ? "note good" : "note warn"} role="status">
        <Icon of={would_fire ? Check : X} />
        <p class="strong">{would_fire ? t.fires : t.not}</p>
      </div>
      <div class="stack tight">
        <h3>{t.when}</h3>
        <ul class="verdicts">
          <li class={when.holds ? "good" : "bad"}>
            <Icon of={when.holds ? Check : X} />
            <div class="small">
              {when.event && <p>{t.event(when.event.sequence, when.event.action)}</p>}
              {when.counts_from && when.at && <p>{t.since(moment(when.counts_from), moment(when.at))}</p>}
              {when.reason && <p>{when.reason}</p>}
            </div>
          </li>
        </ul>
      </div>
      {(["all", "any"] as const).map((list) => conditions[list].length > 0 && (
        <div class="stack tight" key={list}>
          <h3>{t[list]}</h3>
          <ul class="verdicts">{conditions[list].map((each, place) => <Verdict key={place} verdict={each} />)}</ul>
        </div>
      ))}
      <div class="stack tight">
        <h3>{would_fire ? t.then : t.ifFired}</h3>
        <ul class="verdicts">
          {actions.map((each, place) => (
            <li key={place} class={each.outcome === "applied" ? "good" : each.outcome === "refused" ? "bad" : undefined}>
              <Icon of={each.outcome === "applied" ? Check : each.outcome === "refused" ? CircleAlert : Minus} />
              <div>
                <span class="strong">{names[String(each.action.action)] ?? String(each.action.action)}</span>
                {each.reason && <p class="small">{each.reason}</p>}
                {each.outcome === "unchanged" && <p class="small soft">{t.unchanged}</p>}
                {each.changes.length > 0 && <Effects changes={each.changes} />}
              </div>
            </li>
          ))}
        </ul>
        {together.outcome === "refused" && <div class="note bad"><Icon of={CircleAlert} /><p>{t.together}: {together.reason}</p></div>}
      </div>
    </div>
  );
}

const KIND: Partial<Record<ValueKind, "team" | "user" | "organisation">> = { team: "team", assignee: "user", person: "user", organisation: "organisation" };

function Verdict({ verdict: { field, operator, value, actual, holds } }: { verdict: Schema<"TestedCondition"> }) {
  const t = say(WORDS);
  const its = say(CONDITION_WORDS);
  const kind: ValueKind | undefined = field in FIELDS ? FIELDS[field as keyof typeof FIELDS].value : undefined;
  const known = kind && choicesOf(kind, undefined);
  const whose = kind && KIND[kind];
  const ids = whose ? [value, actual].flat().filter((each): each is string => typeof each === "string" && each.length === 36) : [];
  const name = useNames(whose ?? "team", ids);
  const read = (each: unknown): string => {
    if (each === null || each === undefined || each === "" || (Array.isArray(each) && !each.length)) return t.nothing;
    if (Array.isArray(each)) return each.map(read).join(", ");
    return ids.includes(String(each)) ? name(String(each)) : known?.[String(each)] ?? String(each);
  };
  return (
    <li class={holds ? "good" : "bad"}>
      <Icon of={holds ? Check : X} />
      <div>
        <span class="strong">{its.fields[field] ?? field.replace("custom_fields.", "")}</span> {its.operators[operator as Operator] ?? operator} {value === null || value === undefined ? "" : read(value)}
        <div class="small"><span class="soft">{t.has}</span> {read(actual)}</div>
      </div>
    </li>
  );
}

const LOOKS: Record<Schema<"FiringOutcome">, string> = { applied: "good", unchanged: "", failed: "bad" };

export function Firings({ id }: { id: string }) {
  const t = say(WORDS);
  const [outcome, setOutcome] = useState("");
  const [more, setMore] = useState<{ items: Schema<"FiringOut">[]; cursor: string | null } | null>(null);
  const ask = (cursor?: string) => take(api.GET("/v1/rules/{rule_id}/firings", { params: { path: { rule_id: id }, query: { outcome: (outcome || undefined) as Schema<"FiringOutcome"> | undefined, cursor } } }));
  const first = useLoad(() => {
    setMore(null);
    return ask();
  }, [id, outcome]);
  return (
    <section class="stack" aria-label={t.did}>
      <p class="soft small">{t.didLead}</p>
      <Field label={t.outcome} hidden>
        {(tied) => <select {...tied} class="input small" value={outcome} onChange={(event) => setOutcome(event.currentTarget.value)}><Options of={t.outcomes} /></select>}
      </Field>
      <Show of={first}>
        {(page) => {
          const items = [...page.items, ...(more?.items ?? [])];
          const next = more ? more.cursor : page.next_cursor;
          if (!items.length) return <Empty><p>{t.none}</p></Empty>;
          return (
            <>
              <ul class="firings">
                {items.map((firing) => (
                  <li key={firing.id}>
                    <div class="row apart"><a href={to("ticket", { id: firing.ticket.id })}>{firing.ticket.label}</a><span class="small soft"><Ago at={firing.created_at} /></span></div>
                    <div class="small"><span class={`badge ${LOOKS[firing.outcome]}`}>{t.outcomes[firing.outcome]}</span> {firing.depth > 0 && <span class="soft">{t.depth(firing.depth)}</span>}</div>
                    {firing.reason && <p class="small">{firing.reason}</p>}
                  </li>
                ))}
              </ul>
              {next && <More onClick={async () => { const found = await ask(next); setMore({ items: [...(more?.items ?? []), ...found.items], cursor: found.next_cursor }); }} />}
            </>
          );
        }}
      </Show>
    </section>
  );
}
