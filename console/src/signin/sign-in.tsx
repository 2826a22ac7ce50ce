/** Signing in: with a password and, where there is one, a second step; or with the desk's own provider. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { Problem } from "../core/problem";
import { route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Form, TextField, useForm } from "../ui/form";
import { PasswordField } from "../ui/password";
import { ProblemNote, Waiting } from "../ui/states";
import { CodeForm } from "./code";
import { comeIn, goOn, typed, type Pending } from "./coming-in";
import { useDesk } from "./desk";
import { Frame } from "./frame";
import { ProviderWay } from "./provider-way";
import { WhichDesk } from "./which-desk";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    over: "Your session has ended. Sign in to go on where you were; drafts are kept.",
    next: "Sign in to see that page.",
    second: "One more step",
    secondLead: "You sign in with a code as well.",
    again: "Start again",
    signUp: "Make an account",
    register: "Set up a help desk",
    elsewhere: "Sign in to another help desk",
    as: (name: string, desk: string) => `You are signed in as ${name} (${desk}). Signing in here signs you out there.`,
  },
  es: {
    over: "Su sesión ha terminado. Inicie sesión para seguir donde estaba; los borradores se conservan.",
    next: "Inicie sesión para ver esa página.",
    second: "Un paso más",
    secondLead: "También inicia sesión con un código.",
    again: "Empezar de nuevo",
    signUp: "Crear una cuenta",
    register: "Abrir una mesa de ayuda",
    elsewhere: "Entrar en otra mesa de ayuda",
    as: (name: string, desk: string) => `La sesión es de ${name} (${desk}). Al entrar aquí se cerrará allí.`,
  },
});

export default function SignIn() {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const { params } = route.value;
  const { slug, desk, problem: noDesk, loading } = useDesk();
  const [pending, setPending] = useState<Pending | null>(null);
  const [choices, setChoices] = useState<readonly string[] | null>(null);
  const [known] = useState(typed.value !== "");
  const user = session.value?.user;
  // Signed in already, here or just now in another tab: on to where one wanted to go.
  const isIn = user && (!slug || slug === user.workspace.slug);
  useEffect(() => {
    if (isIn) goOn(params.return);
  }, [isIn]);
  const signIn = async ({ email, password }: { email: string; password: string }, workspace: string | undefined): Promise<void> => {
    typed.value = email;
    try {
      const answer = await take(api.POST("/v1/auth/login", { body: { email, password, workspace } }));
      setPending(comeIn(answer, params.return));
    } catch (thrown) {
      const slugs = thrown instanceof Problem && thrown.code === "CONFLICT" ? thrown.facts.workspaces : null;
      if (!Array.isArray(slugs)) throw thrown;
      setChoices(slugs);
    }
  };
  const form = useForm({ email: typed.value, password: "" }, (values) => signIn(values, noDesk ? undefined : slug));
  const startAgain = (problem: Problem | null) => {
    setPending(null);
    setChoices(null);
    form.reset({ email: typed.value, password: "" });
    form.setProblem(problem);
  };
  if (isIn) return null;
  const again = <button type="button" class="link" onClick={() => startAgain(null)}>{t.again}</button>;
  if (pending) {
    return (
      <Frame key="second" title={t.second} lead={t.secondLead} desk={desk} below={again}>
        <CodeForm pending={pending} onTokens={(tokens) => comeIn(tokens, params.return)} onOver={startAgain} />
      </Frame>
    );
  }
  if (choices) return <WhichDesk slugs={choices} below={again} onChoose={(chosen) => signIn(form.values, chosen)} />;
  if (loading && slug) return <Frame title={s.signIn}><Waiting /></Frame>;
  const below = (
    <>
      {desk?.customer_signup && <a href={to("sign-up", { workspace: desk.slug, return: params.return })}>{t.signUp}</a>}
      {slug && <a href={to("sign-in", { return: params.return })}>{t.elsewhere}</a>}
      {!slug && <a href={to("register")}>{t.register}</a>}
    </>
  );
  return (
    <Frame key="first" title={s.signIn} lead={params.over ? t.over : params.return ? t.next : undefined} desk={desk} below={below}>
      {noDesk && (noDesk.status === 404 ? <div class="note warn" role="alert"><div>{s.noDesk(slug!)}</div></div> : <ProblemNote problem={noDesk} />)}
      {user && <div class="note"><div>{t.as(user.name, user.workspace.name)}</div></div>}
      <Form of={form} action={s.signIn} look={desk ? "brand" : "main"} beside={<a href={to("forgot", { workspace: slug })}>{s.forgot}</a>}>
        <TextField of={form} name="email" type="email" label={s.email} autocomplete="username" inputMode="email" spellcheck={false} autoFocus={!known} />
        <PasswordField of={form} name="password" label={s.password} autoFocus={known} />
      </Form>
      <ProviderWay desk={desk} address={params.return} />
    </Frame>
  );
}
