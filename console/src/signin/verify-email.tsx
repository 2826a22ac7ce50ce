/** Proving a mailbox, by the link of a mail: by a button, since a mail filter that opens links proves nothing. */

import { CircleCheck } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Form, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { DeadLink, isDead } from "./dead-link";
import { Frame } from "./frame";
import { useMailedToken } from "./token";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Is this your mailbox?",
    lead: "Confirm that you read the mail that brought you here.",
    confirm: "Yes, it is mine",
    done: "Your email is confirmed",
    doneHow: "Thank you. You can sign in with it.",
    on: "Go on",
  },
  es: {
    title: "¿Es este su buzón?",
    lead: "Confirme que usted leyó el mensaje que le trajo aquí.",
    confirm: "Sí, es el mío",
    done: "Su correo está confirmado",
    doneHow: "Gracias. Ya puede iniciar sesión con él.",
    on: "Continuar",
  },
});

export default function VerifyEmail() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const token = useMailedToken();
  const [done, setDone] = useState(false);
  const form = useForm({}, async () => {
    await take(api.POST("/v1/auth/verify-email", { body: { token: token ?? "" } }));
    history.replaceState(null, "");
    setDone(true);
  });
  if (done) {
    return (
      <Frame key="done" title={t.done}>
        <div class="note good" role="status"><Icon of={CircleCheck} /><div>{t.doneHow}</div></div>
        <ButtonLink look="main" href={to(session.value ? "home" : "sign-in")}>{session.value ? t.on : s.signIn}</ButtonLink>
      </Frame>
    );
  }
  if (!token) return <DeadLink />;
  if (isDead(form.problem)) return <DeadLink problem={form.problem} />;
  return (
    <Frame key="ask" title={t.title} lead={t.lead}>
      <Form of={form} action={t.confirm} />
    </Frame>
  );
}
