/**
 * Files: chosen, dropped or pasted; sent to where the API's announcement says, with how far each is; and those of a
 * ticket, to fetch.
 *
 *     const files = useFiles();
 *     <FilePicker of={files} />
 *     await files.send((about) => take(api.POST("/v1/tickets/{ticket_id}/attachments", { …, body: { ...about, comment_id } })));
 */

import { CircleAlert, CircleCheck, Download, FileText, Paperclip, RotateCw, X } from "lucide";
import { useId, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { bytes } from "../core/format";
import { asProblem } from "../core/problem";
import { upload, type Way } from "../core/upload";
import { say, words } from "../core/words";
import { Button } from "./button";
import { Icon } from "./icon";
import { sentence } from "./states";
import { tell } from "./toasts";
import { PARTS } from "./words";

const WORDS = words({
  en: {
    files: "Files",
    empty: (name: string) => `${name} is empty.`,
    many: (most: number) => `At most ${most} files.`,
    together: (most: string) => `Together the files may have ${most} at most.`,
    state: { waiting: "not sent yet", sending: "being sent", sent: "sent", failed: "not sent" },
    again: (name: string) => `Send ${name} again`,
    fetch: (name: string) => `Download ${name}`,
    checking: "being checked",
    harmful: "kept back: harmful",
    awaited: "on its way",
  },
  es: {
    files: "Archivos",
    empty: (name: string) => `${name} está vacío.`,
    many: (most: number) => `Como máximo ${most} archivos.`,
    together: (most: string) => `Los archivos juntos pueden ocupar como máximo ${most}.`,
    state: { waiting: "sin enviar todavía", sending: "enviándose", sent: "enviado", failed: "no enviado" },
    again: (name: string) => `Enviar ${name} de nuevo`,
    fetch: (name: string) => `Descargar ${name}`,
    checking: "en revisión",
    harmful: "retenido: dañino",
    awaited: "en camino",
  },
});

/** As the API holds it (docs/attachments.md). */
export const MAX_BYTES = 25 * 1024 * 1024;

/** What an announcement says of a file. */
export interface About {
  file_name: string;
  content_type: string;
  size: number;
}

export interface Chosen {
  id: number;
  file: File;
  state: "waiting" | "sending" | "sent" | "failed";
  /** Of 1. */
  share: number;
  told?: string;
}

/** Announces a file: the way to send it; null where it has come already. */
export type Announce = (about: About, place: number) => Promise<Way | null>;

export interface Files {
  items: readonly Chosen[];
  told: string;
  add: (files: Iterable<File>) => void;
  remove: (id: number) => void;
  clear: () => void;
  /** Sends what was not sent yet, one after another; whether all of it was. */
  send: (announce: Announce) => Promise<boolean>;
  busy: boolean;
}

export const about = (file: File): About => ({ file_name: file.name || "file", content_type: file.type || "application/octet-stream", size: file.size });

let last = 0;

export function useFiles({ most = 20, together = Infinity }: { most?: number; together?: number } = {}): Files {
  const t = say(WORDS);
  const [items, setItems] = useState<readonly Chosen[]>([]);
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const latest = useRef(items);
  const put = (next: readonly Chosen[]) => {
    latest.current = next;
    setItems(next);
  };
  const note = (id: number, some: Partial<Chosen>) => put(latest.current.map((item) => (item.id === id ? { ...item, ...some } : item)));
  const add = (files: Iterable<File>) => {
    const taken = [...latest.current];
    let why = "";
    for (const file of files) {
      const total = taken.reduce((sum, item) => sum + item.file.size, file.size);
      if (file.size === 0) why = t.empty(file.name);
      else if (file.size > MAX_BYTES) why = say(PARTS).tooLarge(file.name, "25 MB");
      else if (taken.length >= most) why = t.many(most);
      else if (total > together) why = t.together(bytes(together));
      else taken.push({ id: ++last, file, state: "waiting", share: 0 });
    }
    setTold(why);
    put(taken);
  };
  const sendOne = async (item: Chosen, place: number, announce: Announce) => {
    note(item.id, { state: "sending", share: 0, told: undefined });
    try {
      const way = await announce(about(item.file), place);
      if (way) await upload(way, item.file, (share) => note(item.id, { share }));
      note(item.id, { state: "sent", share: 1 });
    } catch (thrown) {
      note(item.id, { state: "failed", told: sentence(asProblem(thrown)) });
    }
  };
  return {
    items,
    told,
    busy,
    add,
    remove: (id) => {
      setTold("");
      put(latest.current.filter((item) => item.id !== id));
    },
    clear: () => {
      setTold("");
      put([]);
    },
    send: async (announce) => {
      setBusy(true);
      for (const [place, item] of latest.current.entries()) if (item.state !== "sent") await sendOne(item, place, announce);
      setBusy(false);
      return latest.current.every((item) => item.state === "sent");
    },
  };
}

/** A button, what was chosen, and a place to drop more. */
export function FilePicker({ of, disabled, small, error }: { of: Files; disabled?: boolean; small?: boolean; error?: string }) {
  const t = say(PARTS);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) of.add(event.dataTransfer?.files ?? []);
  };
  const why = of.told || error;
  return (
    <div class={over ? "files over" : "files"} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <div class="row">
        <Button small={small} icon={Paperclip} disabled={disabled} aria-describedby={why ? id : undefined} onClick={() => input.current?.click()}>{t.addFiles}</Button>
        {!small && <span class="small soft can-drop">{t.dropFiles}</span>}
        <input ref={input} type="file" multiple hidden aria-label={t.addFiles} onChange={(event) => { of.add(event.currentTarget.files ?? []); event.currentTarget.value = ""; }} />
      </div>
      <ChosenFiles of={of} removable={!of.busy} />
      <div id={id} class="error" role="status">{why}</div>
    </div>
  );
}

