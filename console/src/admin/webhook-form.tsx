/** What a webhook hears of, and where it is called. */

import { useMemo } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { language, say, words } from "../core/words";
import { Button } from "../ui/button";
import type { Choosable } from "../ui/choice";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { findTeams } from "../ui/lookups";
import { Several } from "../ui/several";
import { Show } from "../ui/states";
import { PARTS, TERMS } from "../ui/words";

type Webhook = Schema<"WebhookOut">;
type Template = Schema<"WebhookTemplate">;

const WORDS = words({
  en: {
    name: "Name",
    url: "Address",
    urlHint: "An address by https that takes POST and answers within 15 seconds.",
    template: "What it gets",
    templates: { standard: "Standard Webhooks (JSON, signed)", slack: "A message for Slack", teams: "A message for Microsoft Teams" },
    events: "Events",
    all: "Everything that happens",
    internal: "Also what customers never see",
    internalHint: "Notes, promises, reasons between colleagues, people.",
    filters: "Only tickets of",
    filtersHint: "Nothing chosen lets all through.",
    teams: "Teams",
    types: "Types",
    priorities: "Priorities",
    enabled: "Calls are made",
  },
  es: {
    name: "Nombre",
    url: "Dirección",
    urlHint: "Una dirección https que acepta POST y responde en 15 segundos.",
    template: "Qué recibe",
    templates: { standard: "Standard Webhooks (JSON, firmado)", slack: "Un mensaje para Slack", teams: "Un mensaje para Microsoft Teams" },
    events: "Eventos",
    all: "Todo lo que ocurre",
    internal: "También lo que los clientes nunca ven",
    internalHint: "Notas, compromisos, motivos entre colegas, personas.",
    filters: "Solo tickets de",
    filtersHint: "Sin elegir nada pasan todos.",
    teams: "Equipos",
    types: "Tipos",
    priorities: "Prioridades",
    enabled: "Se hacen llamadas",
  },
});

const chosen = (words: Record<string, string>, keys: readonly string[]): readonly Choosable[] => keys.map((id) => ({ id, label: words[id] ?? id }));
const finder = (words: Record<string, string>) => async (text: string) =>
  Object.entries(words).filter(([, label]) => label.toLowerCase().includes(text.toLowerCase())).map(([id, label]) => ({ id, label }));
const ids = (items: readonly Choosable[]) => items.map(({ id }) => id);

/** `onSaved` gets the webhook, and its secret where it is new. */
export function WebhookForm({ item, onSaved, onClose }: { item: Webhook | null; onSaved: (webhook: Webhook, secret?: string) => void; onClose?: () => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const known = useLoad(() => take(api.GET("/v1/webhooks/event-types")), []);
  const form = useForm(
    {
      name: item?.name ?? "",
      url: item?.url ?? "",
      template: (item?.template ?? "standard") as Template,
      everything: item ? item.events.includes("*") : false,
      events: (item?.events.filter((type) => type !== "*") ?? ["ticket.created", "ticket.resolved"]) as readonly string[],
      include_internal: item?.include_internal ?? false,
      enabled: item?.enabled ?? true,
      teams: (item?.filters.teams ?? []).map(({ id, name }) => ({ id, label: name })) as readonly Choosable[],
      types: chosen(terms.type, item?.filters.types ?? []),
      priorities: chosen(terms.priority, item?.filters.priorities ?? []),
    },
    async ({ everything, events, teams, types, priorities, ...rest }) => {
      const filters = { teams: ids(teams), types: ids(types) as Webhook["filters"]["types"], priorities: ids(priorities) as Webhook["filters"]["priorities"] };
      const body = { ...rest, events: everything ? ["*"] : [...events], filters };
      if (item) onSaved(await take(api.PATCH("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id: item.id } }, body })));
      else {
        const made = await take(api.POST("/v1/webhooks", { body }));
        onSaved(made, made.secret);
      }
    },
  );
  const groups = useMemo(() => grouped(known.data?.items ?? []), [known.data]);
  const toggle = (type: string, on: boolean) => form.set({ events: on ? [...form.values.events, type] : form.values.events.filter((each) => each !== type) });
  const wrong = form.error("events");
  return (
    <Form of={form} action={parts.save} beside={onClose && <Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} maxLength={100} autoFocus={!item} />
      <TextField of={form} name="url" type="url" label={t.url} hint={t.urlHint} placeholder="https://…" spellcheck={false} />
      <SelectField of={form} name="template" label={t.template} options={t.templates} />
      <fieldset class="stack tight">
        <legend>{t.events}</legend>
        <CheckField of={form} name="everything" label={t.all} />
        {wrong && <div class="field"><div class="error">{wrong}</div></div>}
        {!form.values.everything && (
          <Show of={known} lines={6}>
            {() => (
              <div class="event-types card" tabIndex={0} role="group" aria-label={t.events}>
                {groups.map(([group, types]) => (
                  <div key={group}>
                    <div class="small soft">{group}</div>
                    {types.map((type) => (
                      <label key={type.type} class="check" title={type.sentence}>
                        <input type="checkbox" checked={form.values.events.includes(type.type)} disabled={type.needs_internal && !form.values.include_internal} onChange={(event) => toggle(type.type, event.currentTarget.checked)} />
                        <span>{type.titles[language.value]} <code class="soft">{type.type}</code></span>
                      </label>
                    ))}
                  </div>
                ))}
              </div>
            )}
          </Show>
        )}
      </fieldset>
      <CheckField of={form} name="include_internal" label={t.internal} hint={t.internalHint} />
      <fieldset class="stack">
        <legend>{t.filters}</legend>
        <div class="field"><div class="hint">{t.filtersHint}</div></div>
        <Several label={t.teams} optional chosen={form.values.teams} find={findTeams} onChange={(teams) => form.set({ teams })} error={form.error("filters")} />
        <Several label={t.types} optional chosen={form.values.types} find={finder(terms.type)} onChange={(types) => form.set({ types })} />
        <Several label={t.priorities} optional chosen={form.values.priorities} find={finder(terms.priority)} onChange={(priorities) => form.set({ priorities })} />
      </fieldset>
      {item && <CheckField of={form} name="enabled" label={t.enabled} />}
    </Form>
  );
}

function grouped(types: readonly Schema<"EventTypeOut">[]): [string, Schema<"EventTypeOut">[]][] {
  const found = new Map<string, Schema<"EventTypeOut">[]>();
  for (const type of types) {
    const group = type.type.split(".")[0]!;
    found.set(group, [...(found.get(group) ?? []), type]);
  }
  // What most come for stands first.
  return [...found].sort(([a], [b]) => Number(b === "ticket") - Number(a === "ticket"));
}
