/**
 * Conditions of rules: all of one list, and one at least of the other. What is wrong with one stands at it
 * (`conditions.all.2.value`).
 */

import { Plus, X } from "lucide";

import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Options } from "../ui/form";
import { customFields } from "../ui/lookups";
import type { Wrong } from "./places";
import { type Askable, FIELDS, fieldsWith, type Operator, takes } from "./condition-fields";
import { ConditionValue, type Compared } from "./condition-value";

export type Condition = Schema<"Condition">;
export interface ConditionLists {
  all: readonly Condition[];
  any: readonly Condition[];
}

export const CONDITION_WORDS = words({
  en: {
    fields: {
      status: "Status", priority: "Priority", type: "Type", category: "Category", subcategory: "Subcategory", team: "Team", assignee: "Assignee", tags: "Tags", subject: "Subject", description: "Description",
      requester: "Requester", requester_email: "Requester's email", organisation: "Organisation", source: "Came by", comment: "Comment", comment_visibility: "Comment is", actor: "Done by", breached: "SLA broken", business_hours: "Within working hours",
    } satisfies Record<keyof typeof FIELDS, string> as Record<string, string>,
    operators: {
      is: "is", is_not: "is not", in: "is one of", not_in: "is none of", empty: "is empty", not_empty: "is not empty", changed: "changed", not_changed: "did not change", changed_to: "became", changed_from: "was before",
      contains: "contains", not_contains: "does not contain", contains_any: "contains one of", contains_none: "contains none of", starts_with: "begins with", ends_with: "ends with",
      has: "has", has_not: "has not", has_any: "has one of", has_all: "has all of", has_none: "has none of", at_least: "is at least", at_most: "is at most", added: "was added", removed: "was removed", before: "is before", after: "is after",
    } satisfies Record<Operator, string>,
  },
  es: {
    fields: {
      status: "Estado", priority: "Prioridad", type: "Tipo", category: "Categoría", subcategory: "Subcategoría", team: "Equipo", assignee: "Agente", tags: "Etiquetas", subject: "Asunto", description: "Descripción",
      requester: "Solicitante", requester_email: "Correo del solicitante", organisation: "Organización", source: "Llegó por", comment: "Comentario", comment_visibility: "El comentario es", actor: "Hecho por", breached: "SLA incumplido", business_hours: "En horario laboral",
    },
    operators: {
      is: "es", is_not: "no es", in: "es uno de", not_in: "no es ninguno de", empty: "está vacío", not_empty: "no está vacío", changed: "cambió", not_changed: "no cambió", changed_to: "pasó a ser", changed_from: "era antes",
      contains: "contiene", not_contains: "no contiene", contains_any: "contiene alguno de", contains_none: "no contiene ninguno de", starts_with: "empieza por", ends_with: "termina en",
      has: "tiene", has_not: "no tiene", has_any: "tiene alguna de", has_all: "tiene todas", has_none: "no tiene ninguna de", at_least: "es al menos", at_most: "es como mucho", added: "se añadió", removed: "se quitó", before: "es antes de", after: "es después de",
    },
  },
});

const WORDS = words({
  en: {
    conditions: "If",
    hint: "Without conditions it holds always.",
    all: "All of these",
    any: "And at least one of these",
    add: "Add condition",
    addTo: (list: string) => `Add condition: ${list}`,
    condition: (which: number, list: string) => `${list}, condition ${which}`,
    remove: (what: string) => `Remove ${what}`,
    field: "Field",
    operator: "How",
    own: "Custom fields",
    gone: (name: string) => `${name} (no longer there)`,
  },
  es: {
    conditions: "Si",
    hint: "Sin condiciones se cumple siempre.",
    all: "Todas estas",
    any: "Y al menos una de estas",
    add: "Añadir condición",
    addTo: (list: string) => `Añadir condición: ${list}`,
    condition: (which: number, list: string) => `${list}, condición ${which}`,
    remove: (what: string) => `Quitar ${what}`,
    field: "Campo",
    operator: "Cómo",
    own: "Campos propios",
    gone: (name: string) => `${name} (ya no existe)`,
  },
});

interface ConditionsProps {
  conditions: ConditionLists;
  onChange: (conditions: ConditionLists) => void;
  wrong: Wrong;
  readOnly?: boolean;
}

