import { Webhook as WebhookIcon } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { go, to } from "../core/router";
import { say, words } from "../core/words";
import { Secret } from "../ui/secret";
import { Catalogue, type EditorProps } from "./catalogue";
import { WebhookForm } from "./webhook-form";
import { WebhookState } from "./webhook-state";

type Webhook = Schema<"WebhookOut">;

const WORDS = words({
  en: {
    title: "Webhooks",
    lead: "Addresses of yours that the desk calls when something happens.",
    add: "Add webhook",
    empty: "Nobody is called yet.",
    name: "Name",
    url: "Address",
    events: "Events",
    all: "Everything",
    state: "State",
    made: "The webhook is made",
    secret: "Secret that signs each call",
    removal: "Nothing is called any more, and the log of its calls goes with it.",
  },
  es: {
    title: "Webhooks",
    lead: "Direcciones suyas a las que se llama cuando ocurre algo.",
    add: "Añadir webhook",
    empty: "Aún no se llama a nadie.",
    name: "Nombre",
    url: "Dirección",
    events: "Eventos",
    all: "Todo",
    state: "Estado",
    made: "El webhook está creado",
    secret: "Secreto que firma cada llamada",
    removal: "No se llama más, y el registro de sus llamadas se va con él.",
  },
});

export default function Webhooks() {
  const t = say(WORDS);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/webhooks", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <>
      <Catalogue<Webhook>
        title={t.title}
        lead={t.lead}
        list={list}
        icon={WebhookIcon}
        may
        wide
        words={t}
        nameOf={(webhook) => webhook.name}
        href={(webhook) => to("webhook", { id: webhook.id })}
        columns={[
          { key: "name", label: t.name, cell: (webhook) => webhook.name },
          { key: "url", label: t.url, wide: true, cell: (webhook) => <span class="mono">{new URL(webhook.url).host}</span> },
          { key: "events", label: t.events, wide: true, cell: (webhook) => (webhook.events.includes("*") ? t.all : webhook.events.length) },
          { key: "state", label: t.state, cell: (webhook) => <WebhookState of={webhook} /> },
        ]}
        editor={(props: EditorProps<Webhook>) => props.item ? null : <WebhookForm item={null} onClose={props.onClose} onSaved={({ id }, secret) => { props.onDone(); setMade({ id, secret: secret! }); }} />}
        removal={() => t.removal}
        remove={({ id: webhook_id }) => api.DELETE("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id } } })}
      />
      {made && <Secret title={t.made} label={t.secret} secret={made.secret} onClose={() => go("webhook", { id: made.id })} />}
    </>
  );
}
