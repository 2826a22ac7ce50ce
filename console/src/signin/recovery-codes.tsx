/** Recovery codes, shown this once: to be kept somewhere, and said to be. */

import { Copy, Download, Printer, TriangleAlert } from "lucide";

import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { CheckField, Form, useForm } from "../ui/form";
import { Icon } from "../ui/icon";
import { tell } from "../ui/toasts";

const WORDS = words({
  en: {
    why: "They are shown now and never again. If you lose your device, each of them lets you in once. Keep them where the device is not: printed, or in a password manager.",
    list: "Recovery codes",
    copy: "Copy",
    copied: "Copied",
    download: "Download",
    print: "Print",
    kept: "I have kept these codes",
    done: "Done",
    file: (desk: string, email: string) => `Recovery codes of ${email} at ${desk}. Each is good once.`,
  },
  es: {
    why: "Se muestran ahora y nunca más. Si pierde su dispositivo, cada uno le deja entrar una vez. Guárdelos donde no esté el dispositivo: impresos o en un gestor de contraseñas.",
    list: "Códigos de recuperación",
    copy: "Copiar",
    copied: "Copiado",
    download: "Descargar",
    print: "Imprimir",
    kept: "He guardado estos códigos",
    done: "Listo",
    file: (desk: string, email: string) => `Códigos de recuperación de ${email} en ${desk}. Cada uno sirve una vez.`,
  },
});

export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const t = say(WORDS);
  const form = useForm({ kept: false }, async () => onKept());
  const user = session.value?.user;
  const text = `${t.file(user?.workspace.name ?? "", user?.email ?? "")}\n\n${codes.join("\n")}\n`;
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    tell(t.copied);
  };
  return (
    <div class="stack">
      <div class="note warn unprinted"><Icon of={TriangleAlert} /><div>{t.why}</div></div>
      <ul class="codes" aria-label={t.list}>
        {codes.map((code) => <li key={code}>{code}</li>)}
      </ul>
      <div class="row unprinted">
        <Button icon={Copy} onClick={copy}>{t.copy}</Button>
        <Button icon={Download} onClick={() => download(text, `mesa-recovery-codes-${user?.workspace.slug ?? "desk"}.txt`)}>{t.download}</Button>
        <Button icon={Printer} onClick={() => print()}>{t.print}</Button>
      </div>
      <Form of={form} action={t.done} disabled={!form.values.kept}>
        <CheckField of={form} name="kept" label={t.kept} />
      </Form>
    </div>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
