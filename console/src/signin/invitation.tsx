/** Accepting an invitation, by the link of its mail: a name, a password, and one is in. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Form, TextField, useForm } from "../ui/form";
import { PasswordField } from "../ui/password";
import { CodeForm } from "./code";
import { comeIn, type Pending } from "./coming-in";
import { DeadLink, isDead } from "./dead-link";
import { Frame } from "./frame";
import { useMailedToken } from "./token";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Welcome",
    lead: "You are invited. Choose a password, and you are in.",
    nameHint: "As others shall see it; left empty, it stays as the invitation has it.",
    accept: "Accept and sign in",
    have: "I have accepted already: sign in",
    ask: "Ask whoever invited you to send the invitation again.",
  },
  es: {
    title: "Le damos la bienvenida",
    lead: "Tiene una invitación. Elija una contraseña y ya puede entrar.",
    nameHint: "Como deben verlo los demás; si lo deja vacío, queda como en la invitación.",
    accept: "Aceptar y entrar",
    have: "Ya la acepté: iniciar sesión",
    ask: "Pida a quien le invitó que vuelva a enviar la invitación.",
  },
});

export default function Invitation() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const token = useMailedToken();
  const [pending, setPending] = useState<Pending | null>(null);
  const form = useForm({ name: "", password: "" }, async ({ name, password }) => {
    const body = { token: token ?? "", password, ...(name.trim() ? { name } : {}) };
    const answer = await take(api.POST("/v1/invitations/accept", { body }));
    history.replaceState(null, "");
    setPending(comeIn(answer, undefined));
  });
  if (pending) {
    return (
      <Frame key="second" title={s.code}>
        <CodeForm pending={pending} onTokens={(tokens) => comeIn(tokens, undefined)} onOver={() => setPending(null)} />
      </Frame>
    );
  }
  if (!token) return <DeadLink />;
  if (isDead(form.problem)) return <DeadLink problem={form.problem} />;
  return (
    <Frame key="accept" title={t.title} lead={t.lead} below={<a href={to("sign-in")}>{t.have}</a>}>
      <Form of={form} action={t.accept} disabled={!form.values.password}>
        <TextField of={form} name="name" label={s.name} hint={t.nameHint} optional autocomplete="name" autoFocus />
        <PasswordField of={form} name="password" label={s.password} fresh />
      </Form>
    </Frame>
  );
}
