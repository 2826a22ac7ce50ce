/** Where the desk's OpenID provider sends the browser back to: the sign-in is finished, or why not is said. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { asProblem, Problem } from "../core/problem";
import { route, to } from "../core/router";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { ProblemNote, Waiting } from "../ui/states";
import { comeIn } from "./coming-in";
import { Frame } from "./frame";
import { takeBegun } from "./provider";

const WORDS = words({
  en: {
    title: "Signing you in",
    failed: "You are not signed in",
    again: "Begin again",
    strange: "This sign-in was not begun in this tab, or is over. Begin again.",
    // RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6
    errors: {
      access_denied: "The provider did not let you in, or you called it off.",
      login_required: "The provider wants you to sign in there first.",
      interaction_required: "The provider wants something of you first. Begin again, and answer there.",
      consent_required: "The provider wants your consent first. Begin again, and answer there.",
      account_selection_required: "The provider wants you to choose an account first.",
      temporarily_unavailable: "The provider is busy. Try again in a moment.",
      server_error: "Something went wrong at the provider. Try again in a moment.",
    } as Record<string, string>,
    other: (code: string) => `The provider answered “${code}”. An administrator of the help desk can look into it.`,
  },
  es: {
    title: "Iniciando sesión",
    failed: "No ha iniciado sesión",
    again: "Empezar de nuevo",
    strange: "Este inicio de sesión no empezó en esta pestaña o ha caducado. Empiece de nuevo.",
    errors: {
      access_denied: "El proveedor no le dejó entrar, o usted lo canceló.",
      login_required: "El proveedor quiere que inicie sesión allí primero.",
      interaction_required: "El proveedor necesita algo de usted. Empiece de nuevo y responda allí.",
      consent_required: "El proveedor necesita su consentimiento. Empiece de nuevo y responda allí.",
      account_selection_required: "El proveedor quiere que elija una cuenta primero.",
      temporarily_unavailable: "El proveedor está ocupado. Inténtelo en un momento.",
      server_error: "Algo falló en el proveedor. Inténtelo en un momento.",
    },
    other: (code: string) => `El proveedor respondió «${code}». Quien administra la mesa de ayuda puede investigarlo.`,
  },
});

export default function SignedIn() {
  const t = say(WORDS);
  const [sent] = useState(() => route.value.params);
  const [begun] = useState(takeBegun);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    // The code is of use once, and in no history.
    history.replaceState(null, "", location.pathname);
    finish().catch((thrown) => setProblem(asProblem(thrown)));
  }, []);
  const finish = async () => {
    const { state, code, iss, error } = sent;
    if (!begun || !state || state !== begun.state) throw new Problem(400, "STATE", t.strange);
    if (error) throw new Problem(400, "PROVIDER", t.errors[error] ?? t.other(error.slice(0, 60)));
    if (!code) throw new Problem(400, "STATE", t.strange);
    const body = { state, code, binding: begun.binding, ...(iss ? { iss } : {}) };
    comeIn(await take(api.POST("/v1/auth/oidc/finish", { body })), begun.return);
  };
  if (!problem) return <Frame key="on" title={t.title}><Waiting lines={2} /></Frame>;
  return (
    <Frame key="failed" title={t.failed}>
      <ProblemNote problem={problem} />
      <ButtonLink look="main" href={to("sign-in", { workspace: begun?.workspace, return: begun?.return })}>{t.again}</ButtonLink>
    </Frame>
  );
}
