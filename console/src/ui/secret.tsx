/** A secret that is told once: to be copied, and said so. */

import { Check, Copy } from "lucide";
import { useState } from "preact/hooks";

import { say, words } from "../core/words";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./form";

const WORDS = words({
  en: { once: "It is shown this once. Keep it where secrets are kept.", copy: "Copy", copied: "Copied", done: "I have kept it" },
  es: { once: "Se muestra esta única vez. Guárdelo donde se guardan los secretos.", copy: "Copiar", copied: "Copiado", done: "Lo he guardado" },
});

export function Secret({ title, label, secret, children, onClose }: { title: string; label: string; secret: string; children?: preact.ComponentChildren; onClose: () => void }) {
  const t = say(WORDS);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="note warn"><div>{t.once}</div></div>
      <Field label={label}>
        {(tied) => (
          <div class="row firm">
            <input {...tied} class="input mono" readOnly value={secret} onFocus={(event) => event.currentTarget.select()} />
            <CopyButton text={secret} />
          </div>
        )}
      </Field>
      {children}
      <div class="row" style={{ justifyContent: "flex-end" }}>
        <Button look="main" onClick={onClose}>{t.done}</Button>
      </div>
    </Dialog>
  );
}

export function CopyButton({ text, small }: { text: string; small?: boolean }) {
  const t = say(WORDS);
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2_000);
  };
  return <Button small={small} icon={done ? Check : Copy} onClick={copy}>{done ? t.copied : t.copy}</Button>;
}
