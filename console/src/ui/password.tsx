/** A password: hidden until one wants to see it, pasted and filled in by managers as one likes. */

import { Check, Eye, EyeOff } from "lucide";
import { useState } from "preact/hooks";

import { say, words } from "../core/words";
import { Button } from "./button";
import { Field, focused, type FormState } from "./form";
import { Icon } from "./icon";

const WORDS = words({
  en: {
    show: "Show what is typed",
    hide: "Hide what is typed",
    caps: "Caps Lock is on.",
    rule: "10 characters or more. Several words make a good one; what many use, your name and your email are refused.",
    more: (count: number) => `${count} more ${count === 1 ? "character" : "characters"}`,
    enough: "Long enough",
  },
  es: {
    show: "Mostrar lo escrito",
    hide: "Ocultar lo escrito",
    caps: "El bloqueo de mayúsculas está activado.",
    rule: "10 caracteres o más. Varias palabras hacen una buena; se rechazan las más usadas, su nombre y su correo.",
    more: (count: number) => `${count} ${count === 1 ? "carácter" : "caracteres"} más`,
    enough: "Longitud suficiente",
  },
});

// chalicelib/accounts/passwords.py
const LENGTH = 10;

interface PasswordProps<T extends object> {
  of: FormState<T>;
  name: { [K in keyof T & string]: T[K] extends string ? K : never }[keyof T & string];
  label: string;
  /** To be chosen now, not one that exists. */
  fresh?: boolean;
  autoFocus?: boolean;
}

export function PasswordField<T extends object>({ of, name, label, fresh, autoFocus }: PasswordProps<T>) {
  const t = say(WORDS);
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  const text = of.values[name] as string;
  const missing = LENGTH - [...text.normalize("NFC")].length;
  const look = (event: KeyboardEvent) => setCaps(event.getModifierState?.("CapsLock") ?? false);
  return (
    <Field label={label} hint={fresh ? t.rule : undefined} error={of.error(name)}>
      {(tied) => (
        <>
          <div class="password">
            <input {...({ ...tied, name, type: shown ? "text" : "password" } as object)} class="input" autocomplete={fresh ? "new-password" : "current-password"} autocapitalize="none" autocorrect="off" spellcheck={false} ref={autoFocus ? focused : undefined} maxLength={2000} value={text} onInput={(event) => of.set({ [name]: event.currentTarget.value } as Partial<T>)} onKeyUp={look} onKeyDown={look} onBlur={() => setCaps(false)} />
            <Button look="quiet" icon={shown ? EyeOff : Eye} label={shown ? t.hide : t.show} aria-pressed={shown} onClick={() => setShown(!shown)} />
          </div>
          {fresh && text && (
            <div class={missing > 0 ? "hint" : "hint enough"}>{missing > 0 ? t.more(missing) : <><Icon of={Check} /> {t.enough}</>}</div>
          )}
          {caps && <div class="hint" role="status">{t.caps}</div>}
        </>
      )}
    </Field>
  );
}
