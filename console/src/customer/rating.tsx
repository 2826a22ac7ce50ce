/** How the requester found the help, once the work has ended: from 1 to 5, with words if one likes. */

import { Star } from "lucide";
import { useId, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { day } from "../core/format";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { TextArea, Form, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { Button } from "../ui/button";
import { Written } from "../ui/written";
import { refusedInWords } from "./refusals";
import type { Ticket } from "./talk";

const WORDS = words({
  en: {
    title: "How was our help?",
    names: ["very bad", "bad", "all right", "good", "very good"],
    score: "From 1, very bad, to 5, very good",
    comment: "Do you want to add something?",
    send: "Send",
    thanks: "Thank you. You said:",
    change: "Change it",
    until: (date: string) => `You can change it until ${date}.`,
    missing: "Choose a number first.",
  },
  es: {
    title: "¿Cómo fue nuestra ayuda?",
    names: ["muy mala", "mala", "regular", "buena", "muy buena"],
    score: "De 1, muy mala, a 5, muy buena",
    comment: "¿Quiere añadir algo?",
    send: "Enviar",
    thanks: "Gracias. Usted dijo:",
    change: "Cambiarlo",
    until: (date: string) => `Puede cambiarlo hasta el ${date}.`,
    missing: "Elija primero un número.",
  },
});

const ENDED = new Set(["resolved", "closed"]);

/** For who asked for it; draws nothing where nothing is asked. */
export function Rating({ ticket }: { ticket: Ticket }) {
  return ENDED.has(ticket.status) ? <Asked key={ticket.resolved_at} ticketId={ticket.id} /> : null;
}

function Asked({ ticketId }: { ticketId: string }) {
  const t = say(WORDS);
  const id = useId();
  const path = { ticket_id: ticketId };
  const standing = useLoad(() => take(api.GET("/v1/tickets/{ticket_id}/rating", { params: { path } })), [ticketId]);
  const [changing, setChanging] = useState(false);
  const [missing, setMissing] = useState(false);
  const form = useForm({ score: 0, comment: "" }, async ({ score, comment }) => {
    setMissing(!score);
    if (!score) return;
    standing.put(await refusedInWords(() => take(api.POST("/v1/tickets/{ticket_id}/rating", { params: { path }, body: { score, comment: comment.trim() || null } }))));
    setChanging(false);
  });
  const { rating, question } = standing.data ?? { rating: null, question: null };
  // Without it the page is whole all the same.
  if (!rating && !question) return null;
  const change = () => {
    form.reset({ score: rating!.score, comment: rating!.comment ?? "" });
    setChanging(true);
  };
  return (
    <section class="card padded stack rating-card" aria-labelledby={id}>
      <h2 id={id}>{t.title}</h2>
      {rating && !changing ? (
        <div class="stack tight" role="status">
          <p>{question ? t.thanks : null} <span class="strong">{rating.score}, {t.names[rating.score - 1]}</span></p>
          {rating.comment && <Written text={rating.comment} />}
          {question && <p class="row small soft"><span>{t.until(day(question.open_until))}</span><Button small onClick={change}>{t.change}</Button></p>}
        </div>
      ) : (
        <Form of={form} action={t.send} look="brand">
          <fieldset class="rating-stars" aria-describedby={missing ? `${id}-missing` : undefined}>
            <legend class="unseen">{t.score}</legend>
            {t.names.map((name, place) => {
              const score = place + 1;
              return (
                <label key={score} class={score <= form.values.score ? "on" : undefined} title={name}>
                  <input type="radio" name="score" value={score} checked={form.values.score === score} aria-label={`${score}, ${name}`} onChange={() => { form.set({ score }); setMissing(false); }} />
                  <Icon of={Star} />
                </label>
              );
            })}
            <span class="small soft" aria-hidden="true">{form.values.score ? t.names[form.values.score - 1] : t.score}</span>
          </fieldset>
          {missing && <p class="error small" id={`${id}-missing`} role="alert">{t.missing}</p>}
          {form.values.score > 0 && <TextArea of={form} name="comment" label={t.comment} optional rows={3} maxLength={2000} />}
        </Form>
      )}
    </section>
  );
}
