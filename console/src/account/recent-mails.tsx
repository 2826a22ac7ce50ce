/** The mails that one got lately, or did not get, and why. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { to } from "../core/router";
import { say } from "../core/words";
import { Empty, More, Show } from "../ui/states";
import { Ago, Moment } from "../ui/time";
import { Mail } from "lucide";
import { MAILS } from "./mail-words";

type Sent = Schema<"NotificationOut">;

const LOOKS: Record<Sent["status"], string> = { claimed: "info", gathered: "info", sent: "good", superseded: "", suppressed: "warn", failed: "bad" };

export function RecentMails({ userId, isCustomer }: { userId: string; isCustomer: boolean }) {
  const t = say(MAILS);
  const [shown, setShown] = useState(10);
  const mails = useLoad(() => take(api.GET("/v1/notifications", { params: { query: { user: userId, limit: shown } } })), [userId, shown]);
  return (
    <Show of={mails}>
      {({ items, next_cursor }) =>
        items.length === 0 ? (
          <Empty icon={Mail}>{t.none}</Empty>
        ) : (
          <>
            <ul class="mails">{items.map((mail) => <Line key={mail.id} mail={mail} isCustomer={isCustomer} />)}</ul>
            {next_cursor && shown < 100 && <More busy={mails.loading} onClick={() => setShown(Math.min(100, shown + 30))} />}
          </>
        )
      }
    </Show>
  );
}

function Line({ mail, isCustomer }: { mail: Sent; isCustomer: boolean }) {
  const t = say(MAILS);
  const told = (mail.occasion && t.occasions[mail.occasion]) || t.events[mail.kind] || mail.kind;
  return (
    <li>
      <span>
        {told}
        {mail.ticket && <> · <a href={to(isCustomer ? "request" : "ticket", { id: mail.ticket.id })}>{mail.ticket.label}</a></>}
      </span>
      <span class="end"><span class={`badge ${LOOKS[mail.status]}`}>{t.statuses[mail.status]}</span></span>
      <span class="small soft">
        {mail.reason ? t.reasons[mail.reason] : mail.in_digest ? t.digest : null}
        {!mail.reason && mail.in_digest && mail.due_at && !mail.sent_at && <> <Moment at={mail.due_at} /></>}
      </span>
      <span class="small soft end"><Ago at={mail.sent_at ?? mail.created_at} /></span>
    </li>
  );
}
