/** A new password, by the link of a mail. Nobody is signed in by it: a second step stays what it is. */

import { CircleCheck } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Form, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { PasswordField } from "../ui/password";
import { DeadLink, isDead } from "./dead-link";
import { Frame } from "./frame";
import { useMailedToken } from "./token";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Choose a new password",
    lead: "You are signed out everywhere when it is saved.",
    save: "Save the password",
    done: "Your password is changed",
    doneHow: "Sign in with it now.",
    another: "Ask for another link",
  },
  es: {
    title: "Elija una contraseña nueva",
    lead: "Al guardarla se cerrarán todas sus sesiones.",
    save: "Guardar la contraseña",
    done: "Su contraseña ha cambiado",
    doneHow: "Inicie sesión con ella.",
    another: "Pedir otro enlace",
  },
});

export default function Reset() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const token = useMailedToken();
  const [done, setDone] = useState(false);
  const form = useForm({ password: "" }, async ({ password }) => {
    await take(api.POST("/v1/auth/password/reset", { body: { token: token ?? "", password } }));
    history.replaceState(null, "");
    // Whoever is signed in here may be who this was for, and is not any more then.
    if (session.value) await api.GET("/v1/auth/me").catch(() => null);
    setDone(true);
  });
  const next = { page: "forgot", label: t.another } as const;
  if (done) {
    return (
      <Frame key="done" title={t.done}>
        <div class="note good" role="status"><Icon of={CircleCheck} /><div>{t.doneHow}</div></div>
        <ButtonLink look="main" href={to("sign-in")}>{s.signIn}</ButtonLink>
      </Frame>
    );
  }
  if (!token) return <DeadLink next={next} />;
  if (isDead(form.problem)) return <DeadLink problem={form.problem} next={next} />;
  return (
    <Frame key="choose" title={t.title} lead={t.lead} below={<a href={to("sign-in")}>{s.back}</a>}>
      <Form of={form} action={t.save} disabled={!form.values.password}>
        <PasswordField of={form} name="password" label={s.newPassword} fresh autoFocus />
      </Form>
    </Frame>
  );
}
