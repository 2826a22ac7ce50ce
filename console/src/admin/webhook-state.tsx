/** How a webhook does: at work, failing for a while, or not called and why. */

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import { Ago } from "../ui/time";

const WORDS = words({
  en: { works: "At work", failing: (count: number) => `${count} failed since`, off: { by_hand: "Turned off", gone: "Turned off: it answered 410", failing: "Turned off: it failed for days" } },
  es: { works: "En marcha", failing: (count: number) => `${count} fallos desde`, off: { by_hand: "Desactivado", gone: "Desactivado: respondió 410", failing: "Desactivado: falló durante días" } },
});

export function WebhookState({ of }: { of: Schema<"WebhookOut"> }) {
  const t = say(WORDS);
  if (!of.enabled) return <span class="badge bad">{t.off[of.disabled_reason ?? "by_hand"]}</span>;
  if (of.failing_since) return <span class="badge warn">{t.failing(of.failures)} <Ago at={of.failing_since} /></span>;
  return <span class="badge good">{t.works}</span>;
}
