/** Who watches the ticket, and so hears of what happens to it. */

import { Eye, EyeOff, X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { useLoad } from "../core/load";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Avatar } from "../ui/badges";
import { Button } from "../ui/button";
import { PersonPicker } from "../ui/people";
import { PARTS } from "../ui/words";
import { useSaving } from "./saving";
import type { OneTicket } from "./state";

const WORDS = words({
  en: { title: "Watchers", watch: "Watch", leave: "Watch no longer", add: "Add a watcher", none: "Nobody watches it" },
  es: { title: "Observadores", watch: "Observar", leave: "Dejar de observar", add: "Añadir un observador", none: "Nadie lo observa" },
});

export function Watchers({ of }: { of: OneTicket }) {
  const t = say(WORDS);
  const me = session.value!.user;
  const saving = useSaving(of);
  const [adding, setAdding] = useState(0);
  const path = { ticket_id: of.ticket.id };
  const watchers = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/watchers", { params: { path, query: { limit: 50 } } })), [of.ticket.id, of.pulse]);
  const items = watchers.data?.items ?? [];
  const isIn = items.some(({ id }) => id === me.id);
  const add = (user_id: string) => saving.run("user_id", async () => { await take(api.POST("/v1/tickets/{ticket_id}/watchers", { params: { path }, body: { user_id } })); setAdding(adding + 1); await watchers.reload(); });
  const remove = (user_id: string) => saving.run("user_id", async () => { await take(api.DELETE("/v1/tickets/{ticket_id}/watchers/{user_id}", { params: { path: { ...path, user_id } } })); await watchers.reload(); });
  return (
    <section class="card side" aria-label={t.title}>
      <div class="row apart">
        <h2>{t.title}</h2>
        <Button small icon={isIn ? EyeOff : Eye} busy={saving.busy !== null} onClick={() => void (isIn ? remove(me.id) : add(me.id))}>{isIn ? t.leave : t.watch}</Button>
      </div>
      {watchers.data && items.length === 0 && <p class="soft small">{t.none}</p>}
      <ul class="brief small">
        {items.map((person) => (
          <li key={person.id}>
            <Avatar name={person.name} /><span class="one-line grow" title={person.email}>{person.name}</span>
            <Button look="quiet" small icon={X} label={say(PARTS).remove(person.name)} onClick={() => void remove(person.id)} />
          </li>
        ))}
      </ul>
      <PersonPicker key={adding} label={t.add} hidden placeholder={t.add} roles={["agent", "dispatcher", "admin", "customer"]} chosen={null} without={items.map(({ id }) => id)} onChoose={(person) => person && void add(person.id)} error={saving.error("user_id")} />
    </section>
  );
}
