/** The button to the desk's own provider; without a desk in the address, a way to say which. */

import { Building2, LogIn } from "lucide";
import { useState } from "preact/hooks";

import type { Desk } from "../core/desk";
import { asProblem, Problem } from "../core/problem";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Form, TextField, useForm } from "../ui/form";
import { inWords } from "../ui/sentences";
import { ProblemNote } from "../ui/states";
import { BACK, leaveForProvider } from "./provider";

const WORDS = words({
  en: {
    or: "or",
    way: (desk: string) => `Continue with your ${desk} account`,
    organisation: "Use your organisation’s account",
    slug: "Short name of the help desk",
    slugHint: "It stands in the links and mails that you got from it.",
    go: "Continue",
    notAllowed: `The provider of this help desk does not know this page. Its administrator has to add ${BACK} to the addresses that it sends people back to.`,
  },
  es: {
    or: "o",
    way: (desk: string) => `Continuar con su cuenta de ${desk}`,
    organisation: "Entrar con su organización",
    slug: "Nombre corto de la mesa de ayuda",
    slugHint: "Figura en los enlaces y correos que recibió de ella.",
    go: "Continuar",
    notAllowed: `El proveedor de esta mesa de ayuda no conoce esta página. Quien la administra debe añadir ${BACK} a las direcciones de vuelta.`,
  },
});

export function ProviderWay({ desk, address }: { desk: Desk | null; address: string | undefined }) {
  const t = say(WORDS);
  if (desk && !desk.oidc_enabled) return null;
  return (
    <div class="ways">
      <div class="or">{t.or}</div>
      {desk ? <ToProvider desk={desk} address={address} /> : <BySlug address={address} />}
    </div>
  );
}

function ToProvider({ desk, address }: { desk: Desk; address: string | undefined }) {
  const t = say(WORDS);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const leave = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await leaveForProvider(desk.slug, address);
    } catch (thrown) {
      setProblem(told(asProblem(thrown), t.notAllowed));
      setBusy(false);
    }
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <Button icon={LogIn} busy={busy} onClick={leave}>{t.way(desk.name)}</Button>
    </>
  );
}

function BySlug({ address }: { address: string | undefined }) {
  const t = say(WORDS);
  const [open, setOpen] = useState(false);
  const form = useForm({ workspace: "" }, async ({ workspace }) => {
    try {
      await leaveForProvider(workspace.trim().toLowerCase(), address);
    } catch (thrown) {
      throw told(asProblem(thrown), t.notAllowed);
    }
  });
  if (!open) return <Button icon={Building2} onClick={() => setOpen(true)}>{t.organisation}</Button>;
  return (
    <Form of={form} action={t.go}>
      <TextField of={form} name="workspace" label={t.slug} hint={t.slugHint} autocomplete="organization" spellcheck={false} autoFocus />
    </Form>
  );
}

/** What is wrong with the address of this page no visitor can mend: who can, is told how. */
function told(problem: Problem, notAllowed: string): Problem {
  if (problem.of("redirect_uri")) return new Problem(problem.status, problem.code, notAllowed);
  if (problem.status !== 404) return problem;
  return new Problem(404, problem.code, inWords(problem.message), [{ field: "workspace", code: problem.code, message: problem.message }]);
}
