/** What a policy promises: working minutes for each target and priority. */

import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { say, words } from "../core/words";
import { TERMS } from "../ui/words";

type Metric = keyof (typeof TERMS)["en"]["metric"];
type Priority = Schema<"Priority">;
/** As typed; "" where nothing is promised. */
export type Targets = Record<Metric, Record<Priority, string>>;

export const METRICS: readonly Metric[] = ["first_response", "next_response", "resolution", "team_resolution"];
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"];

const WORDS = words({
  en: {
    targets: "Promises",
    hint: "In working minutes. Where nothing stands, nothing is promised.",
    metric: "Promise",
    of: (metric: string, priority: string) => `${metric}, ${priority}, minutes`,
    metrics: { first_response: "until the first answer", next_response: "until each further answer", resolution: "until it is solved", team_resolution: "while a team has it" },
  },
  es: {
    targets: "Compromisos",
    hint: "En minutos laborables. Donde no hay nada, no se promete nada.",
    metric: "Compromiso",
    of: (metric: string, priority: string) => `${metric}, ${priority}, minutos`,
    metrics: { first_response: "hasta la primera respuesta", next_response: "hasta cada respuesta posterior", resolution: "hasta que se resuelva", team_resolution: "mientras lo tiene un equipo" },
  },
});

export const targetsOf = (given: Record<string, Record<string, number>>): Targets =>
  Object.fromEntries(METRICS.map((metric) => [metric, Object.fromEntries(PRIORITIES.map((priority) => [priority, given[metric]?.[priority]?.toString() ?? ""]))])) as Targets;

export function targetsToApi(targets: Targets): Schema<"PolicyTargets"> {
  const told = METRICS.map((metric) => {
    const minutes = PRIORITIES.filter((priority) => targets[metric][priority].trim() !== "").map((priority) => [priority, Number(targets[metric][priority])]);
    return [metric, Object.fromEntries(minutes)] as const;
  });
  return Object.fromEntries(told.filter(([, minutes]) => Object.keys(minutes).length));
}

/** 480 as "8 h" */
export const inHours = (minutes: number): string => (minutes < 60 ? `${number(minutes)} min` : `${number(minutes / 60, 1)} h`);

export function TargetsEditor({ targets, onChange, error }: { targets: Targets; onChange: (targets: Targets) => void; error: (place: string) => string | undefined }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const whole = error("targets");
  return (
    <fieldset class="stack tight">
      <legend>{t.targets}</legend>
      <p class="soft small">{t.hint}</p>
      {whole && <div class="error" role="alert">{whole}</div>}
      <div class="targets" role="table" aria-label={t.targets}>
        <div role="row" class="head">
          <span role="columnheader">{t.metric}</span>
          {PRIORITIES.map((priority) => <span key={priority} role="columnheader">{terms.priority[priority]}</span>)}
        </div>
        {METRICS.map((metric) => {
          const row = error(`targets.${metric}`);
          return (
            <div role="row" key={metric}>
              <span role="rowheader"><span class="strong">{terms.metric[metric]}</span><span class="soft small">{t.metrics[metric]}</span>{row && <span class="error">{row}</span>}</span>
              {PRIORITIES.map((priority) => {
                const value = targets[metric][priority];
                const wrong = error(`targets.${metric}.${priority}`);
                return (
                  <span role="cell" key={priority}>
                    <span class="only-phone small soft" aria-hidden="true">{terms.priority[priority]}</span>
                    <input class="input small numbers" type="number" inputMode="numeric" min={1} aria-label={t.of(terms.metric[metric], terms.priority[priority])} aria-invalid={wrong ? "true" : undefined} value={value} onInput={(event) => onChange({ ...targets, [metric]: { ...targets[metric], [priority]: event.currentTarget.value } })} />
                    <span class={wrong ? "error" : "soft small numbers"}>{wrong ?? (Number(value) >= 60 ? inHours(Number(value)) : "\u00a0")}</span>
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
