/**
 * Actions, as macros keep them, rules do them and a bulk change does them once: a list, each with the inputs that it
 * takes. What one action is given wrongly stands at it (`actions.2.team_id`).
 */

import { Plus, X } from "lucide";

import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { OneById } from "../ui/by-id";
import { Field, Options } from "../ui/form";
import { categories, customFields, findOrMakeTags } from "../ui/lookups";
import { Menu, MenuItem } from "../ui/menu";
import { Several } from "../ui/several";
import { PARTS, TERMS } from "../ui/words";
import { CustomValue } from "./custom-value";
import type { Wrong } from "./places";
import { TemplateText } from "./template-text";

export type Action = Schema<"BulkIn">["actions"][number];
export type KeptAction = Schema<"MacroIn">["actions"][number];
type ActionKind = Action["action"];

export const ACTION_WORDS = words({
  en: {
    set_priority: "Set priority",
    set_type: "Set type",
    set_category: "Set category",
    assign: "Assign",
    transfer: "Transfer to team",
    add_tags: "Add tags",
    remove_tags: "Remove tags",
    set_field: "Fill in field",
    set_status: "Set status",
    set_sla_minutes: "Set minutes to resolve",
    add_watcher: "Add watcher",
    comment: "Write",
    archive: "Archive",
    delete: "Delete",
  },
  es: {
    set_priority: "Fijar prioridad",
    set_type: "Fijar tipo",
    set_category: "Fijar categoría",
    assign: "Asignar",
    transfer: "Transferir a un equipo",
    add_tags: "Añadir etiquetas",
    remove_tags: "Quitar etiquetas",
    set_field: "Rellenar campo",
    set_status: "Fijar estado",
    set_sla_minutes: "Fijar minutos de resolución",
    add_watcher: "Añadir observador",
    comment: "Escribir",
    archive: "Archivar",
    delete: "Eliminar",
  },
});

const WORDS = words({
  en: {
    actions: "Actions",
    add: "Add action",
    remove: (what: string) => `Remove ${what}`,
    none: "No actions yet.",
    priority: "Priority",
    type: "Type",
    category: "Category",
    subcategory: "Subcategory",
    noCategory: "None",
    sameSubcategory: "As it is, where that fits",
    to: "To",
    nobody: "Nobody",
    me: "Whoever does it",
    team: "Team",
    assignee: "Assignee",
    teamChooses: "The team may choose",
    reason: "Reason",
    tags: "Tags",
    field: "Field",
    noFields: "There are no custom fields.",
    status: "Status",
    minutes: "Working minutes",
    policyMinutes: "Empty: back to the policy's.",
    watcher: "Who",
    visibility: "Who reads it",
    visibilities: { public: "Public reply", internal: "Internal note" },
    text: "Text",
    archive: "Closed and cancelled tickets are put away.",
    delete: "The tickets are deleted; an administrator can restore them.",
  },
  es: {
    actions: "Acciones",
    add: "Añadir acción",
    remove: (what: string) => `Quitar ${what}`,
    none: "Aún no hay acciones.",
    priority: "Prioridad",
    type: "Tipo",
    category: "Categoría",
    subcategory: "Subcategoría",
    noCategory: "Ninguna",
    sameSubcategory: "La que tenga, si encaja",
    to: "A",
    nobody: "Nadie",
    me: "Quien lo haga",
    team: "Equipo",
    assignee: "Agente",
    teamChooses: "El equipo puede elegir",
    reason: "Motivo",
    tags: "Etiquetas",
    field: "Campo",
    noFields: "No hay campos propios.",
    status: "Estado",
    minutes: "Minutos laborables",
    policyMinutes: "Vacío: los de la política.",
    watcher: "Quién",
    visibility: "Quién lo lee",
    visibilities: { public: "Respuesta pública", internal: "Nota interna" },
    text: "Texto",
    archive: "Los tickets cerrados y cancelados se guardan en el archivo.",
    delete: "Los tickets se eliminan; un administrador puede restaurarlos.",
  },
});

const SEVERAL: readonly ActionKind[] = ["add_tags", "remove_tags", "set_field", "add_watcher"];
const ONCE: readonly ActionKind[] = ["archive", "delete"];
const STATUSES = ["open", "pending", "on_hold", "resolved", "closed", "cancelled"] as const;
const MOST = 20;

function fresh(action: ActionKind): Action {
  switch (action) {
    case "set_priority": return { action, priority: "high" };
    case "set_type": return { action, type: "incident" };
    case "set_category": return { action, category: null };
    case "assign": return { action, assignee_id: null };
    case "transfer": return { action, team_id: "" };
    case "add_tags": case "remove_tags": return { action, tags: [] };
    case "set_field": return { action, key: "", value: null };
    case "set_status": return { action, status: "pending" };
    case "set_sla_minutes": return { action, minutes: 60 };
    case "add_watcher": return { action, user_id: "" };
    case "comment": return { action, body: "", visibility: "public" };
    case "archive": case "delete": return { action };
  }
}

