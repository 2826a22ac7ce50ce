/** Ways to sign in: the password, the second step, and ending all sessions. */

import { ShieldCheck, ShieldOff } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { day } from "../core/format";
import { useLoad } from "../core/load";
import { to } from "../core/router";
import { session } from "../core/session";
import { signOutEverywhere } from "../core/sign-out";
import { say, words } from "../core/words";
import { proved } from "../signin/two-step";
import { Button, ButtonLink } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Form, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { PasswordField } from "../ui/password";
import { Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { NewCodes, TurnOff } from "./second-step";

const WORDS = words({
  en: {
    password: "Password",
    passwordHint: "A new one ends your other sessions.",
    none: "You have none, or forgot it?",
    mailOne: "Have a link mailed",
    current: "Current password",
    fresh: "New password",
    change: "Change the password",
    changed: "Your password is changed. Your other sessions have ended.",
    second: "Two-step sign-in",
    secondHint: "A code of an app beside the password.",
    on: (since: string) => `On since ${since}`,
    off: "Off",
    required: "Your workspace requires it of you.",
    left: (count: number) => `${count} recovery ${count === 1 ? "code" : "codes"} left`,
    few: "Make new ones before they run out.",
    turnOn: "Turn on",
    turnOff: "Turn off",
    device: "Use another device",
    codes: "New recovery codes",
    sessions: "Sessions",
    sessionsHint: "On a computer that others use, or when a device is lost.",
    everywhere: "Sign out everywhere",
    everywhereSure: "All browsers and apps are signed out, this one too. What you have not sent stays here as a draft.",
  },
  es: {
    password: "Contraseña",
    passwordHint: "Una nueva cierra sus otras sesiones.",
    none: "¿No tiene ninguna, o la olvidó?",
    mailOne: "Pedir un enlace por correo",
    current: "Contraseña actual",
    fresh: "Contraseña nueva",
    change: "Cambiar la contraseña",
    changed: "Su contraseña ha cambiado. Sus otras sesiones han terminado.",
    second: "Verificación en dos pasos",
    secondHint: "Un código de una aplicación además de la contraseña.",
    on: (since: string) => `Activada desde el ${since}`,
    off: "Desactivada",
    required: "Su espacio de trabajo se la exige.",
    left: (count: number) => `${count === 1 ? "Queda" : "Quedan"} ${count} ${count === 1 ? "código" : "códigos"} de recuperación`,
    few: "Cree otros antes de que se acaben.",
    turnOn: "Activar",
    turnOff: "Desactivar",
    device: "Usar otro dispositivo",
    codes: "Códigos de recuperación nuevos",
    sessions: "Sesiones",
    sessionsHint: "En un equipo que usan otros, o si pierde un dispositivo.",
    everywhere: "Cerrar sesión en todas partes",
    everywhereSure: "Se cierra la sesión en todos los navegadores y aplicaciones, también en este. Lo que no ha enviado queda aquí como borrador.",
  },
});

const FEW = 3;

export function Safety() {
  const t = say(WORDS);
  return (
    <>
      <section class="card" aria-label={t.password}>
        <header><h2>{t.password}</h2><p>{t.passwordHint}</p></header>
        <ChangePassword />
      </section>
      <section class="card" aria-label={t.second}>
        <header><h2>{t.second}</h2><p>{t.secondHint}</p></header>
        <SecondStep />
      </section>
      <section class="card" aria-label={t.sessions}>
        <header><h2>{t.sessions}</h2><p>{t.sessionsHint}</p></header>
        <Everywhere />
      </section>
    </>
  );
}

function ChangePassword() {
  const t = say(WORDS);
  const form = useForm({ current_password: "", new_password: "" }, async (body) => {
    await proved(() => take(api.POST("/v1/auth/password/change", { body })), false);
    form.reset({ current_password: "", new_password: "" });
    tell(t.changed);
  });
  return (
    <Form of={form} action={t.change} disabled={!form.values.current_password || !form.values.new_password}>
      <input type="text" hidden autocomplete="username" value={session.value?.user.email} readOnly />
      <PasswordField of={form} name="current_password" label={t.current} />
      <p class="small soft">{t.none} <a href={to("forgot", { workspace: session.value?.user.workspace.slug })}>{t.mailOne}</a></p>
      <PasswordField of={form} name="new_password" label={t.fresh} fresh />
    </Form>
  );
}

function SecondStep() {
  const t = say(WORDS);
  const state = useLoad(() => take(api.GET("/v1/auth/totp")), []);
  const [open, setOpen] = useState<"off" | "codes" | null>(null);
  const close = () => {
    setOpen(null);
    void state.reload();
  };
  return (
    <Show of={state} lines={2}>
      {({ enabled, required, enabled_at, recovery_codes_left }) => (
        <>
          <div class="row">
            <span class={enabled ? "badge good" : "badge"}>
              <Icon of={enabled ? ShieldCheck : ShieldOff} />
              {enabled && enabled_at ? t.on(day(enabled_at)) : t.off}
            </span>
            {enabled && <span class="small soft">{t.left(recovery_codes_left)}.</span>}
            {required && <span class="small soft">{t.required}</span>}
          </div>
          {enabled && recovery_codes_left < FEW && <div class="note warn"><div>{t.few}</div></div>}
          <div class="row">
            <ButtonLink look={enabled ? undefined : "main"} href={to("two-step", { return: "account?tab=safety" })}>{enabled ? t.device : t.turnOn}</ButtonLink>
            {enabled && <Button onClick={() => setOpen("codes")}>{t.codes}</Button>}
            {enabled && !required && <Button onClick={() => setOpen("off")}>{t.turnOff}</Button>}
          </div>
          {open === "off" && <TurnOff onClose={close} />}
          {open === "codes" && <NewCodes onClose={close} />}
        </>
      )}
    </Show>
  );
}

function Everywhere() {
  const t = say(WORDS);
  const [open, setOpen] = useState(false);
  return (
    <div class="row">
      <Button onClick={() => setOpen(true)}>{t.everywhere}</Button>
      {open && (
        <Confirm title={t.everywhere} action={t.everywhere} onClose={() => setOpen(false)} onConfirm={signOutEverywhere}>
          <p>{t.everywhereSure}</p>
        </Confirm>
      )}
    </div>
  );
}
