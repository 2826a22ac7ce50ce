/** Setting two-step sign-in up, or anew with another device: the password, the app's first code, recovery codes. */

import { useEffect, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem, Problem } from "../core/problem";
import { route, to } from "../core/router";
import { enrolment, session } from "../core/session";
import { signOut } from "../core/sign-out";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Form, useForm } from "../ui/form";
import { PasswordField } from "../ui/password";
import { Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { atField, CodeField } from "./code";
import { goOn } from "./coming-in";
import { Frame } from "./frame";
import { Qr } from "./qr";
import { RecoveryCodes } from "./recovery-codes";
import { SIGNIN } from "./words";

const WORDS = words({
  en: {
    title: "Two-step sign-in",
    required: (desk: string) => `${desk} asks everybody in your role to sign in with a code of an app as well. It takes two minutes.`,
    lead: "With a code of an app beside the password, a stolen password alone opens nothing.",
    change: "Your present app stays good until the other one is confirmed.",
    own: "First, your password once more.",
    start: "Continue",
    scan: "Set up the app",
    steps: ["Open your authenticator app: any will do, such as Aegis, Google Authenticator, 1Password or Bitwarden.", "Scan this picture with it.", "Type the code that it shows."],
    picture: "Picture to scan with your authenticator app",
    cannot: "No camera? Type this key into the app:",
    confirm: "Confirm",
    onHere: "Open it in an app on this device",
    begin: "Begin again",
    over: "The picture was good for 15 minutes. Begin again.",
    codes: "Your recovery codes",
    done: "Two-step sign-in is on. Your other sessions have ended.",
    enabled: "Two-step sign-in is on",
    go: "Go on",
    account: "Back to your account",
    signOut: "Sign out",
  },
  es: {
    title: "Verificación en dos pasos",
    required: (desk: string) => `${desk} pide a todos los que tienen su rol que inicien sesión también con un código de una aplicación. Lleva dos minutos.`,
    lead: "Con un código de una aplicación además de la contraseña, una contraseña robada no abre nada.",
    change: "Su aplicación actual sirve hasta que confirme la otra.",
    own: "Primero, su contraseña otra vez.",
    start: "Continuar",
    scan: "Prepare la aplicación",
    steps: ["Abra su aplicación de autenticación: sirve cualquiera, como Aegis, Google Authenticator, 1Password o Bitwarden.", "Escanee con ella esta imagen.", "Escriba el código que muestra."],
    picture: "Imagen para escanear con su aplicación de autenticación",
    cannot: "¿Sin cámara? Escriba esta clave en la aplicación:",
    confirm: "Confirmar",
    onHere: "Abrirla en una aplicación de este dispositivo",
    begin: "Empezar de nuevo",
    over: "La imagen valía 15 minutos. Empiece de nuevo.",
    codes: "Sus códigos de recuperación",
    done: "La verificación en dos pasos está activada. Sus otras sesiones han terminado.",
    enabled: "La verificación en dos pasos está activada",
    go: "Continuar",
    account: "Volver a su cuenta",
    signOut: "Cerrar sesión",
  },
});

type Enrolment = Schema<"TotpEnrolment">;

export default function TwoStep() {
  const t = say(WORDS);
  const state = useLoad(() => take(api.GET("/v1/auth/totp")), []);
  const [begun, setBegun] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const now = session.value;
  const isForced = now?.must_enrol ?? false;
  // On already, by another tab or before a reload: nothing is missing.
  const isOn = isForced && state.data?.enabled && !codes;
  useEffect(() => {
    if (!isOn) return;
    enrolment(false);
    goOn(route.value.params.return);
  }, [isOn]);
  const kept = () => {
    tell(t.done);
    enrolment(false);
    goOn(route.value.params.return ?? "account");
  };
  const below = isForced
    ? <button type="button" class="link" onClick={() => void signOut()}>{t.signOut}</button>
    : !codes && <a href={to("account")}>{t.account}</a>;
  const desk = now?.user.workspace;
  if (codes) {
    return <Frame key="codes" title={t.codes} desk={desk} wide below={below}><RecoveryCodes codes={codes} onKept={kept} /></Frame>;
  }
  if (begun) {
    return (
      <Frame key="scan" title={t.scan} desk={desk} wide below={below}>
        <Confirming begun={begun} onCodes={setCodes} onAgain={() => setBegun(null)} />
      </Frame>
    );
  }
  return (
    <Frame key="begin" title={t.title} lead={isForced ? t.required(now!.user.workspace.name) : state.data?.enabled ? t.change : t.lead} desk={desk} below={below}>
      <Show of={state}>{({ enabled }) => (isOn ? <ButtonLink href={to("home")}>{t.go}</ButtonLink> : <Beginning enabled={enabled} onBegun={setBegun} />)}</Show>
    </Frame>
  );
}

function Beginning({ enabled, onBegun }: { enabled: boolean; onBegun: (begun: Enrolment) => void }) {
  const t = say(WORDS);
  const s = say(SIGNIN);
  const [byRecovery, setByRecovery] = useState(false);
  const form = useForm({ current_password: "", code: "", recovery_code: "" }, async ({ current_password, code, recovery_code }) => {
    const second = enabled ? (byRecovery ? { recovery_code } : { code }) : {};
    onBegun(await proved(() => take(api.POST("/v1/auth/totp", { body: { current_password, ...second } })), byRecovery));
  });
  const swap = <button type="button" class="link" onClick={() => setByRecovery(!byRecovery)}>{byRecovery ? s.useCode : s.useRecovery}</button>;
  return (
    <Form of={form} action={t.start} beside={enabled && swap} disabled={!form.values.current_password}>
      <input type="text" hidden autocomplete="username" value={session.value?.user.email} readOnly />
      <PasswordField of={form} name="current_password" label={s.password} autoFocus />
      {enabled && <CodeField key={String(byRecovery)} of={form} recovery={byRecovery} />}
    </Form>
  );
}

/** A wrong password or code, at its field: both are 403 and say which. */
export async function proved<T>(call: () => Promise<T>, byRecovery: boolean): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.message === "The current password is wrong.") throw atField(problem, "current_password");
    if (problem.message.startsWith("This code is wrong")) throw atField(problem, byRecovery ? "recovery_code" : "code");
    throw problem;
  }
}

