/** One webhook: what it was told, with what came back, and what it is. */

import { RefreshCw, RotateCw, Send, Webhook as WebhookIcon } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { type Listed, useList, useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Field, Form, Options, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { Secret } from "../ui/secret";
import { Empty, More, ProblemNote, Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { Ago, Moment } from "../ui/time";
import { tell } from "../ui/toasts";
import { WebhookForm } from "./webhook-form";
import { WebhookState } from "./webhook-state";

type Delivery = Schema<"DeliveryOut">;
type Status = Schema<"DeliveryStatus">;

const WORDS = words({
  en: {
    webhook: "Webhook",
    webhooks: "Webhooks",
    calls: "Calls",
    settings: "Settings",
    test: "Call it now",
    tested: (code: number) => `It answered ${code}.`,
    notTested: (why: string) => `It did not take the call: ${why}`,
    rotate: "Another secret",
    rotateAbout: "The secret of now signs beside the new one for so long; then only the new one does.",
    hours: "Hours in which both sign",
    secret: "New secret",
    before: "The secret before signs until",
    event: "Event",
    state: "State",
    answer: "Answer",
    when: "When",
    status: "Show",
    any: "All calls",
    statuses: { pending: "Waiting", sending: "Under way", succeeded: "Taken", failed: "Failed", cancelled: "Called off" },
    again: "Again",
    againAll: "All failed ones again",
    againAbout: "Each call of the last days that failed is made once more.",
    againDone: (count: string) => `${count} calls are made again.`,
    attempts: (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`),
    next: "next",
    empty: "Nothing was called that fits.",
    saved: "Saved",
    took: (ms: string) => `${ms} ms`,
    details: "Details",
  },
  es: {
    webhook: "Webhook",
    webhooks: "Webhooks",
    calls: "Llamadas",
    settings: "Ajustes",
    test: "Llamar ahora",
    tested: (code: number) => `Respondió ${code}.`,
    notTested: (why: string) => `No aceptó la llamada: ${why}`,
    rotate: "Otro secreto",
    rotateAbout: "El secreto actual firma junto al nuevo durante ese tiempo; después solo el nuevo.",
    hours: "Horas en que firman ambos",
    secret: "Secreto nuevo",
    before: "El secreto anterior firma hasta",
    event: "Evento",
    state: "Estado",
    answer: "Respuesta",
    when: "Cuándo",
    status: "Mostrar",
    any: "Todas las llamadas",
    statuses: { pending: "En espera", sending: "En curso", succeeded: "Aceptada", failed: "Fallida", cancelled: "Anulada" },
    again: "Otra vez",
    againAll: "Repetir todas las fallidas",
    againAbout: "Cada llamada fallida de los últimos días se hace una vez más.",
    againDone: (count: string) => `Se repiten ${count} llamadas.`,
    attempts: (count: number) => (count === 1 ? "1 intento" : `${count} intentos`),
    next: "siguiente",
    empty: "No hay llamadas que coincidan.",
    saved: "Guardado",
    took: (ms: string) => `${ms} ms`,
    details: "Detalles",
  },
});

const LOOKS: Record<Status, string> = { pending: "warn", sending: "info", succeeded: "good", failed: "bad", cancelled: "" };
// As long as the log of calls is kept.
const DAYS = 30;

export default function OneWebhook() {
  const t = say(WORDS);
  const { id: webhook_id = "", tab } = route.value.params;
  const shown = tab === "settings" ? "settings" : "calls";
  const webhook = useLoad(() => take(api.GET("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id } } })), [webhook_id]);
  const status = route.value.params.status as Status | undefined;
  const calls = useList((cursor) => take(api.GET("/v1/webhooks/{webhook_id}/deliveries", { params: { path: { webhook_id }, query: { limit: 50, cursor, status } } })), [webhook_id, status]);
  const [asked, setAsked] = useState<"rotate" | "again" | null>(null);
  return (
    <Page title={webhook.data?.name ?? t.webhook} lead={webhook.data?.url} back={{ href: to("webhooks"), label: t.webhooks }} actions={<Actions webhookId={webhook_id} onDone={calls.reload} onAsk={setAsked} />}>
      <Show of={webhook}>
        {(found) => (
          <div class="stack">
            <div><WebhookState of={found} /></div>
            <Tabs label={t.webhook} tabs={[["calls", t.calls], ["settings", t.settings]]} chosen={shown} onChoose={(key) => set({ tab: key === "calls" ? undefined : key })}>
              {shown === "calls" ? (
                <Calls of={calls} webhookId={webhook_id} status={status} />
              ) : (
                <div class="card padded" style={{ maxInlineSize: "720px" }}>
                  <WebhookForm key={found.updated_at} item={found} onSaved={(saved) => { webhook.put(saved); tell(t.saved); }} />
                </div>
              )}
            </Tabs>
          </div>
        )}
      </Show>
      {asked === "rotate" && <Rotate webhookId={webhook_id} onClose={() => { setAsked(null); void webhook.reload(); }} />}
      {asked === "again" && (
        <Confirm title={t.againAll} action={t.againAll} look="main" onClose={() => setAsked(null)} onConfirm={async () => {
          const body = { from: new Date(Date.now() - DAYS * 86_400_000).toISOString(), to: new Date().toISOString() };
          const { deliveries } = await take(api.POST("/v1/webhooks/{webhook_id}/redeliver", { params: { path: { webhook_id } }, body }));
          tell(t.againDone(number(deliveries)));
          void calls.reload();
        }}>
          <p>{t.againAbout}</p>
        </Confirm>
      )}
    </Page>
  );
}

function Actions({ webhookId, onDone, onAsk }: { webhookId: string; onDone: () => void; onAsk: (what: "rotate" | "again") => void }) {
  const t = say(WORDS);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const test = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { succeeded, status_code, error, detail } = await take(api.POST("/v1/webhooks/{webhook_id}/test", { params: { path: { webhook_id: webhookId } } }));
      if (succeeded) tell(t.tested(status_code ?? 200));
      else tell(t.notTested(detail ?? error ?? String(status_code)), { look: "bad" });
      onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <Button icon={RotateCw} onClick={() => onAsk("again")}>{t.againAll}</Button>
      <Button icon={RefreshCw} onClick={() => onAsk("rotate")}>{t.rotate}</Button>
      <Button icon={Send} look="main" busy={busy} onClick={test}>{t.test}</Button>
    </>
  );
}

function Calls({ of, webhookId, status }: { of: Listed<Delivery>; webhookId: string; status?: Status }) {
  const t = say(WORDS);
  const parts: [string, string][] = [["", t.any], ...(Object.entries(t.statuses) as [string, string][])];
  const again = async (delivery: Delivery) => {
    try {
      await api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", { params: { path: { webhook_id: webhookId, delivery_id: delivery.id } } });
      await of.reload();
    } catch (thrown) {
      of.fail(asProblem(thrown));
    }
  };
  return (
    <div class="stack">
      <div style={{ maxInlineSize: "240px" }}>
        <Field label={t.status}>
          {(tied) => <select {...tied} class="input" value={status ?? ""} onChange={(event) => set({ status: event.currentTarget.value || undefined })}><Options of={parts} /></select>}
        </Field>
      </div>
      <Show of={of}>
        {(calls) => calls.length === 0 ? <div class="card"><Empty icon={WebhookIcon}><p>{t.empty}</p></Empty></div> : (
          <>
            <div class="card table-frame" tabIndex={0} role="region" aria-label={t.calls}>
              <table class="table" aria-label={t.calls}>
                <thead><tr><th>{t.when}</th><th>{t.event}</th><th>{t.state}</th><th>{t.answer}</th><th /></tr></thead>
                <tbody>
                  {calls.map((call) => (
                    <tr key={call.id}>
                      <td><Ago at={call.created_at} /></td>
                      <td><code>{call.type}</code>{call.ticket_id && <div class="small"><a href={to("ticket", { id: call.ticket_id })}>Ticket</a></div>}</td>
                      <td>
                        <span class={`badge ${LOOKS[call.status]}`}>{t.statuses[call.status]}</span>
                        <div class="small soft">{t.attempts(call.attempts)}{call.next_attempt_at && <>, {t.next} <Ago at={call.next_attempt_at} /></>}</div>
                      </td>
                      <td><Answer of={call} /></td>
                      <td class="end">{(call.status === "failed" || call.status === "succeeded" || call.status === "cancelled") && <Button small icon={RotateCw} onClick={() => again(call)}>{t.again}</Button>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {of.more && <More onClick={of.more} busy={of.loading} />}
          </>
        )}
      </Show>
    </div>
  );
}

function Answer({ of }: { of: Delivery }) {
  const t = say(WORDS);
  if (of.status_code === null && !of.error) return <span class="soft">–</span>;
  return (
    <div>
      <span class="strong numbers">{of.status_code ?? of.error}</span> {of.duration_ms !== null && <span class="small soft numbers">{t.took(number(of.duration_ms))}</span>}
      {of.status_code !== null && of.error && <div class="small soft">{of.error}</div>}
      {of.answer && (
        <details class="small">
          <summary>{t.details}</summary>
          <pre>{of.answer}</pre>
        </details>
      )}
    </div>
  );
}

function Rotate({ webhookId, onClose }: { webhookId: string; onClose: () => void }) {
  const t = say(WORDS);
  const [made, setMade] = useState<Schema<"WebhookMade"> | null>(null);
  const form = useForm({ grace_hours: "24" }, async ({ grace_hours }) => {
    setMade(await take(api.POST("/v1/webhooks/{webhook_id}/rotate-secret", { params: { path: { webhook_id: webhookId } }, body: { grace_hours: Number(grace_hours) } })));
  });
  if (made) {
    return <Secret title={t.rotate} label={t.secret} secret={made.secret} onClose={onClose}>{made.previous_secret_expires_at && <p class="small soft">{t.before} <Moment at={made.previous_secret_expires_at} />.</p>}</Secret>;
  }
  return (
    <Dialog title={t.rotate} onClose={onClose}>
      <Form of={form} action={t.rotate}>
        <p>{t.rotateAbout}</p>
        <TextField of={form} name="grace_hours" type="number" min={0} max={168} label={t.hours} />
      </Form>
    </Dialog>
  );
}
