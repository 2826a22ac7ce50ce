/**
 * Where one writes: a public reply or an internal note. A draft is kept for each, files stay until they are sent, and
 * what could not be sent is sent again under the same Idempotency-Key.
 */

import { Lock, MessageSquareWarning, Reply, Send, Wand } from "lucide";
import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { useDraft } from "../core/drafts";
import { asProblem, type Problem } from "../core/problem";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { FilePicker, pasted, useFiles } from "../ui/files";
import { Icon } from "../ui/icon";
import { Menu, MenuItem } from "../ui/menu";
import { ProblemNote, sentence } from "../ui/states";
import { tell } from "../ui/toasts";
import type { Said } from "./comment";
import { MacroDialog } from "./macros";
import { MentionText } from "./mentions";
import type { OneTicket } from "./state";

export type Tab = "public" | "internal";
type Then = "open" | "pending" | "resolve";

const WORDS = words({
  en: {
    title: "Write", tabs: "Kind of comment", reply: "Public reply", note: "Internal note",
    replyTo: (name: string) => `Reply to ${name}…`, noteHint: "Only the staff reads this. @ mentions a colleague…",
    send: "Send reply", sendNote: "Add note", and: "Send and …", pending: "Send and wait for the customer", resolve: "Send as the resolution", open: "Send, stays as it is",
    macros: "Macros", sent: "Sent", noted: "Note added", resolved: "Resolved", waiting: "Sent; it waits for the customer now", still: "Sent, but it does not wait for the customer:",
    files: "The text was sent, but not all files. Send them again.", again: "Send the files again",
    meanwhile: (who: string, isNote: boolean) => `${who} ${isNote ? "wrote a note" : "replied"} while you were writing.`, look: "Look at it", seen: "Seen",
    untold: (names: string) => `${names}: not told, as they do not see this ticket.`,
    draft: "Draft kept in this browser", keys: "Ctrl + Enter sends",
    lost: "It did not go out. Your text is kept here; sent again, it arrives only once.",
  },
  es: {
    title: "Escribir", tabs: "Tipo de comentario", reply: "Respuesta pública", note: "Nota interna",
    replyTo: (name: string) => `Responder a ${name}…`, noteHint: "Solo la lee el personal. @ menciona a un compañero…",
    send: "Enviar respuesta", sendNote: "Añadir nota", and: "Enviar y…", pending: "Enviar y esperar al cliente", resolve: "Enviar como resolución", open: "Enviar sin más cambios",
    macros: "Macros", sent: "Enviado", noted: "Nota añadida", resolved: "Resuelto", waiting: "Enviado; ahora espera al cliente", still: "Enviado, pero no espera al cliente:",
    files: "El texto se envió, pero no todos los archivos. Envíelos de nuevo.", again: "Enviar los archivos de nuevo",
    meanwhile: (who: string, isNote: boolean) => `${who} ${isNote ? "escribió una nota" : "respondió"} mientras usted escribía.`, look: "Verlo", seen: "Visto",
    untold: (names: string) => `${names}: no se les avisa, porque no ven este ticket.`,
    draft: "Borrador guardado en este navegador", keys: "Ctrl + Intro envía",
    lost: "No se ha enviado. Su texto se conserva aquí; si lo envía de nuevo, llegará una sola vez.",
  },
});

interface ComposerProps {
  of: OneTicket;
  tab: Tab;
  onTab: (tab: Tab) => void;
  /** What others said while one was here. */
  newer: readonly Said[];
  onSeen: () => void;
  area: RefObject<HTMLTextAreaElement | null>;
}

