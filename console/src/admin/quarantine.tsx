/** Mails that wait for somebody to judge them. */

import { MailCheck, Trash2 } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes } from "../core/format";
import { type Listed, useList, useLoad } from "../core/load";
import { asProblem } from "../core/problem";
import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, Options } from "../ui/form";
import { Page } from "../ui/page";
import { Empty, More, Show } from "../ui/states";
import { Ago, Moment } from "../ui/time";
import { tell } from "../ui/toasts";
import { Written } from "../ui/written";

type Mail = Schema<"QuarantinedOut">;
type Doubt = Schema<"Doubt">;

const WORDS = words({
  en: {
    title: "Quarantine",
    lead: "Mails that did not become tickets by themselves. None is lost.",
    reason: "Why",
    any: "All reasons",
    reasons: { spam: "Spam", virus: "Virus", loop: "Mail loop", no_sender: "No sender", unknown_sender: "Unknown sender", deactivated_sender: "Deactivated sender", unproven_staff: "Says to be staff, unproven", automatic: "Automatic", bounce: "Undeliverable report", too_many: "Too many at once", mailbox_disabled: "Mailbox takes none", refused: "Refused" },
    from: "From",
    subject: "Subject",
    received: "Received",
    to: "To",
    noSubject: "(no subject)",
    nobody: "nobody",
    files: (count: number) => (count === 1 ? "1 file" : `${count} files`),
    empty: "Nothing waits here.",
    release: "Let it through",
    drop: "Drop it",
    released: "It becomes a ticket, or a comment.",
    dropped: "Dropped.",
    states: { waiting: "Waiting", releasing: "On its way", released: "Let through", dropped: "Dropped" },
    ticket: "Its ticket",
    noText: "There is no text in it.",
    proven: "The sender's domain vouches for it.",
    unproven: "Nothing proves who sent it.",
  },
  es: {
    title: "Cuarentena",
    lead: "Correos que no se convirtieron solos en tickets. Ninguno se pierde.",
    reason: "Por qué",
    any: "Todos los motivos",
    reasons: { spam: "Spam", virus: "Virus", loop: "Bucle de correo", no_sender: "Sin remitente", unknown_sender: "Remitente desconocido", deactivated_sender: "Remitente desactivado", unproven_staff: "Dice ser del personal, sin prueba", automatic: "Automático", bounce: "Aviso de no entregado", too_many: "Demasiados a la vez", mailbox_disabled: "El buzón no recibe", refused: "Rechazado" },
    from: "De",
    subject: "Asunto",
    received: "Recibido",
    to: "Para",
    noSubject: "(sin asunto)",
    nobody: "nadie",
    files: (count: number) => (count === 1 ? "1 archivo" : `${count} archivos`),
    empty: "Aquí no espera nada.",
    release: "Dejarlo pasar",
    drop: "Descartarlo",
    released: "Se convierte en un ticket o un comentario.",
    dropped: "Descartado.",
    states: { waiting: "En espera", releasing: "En camino", released: "Pasó", dropped: "Descartado" },
    ticket: "Su ticket",
    noText: "No contiene texto.",
    proven: "El dominio del remitente responde por él.",
    unproven: "Nada prueba quién lo envió.",
  },
});

