/** Whether a policy matches a ticket and why, and what it would promise. */

import { Check, X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { moment } from "../core/format";
import { useLoad } from "../core/load";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { useNames } from "../ui/by-id";
import { Icon } from "../ui/icon";
import { Show } from "../ui/states";
import { type TicketHint, TicketPicker } from "../ui/tickets";
import { TERMS } from "../ui/words";
import { inHours } from "./policy-targets";

const WORDS = words({
  en: {
    title: "Test",
    lead: "Would it match, by the policy as it is saved? Nothing changes.",
    ticket: "On ticket",
    matches: "It matches this ticket.",
    not: "It does not match this ticket.",
    chosen: (name: string) => `By the order, the ticket gets: ${name}`,
    chosenThis: "By the order, the ticket gets this policy.",
    none: "By the order, the ticket gets no policy.",
    off: "It is off: no ticket gets it.",
    wanted: "wants",
    has: "has",
    nothing: "nothing",
    always: "It has no conditions: every ticket matches.",
    every: "Every ticket",
    would: "It would promise",
    never: "never",
    warned: "warned",
    escalated: "escalated",
    conditions: { type: "Type", priority: "Priority", team: "Team", category: "Category", tag: "Tags", organisation: "Organisation" } as Record<string, string>,
  },
  es: {
    title: "Prueba",
    lead: "¿Coincidiría, con la política tal como está guardada? No cambia nada.",
    ticket: "Con el ticket",
    matches: "Coincide con este ticket.",
    not: "No coincide con este ticket.",
    chosen: (name: string) => `Por el orden, al ticket le toca: ${name}`,
    chosenThis: "Por el orden, al ticket le toca esta política.",
    none: "Por el orden, al ticket no le toca ninguna política.",
    off: "Está desactivada: ningún ticket la recibe.",
    wanted: "pide",
    has: "tiene",
    nothing: "nada",
    always: "No tiene condiciones: coincide con todos los tickets.",
    every: "Todos los tickets",
    would: "Prometería",
    never: "nunca",
    warned: "aviso",
    escalated: "escalado",
    conditions: { type: "Tipo", priority: "Prioridad", team: "Equipo", category: "Categoría", tag: "Etiquetas", organisation: "Organización" },
  },
});

export function PolicyTest({ policy }: { policy: Schema<"PolicyOut"> }) {
  const t = say(WORDS);
  const [ticket, setTicket] = useState<TicketHint | null>(null);
  return (
    <section class="card padded stack preview" aria-label={t.title}>
      <div>
        <h2>{t.title}</h2>
        <p class="soft small">{t.lead}</p>
      </div>
      <TicketPicker label={t.ticket} chosen={ticket} onChoose={setTicket} />
      {ticket && <Tested key={`${ticket.id} ${policy.updated_at}`} policy={policy} ticketId={ticket.id} />}
    </section>
  );
}

function Tested({ policy, ticketId }: { policy: Schema<"PolicyOut">; ticketId: string }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const tested = useLoad(() => take(api.POST("/v1/sla-policies/{policy_id}/test", { params: { path: { policy_id: policy.id } }, body: { ticket_id: ticketId } })), [policy.id, ticketId]);
  return (
    <Show of={tested} lines={6}>
      {({ matches, conditions, chosen, targets }) => (
        <div class="stack">
          <div class={matches ? "note good" : "note warn"} role="status">
            <Icon of={matches ? Check : X} />
            <div>
              <p class="strong">{matches ? t.matches : t.not}</p>
              <p class="small">{chosen?.id === policy.id ? t.chosenThis : chosen ? <a href={to("policies", { id: chosen.id })}>{t.chosen(chosen.name)}</a> : t.none}</p>
              {!policy.enabled && <p class="small">{t.off}</p>}
            </div>
          </div>
          {conditions.length ? (
            <ul class="verdicts">
              {conditions.map((verdict) => <Verdict key={verdict.name} verdict={verdict} />)}
            </ul>
          ) : <p class="soft small">{t.always}</p>}
          {targets.length > 0 && (
            <div class="stack tight">
              <h3>{t.would}</h3>
              <dl class="promised">
                {targets.map((target) => (
                  <div key={target.metric}>
                    <dt>{terms.metric[target.metric]} <span class="soft small numbers">{inHours(target.minutes)}</span></dt>
                    <dd class="numbers">{target.due_at ? moment(target.due_at) : t.never}</dd>
                    {target.steps.filter((step) => step.kind !== "breach").map((step) => (
                      <dd key={`${step.kind}${step.at}${step.percent}`} class="soft small numbers">{step.kind === "warning" ? t.warned : t.escalated}{step.at ? ` ${moment(step.at)}` : ""}</dd>
                    ))}
                  </div>
                ))}
              </dl>
            </div>
          )}
        </div>
      )}
    </Show>
  );
}

/** A condition's values, by their names. */
export function useTold(name: string, values: readonly string[]): string {
  const terms = say(TERMS);
  const kind = name === "team" ? "team" : "organisation";
  const called = useNames(kind, name === "team" || name === "organisation" ? values : []);
  const read = (value: string): string => {
    if (name === "type") return terms.type[value as Schema<"TicketType">] ?? value;
    if (name === "priority") return terms.priority[value as Schema<"Priority">] ?? value;
    return name === "team" || name === "organisation" ? called(value) : value;
  };
  return values.map(read).join(", ");
}

function Verdict({ verdict: { name, wanted, actual, holds } }: { verdict: Schema<"VerdictOut"> }) {
  const t = say(WORDS);
  const [wants, has] = [useTold(name, wanted), useTold(name, actual)];
  return (
    <li class={holds ? "good" : "bad"}>
      <Icon of={holds ? Check : X} />
      <div>
        <span class="strong">{t.conditions[name] ?? name}</span>
        <div class="small"><span class="soft">{t.wanted}</span> {wants} · <span class="soft">{t.has}</span> {has || t.nothing}</div>
      </div>
    </li>
  );
}

/** The conditions of a policy in a line. */
export function ConditionsTold({ conditions }: { conditions: Record<string, string[]> }) {
  const t = say(WORDS);
  const given = Object.entries(conditions).filter(([, values]) => values.length);
  if (!given.length) return <span class="soft">{t.every}</span>;
  return <div class="stack tight small">{given.map(([name, values]) => <ConditionTold key={name} name={name} values={values} />)}</div>;
}

function ConditionTold({ name, values }: { name: string; values: string[] }) {
  const t = say(WORDS);
  return <div><span class="soft">{t.conditions[name] ?? name}:</span> {useTold(name, values)}</div>;
}
