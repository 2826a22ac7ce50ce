/** A new request of somebody who is signed in: what the form for strangers asks, without who one is. */

import { useState } from "preact/hooks";

import { useAsked, type Asked } from "../public/at-desk";
import { EMPTY, ofRequest, prefilled, RequestFields } from "../public/request-fields";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { go, route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button, ButtonLink } from "../ui/button";
import { useDraftForm } from "../ui/draft-form";
import { ChosenFiles, useFiles } from "../ui/files";
import { Form, SelectField } from "../ui/form";
import { Page } from "../ui/page";
import { Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { refusedInWords } from "./refusals";

const WORDS = words({
  en: {
    title: "New request",
    all: "Your requests",
    send: "Send",
    urgency: "How urgent is it?",
    urgencies: { low: "It can wait", medium: "Normal", high: "It keeps me from working", urgent: "It keeps many from working" },
    taken: (label: string) => `We have your request ${label}.`,
    files: "Some of its files did not arrive.",
    sending: "Its files are being sent: please leave this page open.",
    again: "Send them again",
    go: "Go to the request",
  },
  es: {
    title: "Nueva solicitud",
    all: "Sus solicitudes",
    send: "Enviar",
    urgency: "¿Qué tan urgente es?",
    urgencies: { low: "Puede esperar", medium: "Normal", high: "Me impide trabajar", urgent: "Impide trabajar a muchos" },
    taken: (label: string) => `Recibimos su solicitud ${label}.`,
    files: "Algunos de sus archivos no llegaron.",
    sending: "Sus archivos se están enviando: no cierre esta página, por favor.",
    again: "Enviarlos de nuevo",
    go: "Ir a la solicitud",
  },
});

export default function NewRequest() {
  const t = say(WORDS);
  const asked = useAsked(session.value!.user.workspace.slug);
  return (
    <Page title={t.title} narrow back={{ href: to("requests"), label: t.all }}>
      <Show of={asked} lines={8}>{(data) => <Writing asked={data} />}</Show>
    </Page>
  );
}

function Writing({ asked }: { asked: Asked }) {
  const t = say(WORDS);
  const files = useFiles();
  const [taken, setTaken] = useState<Schema<"TicketOut"> | null>(null);
  const sendFiles = async (ticket: Schema<"TicketOut">) => {
    const path = { ticket_id: ticket.id };
    const all = await files.send(async (body) => (await take(api.POST("/v1/tickets/{ticket_id}/attachments", { params: { path }, body }))).upload);
    if (all) go("request", { id: ticket.id }, { replace: true });
  };
  const start = { ...EMPTY, priority: "medium" as Schema<"Priority">, ...prefilled(route.value.params, asked) };
  const [form, forget] = useDraftForm("new-request", start, async (values) => {
    const body = { ...ofRequest(values, asked), priority: values.priority };
    const ticket = await refusedInWords(() => take(api.POST("/v1/tickets", { body })));
    forget();
    tell(t.taken(ticket.label));
    if (!files.items.length) return go("request", { id: ticket.id }, { replace: true });
    setTaken(ticket);
    await sendFiles(ticket);
  });
  if (taken) {
    return (
      <div class="card padded stack">
        <p class="strong">{t.taken(taken.label)}</p>
        <p role="status">{files.busy ? t.sending : t.files}</p>
        <ChosenFiles of={files} />
        <div class="row">
          {!files.busy && <Button look="brand" onClick={() => sendFiles(taken)}>{t.again}</Button>}
          <ButtonLink href={to("request", { id: taken.id })}>{t.go}</ButtonLink>
        </div>
      </div>
    );
  }
  return (
    <div class="card padded">
      <Form of={form} action={t.send} look="brand">
        <RequestFields of={form} asked={asked} files={files}>
          <SelectField of={form} name="priority" label={t.urgency} options={t.urgencies} />
        </RequestFields>
      </Form>
    </div>
  );
}
