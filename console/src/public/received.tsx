/** What somebody sees whose request has been taken: its number, what comes next, how far its files are. */

import { CircleCheck, Copy } from "lucide";
import { useEffect } from "preact/hooks";

import type { Desk } from "../core/desk";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Button, ButtonLink } from "../ui/button";
import { ChosenFiles, type Files } from "../ui/files";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { tell } from "../ui/toasts";

const WORDS = words({
  en: {
    title: "Thank you. We have your request.",
    number: "Its number is",
    copy: "Copy the number",
    copied: "Copied",
    next: "What happens next",
    mail: (email: string) => `We answer to ${email}. A mail that confirms it is on its way.`,
    mailAny: "We answer by mail.",
    look: "Somebody reads it and takes care of it. If we need to know more, we ask you.",
    keep: "With the number and your email you can see at any time how far it is.",
    sending: "Your files are being sent: please leave this page open.",
    allSent: "Your files have arrived.",
    failed: "Some files did not arrive.",
    again: "Send them again",
    status: "See how far it is",
    another: "Write about something else",
  },
  es: {
    title: "Gracias. Recibimos su solicitud.",
    number: "Su número es",
    copy: "Copiar el número",
    copied: "Copiado",
    next: "Qué sigue ahora",
    mail: (email: string) => `Respondemos a ${email}. Le llegará un correo que lo confirma.`,
    mailAny: "Respondemos por correo.",
    look: "Alguien la lee y se encarga de ella. Si necesitamos saber más, le preguntamos.",
    keep: "Con el número y su correo puede ver en todo momento cómo va.",
    sending: "Sus archivos se están enviando: no cierre esta página, por favor.",
    allSent: "Sus archivos han llegado.",
    failed: "Algunos archivos no llegaron.",
    again: "Enviarlos de nuevo",
    status: "Ver cómo va",
    another: "Escribir sobre otra cosa",
  },
});

interface ReceivedProps {
  desk: Desk;
  label: string;
  email?: string;
  subject?: string;
  files: Files;
  retry: () => void;
  another: () => void;
}

export function Received({ desk, label, email, subject, files, retry, another }: ReceivedProps) {
  const t = say(WORDS);
  const unsent = files.items.length > 0 && !files.items.every((item) => item.state === "sent");
  useEffect(() => {
    if (!unsent) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [unsent]);
  const copy = async () => {
    await navigator.clipboard?.writeText(label).then(() => tell(t.copied), () => null);
  };
  return (
    <Page title={t.title}>
      <div class="card padded stack wide taken">
        <div class="number" role="status">
          <Icon of={CircleCheck} />
          <p class="soft">{t.number}</p>
          <p class="label">{label} <Button look="quiet" small icon={Copy} label={t.copy} onClick={copy} /></p>
          {subject && <p class="soft one-line">{subject}</p>}
        </div>
        {files.items.length > 0 && (
          <div class="stack tight">
            <p role="status">{files.busy ? t.sending : unsent ? t.failed : t.allSent}</p>
            <ChosenFiles of={files} />
            {unsent && !files.busy && <div><Button small onClick={retry}>{t.again}</Button></div>}
          </div>
        )}
        <div class="stack tight">
          <h2>{t.next}</h2>
          <ol class="next-steps">
            <li>{email ? t.mail(email) : t.mailAny}</li>
            <li>{t.look}</li>
            <li>{t.keep}</li>
          </ol>
        </div>
        <div class="row">
          <ButtonLink look="brand" href={to("status", { workspace: desk.slug, label })}>{t.status}</ButtonLink>
          <ButtonLink href={to("submit", { workspace: desk.slug })} onClick={another}>{t.another}</ButtonLink>
        </div>
      </div>
    </Page>
  );
}
