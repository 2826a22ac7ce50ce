/** Letting somebody in, or in no more; what is held about them, told or erased. */

import { KeyRound, ShieldOff, Trash2, UserX, Unlink } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Form, SelectField, TextField, useForm } from "../ui/form";
import { isGoing, JobFile, useJob } from "../ui/job";
import { PasswordField } from "../ui/password";
import { ProblemNote } from "../ui/states";
import { Moment } from "../ui/time";
import { tell } from "../ui/toasts";
import type { User } from "./person";

type Erasure = Schema<"ErasureOut">;

const WORDS = words({
  en: {
    access: "Access",
    password: "Set a password",
    newPassword: "New password",
    passwordAbout: "They are told, and every session of theirs ends.",
    set: "The password is set.",
    twoStep: "Turn two-step sign-in off",
    twoStepAbout: "For who has lost their phone. The password alone lets them in until they set it up again.",
    off: "Two-step sign-in is off.",
    unlink: "Forget the identity provider's account",
    unlinkAbout: "The next sign-in through the provider is matched by the email address anew.",
    unlinked: "Forgotten.",
    deactivate: "Deactivate",
    deactivateAbout: "Every session and key ends at once. Tickets assigned to them become unassigned; what they wrote stays.",
    activate: "Let in again",
    activated: "They may sign in again.",
    deactivated: "Deactivated.",
    data: "Personal data",
    dataAbout: "What the law lets people ask for: a copy of what is held about them (GDPR, article 15), or that it be erased (article 17).",
    export: "Make a file of their data",
    erase: "Erase",
    eraseAbout: "Their name, address and whatever of them stands in tickets is replaced by a pseudonym, in files and logs too. Tickets and figures stay. It cannot be undone.",
    confirm: "Type their email address to confirm",
    reason: "Reason",
    reasons: { requested: "They asked for it", consent_withdrawn: "Consent withdrawn", objected: "They objected", no_longer_needed: "No longer needed", unlawful: "Held unlawfully", other: "Other" },
    erasing: "The erasure is under way.",
    erased: (pseudonym: string) => `Erased; they are ${pseudonym} now.`,
    failed: "The erasure stopped and is tried again by itself.",
    touched: (count: string) => `${count} places`,
  },
  es: {
    access: "Acceso",
    password: "Poner una contraseña",
    newPassword: "Contraseña nueva",
    passwordAbout: "Se le avisa, y terminan todas sus sesiones.",
    set: "La contraseña está puesta.",
    twoStep: "Desactivar la verificación en dos pasos",
    twoStepAbout: "Para quien perdió su teléfono. La contraseña sola le deja entrar hasta que la configure de nuevo.",
    off: "La verificación en dos pasos está desactivada.",
    unlink: "Olvidar la cuenta del proveedor de identidad",
    unlinkAbout: "El próximo inicio de sesión por el proveedor se relaciona de nuevo por el correo.",
    unlinked: "Olvidada.",
    deactivate: "Desactivar",
    deactivateAbout: "Todas sus sesiones y claves terminan al instante. Los tickets asignados quedan sin asignar; lo que escribió se queda.",
    activate: "Dejar entrar de nuevo",
    activated: "Ya puede iniciar sesión.",
    deactivated: "Desactivado.",
    data: "Datos personales",
    dataAbout: "Lo que la ley permite pedir: una copia de lo que se guarda (RGPD, artículo 15), o que se borre (artículo 17).",
    export: "Crear un archivo con sus datos",
    erase: "Borrar",
    eraseAbout: "Su nombre, su dirección y lo que de la persona figura en tickets se sustituye por un seudónimo, también en archivos y registros. Los tickets y las cifras se quedan. No se puede deshacer.",
    confirm: "Escriba su correo electrónico para confirmar",
    reason: "Motivo",
    reasons: { requested: "Lo pidió", consent_withdrawn: "Retiró su consentimiento", objected: "Se opuso", no_longer_needed: "Ya no hace falta", unlawful: "Se guardaba ilícitamente", other: "Otro" },
    erasing: "El borrado está en curso.",
    erased: (pseudonym: string) => `Borrado; ahora es ${pseudonym}.`,
    failed: "El borrado se detuvo y se reintenta por sí solo.",
    touched: (count: string) => `${count} lugares`,
  },
});

type Asked = "password" | "twoStep" | "unlink" | "deactivate" | "erase" | null;

