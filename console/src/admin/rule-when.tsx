/** When a rule is set off: what happened, or how much time has passed. */

import { Plus, X } from "lucide";

import type { Schema } from "../core/api-types";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Options } from "../ui/form";
import { Several, Ticks } from "../ui/several";
import { matching } from "../ui/lookups";
import type { Wrong } from "./places";

export type Trigger = Schema<"RuleIn">["when"][number];
type Updated = Schema<"OnUpdated">;
type Since = Schema<"OnSince">;

export const WHEN_WORDS = words({
  en: {
    when: "When",
    hint: "Any one of these sets it off. A rule that runs by the clock has that alone.",
    add: "Add trigger",
    trigger: (which: number) => `Trigger ${which}`,
    remove: (what: string) => `Remove ${what}`,
    on: "What happens",
    ons: { created: "A ticket is opened", updated: "A ticket is changed", commented: "Something is said", since: "Time has passed" },
    fields: "One of these fields changed",
    fieldNames: { assignee: "Assignee", category: "Category", custom_fields: "Custom fields", description: "Description", priority: "Priority", sla_minutes: "Minutes to resolve", status: "Status", subcategory: "Subcategory", subject: "Subject", tags: "Tags", team: "Team", type: "Type" },
    verbs: "By one of these",
    anyVerb: "Any change",
    verbNames: {
      updated: "updated", assigned: "assigned", unassigned: "unassigned", transferred: "transferred", reclassified: "reclassified", opened: "opened", paused: "paused", resumed: "resumed", resolved: "resolved", closed: "closed", reopened: "reopened", cancelled: "cancelled", restored: "restored", unarchived: "taken from the archive",
      sla_warned: "SLA warning", sla_breached: "SLA broken", escalated: "escalated", attached: "file attached", linked: "linked", merged_from: "another merged into it", rated: "rated", reminded: "reminded",
    } as Record<string, string>,
    visibility: "Which comments",
    visibilities: { "": "Replies and notes", public: "Public replies", internal: "Internal notes" },
    by: "By whom",
    bys: { "": "By anybody", requester: "By the customer", staff: "By the staff" },
    since: "Since when",
    sinces: { created: "since it was opened", updated: "since its last change", requester_commented: "since the customer's last word", staff_commented: "since the staff's last reply", status_changed: "since its status changed", assigned: "since it was assigned", pending: "since it waits for the customer", due: "since it was due", due_in: "before it is due" },
    hours: "Hours",
    minutes: "Minutes",
    clock: "By the calendar, not in working time; checked every two minutes.",
  },
  es: {
    when: "Cuándo",
    hint: "La desencadena cualquiera de estos. Una regla por reloj tiene solo ese.",
    add: "Añadir desencadenante",
    trigger: (which: number) => `Desencadenante ${which}`,
    remove: (what: string) => `Quitar ${what}`,
    on: "Qué ocurre",
    ons: { created: "Se abre un ticket", updated: "Se cambia un ticket", commented: "Se dice algo", since: "Ha pasado un tiempo" },
    fields: "Cambió uno de estos campos",
    fieldNames: { assignee: "Agente", category: "Categoría", custom_fields: "Campos propios", description: "Descripción", priority: "Prioridad", sla_minutes: "Minutos de resolución", status: "Estado", subcategory: "Subcategoría", subject: "Asunto", tags: "Etiquetas", team: "Equipo", type: "Tipo" },
    verbs: "Por una de estas acciones",
    anyVerb: "Cualquier cambio",
    verbNames: {
      updated: "actualizado", assigned: "asignado", unassigned: "desasignado", transferred: "transferido", reclassified: "reclasificado", opened: "abierto", paused: "pausado", resumed: "reanudado", resolved: "resuelto", closed: "cerrado", reopened: "reabierto", cancelled: "cancelado", restored: "restaurado", unarchived: "sacado del archivo",
      sla_warned: "aviso de SLA", sla_breached: "SLA incumplido", escalated: "escalado", attached: "archivo adjuntado", linked: "enlazado", merged_from: "otro fusionado en él", rated: "valorado", reminded: "recordado",
    },
    visibility: "Qué comentarios",
    visibilities: { "": "Respuestas y notas", public: "Respuestas públicas", internal: "Notas internas" },
    by: "De quién",
    bys: { "": "De cualquiera", requester: "Del cliente", staff: "Del personal" },
    since: "Desde cuándo",
    sinces: { created: "desde que se abrió", updated: "desde su último cambio", requester_commented: "desde lo último que dijo el cliente", staff_commented: "desde la última respuesta del personal", status_changed: "desde que cambió su estado", assigned: "desde que se asignó", pending: "desde que espera al cliente", due: "desde que venció", due_in: "antes de que venza" },
    hours: "Horas",
    minutes: "Minutos",
    clock: "Según el reloj, no en horario laboral; se comprueba cada dos minutos.",
  },
});

function fresh(on: Trigger["on"]): Trigger {
  return on === "since" ? { on, since: "updated", hours: 24, minutes: 0 } : { on } as Trigger;
}

