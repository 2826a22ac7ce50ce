/** How far a request is, for who knows its number and the email that it came from. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import type { Desk } from "../core/desk";
import { Problem } from "../core/problem";
import { route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Journey, PlainStatus } from "../customer/journey";
import { refusedInWords } from "../customer/refusals";
import { PLAIN } from "../customer/words";
import { Form, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { Ago, Moment } from "../ui/time";
import { AtDesk } from "./at-desk";

const WORDS = words({
  en: {
    title: "How far is my request?",
    lead: "Its number and the email that you wrote from tell us which one.",
    label: "Number of the request",
    labelHint: "For example TKT-2026-00042",
    email: "Your email",
    ask: "See how far it is",
    again: "Look again",
    unknown: "There is no request with this number and this email here.",
    received: "Received",
    changed: "Last change",
    solved: "Solved",
    closed: "Closed",
    due: "We mean to solve it by",
    category: "About",
    answer: "To answer or add something, answer our mail.",
    write: "Write a new request",
    signIn: "Sign in to see the conversation",
  },
  es: {
    title: "¿Cómo va mi solicitud?",
    lead: "Su número y el correo desde el que escribió nos dicen cuál es.",
    label: "Número de la solicitud",
    labelHint: "Por ejemplo TKT-2026-00042",
    email: "Su correo electrónico",
    ask: "Ver cómo va",
    again: "Mirar de nuevo",
    unknown: "Aquí no hay ninguna solicitud con este número y este correo.",
    received: "Recibida",
    changed: "Último cambio",
    solved: "Resuelta",
    closed: "Cerrada",
    due: "Queremos resolverla antes del",
    category: "Sobre",
    answer: "Para responder o añadir algo, responda a nuestro correo.",
    write: "Escribir una solicitud nueva",
    signIn: "Inicie sesión para ver la conversación",
  },
});

export default function StatusPage() {
  return <AtDesk title={say(WORDS).title}>{(desk) => <Looking key={desk.slug} desk={desk} />}</AtDesk>;
}

function Looking({ desk }: { desk: Desk }) {
  const t = say(WORDS);
  const [found, setFound] = useState<Schema<"LookUpOut"> | null>(null);
  const result = useRef<HTMLHeadingElement>(null);
  const start = { label: route.value.params.label ?? "", email: session.value?.user.email ?? "" };
  const form = useForm(start, async ({ label, email }) => {
    const body = { label: label.trim().toUpperCase(), email: email.trim() };
    try {
      setFound(await refusedInWords(() => take(api.POST("/v1/public/{workspace}/ticket-status", { params: { path: { workspace: desk.slug } }, body }))));
    } catch (thrown) {
      setFound(null);
      throw thrown instanceof Problem && thrown.status === 404 ? new Problem(404, thrown.code, t.unknown) : thrown;
    }
  });
  useEffect(() => result.current?.focus(), [found]);
  return (
    <Page title={t.title} lead={found ? undefined : t.lead}>
      {found && <Found of={found} heading={result} />}
      <div class="card padded">
        <Form of={form} action={found ? t.again : t.ask} look="brand">
          <TextField of={form} name="label" label={t.label} hint={t.labelHint} autocomplete="off" spellcheck={false} maxLength={40} />
          <TextField of={form} name="email" type="email" label={t.email} autocomplete="email" maxLength={254} />
        </Form>
      </div>
      <p class="public-links">
        <a href={to("submit", { workspace: desk.slug })}>{t.write}</a>
        <a href={to("sign-in", { workspace: desk.slug })}>{t.signIn}</a>
      </p>
    </Page>
  );
}

function Found({ of, heading }: { of: Schema<"LookUpOut">; heading: { current: HTMLHeadingElement | null } }) {
  const t = say(WORDS);
  const isActive = !["resolved", "closed", "cancelled"].includes(of.status);
  return (
    <section class="card padded stack looked-up" aria-labelledby="found">
      <div class="row apart">
        <span class="mono soft">{of.label}</span>
        <PlainStatus status={of.status} />
      </div>
      <h2 id="found" tabIndex={-1} ref={heading}>{of.subject}</h2>
      <Journey status={of.status} />
      <p>{say(PLAIN).means[of.status]}</p>
      <dl class="request-facts">
        <Fact name={t.received}><Moment at={of.created_at} /></Fact>
        <Fact name={t.changed}><Ago at={of.updated_at} /></Fact>
        {of.resolved_at && <Fact name={t.solved}><Moment at={of.resolved_at} /></Fact>}
        {of.closed_at && <Fact name={t.closed}><Moment at={of.closed_at} /></Fact>}
        {isActive && of.due_at && !of.breached && <Fact name={t.due}><Moment at={of.due_at} /></Fact>}
        {of.category && <Fact name={t.category}>{of.category}</Fact>}
      </dl>
      <p class="soft small">{t.answer}</p>
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
