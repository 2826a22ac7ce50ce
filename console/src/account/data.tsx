/** A file of everything that the desk holds about oneself; language and colours of this browser. */

import { Download } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes } from "../core/format";
import { asProblem, type Problem } from "../core/problem";
import { theme } from "../core/theme";
import { LANGUAGES, language, say, speak, words } from "../core/words";
import { Button, ButtonLink } from "../ui/button";
import { Field, Options } from "../ui/form";
import { ProblemNote } from "../ui/states";
import { Moment } from "../ui/time";
import { PARTS } from "../ui/words";

type Job = Schema<"JobOut">;

const WORDS = words({
  en: {
    looks: "This browser",
    looksHint: "Language and colours are of this browser alone.",
    data: "Your data",
    dataHint: "A file of everything that this help desk holds about you: profile, requests, comments, mails, sessions. It takes a minute, and is there for a week.",
    make: "Make the file",
    again: "Make it anew",
    making: "The file is being made. You may leave this page and come back.",
    failed: "The file could not be made.",
    get: (name: string, size: string) => `Download ${name} (${size})`,
    until: "There until",
  },
  es: {
    looks: "Este navegador",
    looksHint: "El idioma y los colores son solo de este navegador.",
    data: "Sus datos",
    dataHint: "Un archivo con todo lo que esta mesa guarda sobre usted: perfil, solicitudes, comentarios, correos, sesiones. Tarda un minuto y está disponible una semana.",
    make: "Crear el archivo",
    again: "Crearlo de nuevo",
    making: "El archivo se está creando. Puede salir de esta página y volver.",
    failed: "No se pudo crear el archivo.",
    get: (name: string, size: string) => `Descargar ${name} (${size})`,
    until: "Disponible hasta",
  },
});

const EVERY = 2_000;
// The link in an answer is good for five minutes: fetched anew before it ends.
const LINK_LIFE = 240_000;

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

const isGoing = (job: Job | null) => job?.status === "queued" || job?.status === "running";

export function OwnData() {
  const t = say(WORDS);
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (fetched: Promise<Job | null>) => {
    try {
      setJob(await fetched);
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  useEffect(() => {
    void look(latest());
  }, []);
  useEffect(() => {
    if (!job || !(isGoing(job) || job.file)) return;
    const timer = setTimeout(() => void look(take(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: job.id } } }))), isGoing(job) ? EVERY : LINK_LIFE);
    return () => clearTimeout(timer);
  }, [job, problem]);
  const make = async () => {
    setBusy(true);
    await look(take(api.POST("/v1/auth/me/export")));
    setBusy(false);
  };
  return (
    <section class="card" aria-label={t.data}>
      <header><h2>{t.data}</h2><p>{t.dataHint}</p></header>
      {problem && <ProblemNote problem={problem} />}
      <div class="stack" role="status">
        {isGoing(job) && <div class="row"><span class="spinner" aria-hidden="true" /> {t.making}</div>}
        {job?.status === "failed" && <div class="note bad"><div>{t.failed}</div></div>}
        {job?.file && (
          <div class="row">
            <ButtonLink look="main" icon={Download} href={job.file.url} download={job.file.name}>{t.get(job.file.name, bytes(job.file.bytes))}</ButtonLink>
            <span class="small soft">{t.until} <Moment at={job.expires_at} /></span>
          </div>
        )}
      </div>
      {!isGoing(job) && <div class="row"><Button busy={busy} onClick={make}>{job ? t.again : t.make}</Button></div>}
    </section>
  );
}

/** The last file of this kind that one asked for. */
async function latest(): Promise<Job | null> {
  const { items } = await take(api.GET("/v1/jobs", { params: { query: { kind: "user_export", created_by: "me", limit: 10 } } }));
  return items.find((job) => job.subject_id === job.created_by) ?? null;
}
