/** The exports that one asked for: how far each is, its file while it is there, and the way to call it off. */

import { Download, X } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes, number } from "../core/format";
import { asProblem } from "../core/problem";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { isGoing } from "../ui/job";
import { Empty, sentence } from "../ui/states";
import { Moment } from "../ui/time";
import { tell } from "../ui/toasts";

const WORDS = words({
  en: {
    title: "Your exports", none: "You have not exported anything yet.", asked: "Asked", file: "File", rows: "Rows", size: "Size", state: "State", actions: "Actions",
    states: { queued: "Waiting", running: "Being made", done: "Ready", failed: "Failed", cancelled: "Called off" }, gone: "No longer there", download: (name: string) => `Download ${name}`, get: "Download", cancel: "Call off", cancelled: "The export was called off.",
    soFar: (n: string) => `${n} so far`,
  },
  es: {
    title: "Sus exportaciones", none: "Todavía no ha exportado nada.", asked: "Pedida", file: "Archivo", rows: "Filas", size: "Tamaño", state: "Estado", actions: "Acciones",
    states: { queued: "En cola", running: "En preparación", done: "Lista", failed: "Fallida", cancelled: "Anulada" }, gone: "Ya no está disponible", download: (name) => `Descargar ${name}`, get: "Descargar", cancel: "Anular", cancelled: "La exportación se ha anulado.",
    soFar: (n) => `${n} hasta ahora`,
  },
});

type Job = Schema<"JobOut">;

const EVERY = 1_500;
const LOOKS = { queued: "", running: "info", done: "good", failed: "bad", cancelled: "" };

/** Asks how far those under way are, until none is. */
export function useProgress(jobs: readonly Job[], put: (job: Job) => void): void {
  const going = jobs.filter(isGoing).map(({ id }) => id).join();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!going) return;
    const timer = setTimeout(async () => {
      // One that cannot be asked now is asked again.
      await Promise.all(going.split(",").map((id) => ofId(id).then(put, () => null)));
      setTurn((count) => count + 1);
    }, EVERY);
    return () => clearTimeout(timer);
  }, [going, turn]);
}

const ofId = (id: string): Promise<Job> => take(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));

/** Each answer has a new link, for a short while: one is asked for when the file is. */
export async function fetchFile(id: string): Promise<void> {
  try {
    const { file } = await ofId(id);
    if (file) location.assign(file.url);
    else tell(say(WORDS).gone, { look: "bad" });
  } catch (thrown) {
    tell(sentence(asProblem(thrown)), { look: "bad" });
  }
}

export function ExportList({ jobs, put }: { jobs: readonly Job[]; put: (job: Job) => void }) {
  const t = say(WORDS);
  return (
    <section class="card" aria-label={t.title}>
      <header><h2>{t.title}</h2></header>
      {jobs.length === 0 && <Empty><p>{t.none}</p></Empty>}
      {jobs.length > 0 && <div class="table-frame">
        <table class="table numbers exports">
          <thead>
            <tr><th scope="col">{t.file}</th><th scope="col" class="roomy">{t.asked}</th><th scope="col">{t.state}</th><th scope="col" class="end">{t.rows}</th><th scope="col" class="end roomy">{t.size}</th><th scope="col"><span class="unseen">{t.actions}</span></th></tr>
          </thead>
          <tbody>{jobs.map((job) => <ExportRow key={job.id} job={job} put={put} />)}</tbody>
        </table>
      </div>}
    </section>
  );
}

function ExportRow({ job, put }: { job: Job; put: (job: Job) => void }) {
  const t = say(WORDS);
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    try {
      put(await take(api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: job.id } } })));
      tell(t.cancelled);
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const isThere = job.status === "done" && job.file;
  return (
    <tr>
      <td class="file">{job.file?.name ?? (job.status === "done" ? <span class="soft">{t.gone}</span> : "–")}{job.error && <div class="small error">{job.error}</div>}</td>
      <td class="roomy"><Moment at={job.created_at} /></td>
      <td><span class={`badge ${LOOKS[job.status]}`}>{isGoing(job) && <span class="spinner" aria-hidden="true" />}{t.states[job.status]}</span></td>
      <td class="end">{isGoing(job) ? t.soFar(number(job.done)) : number(job.done)}</td>
      <td class="end roomy">{job.file ? bytes(job.file.bytes) : "–"}</td>
      <td class="end">
        {isThere && <Button small icon={Download} aria-label={t.download(job.file!.name)} onClick={() => fetchFile(job.id)}>{t.get}</Button>}
        {job.cancellable && isGoing(job) && <Button small look="quiet" icon={X} busy={busy} onClick={cancel}>{t.cancel}</Button>}
      </td>
    </tr>
  );
}