export function Composer({ of, tab, onTab, newer, onSeen, area }: ComposerProps) {
  const t = say(WORDS);
  const { ticket, may } = of;
  const id = useId();
  const isNote = tab === "internal";
  const [publicText, setPublic, clearPublic] = useDraft(`ticket.${ticket.id}.public`);
  const [noteText, setNote, clearNote] = useDraft(`ticket.${ticket.id}.internal`);
  const [text, set, clear] = isNote ? [noteText, setNote, clearNote] : [publicText, setPublic, clearPublic];
  const publicFiles = useFiles();
  const noteFiles = useFiles();
  const files = isNote ? noteFiles : publicFiles;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [macro, setMacro] = useState(false);
  // The comment that the files left over belong to, of each kind.
  const [left, setLeft] = useState<Partial<Record<Tab, string>>>({});
  const sending = useRef(false);
  useEffect(() => setProblem(null), [tab]);
  const kinds = (["public", "internal"] as const).filter((kind) => may(kind === "public" ? "comment" : "comment_internal"));
  useEffect(() => {
    if (kinds.length && !kinds.includes(tab)) onTab(kinds[0]!);
  }, [kinds.join()]);
  if (!kinds.length) return null;

  const sendFiles = async (commentId: string) => {
    const path = { ticket_id: ticket.id };
    const all = await files.send(async (about) => (await take(api.POST("/v1/tickets/{ticket_id}/attachments", { params: { path }, body: { ...about, comment_id: commentId } }))).upload);
    setLeft((was) => ({ ...was, [tab]: all ? undefined : commentId }));
    if (all) files.clear();
    await of.reload();
    // S3 tells of a file's arrival within a second or so.
    for (const wait of [1_500, 4_000]) setTimeout(() => void of.reload(), wait);
  };
  const send = async (then: Then) => {
    if (sending.current || !text.trim()) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      const commentId = then === "resolve" ? await resolve() : await comment();
      if (commentId === null) return;
      clear(text);
      onSeen();
      tell(then === "resolve" ? t.resolved : then === "pending" ? await wait() : isNote ? t.noted : t.sent);
      if (files.items.length) await sendFiles(commentId);
      else await of.reload();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const comment = async (): Promise<string | null> => {
    const path = { ticket_id: ticket.id };
    const made = await take(api.POST("/v1/tickets/{ticket_id}/comments", { params: { path }, body: { body: text, visibility: tab } }));
    const told = new Set(made.mentions?.map(({ name }) => name.toLowerCase()));
    const untold = Array.from(text.matchAll(/@\[([^\]\n]+)\]/g), ([, name]) => name!).filter((name) => !told.has(name.toLowerCase()));
    if (isNote && untold.length) tell(t.untold(untold.join(", ")));
    return made.id;
  };
  /** What to say of it. The text has gone out by now, whatever becomes of this. */
  const wait = async (): Promise<string> => {
    try {
      return (await of.change({ status: "pending" })) ? t.waiting : t.sent;
    } catch (thrown) {
      return `${t.still} ${sentence(asProblem(thrown))}`;
    }
  };
  /** The resolution is a comment that the answer does not name: for its files, it is the newest of these words. */
  const resolve = async (): Promise<string | null> => {
    if (!(await of.act("resolve", { resolution: text }))) return null;
    if (!files.items.length) return "";
    const path = { ticket_id: ticket.id };
    const fresh = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path } }));
    return fresh.comments.findLast(({ body }) => body?.trim() === text.trim())?.id ?? fresh.comments.at(-1)?.id ?? null;
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send("open");
    } else if (event.key === "Escape") area.current?.blur();
  };
  const last = newer.at(-1);
  const leftover = left[tab];
  return (
    <section class={`composer card${isNote ? " internal" : ""}`} aria-label={t.title} onKeyDown={keyed} onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); if (event.dataTransfer?.files.length) files.add(event.dataTransfer.files); }}>
      <div class="row apart">
        <div class="kinds" role="tablist" aria-label={t.tabs} onKeyDown={(event) => (event.key === "ArrowLeft" || event.key === "ArrowRight") && kinds.length > 1 && onTab(isNote ? "public" : "internal")}>
          {kinds.map((kind) => (
            <button key={kind} type="button" role="tab" id={`${id}-${kind}`} aria-controls={`${id}-panel`} aria-selected={kind === tab} tabIndex={kind === tab ? 0 : -1} onClick={() => { onTab(kind); area.current?.focus(); }}>
              <Icon of={kind === "public" ? Reply : Lock} />{kind === "public" ? t.reply : t.note} <kbd aria-hidden="true">{kind === "public" ? "r" : "n"}</kbd>
            </button>
          ))}
        </div>
        {text && <span class="small soft draft">{t.draft}</span>}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab}`} class="stack tight">
        {last && (text || files.items.length > 0) && (
          <div class="note warn" role="status">
            <Icon of={MessageSquareWarning} />
            <div>
              {t.meanwhile(last.author?.name ?? "…", last.visibility === "internal")}{" "}
              <button type="button" class="link" onClick={() => document.getElementById(`comment-${last.id}`)?.scrollIntoView({ block: "center" })}>{t.look}</button>{" "}
              <button type="button" class="link" onClick={onSeen}>{t.seen}</button>
            </div>
          </div>
        )}
        <MentionText input={area} id={`${id}-text`} label={isNote ? t.note : t.reply} value={text} onInput={set} mentions={isNote} placeholder={isNote ? t.noteHint : t.replyTo(ticket.requester.name)} describedBy={problem ? `${id}-problem` : undefined} invalid={Boolean(problem?.of("body") ?? problem?.of("resolution"))} onPaste={pasted(files)} />
        {problem && (
          <div id={`${id}-problem`}>
            {problem.status === 0 ? <div class="note bad" role="alert"><Icon of={MessageSquareWarning} /><div>{t.lost}</div></div> : <ProblemNote problem={problem} />}
            {problem.errors.map(({ field, message }) => <p key={field} class="small bad-text">{message}</p>)}
          </div>
        )}
        {leftover && <div class="note warn" role="alert"><div>{t.files} <button type="button" class="link" onClick={() => void sendFiles(leftover)}>{t.again}</button></div></div>}
        <div class="row apart foot">
          <div class="row tight">
            <FilePicker of={files} small disabled={busy} />
            <Button small icon={Wand} onClick={() => setMacro(true)}>{t.macros}</Button>
          </div>
          <div class="row tight">
            <Button look="main" icon={Send} busy={busy} disabled={!text.trim()} title={t.keys} onClick={() => void send("open")}>{isNote ? t.sendNote : t.send}</Button>
            {!isNote && text.trim() && (may("pause") || may("resolve")) && (
              <Menu label={t.and} align="end">
                <MenuItem onClick={() => void send("open")}>{t.open}</MenuItem>
                {may("pause") && ticket.status !== "pending" && <MenuItem onClick={() => void send("pending")}>{t.pending}</MenuItem>}
                {may("resolve") && <MenuItem onClick={() => void send("resolve")}>{t.resolve}</MenuItem>}
              </Menu>
            )}
          </div>
        </div>
      </div>
      {macro && <MacroDialog of={of} reply={publicText} note={noteText} onClose={() => setMacro(false)} onApplied={(wrote) => { if (wrote.reply) clearPublic(); if (wrote.note) clearNote(); }} />}
    </section>
  );
}

