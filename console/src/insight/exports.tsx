/** Rows as files: what is to be taken out, and what was. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem } from "../core/problem";
import { say, words } from "../core/words";
import { Page } from "../ui/page";
import { More, Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { ExportForm } from "./export-form";
import { ExportList, fetchFile, useProgress } from "./export-list";

const WORDS = words({
  en: { title: "Exports", lead: "What you may see, as a file. Files are kept for a week.", asked: "The file is being made. You may leave this page and come back.", ready: (name: string) => `${name} is ready.`, failed: "The export failed.", get: "Download" },
  es: { title: "Exportaciones", lead: "Lo que usted puede ver, como archivo. Cada archivo se guarda una semana.", asked: "El archivo se está preparando. Puede salir de esta página y volver.", ready: (name) => `${name} está listo.`, failed: "La exportación ha fallado.", get: "Descargar" },
});

type Job = Schema<"JobOut">;

const page = (cursor?: string) => take(api.GET("/v1/jobs", { params: { query: { kind: "export", created_by: "me", limit: 25, cursor } } }));

export default function Exports() {
  const t = say(WORDS);
  const loaded = useLoad(() => page(), []);
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!loaded.data) return;
    setJobs(loaded.data.items);
    setNext(loaded.data.next_cursor);
  }, [loaded.data]);
  const more = async () => {
    setBusy(true);
    try {
      const found = await page(next!);
      setJobs((was) => [...was, ...found.items.filter(({ id }) => !was.some((job) => job.id === id))]);
      setNext(found.next_cursor);
    } catch (thrown) {
      loaded.fail(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const put = (job: Job) => {
    setJobs((was) => was.map((each) => (each.id === job.id ? job : each)));
    if (job.status === "done" && job.file) tell(t.ready(job.file.name), { action: { label: t.get, do: () => void fetchFile(job.id) } });
    if (job.status === "failed") tell(t.failed, { look: "bad" });
  };
  useProgress(jobs, put);
  return (
    <Page title={t.title} lead={t.lead}>
      <div class="stack wide">
        <ExportForm onAsked={(job) => {
          setJobs((was) => [job, ...was.filter(({ id }) => id !== job.id)]);
          tell(t.asked);
        }} />
        <Show of={loaded} lines={6}>
          {() => (
            <div>
              <ExportList jobs={jobs} put={put} />
              {next && <More busy={busy} onClick={more} />}
            </div>
          )}
        </Show>
      </div>
    </Page>
  );
}
