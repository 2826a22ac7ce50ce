/** Taking in tickets of another desk: a file, tried first, followed to its end (docs/importing.md). */

import { Download, FileUp, Play } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes, number } from "../core/format";
import { useList, useLoad } from "../core/load";
import { asProblem, Problem } from "../core/problem";
import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import { upload } from "../core/upload";
import { Button, ButtonLink } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CheckField, Field, Form, SelectField, TextArea, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { TeamPicker, type Team } from "../ui/people";
import { Empty, More, Show } from "../ui/states";
import { Ago } from "../ui/time";
import { PARTS } from "../ui/words";

type Import = Schema<"ImportOut">;

const WORDS = words({
  en: {
    title: "Imports",
    lead: "Tickets from Zendesk, Freshdesk or a table, with their history. Nothing is imported twice.",
    add: "Import a file",
    empty: "Nothing has been imported yet.",
    file: "File",
    fileHint: "JSON or CSV, gzip if you like, 2 GB at most.",
    noFile: "Choose a file.",
    source: "It comes from",
    sources: { zendesk: "Zendesk", freshdesk: "Freshdesk", csv: "A table (CSV)" },
    system: "Name of that account",
    systemHint: "Ids are told apart by it; two accounts of one vendor need two names.",
    team: "Team of tickets that name none",
    requester: "Requester of tickets that name nobody",
    mapping: "Mapping",
    mappingHint: "JSON: columns, values, custom_fields, date_format, as docs/importing.md says.",
    mappingWrong: "This is no JSON object.",
    dry: "Only try it: import nothing, and say what would be",
    sending: (share: string) => `Sending: ${share}`,
    status: "State",
    statuses: { awaiting: "Awaits its file", queued: "Waiting", running: "Under way", done: "Done", failed: "Failed", cancelled: "Called off" },
    dryRun: "a trial",
    rows: "Rows",
    taken: "Taken",
    updated: "Added to",
    skipped: "Skipped",
    people: "People",
    comments: "Comments",
    when: "When",
    read: (part: string, all: string) => `${part} of ${all} read`,
    report: (count: string) => `All ${count} remarks (CSV)`,
    remarks: "Remarks",
    row: "Row",
    id: "Their id",
    remark: "Remark",
    start: "Start",
    again: "Start again",
    real: "Now take it in",
    cancel: "Call it off",
  },
  es: {
    title: "Importaciones",
    lead: "Tickets de Zendesk, Freshdesk o una tabla, con su historia. Lo tomado no se toma dos veces.",
    add: "Importar un archivo",
    empty: "Aún no se importó nada.",
    file: "Archivo",
    fileHint: "JSON o CSV, con gzip si quiere, 2 GB como mucho.",
    noFile: "Elija un archivo.",
    source: "Viene de",
    sources: { zendesk: "Zendesk", freshdesk: "Freshdesk", csv: "Una tabla (CSV)" },
    system: "Nombre de esa cuenta",
    systemHint: "Los ids se distinguen por él; dos cuentas de un proveedor necesitan dos nombres.",
    team: "Equipo de los tickets que no indican ninguno",
    requester: "Solicitante de los tickets que no indican a nadie",
    mapping: "Correspondencias",
    mappingHint: "JSON: columns, values, custom_fields, date_format, como dice docs/importing.md.",
    mappingWrong: "Esto no es un objeto JSON.",
    dry: "Solo probar: no tomar nada y decir qué pasaría",
    sending: (share: string) => `Enviando: ${share}`,
    status: "Estado",
    statuses: { awaiting: "Espera su archivo", queued: "En espera", running: "En curso", done: "Hecha", failed: "Fallida", cancelled: "Anulada" },
    dryRun: "una prueba",
    rows: "Filas",
    taken: "Tomadas",
    updated: "Ampliadas",
    skipped: "Omitidas",
    people: "Personas",
    comments: "Comentarios",
    when: "Cuándo",
    read: (part: string, all: string) => `${part} de ${all} leídos`,
    report: (count: string) => `Las ${count} observaciones (CSV)`,
    remarks: "Observaciones",
    row: "Fila",
    id: "Su id allí",
    remark: "Observación",
    start: "Empezar",
    again: "Empezar de nuevo",
    real: "Ahora tomarlo",
    cancel: "Anularla",
  },
});

