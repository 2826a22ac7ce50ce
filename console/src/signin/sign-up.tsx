/** A customer's account at a desk that lets people make one: it begins once the mail is answered. */

import { MailCheck } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Form, TextField, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { PasswordField } from "../ui/password";
import { ProblemNote, Waiting } from "../ui/states";
import { typed } from "./coming-in";
import { useDesk } from "./desk";
import { Frame } from "./frame";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Make an account",
    lead: (desk: string) => `To see your requests at ${desk} and answer in one place.`,
    make: "Make the account",
    sent: "Look at your mail",
    promise: (email: string) => `A mail is on its way to ${email}. Confirm in it that the address is yours; then you can sign in.`,
    have: "I have an account: sign in",
    closed: (desk: string) => `${desk} makes accounts itself`,
    closedHow: "You can send a request without one, or ask the desk for an invitation.",
    ask: "Send a request",
    none: "Which help desk?",
    noneHow: "Open the link that you got from it once more: its address says which desk it is.",
  },
  es: {
    title: "Crear una cuenta",
    lead: (desk: string) => `Para ver sus solicitudes en ${desk} y responder en un solo lugar.`,
    make: "Crear la cuenta",
    sent: "Revise su correo",
    promise: (email: string) => `Un mensaje va en camino a ${email}. Confirme en él que la dirección es suya; después podrá iniciar sesión.`,
    have: "Ya tengo cuenta: iniciar sesión",
    closed: (desk: string) => `${desk} crea las cuentas por sí mismo`,
    closedHow: "Puede enviar una solicitud sin cuenta o pedir una invitación.",
    ask: "Enviar una solicitud",
    none: "¿Qué mesa de ayuda?",
    noneHow: "Abra de nuevo el enlace que recibió de ella: la dirección dice cuál es.",
  },
});

export default function SignUp() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const { slug, desk, problem, loading } = useDesk();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({ name: "", email: typed.value, password: "" }, async (body) => {
    await take(api.POST("/v1/public/{workspace}/signup", { params: { path: { workspace: slug ?? "" } }, body }));
    typed.value = body.email;
    setSentTo(body.email.trim());
  });
  const below = <a href={to("sign-in", { workspace: slug })}>{t.have}</a>;
  if (loading) return <Frame title={t.title}><Waiting /></Frame>;
  if (!desk) {
    return (
      <Frame key="none" title={slug && problem?.status === 404 ? s.noDesk(slug) : t.none} lead={t.noneHow} below={below}>
        {problem && problem.status !== 404 && <ProblemNote problem={problem} />}
      </Frame>
    );
  }
  if (!desk.customer_signup) {
    return (
      <Frame key="closed" title={t.closed(desk.name)} lead={t.closedHow} desk={desk} below={below}>
        <ButtonLink look="brand" href={to("submit", { workspace: slug })}>{t.ask}</ButtonLink>
      </Frame>
    );
  }
  if (sentTo !== null) {
    return (
      <Frame key="sent" title={t.sent} desk={desk} below={below}>
        <div class="note good" role="status"><Icon of={MailCheck} /><div>{t.promise(sentTo)}</div></div>
      </Frame>
    );
  }
  return (
    <Frame key="form" title={t.title} lead={t.lead(desk.name)} desk={desk} below={below}>
      <Form of={form} action={t.make} look="brand">
        <TextField of={form} name="name" label={s.name} autocomplete="name" autoFocus />
        <TextField of={form} name="email" type="email" label={s.email} autocomplete="username" inputMode="email" spellcheck={false} />
        <PasswordField of={form} name="password" label={s.password} fresh />
      </Form>
    </Frame>
  );
}
