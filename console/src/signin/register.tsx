/** A new help desk, and its first administrator. */

import { api, take } from "../core/api";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Form, TextField, useForm } from "../ui/form";
import { PasswordField } from "../ui/password";
import { comeIn } from "./coming-in";
import { Frame } from "./frame";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Set up a help desk",
    lead: "A desk of your own, with you as its first administrator. It takes requests at once.",
    desk: "Name of the help desk",
    deskHint: "Your organisation’s, say. It can be changed.",
    make: "Set it up",
    have: "I have an account: sign in",
  },
  es: {
    title: "Abrir una mesa de ayuda",
    lead: "Una mesa de ayuda propia, con usted como primera persona que la administra. Recibe solicitudes desde ya.",
    desk: "Nombre de la mesa de ayuda",
    deskHint: "El de su organización, por ejemplo. Se puede cambiar.",
    make: "Abrirla",
    have: "Ya tengo cuenta: iniciar sesión",
  },
});

export default function Register() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const form = useForm({ workspace_name: "", admin_name: "", admin_email: "", admin_password: "" }, async ({ admin_name, ...rest }) => {
    const body = { ...rest, ...(admin_name.trim() ? { admin_name } : {}) };
    comeIn(await take(api.POST("/v1/auth/register", { body })), undefined);
  });
  return (
    <Frame title={t.title} lead={t.lead} below={<a href={to("sign-in")}>{t.have}</a>}>
      <Form of={form} action={t.make}>
        <TextField of={form} name="workspace_name" label={t.desk} hint={t.deskHint} autocomplete="organization" autoFocus />
        <TextField of={form} name="admin_name" label={s.name} autocomplete="name" optional />
        <TextField of={form} name="admin_email" type="email" label={s.email} autocomplete="username" inputMode="email" spellcheck={false} />
        <PasswordField of={form} name="admin_password" label={s.password} fresh />
      </Form>
    </Frame>
  );
}