const LOOKS: Record<Import["status"], string> = { awaiting: "", queued: "info", running: "info", done: "good", failed: "bad", cancelled: "" };
const EVERY = 2_000;

export default function Imports() {
  const t = say(WORDS);
  const { id, new: fresh } = route.value.params;
  const list = useList((cursor) => take(api.GET("/v1/imports", { params: { query: { limit: 25, cursor } } })), []);
  if (id) return <One id={id} />;
  return (
    <Page title={t.title} lead={t.lead} actions={<Button look="main" icon={FileUp} onClick={() => set({ new: 1 })}>{t.add}</Button>}>
      <Show of={list}>
        {(imports) => imports.length === 0 ? <div class="card"><Empty icon={FileUp}><p>{t.empty}</p></Empty></div> : (
          <>
            <div class="card table-frame catalogue">
              <table class="table" aria-label={t.title}>
                <thead><tr><th>{t.file}</th><th>{t.status}</th><th class="end">{t.taken}</th><th class="end roomy">{t.skipped}</th><th class="roomy">{t.when}</th></tr></thead>
                <tbody>
                  {imports.map((each) => (
                    <tr key={each.id}>
                      <td><a href={to("imports", { id: each.id })}>{each.file_name}</a><div class="small soft">{t.sources[each.source]} · {bytes(each.bytes)}</div></td>
                      <td><State of={each} /></td>
                      <td class="end numbers">{number(each.counts.taken)}</td>
                      <td class="end numbers roomy">{number(each.counts.skipped)}</td>
                      <td class="roomy"><Ago at={each.created_at} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {list.more && <More onClick={list.more} busy={list.loading} />}
          </>
        )}
      </Show>
      {fresh && <Dialog title={t.add} onClose={() => set({ new: undefined })}><Maker onClose={() => set({ new: undefined })} /></Dialog>}
    </Page>
  );
}

function State({ of }: { of: Import }) {
  const t = say(WORDS);
  return <span class="row tight"><span class={`badge ${LOOKS[of.status]}`}>{t.statuses[of.status]}</span>{of.options.dry_run === true && <span class="badge">{t.dryRun}</span>}</span>;
}

function Maker({ onClose }: { onClose: () => void }) {
  const t = say(WORDS);
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const form = useForm(
    { source: "zendesk" as Import["source"], system: "", team: null as Team | null, requester_email: "", mapping: "", dry_run: true },
    async ({ source, system, team, requester_email, mapping, dry_run }) => {
      if (!file) throw local("file_name", t.noFile);
      const options = { team_id: team?.id ?? null, requester_email: requester_email.trim() || null, dry_run };
      const body = { source, file_name: file.name, bytes: file.size, system: system.trim() || null, mapping: mapping.trim() ? parsed(mapping, t.mappingWrong) : undefined, options };
      const made = await take(api.POST("/v1/imports", { body }));
      setShare(0);
      try {
        await upload(made.upload, file, setShare);
      } finally {
        setShare(null);
      }
      await api.POST("/v1/imports/{import_id}/start", { params: { path: { import_id: made.id } } });
      set({ id: made.id, new: undefined }, { replace: false });
    },
  );
  return (
    <Form of={form} action={t.start} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
      <Field label={t.file} hint={t.fileHint} error={form.error("file_name") ?? form.error("bytes")}>
        {(tied) => <input {...tied} type="file" class="input" accept=".json,.csv,.jsonl,.ndjson,.gz" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />}
      </Field>
      <SelectField of={form} name="source" label={t.source} options={t.sources} />
      <CheckField of={form} name="dry_run" label={t.dry} />
      <TextField of={form} name="system" label={t.system} hint={t.systemHint} optional spellcheck={false} />
      <TeamPicker label={t.team} optional chosen={form.values.team} onChoose={(team) => form.set({ team })} error={form.error("options.team_id")} />
      <TextField of={form} name="requester_email" type="email" label={t.requester} optional />
      <TextArea of={form} name="mapping" label={t.mapping} hint={t.mappingHint} optional spellcheck={false} />
      {share !== null && <p role="status">{t.sending(`${Math.round(share * 100)} %`)} <progress value={share} aria-label={t.file} /></p>}
    </Form>
  );
}

const local = (field: string, message: string): Problem => new Problem(422, "VALIDATION_ERROR", message, [{ field, code: "VALIDATION_ERROR", message }]);

function parsed(text: string, wrong: string): Schema<"MappingIn"> {
  try {
    return JSON.parse(text);
  } catch {
    throw local("mapping", wrong);
  }
}

function One({ id: import_id }: { id: string }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const params = { path: { import_id } };
  const found = useLoad(() => take(api.GET("/v1/imports/{import_id}", { params })), [import_id]);
  const one = found.data;
  const isGoing = one?.status === "queued" || one?.status === "running";
  useEffect(() => {
    if (!isGoing) return;
    const timer = setTimeout(found.reload, EVERY);
    return () => clearTimeout(timer);
  }, [one, found.problem]);
  const act = async (call: () => Promise<unknown>) => {
    try {
      await call();
      await found.reload();
    } catch (thrown) {
      found.fail(asProblem(thrown));
    }
  };
  const start = (dry_run?: boolean) => act(() => api.POST("/v1/imports/{import_id}/start", { params, body: dry_run === undefined ? {} : { dry_run } }));
  const wasTrial = one?.options.dry_run === true;
  return (
    <Page
      title={one?.file_name ?? t.title}
      lead={one && `${t.sources[one.source]} · ${bytes(one.bytes)}`}
      back={{ href: to("imports"), label: t.title }}
      actions={
        <>
          {isGoing && one?.job_id && <Button onClick={() => act(() => api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: one.job_id! } } }))}>{t.cancel}</Button>}
          {one?.status === "done" && wasTrial && <Button look="main" icon={Play} onClick={() => start(false)}>{t.real}</Button>}
          {(one?.status === "failed" || one?.status === "cancelled" || one?.status === "awaiting") && <Button icon={Play} onClick={() => start()}>{t.again}</Button>}
        </>
      }
    >
      <Show of={found}>
        {(shown) => (
          <div class="stack">
            <div class="row" role="status"><State of={shown} />{isGoing && <><span class="spinner" aria-hidden="true" /> {t.read(bytes(shown.bytes_read), bytes(shown.bytes))} <progress value={shown.bytes_read} max={shown.bytes} aria-label={parts.loading} /></>}</div>
            {shown.error && <div class="note bad"><div>{shown.error}</div></div>}
            <dl class="card padded figures-line">
              {(["rows", "taken", "updated", "skipped", "comments", "people"] as const).map((name) => (
                <div key={name}><dt class="small soft">{t[name]}</dt><dd class="numbers strong">{number(shown.counts[name])}</dd></div>
              ))}
            </dl>
            {shown.remarks.length > 0 && (
              <section class="card" aria-label={t.remarks}>
                <header>
                  <h2>{t.remarks}</h2>
                  {shown.report && <ButtonLink small icon={Download} href={shown.report.url} download={shown.report.name}>{t.report(number(shown.remark_count))}</ButtonLink>}
                </header>
                <div class="table-frame" tabIndex={0} role="region" aria-label={t.remarks}>
                  <table class="table" aria-label={t.remarks}>
                    <thead><tr><th class="end">{t.row}</th><th>{t.id}</th><th>{t.status}</th><th>{t.remark}</th></tr></thead>
                    <tbody>
                      {shown.remarks.slice(0, 200).map((remark) => (
                        <tr key={`${remark.row} ${remark.code} ${remark.detail}`}>
                          <td class="end numbers">{number(remark.row)}</td>
                          <td class="mono">{remark.external_id}</td>
                          <td>{remark.kind === "skipped" ? <span class="badge bad">{t.skipped}</span> : <code class="small">{remark.code}</code>}</td>
                          <td>{remark.detail}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            )}
          </div>
        )}
      </Show>
    </Page>
  );
}
