import { ListChecks } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { everything, useLoad } from "../core/load";
import { set } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { CheckField, Form, TextField, useForm } from "../ui/form";
import { Tabs } from "../ui/tabs";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { ActionsEditor, ActionsTold, type KeptAction } from "./actions";
import { Catalogue, type EditorProps } from "./catalogue";
import { type ConditionLists, ConditionsEditor } from "./conditions";
import { within } from "./places";
import { Firings, RuleTest } from "./rule-test";
import { type Trigger, triggersOf, WhenEditor, WhenTold } from "./rule-when";

type Rule = Schema<"RuleOut">;

const WORDS = words({
  en: {
    title: "Rules",
    lead: "What the desk does by itself. They run from the top; each sees what those before it did.",
    add: "Add rule",
    empty: "No rules yet: the desk does nothing by itself.",
    name: "Name",
    when: "When",
    does: "Does",
    fired: "Last fired",
    never: "Never",
    day: (count: string) => `${count} in a day`,
    description: "Description",
    enabled: "On",
    enabledHint: "What was under way when it is turned on is not its business.",
    off: "Off",
    turnOn: (name: string) => `Turn ${name} on`,
    turnOff: (name: string) => `Turn ${name} off`,
    removal: "What it did stays.",
    then: "All actions are done, or none.",
    saved: "Saved",
    made: "Made, at the end of the order.",
    beside: "Try it",
    test: "Test",
    did: "What it did",
  },
  es: {
    title: "Reglas",
    lead: "Lo que la mesa de ayuda hace por sí misma. Se ejecutan desde arriba; cada una ve lo que hicieron las anteriores.",
    add: "Añadir regla",
    empty: "Aún no hay reglas: la mesa de ayuda no hace nada por sí misma.",
    name: "Nombre",
    when: "Cuándo",
    does: "Hace",
    fired: "Última vez",
    never: "Nunca",
    day: (count: string) => `${count} en un día`,
    description: "Descripción",
    enabled: "Activa",
    enabledHint: "Lo que ya estaba en marcha al activarla no es asunto suyo.",
    off: "Desactivada",
    turnOn: (name: string) => `Activar ${name}`,
    turnOff: (name: string) => `Desactivar ${name}`,
    removal: "Lo que hizo, hecho queda.",
    then: "Se hacen todas las acciones, o ninguna.",
    saved: "Guardado",
    made: "Creada, al final del orden.",
    beside: "Pruébela",
    test: "Prueba",
    did: "Lo que hizo",
  },
});

export default function Rules() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/rules", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={list}
      icon={ListChecks}
      may={isFor("settings", session.value!.user.role)}
      words={t}
      as="page"
      nameOf={(rule) => rule.name}
      beside={(rule) => !rule.enabled && <span class="badge">{t.off}</span>}
      columns={[
        { key: "name", label: t.name, cell: (rule) => rule.name },
        { key: "when", label: t.when, wide: true, cell: (rule) => <WhenTold when={rule.when} /> },
        { key: "does", label: t.does, wide: true, cell: (rule) => <ActionsTold actions={rule.actions as { action: string }[]} /> },
        { key: "fired", label: t.fired, cell: (rule) => (rule.last_fired_at ? <div class="small"><Ago at={rule.last_fired_at} />{rule.fired_last_day > 0 && <div class="soft">{t.day(number(rule.fired_last_day))}</div>}</div> : <span class="soft small">{t.never}</span>) },
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} reload={list.reload} />}
      removal={() => t.removal}
      remove={({ id: rule_id }) => api.DELETE("/v1/rules/{rule_id}", { params: { path: { rule_id } } })}
      reorder={(rules) => api.POST("/v1/rules/reorder", { body: { rule_ids: rules.map(({ id }) => id) } })}
    />
  );
}

function Editor({ item, readOnly, reload }: EditorProps<Rule> & { reload: () => Promise<void> }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const [shown, setShown] = useState<"test" | "did">(readOnly ? "did" : "test");
  const form = useForm(
    {
      name: item?.name ?? "",
      description: item?.description ?? "",
      when: (item ? triggersOf(item.when) : [{ on: "created" }]) as readonly Trigger[],
      conditions: (item?.conditions ?? { all: [], any: [] }) as ConditionLists,
      // Actions are told as any object; they are what was sent.
      actions: (item?.actions ?? []) as readonly unknown[] as readonly KeptAction[],
      enabled: item?.enabled ?? true,
    },
    async ({ name, description, enabled, ...rule }) => {
      const body = { name, description: description || null, enabled, ...sent(rule) };
      if (!item) {
        const made = await take(api.POST("/v1/rules", { body }));
        tell(t.made);
        await reload();
        return set({ id: made.id, new: undefined });
      }
      await api.PATCH("/v1/rules/{rule_id}", { params: { path: { rule_id: item.id } }, body });
      tell(t.saved);
      await reload();
    },
  );
  const { values } = form;
  const wrong = (place: string, inner?: readonly string[]) => within(form, place, inner);
  const tabs = [...(readOnly ? [] : [["test", t.test] as const]), ...(item ? [["did", t.did] as const] : [])];
  return (
    <div class="beside">
      <div class="card padded">
        <Form of={form} action={parts.save} readOnly={readOnly} beside={!item && <Button onClick={() => set({ new: undefined })}>{parts.cancel}</Button>}>
          <TextField of={form} name="name" label={t.name} maxLength={200} autoFocus={!item} />
          <TextField of={form} name="description" label={t.description} optional maxLength={1000} />
          <WhenEditor when={values.when} onChange={(when) => form.set({ when })} wrong={wrong} readOnly={readOnly} />
          <ConditionsEditor conditions={values.conditions} onChange={(conditions) => form.set({ conditions })} wrong={wrong} readOnly={readOnly} />
          <ActionsEditor actions={values.actions} onChange={(actions) => form.set({ actions })} wrong={wrong} byDesk readOnly={readOnly} />
          <CheckField of={form} name="enabled" label={t.enabled} hint={t.enabledHint} />
        </Form>
      </div>
      {tabs.length > 0 && (
        <div class="card padded preview">
          <Tabs label={t.beside} tabs={tabs} chosen={shown} onChoose={setShown}>
            {shown === "test" ? <RuleTest rule={sent(values)} /> : item && <Firings id={item.id} />}
          </Tabs>
        </div>
      )}
    </div>
  );
}

function sent({ when, conditions, actions }: { when: readonly Trigger[]; conditions: ConditionLists; actions: readonly KeptAction[] }) {
  return { when: [...when], conditions: { all: [...conditions.all], any: [...conditions.any] }, actions: [...actions] };
}