export default function Quarantine() {
  const t = say(WORDS);
  const { reason, id } = route.value.params;
  const list = useList((cursor) => take(api.GET("/v1/quarantine", { params: { query: { limit: 50, cursor, reason: reason as Doubt | undefined } } })), [reason]);
  const reasons: [string, string][] = [["", t.any], ...Object.entries(t.reasons)];
  return (
    <Page title={t.title} lead={t.lead}>
      <div class="stack catalogue">
        <div style={{ maxInlineSize: "260px" }}>
          <Field label={t.reason}>{(tied) => <select {...tied} class="input" value={reason ?? ""} onChange={(event) => set({ reason: event.currentTarget.value || undefined })}><Options of={reasons} /></select>}</Field>
        </div>
        <Show of={list}>
          {(mails) => mails.length === 0 ? <div class="card"><Empty icon={MailCheck}><p>{t.empty}</p></Empty></div> : (
            <>
              <div class="card table-frame">
                <table class="table" aria-label={t.title}>
                  <thead><tr><th>{t.subject}</th><th>{t.from}</th><th>{t.reason}</th><th class="roomy">{t.received}</th></tr></thead>
                  <tbody>{mails.map((mail) => <Line key={mail.id} of={mail} />)}</tbody>
                </table>
              </div>
              {list.more && <More onClick={list.more} busy={list.loading} />}
            </>
          )}
        </Show>
      </div>
      {id && <Look id={id} list={list} />}
    </Page>
  );
}

function Line({ of }: { of: Mail }) {
  const t = say(WORDS);
  return (
    <tr>
      <td><a href={to("quarantine", { ...route.value.params, id: of.id })}>{of.subject || t.noSubject}</a>{of.files > 0 && <div class="small soft">{t.files(of.files)}</div>}</td>
      <td>{of.sender.name ?? of.sender.email ?? t.nobody}{of.sender.name && <div class="small soft">{of.sender.email}</div>}</td>
      <td><span class={`badge ${of.reason === "virus" ? "bad" : "warn"}`}>{t.reasons[of.reason]}</span></td>
      <td class="roomy"><Ago at={of.received_at} /></td>
    </tr>
  );
}

function Look({ id, list }: { id: string; list: Listed<Mail> }) {
  const t = say(WORDS);
  const params = { path: { message_id: id } };
  const mail = useLoad(() => take(api.GET("/v1/quarantine/{message_id}", { params })), [id]);
  const [busy, setBusy] = useState<"release" | "drop" | null>(null);
  const close = () => set({ id: undefined });
  const decide = async (verb: "release" | "drop") => {
    setBusy(verb);
    try {
      await (verb === "release" ? api.POST("/v1/quarantine/{message_id}/release", { params }) : api.POST("/v1/quarantine/{message_id}/drop", { params }));
      tell(verb === "release" ? t.released : t.dropped);
      close();
      void list.reload();
    } catch (thrown) {
      mail.fail(asProblem(thrown));
    } finally {
      setBusy(null);
    }
  };
  return (
    <Dialog wide title={mail.data ? mail.data.subject || t.noSubject : t.title} onClose={close}>
      <Show of={mail}>
        {(found) => (
          <>
            <dl class="told small">
              <div><dt>{t.from}</dt><dd>{found.sender.name} {found.sender.email ?? t.nobody} <span class="soft">{found.authenticated ? t.proven : t.unproven}</span></dd></div>
              <div><dt>{t.to}</dt><dd>{found.recipients.join(", ")}</dd></div>
              <div><dt>{t.received}</dt><dd><Moment at={found.received_at} /> · {bytes(found.size)}{found.files > 0 && ` · ${t.files(found.files)}`}</dd></div>
              <div><dt>{t.reason}</dt><dd>{t.reasons[found.reason]}</dd></div>
            </dl>
            <div class="card padded raw-mail" tabIndex={0} role="region" aria-label={t.subject}>{found.body ? <Written text={found.body} /> : <p class="soft">{t.noText}</p>}</div>
            {found.state === "waiting" ? (
              <div class="row" style={{ justifyContent: "flex-end" }}>
                <Button icon={Trash2} busy={busy === "drop"} onClick={() => decide("drop")}>{t.drop}</Button>
                <Button look="main" icon={MailCheck} busy={busy === "release"} onClick={() => decide("release")}>{t.release}</Button>
              </div>
            ) : (
              <p><span class="badge">{t.states[found.state]}</span> {found.ticket_id && <a href={to("ticket", { id: found.ticket_id })}>{t.ticket}</a>}</p>
            )}
          </>
        )}
      </Show>
    </Dialog>
  );
}
