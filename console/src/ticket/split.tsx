/** Comments that are another matter become a ticket of their own. */

import { useState } from "preact/hooks";

import { moment } from "../core/format";
import { to } from "../core/router";
import { api, take } from "../core/api";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, SelectField, TextField, useForm } from "../ui/form";
import { TeamPicker, type Team } from "../ui/people";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";
import type { OneTicket } from "./state";
import { WORDS as TICKET } from "./words";

const WORDS = words({
  en: { title: "Split comments off", which: "Which comments make the new ticket", subject: "Subject of the new ticket", team: "Team", teamHint: "The default team, where left out.", action: "Make the ticket", done: "The new ticket was made", none: "There are no comments to split off.", note: "note" },
  es: { title: "Separar comentarios", which: "Qué comentarios forman el ticket nuevo", subject: "Asunto del ticket nuevo", team: "Equipo", teamHint: "El equipo predeterminado, si se omite.", action: "Crear el ticket", done: "Se creó el ticket nuevo", none: "No hay comentarios que separar.", note: "nota" },
});

export function SplitDialog({ of, onClose }: { of: OneTicket; onClose: () => void }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const fields = say(TICKET).fields;
  const { ticket } = of;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [team, setTeam] = useState<Team | null>(null);
  const said = ticket.comments.filter(({ id, deleted_at, ticket_id }) => id && !deleted_at && ticket_id === ticket.id);
  const form = useForm({ subject: "", type: ticket.type as string, priority: ticket.priority as string }, async (values) => {
    const body = { ...values, comment_ids: said.filter(({ id }) => chosen.has(id!)).map(({ id }) => id), team_id: team?.id };
    if (!(await of.act("split", body))) return;
    onClose();
    const { items } = await take(api.GET("/v1/tickets/{ticket_id}/links", { params: { path: { ticket_id: ticket.id }, query: { limit: 100 } } }));
    const made = items.filter(({ type }) => type === "split_into").sort((a, b) => b.created_at.localeCompare(a.created_at))[0];
    tell(made ? `${t.done}: ${made.ticket.label}` : t.done, made ? { action: { label: made.ticket.label, do: () => location.assign(to("ticket", { id: made.ticket.id })) } } : {});
  });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    next.has(id) ? next.delete(id) : next.add(id);
    setChosen(next);
  };
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      {said.length === 0 ? (
        <p>{t.none}</p>
      ) : (
        <Form of={form} action={t.action} disabled={chosen.size === 0} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
          <fieldset class="stack tight">
            <legend>{t.which}</legend>
            <ul class="picks scroll">
              {said.map((comment) => (
                <li key={comment.id}>
                  <label class="check">
                    <input type="checkbox" checked={chosen.has(comment.id!)} onChange={() => toggle(comment.id!)} />
                    <span class="stack tight">
                      <span><span class="strong">{comment.author?.name}</span> <span class="small soft">{moment(comment.created_at)}{comment.visibility === "internal" && ` · ${t.note}`}</span></span>
                      <span class="clamped">{comment.body}</span>
                    </span>
                  </label>
                </li>
              ))}
            </ul>
            {form.error("comment_ids") && <p class="bad-text small">{form.error("comment_ids")}</p>}
          </fieldset>
          <TextField of={form} name="subject" label={t.subject} maxLength={200} required />
          <div class="grid">
            <SelectField of={form} name="type" label={fields.type!} options={terms.type} />
            <SelectField of={form} name="priority" label={fields.priority!} options={terms.priority} />
          </div>
          <TeamPicker label={t.team} optional hint={t.teamHint} chosen={team} onChoose={setTeam} error={form.error("team_id")} />
        </Form>
      )}
    </Dialog>
  );
}