interface ActionsProps<A extends Action> {
  actions: readonly A[];
  onChange: (actions: A[]) => void;
  wrong: Wrong;
  /** Done once, to what one looks at: it may archive and delete. */
  once?: boolean;
  /** Done by the desk itself: there is no "whoever does it". */
  byDesk?: boolean;
  readOnly?: boolean;
}

export function ActionsEditor<A extends Action>({ actions, onChange, wrong, once = false, byDesk = false, readOnly = false }: ActionsProps<A>) {
  const t = say(WORDS);
  const names = say(ACTION_WORDS);
  const comments = actions.filter(({ action }) => action === "comment").length;
  const isFree = (kind: ActionKind) =>
    (once || !ONCE.includes(kind)) && (SEVERAL.includes(kind) || (kind === "comment" ? comments < 2 : !actions.some(({ action }) => action === kind)));
  const add = (kind: ActionKind) => {
    const next = fresh(kind);
    const written = actions.find((each) => each.action === "comment") as Schema<"WriteComment"> | undefined;
    if (next.action === "comment" && written) next.visibility = written.visibility === "internal" ? "public" : "internal";
    onChange([...actions, next as A]);
  };
  const whole = wrong("actions", actions.map((_, place) => String(place)));
  return (
    <fieldset class="stack">
      <legend>{t.actions}</legend>
      {whole && <div class="error" role="alert">{whole}</div>}
      {!actions.length && <p class="soft small">{t.none}</p>}
      {actions.map((action, place) => {
        const shown = shownBy(action);
        const rest = wrong(`actions.${place}`, shown);
        return (
          <div class="part action" role="group" aria-label={names[action.action]} key={`${place} ${action.action}`}>
            <span class="strong">{names[action.action]}</span>
            <div class="stack tight">
              <Inputs action={action} byDesk={byDesk} error={(name) => wrong(`actions.${place}.${name}`)} onChange={(next) => onChange(actions.map((was, each) => (each === place ? (next as A) : was)))} />
              {rest && <div class="error">{rest}</div>}
            </div>
            {!readOnly && <Button look="quiet" small icon={X} label={t.remove(names[action.action])} onClick={() => onChange(actions.filter((_, each) => each !== place))} />}
          </div>
        );
      })}
      {!readOnly && actions.length < MOST && (
        <div>
          <Menu label={t.add} icon={Plus} small>
            {(Object.keys(names) as ActionKind[]).filter(isFree).map((kind) => <MenuItem key={kind} onClick={() => add(kind)}>{names[kind]}</MenuItem>)}
          </Menu>
        </div>
      )}
    </fieldset>
  );
}

/** The names of an action's fields that show what is wrong with them. */
const shownBy = (action: Action): string[] => Object.keys({ ...fresh(action.action), subcategory: 0, assignee_id: 0, reason: 0 }).filter((name) => name !== "action");

interface InputsProps {
  action: Action;
  byDesk: boolean;
  error: (name: string) => string | undefined;
  onChange: (action: Action) => void;
}

