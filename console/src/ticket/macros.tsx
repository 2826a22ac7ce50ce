/** Macros: one is chosen, shows what it would do to this ticket, and is done as it is seen, with texts that one may edit. */

import { useEffect, useRef, useState } from "preact/hooks";

import { api, seen, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem, Problem } from "../core/problem";
import { to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, Form, TextArea, useForm } from "../ui/form";
import { Empty, ProblemNote, Show, Waiting } from "../ui/states";
import { tell } from "../ui/toasts";
import { sentenceOf, type Entry } from "./sentences";
import type { OneTicket } from "./state";
import { Changes } from "./timeline";

type Macro = Schema<"MacroOut">;
type Preview = Schema<"MacroPreview">;

const WORDS = words({
  en: {
    title: "Apply a macro", search: "Search macros", none: "There are no macros yet.", make: "Make one", noMatch: "No macro is named so.", private: "your own",
    preview: (name: string) => `“${name}” would do this`, nothing: "Nothing: all of it is so already.", reply: "Public reply", note: "Internal note",
    apply: "Apply", another: "Choose another", applied: (name: string) => `“${name}” was applied`, fresh: "The ticket was changed meanwhile. This is what the macro would do now.",
    yours: "Your draft stands before the macro's text.",
  },
  es: {
    title: "Aplicar una macro", search: "Buscar macros", none: "Todavía no hay macros.", make: "Crear una", noMatch: "Ninguna macro se llama así.", private: "propia",
    preview: (name: string) => `«${name}» haría esto`, nothing: "Nada: todo está ya así.", reply: "Respuesta pública", note: "Nota interna",
    apply: "Aplicar", another: "Elegir otra", applied: (name: string) => `Se aplicó «${name}»`, fresh: "El ticket cambió entretanto. Esto es lo que la macro haría ahora.",
    yours: "Su borrador va antes del texto de la macro.",
  },
});

interface MacroDialogProps {
  of: OneTicket;
  /** What one has begun to write. */
  reply: string;
  note: string;
  onClose: () => void;
  onApplied: (wrote: { reply: boolean; note: boolean }) => void;
}

export function MacroDialog({ of, reply, note, onClose, onApplied }: MacroDialogProps) {
  const t = say(WORDS);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Macro | null>(null);
  const macros = useLoad(() => take(api.GET("/v1/macros", { params: { query: { active: true, limit: 100, sort: "position" } } })), []);
  const fits = ({ name, description }: Macro) => `${name} ${description ?? ""}`.toLowerCase().includes(query.trim().toLowerCase());
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      {chosen ? (
        <Previewed of={of} macro={chosen} drafts={{ reply, note }} onBack={() => setChosen(null)} onClose={onClose} onApplied={onApplied} />
      ) : (
        <Show of={macros}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{t.none} <a href={to("macros")}>{t.make}</a></Empty>
            ) : (
              <div class="stack">
                <Field label={t.search} hidden>{(tied) => <input {...tied} class="input" type="search" autoFocus placeholder={t.search} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />}</Field>
                <ul class="picks">
                  {items.filter(fits).map((macro) => (
                    <li key={macro.id}>
                      <button type="button" onClick={() => setChosen(macro)}>
                        <span class="strong">{macro.name}</span> {!macro.shared && <span class="badge">{t.private}</span>}
                        {macro.description && <span class="small soft">{macro.description}</span>}
                      </button>
                    </li>
                  ))}
                </ul>
                {!items.some(fits) && <p class="soft">{t.noMatch}</p>}
              </div>
            )
          }
        </Show>
      )}
    </Dialog>
  );
}

const joined = (draft: string, text: string): string => (draft.trim() ? `${draft.trimEnd()}\n\n${text}` : text);

interface PreviewedProps {
  of: OneTicket;
  macro: Macro;
  drafts: { reply: string; note: string };
  onBack: () => void;
  onClose: () => void;
  onApplied: MacroDialogProps["onApplied"];
}

function Previewed({ of, macro, drafts, onBack, onClose, onApplied }: PreviewedProps) {
  const t = say(WORDS);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isFresh, setFresh] = useState(false);
  const body = { ticket_id: of.ticket.id };
  const path = { macro_id: macro.id };
  // What it would do is shown for this version, and done to it alone.
  const version = useRef(of.ticket.version);
  const look = async (): Promise<Preview | null> => {
    setProblem(null);
    try {
      const made = await take(api.POST("/v1/macros/{macro_id}/preview", { params: { path, header: seen(version.current) }, body }));
      setPreview(made);
      return made;
    } catch (thrown) {
      return thrown instanceof Problem && thrown.status === 412 ? again().catch(refused) : refused(thrown);
    }
  };
  const refused = (thrown: unknown): null => {
    setProblem(asProblem(thrown));
    return null;
  };
  const again = async () => {
    const fresh = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path: body } }));
    version.current = fresh.version;
    return look();
  };
  const written = (of: Preview, visibility: "public" | "internal") => of.comments.find((comment) => comment.visibility === visibility)?.body;
  const form = useForm({ reply: "", note: "" }, async (values) => {
    const changed = (name: "reply" | "note", visibility: "public" | "internal") => {
      const own = preview && written(preview, visibility);
      return own === undefined || own === null || values[name] === own ? {} : { [name]: values[name].trim() ? values[name] : null };
    };
    const edited = { ...changed("reply", "public"), ...changed("note", "internal") };
    try {
      of.put(await take(api.POST("/v1/macros/{macro_id}/apply", { params: { path, header: seen(version.current) }, body: { ...body, ...edited } })));
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
      setFresh(true);
      await again();
      return;
    }
    onApplied({ reply: preview!.comments.some(({ visibility }) => visibility === "public"), note: preview!.comments.some(({ visibility }) => visibility === "internal") });
    tell(t.applied(macro.name));
    onClose();
  });
  useEffect(() => {
    void look().then((made) => {
      if (!made) return;
      const own = { reply: written(made, "public") ?? "", note: written(made, "internal") ?? "" };
      form.reset({ reply: own.reply && joined(drafts.reply, own.reply), note: own.note && joined(drafts.note, own.note) });
    });
  }, [macro.id]);
  if (problem) return <><ProblemNote problem={problem} retry={() => void look()} /><ul class="small">{problem.errors.map(({ field, message }) => <li key={field}>{field}: {message}</li>)}</ul></>;
  if (!preview) return <Waiting />;
  const changes = preview.changes.filter(({ action }) => action !== "commented");
  return (
    <Form of={form} action={t.apply} beside={<Button onClick={onBack}>{t.another}</Button>}>
      {isFresh && <div class="note warn">{t.fresh}</div>}
      <h3>{t.preview(macro.name)}</h3>
      {changes.length === 0 && preview.comments.length === 0 && <p class="soft">{t.nothing}</p>}
      <ul class="stack tight" style={{ paddingInlineStart: "20px" }}>
        {changes.map((change, place) => {
          const entry = { ...change, id: String(place), sequence: place, actor: { type: "user", id: null, name: session.value!.user.name }, created_at: preview.ticket.updated_at } as Entry;
          return <li key={place}>{sentenceOf(entry)}<Changes of={entry} own={new Map()} /></li>;
        })}
      </ul>
      {written(preview, "public") !== undefined && <TextArea of={form} name="reply" label={t.reply} rows={5} hint={drafts.reply.trim() ? t.yours : undefined} />}
      {written(preview, "internal") !== undefined && <TextArea of={form} name="note" label={t.note} rows={4} hint={drafts.note.trim() ? t.yours : undefined} />}
    </Form>
  );
}