export function ConditionsEditor({ conditions, onChange, wrong, readOnly = false }: ConditionsProps) {
  const t = say(WORDS);
  const known = useLoad(customFields, []);
  const fields = fieldsWith(known.data ?? []);
  const lists = [["all", t.all], ["any", t.any]] as const;
  return (
    <fieldset class="stack">
      <legend>{t.conditions}</legend>
      {!conditions.all.length && !conditions.any.length && <p class="soft small">{t.hint}</p>}
      {lists.map(([list, label]) => {
        const held = conditions[list];
        const put = (next: readonly Condition[]) => onChange({ ...conditions, [list]: next });
        return (
          <div class="stack tight" role="group" aria-label={label} key={list}>
            <div class="row apart">
              <span class="strong">{label}</span>
              {!readOnly && held.length < 50 && <Button look="quiet" small icon={Plus} aria-label={t.addTo(label)} onClick={() => put([...held, { field: "priority", operator: "is", value: "high" }])}>{t.add}</Button>}
            </div>
            {held.map((condition, place) => (
              <Row key={`${place} ${condition.field}`} label={t.condition(place + 1, label)} condition={condition} fields={fields} wrong={wrong(`conditions.${list}.${place}`)} onChange={(next) => put(held.map((was, each) => (each === place ? next : was)))} onRemove={readOnly ? undefined : () => put(held.filter((_, each) => each !== place))} />
            ))}
          </div>
        );
      })}
    </fieldset>
  );
}

interface RowProps {
  label: string;
  condition: Condition;
  fields: Record<string, Askable>;
  wrong: string | undefined;
  onChange: (condition: Condition) => void;
  onRemove?: () => void;
}

function Row({ label, condition, fields, wrong, onChange, onRemove }: RowProps) {
  const t = say(WORDS);
  const its = say(CONDITION_WORDS);
  const asked = fields[condition.field];
  const operator = condition.operator as Operator;
  const names = Object.keys(fields);
  const own = names.filter((name) => fields[name]!.name !== undefined);
  const choose = (field: string) => onChange(begun(field, fields[field]!));
  const ask = (next: Operator) => onChange(takes(next) === takes(operator) && takes(next) !== "nothing" ? { ...condition, operator: next } : { field: condition.field, operator: next, ...fresh(asked!, next, condition.value ?? undefined) });
  return (
    <div class="part condition" role="group" aria-label={label}>
      <select class="input small" aria-label={t.field} value={condition.field} onChange={(event) => choose(event.currentTarget.value)}>
        <Options of={names.filter((name) => !own.includes(name)).map((name) => [name, its.fields[name] ?? name] as const)} />
        {!asked && <option value={condition.field}>{t.gone(condition.field)}</option>}
        {own.length > 0 && <optgroup label={t.own}><Options of={own.map((name) => [name, fields[name]!.name!] as const)} /></optgroup>}
      </select>
      <select class="input small" aria-label={t.operator} value={operator} onChange={(event) => ask(event.currentTarget.value as Operator)}>
        <Options of={(asked?.operators ?? [operator]).map((each) => [each, its.operators[each]] as const)} />
      </select>
      <div class="value">
        {asked && takes(operator) !== "nothing" && <ConditionValue of={asked} many={takes(operator) === "many"} value={condition.value as Compared} wrong={wrong !== undefined} onChange={(value) => onChange({ ...condition, value })} />}
      </div>
      {onRemove ? <Button look="quiet" small icon={X} label={t.remove(label)} onClick={onRemove} /> : <span />}
      {wrong && <div class="error" role="alert">{wrong}</div>}
    </div>
  );
}

function begun(field: string, asked: Askable): Condition {
  const operator = asked.operators[0]!;
  return { field, operator, ...fresh(asked, operator) };
}

const FIRST: Partial<Record<Askable["value"], string>> = { status: "new", priority: "high", type: "incident", source: "email", visibility: "public", actor: "requester" };

/** What a condition begins with; what was given stays where it can, alone or as one of many. */
function fresh(asked: Askable, operator: Operator, was?: Condition["value"]): Pick<Condition, "value"> {
  if (takes(operator) === "nothing") return {};
  const given = (was === undefined || was === null ? [] : Array.isArray(was) ? was : [was]).filter((each) => each !== "");
  if (takes(operator) === "many") return { value: given as Extract<Condition["value"], unknown[]> };
  if (given.length) return { value: given[0] };
  if (asked.value === "truth") return { value: true };
  return { value: FIRST[asked.value] ?? asked.options?.[0] ?? "" };
}
