/** Who follows a request beside who asked for it. */

import { useLoad } from "../core/load";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { go } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useState } from "preact/hooks";

const WORDS = words({
  en: { title: "Who else follows", you: "you", leave: "Follow no longer", sure: "Follow this request no longer?", means: "You get no more mails about it. Unless you asked for it or your organisation shares it, you do not see it any more." },
  es: { title: "Quién más la sigue", you: "usted", leave: "Dejar de seguirla", sure: "¿Dejar de seguir esta solicitud?", means: "Ya no recibirá correos sobre ella. Si no la pidió usted ni la comparte su organización, dejará de verla." },
});

export type Watcher = Schema<"WatcherOut">;

export const useWatchers = (ticketId: string) =>
  useLoad(async () => (await take(api.GET("/v1/tickets/{ticket_id}/watchers", { params: { path: { ticket_id: ticketId }, query: { limit: 100 } } }))).items, [ticketId]);

export function Following({ ticketId, watchers }: { ticketId: string; watchers: readonly Watcher[] }) {
  const t = say(WORDS);
  const [asking, setAsking] = useState(false);
  const me = session.value?.user.id;
  if (!watchers.length) return null;
  const leave = async () => {
    await api.DELETE("/v1/tickets/{ticket_id}/watchers/{user_id}", { params: { path: { ticket_id: ticketId, user_id: me! } } });
    go("requests");
  };
  return (
    <section class="stack tight" aria-labelledby="following">
      <h2 id="following">{t.title}</h2>
      <ul class="request-followers">
        {watchers.map((watcher) => (
          <li key={watcher.id} class="row tight firm">
            <Avatar name={watcher.name} />
            <span>{watcher.name}{watcher.id === me && ` (${t.you})`}</span>
          </li>
        ))}
      </ul>
      {watchers.some(({ id }) => id === me) && <div><Button small onClick={() => setAsking(true)}>{t.leave}</Button></div>}
      {asking && <Confirm title={t.sure} action={t.leave} onClose={() => setAsking(false)} onConfirm={leave}><p>{t.means}</p></Confirm>}
    </section>
  );
}