/** What was chosen and how far it is. `retry` sends again what failed. */
export function ChosenFiles({ of, removable, retry }: { of: Files; removable?: boolean; retry?: () => void }) {
  const t = say(WORDS);
  if (!of.items.length) return null;
  return (
    <ul class="chosen-files" aria-label={t.files}>
      {of.items.map((item) => (
        <li key={item.id} data-state={item.state}>
          <Icon of={item.state === "sent" ? CircleCheck : item.state === "failed" ? CircleAlert : FileText} />
          <span class="grow">
            <span class="name" title={item.file.name}>{item.file.name}</span>
            <span class="small soft"> {bytes(item.file.size)}{item.state !== "waiting" && ` · ${t.state[item.state]}`}</span>
            {item.told && <span class="small error"> {item.told}</span>}
            {item.state === "sending" && <progress value={item.share} max={1} aria-label={item.file.name} />}
          </span>
          {item.state === "failed" && retry && <Button small look="quiet" icon={RotateCw} label={t.again(item.file.name)} busy={of.busy} onClick={retry} />}
          {removable && item.state !== "sent" && <Button small look="quiet" icon={X} label={say(PARTS).remove(item.file.name)} onClick={() => of.remove(item.id)} />}
        </li>
      ))}
    </ul>
  );
}

/** Takes pasted pictures: `<textarea onPaste={pasted(files)}>`. */
export const pasted = (files: Files) => (event: ClipboardEvent) => {
  const found = event.clipboardData?.files;
  if (!found?.length) return;
  event.preventDefault();
  files.add(found);
};

type Attached = Schema<"AttachmentOut">;

/** The files of a ticket or of a comment, to fetch: each by a link that is made when it is asked for. */
export function AttachedFiles({ ticketId, files }: { ticketId: string; files: readonly Attached[] }) {
  if (!files.length) return null;
  return (
    <ul class="attached-files" aria-label={say(WORDS).files}>
      {files.map((file) => <li key={file.id}><AttachedFile ticketId={ticketId} file={file} /></li>)}
    </ul>
  );
}

function AttachedFile({ ticketId, file }: { ticketId: string; file: Attached }) {
  const t = say(WORDS);
  const [busy, setBusy] = useState(false);
  const why = file.state === "awaiting" ? t.awaited : file.scan === "pending" ? t.checking : file.scan === "infected" ? t.harmful : null;
  const fetchIt = async () => {
    setBusy(true);
    try {
      const path = { ticket_id: ticketId, attachment_id: file.id };
      const { download } = await take(api.GET("/v1/tickets/{ticket_id}/attachments/{attachment_id}", { params: { path } }));
      if (download) location.assign(download.url);
      else tell(`${file.file_name}: ${t.checking}`);
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const inside = (
    <>
      <span class="name" title={file.file_name}>{file.file_name}</span>
      <span class="small soft">{why ?? bytes(file.size)}</span>
    </>
  );
  // One that may be fetched by now is asked for all the same: what is shown may be a minute old.
  if (file.scan === "infected") return <span class="button small" aria-disabled="true"><Icon of={FileText} />{inside}</span>;
  return <Button small icon={Download} busy={busy} aria-label={`${t.fetch(file.file_name)}${why ? ` (${why})` : ""}`} onClick={fetchIt}>{inside}</Button>;
}
