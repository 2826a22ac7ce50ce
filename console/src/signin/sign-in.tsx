import { api, take } from "../core/api";
import { back, go, goTo, route } from "../core/router";
import { begin } from "../core/session";
import { say, words } from "../core/words";
import { Form, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";

const WORDS = words({
  en: { title: "Sign in", email: "Email", password: "Password" },
  es: { title: "Iniciar sesión", email: "Correo electrónico", password: "Contraseña" },
});

export default function SignIn() {
  const t = say(WORDS);
  const form = useForm({ email: "", password: "" }, async (body) => {
    const tokens = await take(api.POST("/v1/auth/login", { body }));
    if (!("access_token" in tokens)) return;
    begin(tokens);
    const address = back(route.value.params.return);
    if (address) goTo(address, { replace: true });
    else go("home", {}, { replace: true });
  });
  return (
    <Page title={t.title}>
      <Form of={form} action={t.title}>
        <TextField of={form} name="email" type="email" label={t.email} autocomplete="username" />
        <TextField of={form} name="password" type="password" label={t.password} autocomplete="current-password" />
      </Form>
    </Page>
  );
}
