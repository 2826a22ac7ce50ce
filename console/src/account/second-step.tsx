/** The second step turned off, and recovery codes made anew: each takes the password and a code. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { CodeField } from "../signin/code";
import { RecoveryCodes } from "../signin/recovery-codes";
import { proved } from "../signin/two-step";
import { SIGNIN } from "../signin/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, useForm } from "../ui/form";
import { PasswordField } from "../ui/password";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";

const WORDS = words({
  en: {
    off: "Turn two-step sign-in off",
    offHint: "Your password alone opens your account then. Your other sessions end.",
    turnOff: "Turn off",
    isOff: "Two-step sign-in is off.",
    codes: "New recovery codes",
    codesHint: "Those that you have are void then.",
    make: "Make new codes",
  },
  es: {
    off: "Desactivar la verificación en dos pasos",
    offHint: "Entonces bastará su contraseña para abrir su cuenta. Sus otras sesiones terminan.",
    turnOff: "Desactivar",
    isOff: "La verificación en dos pasos está desactivada.",
    codes: "Códigos de recuperación nuevos",
    codesHint: "Los que tiene dejarán de valer.",
    make: "Crear códigos",
  },
});

interface Proof {
  current_password: string;
  code?: string;
  recovery_code?: string;
}

export function TurnOff({ onClose }: { onClose: () => void }) {
  const t = say(WORDS);
  const turnOff = async (body: Proof) => {
    await take(api.POST("/v1/auth/totp/disable", { body }));
    tell(t.isOff);
    onClose();
  };
  return (
    <Dialog title={t.off} onClose={onClose}>
      <p>{t.offHint}</p>
      <ProofForm action={t.turnOff} look="bad" send={turnOff} onClose={onClose} />
    </Dialog>
  );
}

export function NewCodes({ onClose }: { onClose: () => void }) {
  const t = say(WORDS);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const make = async (body: Proof) => setCodes((await take(api.POST("/v1/auth/totp/recovery-codes", { body }))).recovery_codes);
  return (
    <Dialog title={t.codes} onClose={onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} onKept={onClose} />
      ) : (
        <>
          <p>{t.codesHint}</p>
          <ProofForm action={t.make} look="main" send={make} onClose={onClose} />
        </>
      )}
    </Dialog>
  );
}

function ProofForm({ action, look, send, onClose }: { action: string; look: "main" | "bad"; send: (proof: Proof) => Promise<void>; onClose: () => void }) {
  const s = say(SIGNIN);
  const [byRecovery, setByRecovery] = useState(false);
  const form = useForm({ current_password: "", code: "", recovery_code: "" }, ({ current_password, code, recovery_code }) =>
    proved(() => send({ current_password, ...(byRecovery ? { recovery_code } : { code }) }), byRecovery),
  );
  return (
    <Form of={form} action={action} look={look} disabled={!form.values.current_password} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
      <input type="text" hidden autocomplete="username" value={session.value?.user.email} readOnly />
      <PasswordField of={form} name="current_password" label={s.password} autoFocus />
      <CodeField key={String(byRecovery)} of={form} recovery={byRecovery} />
      <div><button type="button" class="link" onClick={() => setByRecovery(!byRecovery)}>{byRecovery ? s.useCode : s.useRecovery}</button></div>
    </Form>
  );
}
