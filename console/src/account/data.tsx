/** A file of everything that the desk holds about oneself; language and colours of this browser. */

import { useEffect } from "preact/hooks";

import { api, take } from "../core/api";
import { theme } from "../core/theme";
import { LANGUAGES, language, say, speak, words } from "../core/words";
import { Button } from "../ui/button";
import { Field, Options } from "../ui/form";
import { isGoing, type Job, JobFile, useJob } from "../ui/job";
import { PARTS } from "../ui/words";

const WORDS = words({
  en: {
    looks: "This browser",
    looksHint: "Language and colours are of this browser alone.",
    data: "Your data",
    dataHint: "A file of everything that this help desk holds about you: profile, requests, comments, mails, sessions. It takes a minute, and is there for a week.",
    make: "Make the file",
    again: "Make it anew",
  },
  es: {
    looks: "Este navegador",
    looksHint: "El idioma y los colores son solo de este navegador.",
    data: "Sus datos",
    dataHint: "Un archivo con todo lo que esta mesa de ayuda guarda sobre usted: perfil, solicitudes, comentarios, correos, sesiones. Tarda un minuto y está disponible una semana.",
    make: "Crear el archivo",
    again: "Crearlo de nuevo",
  },
});

export function Looks() {
  const t = say(WORDS);
  const parts = say(PARTS);
  return (
    <section class="card" aria-label={t.looks}>
      <header><h2>{t.looks}</h2><p>{t.looksHint}</p></header>
      <div class="pair">
        <Field label={parts.language}>
          {(tied) => (
            <select {...tied} class="input" value={language.value} onChange={(event) => speak(event.currentTarget.value as keyof typeof LANGUAGES)}>
              <Options of={LANGUAGES} />
            </select>
          )}
        </Field>
        <Field label={parts.theme}>
          {(tied) => (
            <select {...tied} class="input" value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value)}>
              <Options of={parts.themes} />
            </select>
          )}
        </Field>
      </div>
    </section>
  );
}

export function OwnData() {
  const t = say(WORDS);
  const made = useJob();
  const { job, busy, follow } = made;
  useEffect(() => void follow(latest()), []);
  return (
    <section class="card" aria-label={t.data}>
      <header><h2>{t.data}</h2><p>{t.dataHint}</p></header>
      <JobFile of={made} />
      {!isGoing(job) && <div class="row"><Button busy={busy} onClick={() => follow(take(api.POST("/v1/auth/me/export")))}>{job ? t.again : t.make}</Button></div>}
    </section>
  );
}

/** The last file of this kind that one asked for. */
async function latest(): Promise<Job | null> {
  const { items } = await take(api.GET("/v1/jobs", { params: { query: { kind: "user_export", created_by: "me", limit: 10 } } }));
  return items.find((job) => job.subject_id === job.created_by) ?? null;
}