export function Access({ user, onChanged, onReload }: { user: User; onChanged: (user: User) => void; onReload: () => void }) {
  const t = say(WORDS);
  const [asked, setAsked] = useState<Asked>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const params = { path: { user_id: user.id } };
  const close = () => setAsked(null);
  const activate = async () => {
    setProblem(null);
    try {
      onChanged(await take(api.PATCH("/v1/users/{user_id}", { params, body: { status: "active" } })));
      tell(t.activated);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const isOneself = user.id === session.value?.user.id;
  return (
    <section class="card padded stack" aria-label={t.access}>
      <h2>{t.access}</h2>
      {problem && <ProblemNote problem={problem} />}
      <div class="row">
        {!isOneself && user.status !== "deactivated" && <Button icon={KeyRound} onClick={() => setAsked("password")}>{t.password}</Button>}
        {user.two_step_enabled && !isOneself && <Button icon={ShieldOff} onClick={() => setAsked("twoStep")}>{t.twoStep}</Button>}
        <Button icon={Unlink} onClick={() => setAsked("unlink")}>{t.unlink}</Button>
        {user.status === "deactivated" ? <Button onClick={activate}>{t.activate}</Button> : !isOneself && <Button icon={UserX} onClick={() => setAsked("deactivate")}>{t.deactivate}</Button>}
      </div>
      {asked === "password" && <NewPassword user={user} onClose={close} />}
      {asked === "twoStep" && (
        <Confirm title={t.twoStep} action={t.twoStep} onClose={close} onConfirm={async () => { onChanged(await take(api.POST("/v1/users/{user_id}/totp/reset", { params }))); tell(t.off); }}><p>{t.twoStepAbout}</p></Confirm>
      )}
      {asked === "unlink" && (
        <Confirm title={t.unlink} action={t.unlink} onClose={close} onConfirm={async () => { await api.DELETE("/v1/users/{user_id}/oidc", { params }); tell(t.unlinked); onReload(); }}><p>{t.unlinkAbout}</p></Confirm>
      )}
      {asked === "deactivate" && (
        <Confirm title={`${t.deactivate}: ${user.name}`} action={t.deactivate} onClose={close} onConfirm={async () => { onChanged(await take(api.POST("/v1/users/{user_id}/deactivate", { params }))); tell(t.deactivated); }}><p>{t.deactivateAbout}</p></Confirm>
      )}
    </section>
  );
}

function NewPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const t = say(WORDS);
  const form = useForm({ password: "" }, async (body) => {
    await api.PATCH("/v1/users/{user_id}", { params: { path: { user_id: user.id } }, body });
    tell(t.set);
    onClose();
  });
  return (
    <Dialog title={`${t.password}: ${user.name}`} onClose={onClose}>
      <Form of={form} action={t.password}>
        <p>{t.passwordAbout}</p>
        <PasswordField of={form} name="password" label={t.newPassword} fresh autoFocus />
      </Form>
    </Dialog>
  );
}

export function PersonalData({ user }: { user: User }) {
  const t = say(WORDS);
  const [asked, setAsked] = useState(false);
  const made = useJob();
  const path = { user_id: user.id };
  const erasure = useLoad<Erasure | null>(async () => (user.status === "deactivated" ? take(api.GET("/v1/users/{user_id}/erasure", { params: { path } })).catch(absent) : null), [user.id, user.status]);
  const state = erasure.data;
  return (
    <section class="card padded stack" aria-label={t.data}>
      <h2>{t.data}</h2>
      <p class="soft">{t.dataAbout}</p>
      {erasure.problem && <ProblemNote problem={erasure.problem} retry={erasure.reload} />}
      {state && (
        <div class={`note ${state.status === "complete" ? "good" : state.status === "failed" ? "bad" : ""}`}>
          <div>
            <p>{state.status === "complete" ? t.erased(state.pseudonym) : state.status === "failed" ? t.failed : t.erasing}</p>
            <p class="small">{t.reasons[state.reason]} · <Moment at={state.completed_at ?? state.erased_at} /> · {t.touched(number(Object.values(state.counts).reduce((sum, count) => sum + count, 0)))}</p>
          </div>
        </div>
      )}
      <JobFile of={made} />
      <div class="row">
        {!isGoing(made.job) && !state && <Button busy={made.busy} onClick={() => made.follow(take(api.POST("/v1/users/{user_id}/export", { params: { path } })))}>{t.export}</Button>}
        {!state && user.id !== session.value?.user.id && <Button look="bad" icon={Trash2} onClick={() => setAsked(true)}>{t.erase}</Button>}
      </div>
      {asked && <Erase user={user} onClose={() => setAsked(false)} onErased={(begun) => { setAsked(false); erasure.put(begun); }} />}
    </section>
  );
}

/** Who is erased is let in no more; who is let in no more need not be erased. */
function absent(thrown: unknown): null {
  if (asProblem(thrown).status === 404) return null;
  throw thrown;
}

function Erase({ user, onClose, onErased }: { user: User; onClose: () => void; onErased: (begun: Erasure) => void }) {
  const t = say(WORDS);
  const form = useForm({ confirm: "", reason: "requested" as Erasure["reason"] }, async (body) => {
    onErased(await take(api.POST("/v1/users/{user_id}/erase", { params: { path: { user_id: user.id } }, body })));
  });
  return (
    <Dialog title={`${t.erase}: ${user.name}`} onClose={onClose}>
      <Form of={form} action={t.erase} look="bad" disabled={form.values.confirm.trim().toLowerCase() !== user.email.toLowerCase()}>
        <p>{t.eraseAbout}</p>
        <SelectField of={form} name="reason" label={t.reason} options={t.reasons} />
        <TextField of={form} name="confirm" type="email" label={t.confirm} hint={user.email} autocomplete="off" />
      </Form>
    </Dialog>
  );
}