function Inputs({ action, byDesk, error, onChange }: InputsProps) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const me = byDesk ? [] : [{ id: "me", label: t.me }];
  const select = (name: string, label: string, value: string, options: Record<string, string>, take: (value: string) => Action, hidden = true) => (
    <Field label={label} hidden={hidden} error={error(name)}>
      {(tied) => <select {...tied} class="input small" value={value} onChange={(event) => onChange(take(event.currentTarget.value))}><Options of={options} /></select>}
    </Field>
  );
  const reason = (given: { reason?: string | null }, put: (reason: string | null) => Action) => (
    <Field label={t.reason} optional error={error("reason")}>
      {(tied) => <input {...tied} class="input small" maxLength={1000} value={given.reason ?? ""} onInput={(event) => onChange(put(event.currentTarget.value || null))} />}
    </Field>
  );
  switch (action.action) {
    case "set_priority":
      return select("priority", t.priority, action.priority, terms.priority, (priority) => ({ ...action, priority: priority as Schema<"Priority"> }));
    case "set_type":
      return select("type", t.type, action.type, terms.type, (type) => ({ ...action, type: type as Schema<"TicketType"> }));
    case "set_status":
      return (
        <div class="grid">
          {select("status", t.status, action.status, Object.fromEntries(STATUSES.map((each) => [each, terms.status[each]])), (status) => ({ ...action, status: status as Schema<"Status"> }), false)}
          {action.status !== "resolved" && reason(action, (given) => withReason(action, given))}
        </div>
      );
    case "set_category":
      return <CategoryInputs action={action} error={error} onChange={onChange} />;
    case "assign":
      return <OneById of="staff" hidden label={t.to} placeholder={t.nobody} extra={me} id={action.assignee_id} error={error("assignee_id")} onChoose={(id) => onChange({ ...action, assignee_id: id })} />;
    case "transfer":
      return (
        <div class="grid">
          <OneById of="team" label={t.team} clearable={false} id={action.team_id || null} error={error("team_id")} onChoose={(id) => onChange({ ...action, team_id: id ?? "" })} />
          <OneById of="staff" label={t.assignee} placeholder={t.teamChooses} extra={[...me, { id: "nobody", label: t.nobody }]} id={action.assignee_id === null ? "nobody" : action.assignee_id ?? null} error={error("assignee_id")} onChoose={(id) => { const { assignee_id: _, ...rest } = action; onChange(id === null ? rest : { ...rest, assignee_id: id === "nobody" ? null : id }); }} />
          {reason(action, (given) => withReason(action, given))}
        </div>
      );
    case "add_tags":
    case "remove_tags":
      return <Several hidden label={t.tags} most={50} chosen={action.tags.map((tag) => ({ id: tag, label: tag }))} find={findOrMakeTags} error={error("tags")} onChange={(chosen) => onChange({ ...action, tags: chosen.map(({ id }) => id) })} />;
    case "set_field":
      return <FieldInputs action={action} error={error} onChange={onChange} />;
    case "set_sla_minutes":
      return (
        <Field label={t.minutes} hidden hint={t.policyMinutes} error={error("minutes")}>
          {(tied) => <input {...tied} class="input small amount" type="number" min={1} value={action.minutes ?? ""} onInput={(event) => onChange({ ...action, minutes: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })} />}
        </Field>
      );
    case "add_watcher":
      return <OneById of="person" hidden label={t.watcher} extra={me} id={action.user_id || null} error={error("user_id")} onChoose={(id) => onChange({ ...action, user_id: id ?? "" })} />;
    case "comment":
      return (
        <>
          {select("visibility", t.visibility, action.visibility ?? "public", t.visibilities, (visibility) => ({ ...action, visibility: visibility as Schema<"Visibility"> }))}
          <TemplateText label={t.text} text={action.body} error={error("body")} onChange={(body) => onChange({ ...action, body })} />
        </>
      );
    case "archive":
      return <p class="soft small">{t.archive}</p>;
    case "delete":
      return <p class="soft small">{t.delete}</p>;
  }
}

function withReason<A extends { reason?: string | null }>({ reason: _, ...action }: A, given: string | null): A {
  return (given === null ? action : { ...action, reason: given }) as A;
}

type Give<A> = { action: A; error: (name: string) => string | undefined; onChange: (action: Action) => void };

function CategoryInputs({ action, error, onChange }: Give<Schema<"SetCategory">>) {
  const t = say(WORDS);
  const known = useLoad(categories, []);
  const offered = (known.data ?? []).filter((each) => each.active || each.name === action.category);
  const names = [...new Set([...offered.map(({ name }) => name), ...(action.category ? [action.category] : [])])];
  const below = [...new Set([...(offered.find(({ name }) => name === action.category)?.subcategories ?? []), ...(action.subcategory ? [action.subcategory] : [])])];
  const pairs = (first: string, values: readonly string[]) => [["", first], ...values.map((value) => [value, value] as const)] as const;
  return (
    <div class="grid">
      <Field label={t.category} hidden error={error("category")}>
        {(tied) => <select {...tied} class="input small" value={action.category ?? ""} onChange={(event) => onChange({ action: "set_category", category: event.currentTarget.value || null })}><Options of={pairs(t.noCategory, names)} /></select>}
      </Field>
      {below.length > 0 && (
        <Field label={t.subcategory} hidden error={error("subcategory")}>
          {(tied) => <select {...tied} class="input small" value={action.subcategory ?? ""} onChange={(event) => onChange({ action: "set_category", category: action.category, ...(event.currentTarget.value && { subcategory: event.currentTarget.value }) })}><Options of={pairs(t.sameSubcategory, below)} /></select>}
        </Field>
      )}
    </div>
  );
}

function FieldInputs({ action, error, onChange }: Give<Schema<"SetField">>) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const known = useLoad(customFields, []);
  const offered = (known.data ?? []).filter((each) => each.active || each.key === action.key);
  const field = offered.find(({ key }) => key === action.key);
  if (known.data && !offered.length) return <p class="soft small">{t.noFields}</p>;
  return (
    <div class="grid">
      <Field label={t.field} hidden error={error("key")}>
        {(tied) => <select {...tied} class="input small" value={action.key} onChange={(event) => onChange({ action: "set_field", key: event.currentTarget.value, value: null })}><Options of={[["", parts.choose], ...offered.map(({ key, name }) => [key, name] as const)]} /></select>}
      </Field>
      {field && <CustomValue field={field} value={action.value} error={error("value")} onChange={(value) => onChange({ ...action, value })} />}
    </div>
  );
}

/** What a list of actions does, in a line. */
export function ActionsTold({ actions }: { actions: readonly { action: string }[] }) {
  const names = say(ACTION_WORDS) as Record<string, string>;
  return <span class="small">{actions.map(({ action }) => names[action] ?? action).join(" · ")}</span>;
}
