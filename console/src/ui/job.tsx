/** Work that the desk does by itself: asked for, followed to its end, and its file. */

import { Download } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes } from "../core/format";
import { asProblem, type Problem } from "../core/problem";
import { say, words } from "../core/words";
import { ButtonLink } from "./button";
import { ProblemNote } from "./states";
import { Moment } from "./time";

export type Job = Schema<"JobOut">;

const WORDS = words({
  en: { making: "It is being made. You may leave this page and come back.", failed: "It could not be made.", get: (name: string, size: string) => `Download ${name} (${size})`, until: "There until" },
  es: { making: "Se está creando. Puede salir de esta página y volver.", failed: "No se pudo crear.", get: (name: string, size: string) => `Descargar ${name} (${size})`, until: "Disponible hasta" },
});

const EVERY = 2_000;
// The link in an answer is good for five minutes: fetched anew before it ends.
const LINK_LIFE = 240_000;

export const isGoing = (job: Job | null): boolean => job?.status === "queued" || job?.status === "running";

export interface Followed {
  job: Job | null;
  problem: Problem | null;
  busy: boolean;
  /** Follows the job that this answers; what it throws is shown. */
  follow: (asked: Promise<Job | null>) => Promise<void>;
}

export function useJob(): Followed {
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (asked: Promise<Job | null>) => {
    try {
      setJob(await asked);
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  useEffect(() => {
    if (!job || !(isGoing(job) || job.file)) return;
    const timer = setTimeout(() => void look(take(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: job.id } } }))), isGoing(job) ? EVERY : LINK_LIFE);
    return () => clearTimeout(timer);
  }, [job, problem]);
  const follow = async (asked: Promise<Job | null>) => {
    setBusy(true);
    await look(asked);
    setBusy(false);
  };
  return { job, problem, busy, follow };
}

/** How far it is, and the way to its file. */
export function JobFile({ of: { job, problem } }: { of: Followed }) {
  const t = say(WORDS);
  return (
    <>
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
    </>
  );
}
