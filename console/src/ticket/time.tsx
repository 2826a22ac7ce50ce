/** Time spent on the ticket: what was noted, by whom, and what it comes to. */

import { X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { day, span } from "../core/format";
import { useLoad } from "../core/load";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Form, TextField, useForm } from "../ui/form";
import { PARTS } from "../ui/words";
import { useSaving } from "./saving";
import type { OneTicket } from "./state";

const WORDS = words({
  en: { title: "Time spent", minutes: "Minutes", note: "What for", on: "Day", add: "Note time", none: "No time noted", total: (text: string) => `${text} in all`, entry: (who: string, text: string) => `${text} of ${who}` },
  es: { title: "Tiempo dedicado", minutes: "Minutos", note: "En qué", on: "Día", add: "Anotar tiempo", none: "Sin tiempo anotado", total: (text: string) => `${text} en total`, entry: (who: string, text: string) => `${text} de ${who}` },
});

const spent = (minutes: number): string => (minutes < 60 ? `${minutes} m` : span(minutes * 60));

export function TimeSpent({ of }: { of: OneTicket }) {
  const t = say(WORDS);
  const me = session.value!.user;
  const saving = useSaving(of);
  const [adding, setAdding] = useState(false);
  const path = { ticket_id: of.ticket.id };
  const entries = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/time-entries", { params: { path, query: { limit: 25 } } })), [of.ticket.id, of.pulse]);
  const form = useForm({ minutes: "", note: "", spent_on: "" }, async ({ minutes, note, spent_on }) => {
    await take(api.POST("/v1/tickets/{ticket_id}/time-entries", { params: { path }, body: { minutes: Number(minutes), note: note.trim() || null, spent_on: spent_on || null } }));
    form.reset();
    setAdding(false);
    await entries.reload();
  });
  const remove = (entry_id: string) => saving.run("entry", async () => { await take(api.DELETE("/v1/tickets/{ticket_id}/time-entries/{entry_id}", { params: { path: { ...path, entry_id } } })); await entries.reload(); });
  const { data } = entries;
  return (
    <section class="card side" aria-label={t.title}>
      <div class="row apart">
        <h2>{t.title}</h2>
        <Button look="quiet" small aria-expanded={adding} onClick={() => setAdding(!adding)}>{t.add}</Button>
      </div>
      {data && (data.total_minutes > 0 ? <p><span class="strong">{t.total(spent(data.total_minutes))}</span>{data.by_person.length > 1 && <span class="small soft"> · {data.by_person.map(({ name, minutes }) => t.entry(name, spent(minutes))).join(", ")}</span>}</p> : !adding && <p class="soft small">{t.none}</p>)}
      {adding && (
        <Form of={form} action={t.add} beside={<Button onClick={() => setAdding(false)}>{say(PARTS).cancel}</Button>}>
          <div class="two">
            <TextField of={form} name="minutes" label={t.minutes} type="number" min={1} max={1440} required autoFocus />
            <TextField of={form} name="spent_on" label={t.on} type="date" optional />
          </div>
          <TextField of={form} name="note" label={t.note} optional />
        </Form>
      )}
      <ul class="brief small">
        {data?.items.map((entry) => (
          <li key={entry.id}>
            <span class="grow">
              <span class="strong numbers">{spent(entry.minutes)}</span> {entry.person.name} <span class="soft">{day(entry.spent_on)}</span>
              {entry.note && <div class="soft written">{entry.note}</div>}
            </span>
            {(entry.person.id === me.id || me.role !== "agent") && <Button look="quiet" small icon={X} label={say(PARTS).remove(t.entry(entry.person.name, spent(entry.minutes)))} onClick={() => void remove(entry.id)} />}
          </li>
        ))}
      </ul>
      {saving.error("entry") && <p class="bad-text small">{saving.error("entry")}</p>}
    </section>
  );
}
