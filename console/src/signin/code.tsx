/** The second step: a code of the app, or a recovery code. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { Problem } from "../core/problem";
import { say } from "../core/words";
import { Field, focused, Form, useForm, type FormState } from "../ui/form";
import type { Pending } from "./coming-in";
import { SIGNIN } from "./words";

interface CodeFormProps {
  pending: Pending;
  onTokens: (tokens: Schema<"Tokens">) => void;
  /** The challenge is over: the password is asked for again. */
  onOver: (problem: Problem) => void;
}

export function CodeForm({ pending, onTokens, onOver }: CodeFormProps) {
  const t = say(SIGNIN);
  const [byRecovery, setByRecovery] = useState(false);
  const form = useForm({ code: "", recovery_code: "" }, async ({ code, recovery_code }) => {
    const body = { challenge_token: pending.token, ...(byRecovery ? { recovery_code } : { code }) };
    try {
      onTokens(await take(api.POST("/v1/auth/totp/verify", { body })));
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      if (thrown.code === "UNAUTHENTICATED") return onOver(thrown);
      if (thrown.code === "INVALID_CREDENTIALS") throw atField(thrown, byRecovery ? "recovery_code" : "code");
      throw thrown;
    }
  });
  const swap = () => {
    form.reset();
    setByRecovery(!byRecovery);
  };
  return (
    <Form of={form} action={t.signIn} beside={<button type="button" class="link" onClick={swap}>{byRecovery ? t.useCode : t.useRecovery}</button>}>
      <CodeField key={String(byRecovery)} of={form} recovery={byRecovery} autoFocus />
    </Form>
  );
}

/** A code where one's own password is asked for as well: `code` and `recovery_code` of a form's values. */
export function CodeField<T extends { code: string; recovery_code: string }>({ of, recovery, autoFocus }: { of: FormState<T>; recovery: boolean; autoFocus?: boolean }) {
  const t = say(SIGNIN);
  const name = recovery ? "recovery_code" : "code";
  return (
    <Field label={recovery ? t.recovery : t.code} hint={recovery ? t.recoveryHint : t.codeHint} error={of.error(name)}>
      {(tied) => (
        <input {...tied} type="text" class={recovery ? "input code long" : "input code"} inputMode={recovery ? "text" : "numeric"} autocomplete={recovery ? "off" : "one-time-code"} autocapitalize="none" spellcheck={false} ref={autoFocus ? focused : undefined} maxLength={recovery ? 100 : 50} value={of.values[name]} onInput={(event) => of.set({ [name]: event.currentTarget.value } as Partial<T>)} />
      )}
    </Field>
  );
}

/** A refusal that names no field, at the field that it is about. */
export function atField(problem: Problem, field: string): Problem {
  const errors = [{ field, code: problem.code, message: problem.message }];
  return new Problem(problem.status, problem.code, problem.message, errors, problem.retryAfter, problem.requestId);
}
