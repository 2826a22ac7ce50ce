/** What the desk's mails say, by occasion and language; the desk's own words in the place of ours. */

import { RotateCcw } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { route, set, to } from "../core/router";
import { LANGUAGES, say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Form, TextArea, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { ProblemNote, Show } from "../ui/states";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { MAIL_WORDS, occasionOf } from "./mail-words";

type Found = Schema<"MailTemplateOut">;
type Kind = Schema<"MailTemplateKind">;
type Preview = Schema<"MailPreview">;
type Code = "en" | "es";

const WORDS = words({
  en: {
    title: "Mail texts",
    lead: "Each mail has Mesa's text until you write your own.",
    occasion: "When",
    recipient: "To whom",
    languages: "Languages",
    own: "Own words",
    ours: "Our words",
    failed: "does not work: our words go out",
    subject: "Subject",
    text: "Text",
    html: "HTML",
    htmlHint: "Empty is made from the text.",
    placeholders: "What can stand in it",
    preview: "Preview",
    previewOf: "As somebody would get it",
    back: "Back to our words",
    backAbout: "Your words of this mail in this language are deleted.",
    saved: "Saved; mails from now on say it.",
    reset: "Our words again.",
  },
  es: {
    title: "Textos de correo",
    lead: "Cada correo lleva el texto de Mesa hasta que escriba el suyo.",
    occasion: "Cuándo",
    recipient: "A quién",
    languages: "Idiomas",
    own: "Palabras propias",
    ours: "Palabras nuestras",
    failed: "no funciona: salen nuestras palabras",
    subject: "Asunto",
    text: "Texto",
    html: "HTML",
    htmlHint: "Vacío se hace a partir del texto.",
    placeholders: "Qué puede contener",
    preview: "Vista previa",
    previewOf: "Como lo recibiría alguien",
    back: "Volver a nuestras palabras",
    backAbout: "Se eliminan sus palabras de este correo en este idioma.",
    saved: "Guardado; los correos lo dicen desde ahora.",
    reset: "De nuevo nuestras palabras.",
  },
});

export default function MailTexts() {
  const { kind, language } = route.value.params;
  return kind && (language === "en" || language === "es") ? <One key={`${kind} ${language}`} kind={kind} language={language} /> : <All />;
}

function All() {
  const t = say(WORDS);
  const list = useLoad(() => take(api.GET("/v1/mail-templates")), []);
  return (
    <Page title={t.title} lead={t.lead}>
      <Show of={list}>
        {({ items }) => (
          <div class="card table-frame catalogue">
            <table class="table" aria-label={t.title}>
              <thead><tr><th>{t.occasion}</th><th class="roomy">{t.recipient}</th><th>{t.languages}</th></tr></thead>
              <tbody>{items.map((kind) => <Line key={kind.kind} of={kind} />)}</tbody>
            </table>
          </div>
        )}
      </Show>
    </Page>
  );
}

function Line({ of }: { of: Kind }) {
  const t = say(WORDS);
  const said = say(MAIL_WORDS);
  return (
    <tr>
      <td>{occasionOf(of)}<div class="small soft mono">{of.kind}</div></td>
      <td class="roomy">{said.recipients[of.recipient] ?? of.recipient}</td>
      <td>
        <div class="row">
          {of.languages.map(({ language, overridden, failed_at }) => (
            <span key={language} class="row tight firm">
              <a href={to("mail-texts", { kind: of.kind, language })}>{LANGUAGES[language]}</a>
              {failed_at ? <span class="badge bad">{t.failed}</span> : overridden && <span class="badge info">{t.own}</span>}
            </span>
          ))}
        </div>
      </td>
    </tr>
  );
}

function One({ kind, language }: { kind: string; language: Code }) {
  const t = say(WORDS);
  const said = say(MAIL_WORDS);
  const params = { path: { kind, language } };
  const found = useLoad(() => take(api.GET("/v1/mail-templates/{kind}/{language}", { params })), [kind, language]);
  const [asked, setAsked] = useState(false);
  const isOwn = found.data?.overridden;
  return (
    <Page title={found.data ? occasionOf({ kind, occasion: found.data.occasion }) : t.title} lead={found.data && `${said.recipients[found.data.recipient] ?? found.data.recipient} · ${LANGUAGES[language]}`} back={{ href: to("mail-texts"), label: t.title }} actions={isOwn && <Button icon={RotateCcw} onClick={() => setAsked(true)}>{t.back}</Button>}>
      <Show of={found}>{(template) => <Editor key={`${template.version} ${template.overridden}`} of={template} onSaved={found.put} />}</Show>
      {asked && (
        <Confirm title={t.back} action={t.back} onClose={() => setAsked(false)} onConfirm={async () => { await api.DELETE("/v1/mail-templates/{kind}/{language}", { params }); tell(t.reset); set({}); await found.reload(); }}>
          <p>{t.backAbout}</p>
        </Confirm>
      )}
    </Page>
  );
}

function Editor({ of, onSaved }: { of: Found; onSaved: (template: Found) => void }) {
  const t = say(WORDS);
  const params = { path: { kind: of.kind, language: of.language } };
  const [shown, setShown] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useForm({ subject: of.subject, text: of.text, html: of.html ?? "" }, async ({ html, ...rest }) => {
    onSaved(await take(api.PUT("/v1/mail-templates/{kind}/{language}", { params, body: { ...rest, html: html.trim() || null } })));
    tell(t.saved);
  });
  const preview = async () => {
    setProblem(null);
    try {
      const { html, ...rest } = form.values;
      setShown(await take(api.POST("/v1/mail-templates/{kind}/{language}/preview", { params, body: { ...rest, html: html.trim() || null } })));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <div class="mail-texts">
      <section class="card padded stack">
        {of.failure && <div class="note bad"><div>{of.failure} {of.failed_at && <Ago at={of.failed_at} />}</div></div>}
        <p class="row"><span class={`badge ${of.overridden ? "info" : ""}`}>{of.overridden ? t.own : t.ours}</span>{of.updated_at && <span class="small soft"><Ago at={of.updated_at} /></span>}</p>
        <Form of={form} action={say(PARTS).save} beside={<Button onClick={preview}>{t.preview}</Button>}>
          {problem && <ProblemNote problem={problem} />}
          <TextField of={form} name="subject" label={t.subject} />
          <TextArea of={form} name="text" label={t.text} rows={12} spellcheck />
          <TextArea of={form} name="html" label={t.html} hint={t.htmlHint} optional spellcheck={false} />
        </Form>
      </section>
      <div class="stack">
        {shown && (
          <section class="card" aria-label={t.preview}>
            <header><h2>{shown.subject}</h2><span class="small soft">{t.previewOf}</span></header>
            <div class="padded"><pre class="written">{shown.text}</pre></div>
          </section>
        )}
        <section class="card padded stack tight" aria-label={t.placeholders}>
          <h2>{t.placeholders}</h2>
          <dl class="told small">
            {of.variables.map(({ name, about }) => <div key={name}><dt><code>{`{{${name}}}`}</code></dt><dd class="soft">{about}</dd></div>)}
          </dl>
        </section>
      </div>
    </div>
  );
}
