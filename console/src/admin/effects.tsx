/** What actions would do to a ticket, as its timeline would tell it. */

import { ArrowRight } from "lucide";

import { say, words } from "../core/words";
import { useNames } from "../ui/by-id";
import { Icon } from "../ui/icon";
import { TERMS } from "../ui/words";

const WORDS = words({
  en: {
    fields: { status: "Status", priority: "Priority", type: "Type", category: "Category", subcategory: "Subcategory", team_id: "Team", assignee_id: "Assignee", tags: "Tags", sla_minutes: "Minutes to resolve", subject: "Subject", policy: "Policy", watchers: "Watchers" } as Record<string, string>,
    actions: { commented: "A comment is written", watched: "A watcher is added", archived: "Archived", deleted: "Deleted" } as Record<string, string>,
    nothing: "nothing",
    none: "Nothing would change.",
  },
  es: {
    fields: { status: "Estado", priority: "Prioridad", type: "Tipo", category: "Categoría", subcategory: "Subcategoría", team_id: "Equipo", assignee_id: "Agente", tags: "Etiquetas", sla_minutes: "Minutos de resolución", subject: "Asunto", policy: "Política", watchers: "Observadores" },
    actions: { commented: "Se escribe un comentario", watched: "Se añade un observador", archived: "Archivado", deleted: "Eliminado" },
    nothing: "nada",
    none: "No cambiaría nada.",
  },
});

export interface Change {
  action: string;
  changes: Record<string, unknown>;
  meta: Record<string, unknown>;
}

/** One value of a change, in words: an id by its name, a word of the desk's by ours. */
function useSaid(field: string): (value: unknown) => string {
  const t = say(WORDS);
  const terms = say(TERMS) as unknown as Record<string, Record<string, string>>;
  const read = (value: unknown): string => {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) return t.nothing;
    if (Array.isArray(value)) return value.map(read).join(", ");
    if (typeof value === "object") return "name" in value ? String(value.name) : Object.entries(value).map(([key, each]) => `${key}: ${read(each)}`).join(", ");
    return terms[field]?.[String(value)] ?? String(value);
  };
  return read;
}

function Changed({ field, pair }: { field: string; pair: unknown }) {
  const t = say(WORDS);
  const read = useSaid(field);
  const [from, to] = Array.isArray(pair) && pair.length === 2 ? pair : pair && typeof pair === "object" && "to" in pair ? [(pair as { from?: unknown }).from, pair.to] : [undefined, pair];
  const kind = field === "team_id" ? "team" : "user";
  const ids = field.endsWith("_id") ? [from, to].filter((each): each is string => typeof each === "string") : [];
  const name = useNames(kind, ids);
  const told = (value: unknown) => (typeof value === "string" && ids.includes(value) ? name(value) : read(value));
  return (
    <li>
      <span class="soft">{t.fields[field] ?? field.replace(/^custom_fields\./, "")}</span> <span>{told(from)}</span> <Icon of={ArrowRight} /> <span class="strong">{told(to)}</span>
    </li>
  );
}

export function Effects({ changes }: { changes: readonly Record<string, unknown>[] }) {
  const t = say(WORDS);
  const told = changes as readonly unknown[] as readonly Change[];
  if (!told.length) return <p class="soft small">{t.none}</p>;
  return (
    <ul class="effects small">
      {told.map((entry, place) => {
        const fields = Object.entries(entry.changes ?? {}).flatMap(([field, pair]) => (field === "custom_fields" && pair && typeof pair === "object" && !Array.isArray(pair) ? Object.entries(pair).map(([key, each]) => [`custom_fields.${key}`, each] as const) : [[field, pair] as const]));
        return fields.length
          ? fields.map(([field, pair]) => <Changed key={`${place} ${field}`} field={field} pair={pair} />)
          : <li key={place}>{t.actions[entry.action] ?? entry.action}</li>;
      })}
    </ul>
  );
}