/** Minutes as they are kept, as hours and minutes. */
export const triggersOf = (given: readonly Record<string, unknown>[]): Trigger[] =>
  (given as readonly unknown[] as readonly Trigger[]).map((trigger) => (trigger.on === "since" ? { ...trigger, hours: Math.floor((trigger.minutes ?? 0) / 60) + (trigger.hours ?? 0), minutes: (trigger.minutes ?? 0) % 60 } : trigger));

export function WhenEditor({ when, onChange, wrong, readOnly }: { when: readonly Trigger[]; onChange: (when: Trigger[]) => void; wrong: Wrong; readOnly: boolean }) {
  const t = say(WHEN_WORDS);
  const whole = wrong("when", when.map((_, place) => String(place)));
  return (
    <fieldset class="stack">
      <legend>{t.when}</legend>
      {whole && <div class="error" role="alert">{whole}</div>}
      {when.map((trigger, place) => {
        const its = wrong(`when.${place}`);
        const put = (next: Trigger) => onChange(when.map((was, each) => (each === place ? next : was)));
        return (
          <div class="part" role="group" aria-label={t.trigger(place + 1)} key={`${place} ${trigger.on}`}>
            <div class="row firm">
              <select class="input small auto grow" aria-label={t.on} value={trigger.on} onChange={(event) => put(fresh(event.currentTarget.value as Trigger["on"]))}><Options of={t.ons} /></select>
              {!readOnly && when.length > 1 && <Button look="quiet" small icon={X} label={t.remove(t.trigger(place + 1))} onClick={() => onChange(when.filter((_, each) => each !== place))} />}
            </div>
            {trigger.on === "updated" && <OnUpdated trigger={trigger} onChange={put} />}
            {trigger.on === "commented" && (
              <div class="row">
                <select class="input small auto" aria-label={t.visibility} value={trigger.visibility ?? ""} onChange={(event) => put({ ...trigger, visibility: (event.currentTarget.value || null) as Schema<"Visibility"> | null })}><Options of={t.visibilities} /></select>
                <select class="input small auto" aria-label={t.by} value={trigger.by ?? ""} onChange={(event) => put({ ...trigger, by: (event.currentTarget.value || null) as "staff" | null })}><Options of={t.bys} /></select>
              </div>
            )}
            {trigger.on === "since" && <OnSince trigger={trigger} onChange={put} />}
            {its && <div class="error">{its}</div>}
          </div>
        );
      })}
      {!readOnly && when.length < 5 && when[0]?.on !== "since" && <div><Button small icon={Plus} onClick={() => onChange([...when, fresh("updated")])}>{t.add}</Button></div>}
    </fieldset>
  );
}

function OnUpdated({ trigger, onChange }: { trigger: Updated; onChange: (trigger: Updated) => void }) {
  const t = say(WHEN_WORDS);
  const verbs = Object.entries(t.verbNames).map(([id, label]) => ({ id, label }));
  const without = ({ fields, verbs: named }: Pick<Updated, "fields" | "verbs">): Updated => ({ on: "updated", ...(fields?.length && { fields }), ...(named?.length && { verbs: named }) });
  return (
    <>
      <Ticks label={t.fields} optional options={t.fieldNames} values={trigger.fields ?? []} onChange={(fields) => onChange(without({ ...trigger, fields }))} />
      <Several label={t.verbs} optional placeholder={t.anyVerb} chosen={verbs.filter(({ id }) => trigger.verbs?.includes(id))} find={async (text) => matching(verbs, text)} onChange={(chosen) => onChange(without({ ...trigger, verbs: chosen.map(({ id }) => id) }))} />
    </>
  );
}

function OnSince({ trigger, onChange }: { trigger: Since; onChange: (trigger: Since) => void }) {
  const t = say(WHEN_WORDS);
  const amount = (name: "hours" | "minutes") => (
    <label class="row tight firm small">
      <input class="input small amount" type="number" min={0} value={trigger[name] ?? 0} onInput={(event) => onChange({ ...trigger, [name]: Number(event.currentTarget.value) })} />
      {t[name]}
    </label>
  );
  return (
    <>
      <div class="row">
        {amount("hours")}
        {amount("minutes")}
        <select class="input small auto" aria-label={t.since} value={trigger.since} onChange={(event) => onChange({ ...trigger, since: event.currentTarget.value as Since["since"] })}><Options of={t.sinces} /></select>
      </div>
      <p class="soft small">{t.clock}</p>
    </>
  );
}

/** When it is set off, in a line. */
export function WhenTold({ when }: { when: readonly Record<string, unknown>[] }) {
  const t = say(WHEN_WORDS);
  const told = triggersOf(when).map((trigger) => {
    if (trigger.on !== "since") return t.ons[trigger.on];
    const { hours, minutes } = trigger;
    return `${[hours ? `${hours} h` : "", minutes ? `${minutes} min` : ""].filter(Boolean).join(" ") || "0 min"} ${t.sinces[trigger.since]}`;
  });
  return <span class="small">{told.join(" · ")}</span>;
}
