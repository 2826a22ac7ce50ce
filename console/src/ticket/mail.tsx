/** The mail behind a comment: who sent it to whom, all of its text, and as it came. */

import { Download } from "lucide";

import { api, take } from "../core/api";
import { bytes, moment } from "../core/format";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Show } from "../ui/states";
import { Written } from "../ui/written";

const WORDS = words({
  en: {
    title: "The mail as it came", from: "From", to: "To", subject: "Subject", at: "Received", raw: "Download the whole mail", none: "No text",
    vouched: "The sender's domain vouches for it", unvouched: "The sender's domain does not vouch for it", automatic: "Written by a machine",
  },
  es: {
    title: "El correo tal como llegó", from: "De", to: "Para", subject: "Asunto", at: "Recibido", raw: "Descargar el correo completo", none: "Sin texto",
    vouched: "El dominio del remitente lo avala", unvouched: "El dominio del remitente no lo avala", automatic: "Escrito por una máquina",
  },
});

export function MailDialog({ ticketId, mailId, onClose }: { ticketId: string; mailId: string; onClose: () => void }) {
  const t = say(WORDS);
  const path = { ticket_id: ticketId, mail_id: mailId };
  const mail = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/mails/{mail_id}", { params: { path } })), [mailId]);
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      <Show of={mail}>
        {(one) => (
          <div class="stack">
            <dl class="facts">
              <div><dt>{t.from}</dt><dd>{[one.sender.name, one.sender.email && `<${one.sender.email}>`].filter(Boolean).join(" ")}</dd></div>
              <div><dt>{t.to}</dt><dd>{one.recipients.join(", ")}</dd></div>
              <div><dt>{t.subject}</dt><dd>{one.subject}</dd></div>
              <div><dt>{t.at}</dt><dd>{moment(one.received_at)} · {bytes(one.size)}</dd></div>
            </dl>
            <div class="row">
              <span class={one.authenticated ? "badge good" : "badge warn"}>{one.authenticated ? t.vouched : t.unvouched}</span>
              {one.automatic && <span class="badge">{t.automatic}</span>}
            </div>
            <div class="card padded"><Written text={one.text ?? t.none} /></div>
            {one.raw && <div><ButtonLink href={one.raw.url} icon={Download} target="_blank" rel="noopener">{t.raw}</ButtonLink></div>}
          </div>
        )}
      </Show>
    </Dialog>
  );
}
