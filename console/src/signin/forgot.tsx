/** A forgotten password: asks for the mail. Whoever asks hears the same, whether there is such an account or not. */

import { MailCheck } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { route, to } from "../core/router";
import { say, words } from "../core/words";
import { Form, TextField, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { typed } from "./coming-in";
import { useDesk } from "./desk";
import { Frame } from "./frame";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Forgot your password?",
    lead: "We mail you a link with which you choose another one.",
    send: "Send the link",
    sent: "Look at your mail",
    promise: (email: string) => `If ${email} has an account, a mail is on its way. Its link is good for an hour.`,
    nothing: "Nothing came? Look among the spam, and whether the address is right.",
    other: "Try another address",
  },
  es: {
    title: "¿Olvidó su contraseña?",
    lead: "Le enviamos un enlace con el que elegir otra.",
    send: "Enviar el enlace",
    sent: "Revise su correo",
    promise: (email: string) => `Si ${email} tiene una cuenta, el mensaje está en camino. Su enlace sirve durante una hora.`,
    nothing: "¿No llega nada? Mire en el correo no deseado, y si la dirección es correcta.",
    other: "Probar con otra dirección",
  },
});

export default function Forgot() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const { slug, desk, problem } = useDesk();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({ email: typed.value }, async ({ email }) => {
    const workspace = problem ? undefined : slug;
    await take(api.POST("/v1/auth/password/forgot", { body: { email, workspace } }));
    typed.value = email;
    setSentTo(email.trim());
  });
  const below = <a href={to("sign-in", { workspace: route.value.params.workspace })}>{s.back}</a>;
  if (sentTo !== null) {
    return (
      <Frame key="sent" title={t.sent} desk={desk} below={below}>
        <div class="note good" role="status">
          <Icon of={MailCheck} />
          <div>{t.promise(sentTo)}</div>
        </div>
        <p class="soft small">{t.nothing}</p>
        <p><button type="button" class="link" onClick={() => setSentTo(null)}>{t.other}</button></p>
      </Frame>
    );
  }
  return (
    <Frame key="ask" title={t.title} lead={t.lead} desk={desk} below={below}>
      <Form of={form} action={t.send} disabled={!form.values.email.trim()}>
        <TextField of={form} name="email" type="email" label={s.email} autocomplete="username" inputMode="email" spellcheck={false} autoFocus />
      </Form>
    </Frame>
  );
}