function Confirming({ begun, onCodes, onAgain }: { begun: Enrolment; onCodes: (codes: readonly string[]) => void; onAgain: () => void }) {
  const t = say(WORDS);
  const form = useForm({ code: "", recovery_code: "" }, async ({ code }) => {
    const confirmed = await proved(async () => {
      try {
        return await take(api.POST("/v1/auth/totp/confirm", { body: { code } }));
      } catch (thrown) {
        if (thrown instanceof Problem && thrown.status === 409) throw new Problem(409, thrown.code, t.over);
        throw thrown;
      }
    }, false);
    onCodes(confirmed.recovery_codes);
  });
  return (
    <div class="enrol">
      <div class="stack tight">
        <Qr text={begun.uri} label={t.picture} />
        <a class="small" href={begun.uri}>{t.onHere}</a>
      </div>
      <div class="stack">
        <ol>{t.steps.map((step) => <li key={step}>{step}</li>)}</ol>
        <Form of={form} action={t.confirm} beside={<button type="button" class="link" onClick={onAgain}>{t.begin}</button>} disabled={!form.values.code.trim()}>
          <CodeField of={form} recovery={false} autoFocus />
        </Form>
        <div class="stack tight">
          <span class="small soft">{t.cannot}</span>
          <code class="secret">{begun.secret.match(/.{1,4}/g)?.join(" ")}</code>
        </div>
      </div>
    </div>
  );
}
