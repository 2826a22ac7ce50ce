/** A request without an account. */

import { useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import type { Desk } from "../core/desk";
import * as once from "../core/once";
import { Problem } from "../core/problem";
import { go, route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { refusedInWords } from "../customer/refusals";
import { useDraftForm } from "../ui/draft-form";
import { about, useFiles } from "../ui/files";
import { CheckField, Form, TextField } from "../ui/form";
import { Page } from "../ui/page";
import { Show } from "../ui/states";
import { AtDesk, useAsked, type Asked } from "./at-desk";
import { EMPTY, ofRequest, prefilled, RequestFields } from "./request-fields";
import { Received } from "./received";

const WORDS = words({
  en: {
    title: "How can we help?",
    lead: (desk: string) => `Write to ${desk}. We answer by mail; you need no account.`,
    name: "Your name",
    email: "Your email",
    more: "More about you",
    moreWhy: "It helps us to find you in our records, or to call you.",
    phone: "Phone",
    whatsapp: "This number has WhatsApp",
    document: "Identity document number",
    company: "Company",
    send: "Send",
    sent: "Already written? See how far your request is",
    signIn: "Sign in to see all your requests",
    yours: "You are signed in: write from your own page instead",
    gone: "The file can be sent no more. Send it in an answer to our mail.",
  },
  es: {
    title: "¿En qué podemos ayudarle?",
    lead: (desk: string) => `Escriba a ${desk}. Respondemos por correo; no necesita una cuenta.`,
    name: "Su nombre",
    email: "Su correo electrónico",
    more: "Más sobre usted",
    moreWhy: "Nos ayuda a encontrarle en nuestros registros, o a llamarle.",
    phone: "Teléfono",
    whatsapp: "Este número tiene WhatsApp",
    document: "Número de documento de identidad",
    company: "Empresa",
    send: "Enviar",
    sent: "¿Ya escribió? Vea cómo va su solicitud",
    signIn: "Inicie sesión para ver todas sus solicitudes",
    yours: "Ha iniciado sesión: escriba mejor desde su propia página",
    gone: "El archivo ya no se puede enviar. Envíelo en una respuesta a nuestro correo.",
  },
});

const CONTACT = { name: "", email: "", phone: "", has_whatsapp: false, document_id: "", company: "" };

export default function Submit() {
  return <AtDesk title={say(WORDS).title}>{(desk) => <AtForm key={desk.slug} desk={desk} />}</AtDesk>;
}

function AtForm({ desk }: { desk: Desk }) {
  const asked = useAsked(desk.slug);
  const t = say(WORDS);
  if (asked.data) return <Writing desk={desk} asked={asked.data} />;
  return <Page title={t.title} lead={t.lead(desk.name)}><Show of={asked} lines={8}>{() => null}</Show></Page>;
}

function Writing({ desk, asked }: { desk: Desk; asked: Asked }) {
  const t = say(WORDS);
  const files = useFiles({ most: 10, together: 50 * 1024 * 1024 });
  const [taken, setTaken] = useState<{ ticket: Schema<"PublicTicketOut">; email: string } | null>(null);
  const post = useRef<() => Promise<Schema<"PublicTicketOut">>>(async () => Promise.reject(new Problem(0, "NETWORK", "")));
  const user = session.value?.user;
  const start = { ...CONTACT, ...EMPTY, name: user?.name ?? "", email: user?.email ?? "", ...prefilled(route.value.params, asked) };
  const [form, forget] = useDraftForm(`submit.${desk.slug}`, start, async (values) => {
    const { phone, document_id, company, has_whatsapp } = values;
    const body = {
      ...ofRequest(values, asked),
      name: values.name.trim(),
      email: values.email.trim(),
      ...(phone.trim() && { phone: phone.trim(), has_whatsapp }),
      ...(document_id.trim() && { document_id: document_id.trim() }),
      ...(company.trim() && { company: company.trim() }),
      attachments: files.items.map((item) => about(item.file)),
    };
    // The key outlives the answer: by it, the same is asked again for other leave to send a file.
    const meant = await once.intent(`submit ${desk.slug}`, JSON.stringify(body));
    const headers = { "Idempotency-Key": once.key(meant) };
    post.current = () => take(api.POST("/v1/public/{workspace}/tickets", { params: { path: { workspace: desk.slug } }, headers, body }));
    let ticket;
    try {
      ticket = await refusedInWords(post.current);
    } catch (thrown) {
      if (thrown instanceof Problem && !thrown.isPassing) once.decided(meant);
      throw thrown;
    }
    once.decided(meant);
    forget();
    setTaken({ ticket, email: body.email });
    go("submit", { workspace: desk.slug, sent: ticket.label });
    if (files.items.length) void files.send(way(ticket));
  });
  /** The way of each file, by its place: of the answer that is there, or anew. */
  const way = (ticket: Schema<"PublicTicketOut">) => async (_: unknown, place: number) => {
    const announced = ticket.attachments[place];
    if (!announced?.attachment) throw new Problem(410, "GONE", t.gone);
    return announced.upload;
  };
  const again = async () => {
    try {
      await files.send(way(await post.current()));
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      await files.send(() => Promise.reject(thrown));
    }
  };
  const { sent } = route.value.params;
  if (sent) {
    const another = () => {
      form.reset({ ...CONTACT, ...EMPTY, name: form.values.name, email: form.values.email });
      files.clear();
      setTaken(null);
    };
    return <Received desk={desk} label={sent} email={taken?.email} subject={taken?.ticket.subject} files={files} retry={again} another={another} />;
  }
  return (
    <Page title={t.title} lead={t.lead(desk.name)}>
      {user?.role === "customer" && user.workspace.slug === desk.slug && <p class="note"><a href={to("new-request")}>{t.yours}</a></p>}
      <div class="card padded">
        <Form of={form} action={t.send} look="brand">
          <div class="grid">
            <TextField of={form} name="name" label={t.name} autocomplete="name" maxLength={150} />
            <TextField of={form} name="email" type="email" label={t.email} autocomplete="email" maxLength={254} />
          </div>
          <RequestFields of={form} asked={asked} files={files} />
          <details class="about-you" open={hasContact(form.problem) || undefined}>
            <summary>{t.more}</summary>
            <p class="soft small">{t.moreWhy}</p>
            <div class="grid">
              <TextField of={form} name="phone" type="tel" label={t.phone} optional autocomplete="tel" maxLength={30} />
              <TextField of={form} name="company" label={t.company} optional autocomplete="organization" />
              <TextField of={form} name="document_id" label={t.document} optional autocomplete="off" maxLength={50} />
            </div>
            <CheckField of={form} name="has_whatsapp" label={t.whatsapp} disabled={!form.values.phone.trim()} />
          </details>
        </Form>
      </div>
      <p class="public-links">
        <a href={to("status", { workspace: desk.slug })}>{t.sent}</a>
        {!user && <a href={to("sign-in", { workspace: desk.slug })}>{t.signIn}</a>}
      </p>
    </Page>
  );
}

const hasContact = (problem: Problem | null): boolean => problem?.errors.some(({ field }) => ["phone", "has_whatsapp", "document_id", "company"].includes(field)) ?? false;
