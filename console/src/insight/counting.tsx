/** Figures as they come: drawn, or being counted, or not to be had. */

import { Hourglass } from "lucide";
import type { ComponentChildren } from "preact";

import type { Loaded } from "../core/load";
import { say, words } from "../core/words";
import { Icon } from "../ui/icon";
import { ProblemNote, Waiting } from "../ui/states";
import { isCounting } from "./fresh";

const WORDS = words({
  en: {
    counting: "The figures are being counted just now.",
    comes: "They appear here by themselves as soon as that is done.",
    recounting: (zone: string) => `The desk's time zone was changed. Until its days are counted anew, they are those of ${zone}.`,
  },
  es: {
    counting: "Las cifras se están calculando en este momento.",
    comes: "Aparecerán aquí por sí solas en cuanto estén listas.",
    recounting: (zone) => `Se ha cambiado la zona horaria de la mesa de ayuda. Hasta que se recalculen, los días son los de ${zone}.`,
  },
});

interface FiguresProps<T> {
  of: Loaded<T>;
  /** Said instead of the lines of what comes, where its shape is known. */
  waiting?: ComponentChildren;
  lines?: number;
  children: (data: T) => ComponentChildren;
}

export function Figures<T>({ of, waiting, lines, children }: FiguresProps<T>) {
  const t = say(WORDS);
  const note = of.problem && isCounting(of.problem.status) ? (
    <div class="note" role="status">
      <Icon of={Hourglass} />
      <div><p><strong>{t.counting}</strong></p><p>{t.comes}</p></div>
    </div>
  ) : of.problem ? (
    <ProblemNote problem={of.problem} retry={of.reload} />
  ) : null;
  if (of.data === undefined) return note ?? <>{waiting ?? <Waiting lines={lines} />}</>;
  return (
    <div class="stack wide" aria-busy={of.loading}>
      {note}
      {children(of.data)}
    </div>
  );
}

export function Recounting({ zone }: { zone: string }) {
  return <div class="note warn" role="status"><Icon of={Hourglass} /><p>{say(WORDS).recounting(zone)}</p></div>;
}
