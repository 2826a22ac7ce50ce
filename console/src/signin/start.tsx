/** Where somebody begins who is not signed in: sign in, ask a help desk, or set one up. */

import { Headset, LifeBuoy, LogIn } from "lucide";
import { useState } from "preact/hooks";

import { enter } from "../core/desk";
import { Problem } from "../core/problem";
import { go, to } from "../core/router";
import { say, words } from "../core/words";
import { Button, ButtonLink } from "../ui/button";
import { Form, TextField, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Help desk",
    lead: "Where would you like to go?",
    signIn: "For customers with an account, and for the desk’s people.",
    ask: "Ask for help",
    askHow: "Send a request, or see how it stands. You need no account.",
    slug: "Short name of the help desk",
    slugHint: "It stands in the links and mails that you got from it.",
    submit: "Send a request",
    status: "See its status",
    register: "Set up a help desk",
    registerHow: "For your own organisation, in a minute.",
    go: "Set it up",
  },
  es: {
    title: "Mesa de ayuda",
    lead: "¿Adónde quiere ir?",
    signIn: "Para clientes con cuenta y para el personal.",
    ask: "Pedir ayuda",
    askHow: "Envíe una solicitud o vea cómo va. No necesita cuenta.",
    slug: "Nombre corto de la mesa de ayuda",
    slugHint: "Figura en los enlaces y correos que recibió de ella.",
    submit: "Enviar una solicitud",
    status: "Ver su estado",
    register: "Abrir una mesa de ayuda",
    registerHow: "Para su organización, en un minuto.",
    go: "Abrirla",
  },
});

export default function Start() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  return (
    <div class="sign wide">
      <Page title={t.title} lead={t.lead}>
        <div class="starts">
          <section class="card">
            <Icon of={LogIn} />
            <h2>{s.signIn}</h2>
            <p>{t.signIn}</p>
            <div class="row"><ButtonLink look="main" href={to("sign-in")}>{s.signIn}</ButtonLink></div>
          </section>
          <section class="card">
            <Icon of={LifeBuoy} />
            <h2>{t.ask}</h2>
            <p>{t.askHow}</p>
            <Asking />
          </section>
          <section class="card">
            <Icon of={Headset} />
            <h2>{t.register}</h2>
            <p>{t.registerHow}</p>
            <div class="row"><ButtonLink href={to("register")}>{t.go}</ButtonLink></div>
          </section>
        </div>
      </Page>
    </div>
  );
}

function Asking() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const [page, setPage] = useState<"submit" | "status" | null>(null);
  const form = useForm({ workspace: "" }, async ({ workspace }) => {
    const slug = workspace.trim().toLowerCase();
    try {
      await enter(slug);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 404) throw thrown;
      throw new Problem(404, thrown.code, thrown.message, [{ field: "workspace", code: thrown.code, message: s.noDesk(slug) }]);
    }
    go(page ?? "submit", { workspace: slug });
  });
  if (!page) {
    return (
      <div class="row">
        <Button onClick={() => setPage("submit")}>{t.submit}</Button>
        <button type="button" class="link" onClick={() => setPage("status")}>{t.status}</button>
      </div>
    );
  }
  return (
    <Form of={form} action={page === "submit" ? t.submit : t.status} disabled={!form.values.workspace.trim()}>
      <TextField of={form} name="workspace" label={t.slug} hint={t.slugHint} spellcheck={false} autoFocus />
    </Form>
  );
}
