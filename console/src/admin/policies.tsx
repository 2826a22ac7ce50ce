import { Timer } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { SeveralById } from "../ui/by-id";
import { Button } from "../ui/button";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { calendars, findCategories, findOrMakeTags, forget } from "../ui/lookups";
import { Several, Ticks } from "../ui/several";
import { Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";
import { at, within } from "./places";
import { type Escalation, Escalations, type Warned, Warnings } from "./policy-steps";
import { inHours, PRIORITIES, targetsOf, targetsToApi, TargetsEditor } from "./policy-targets";
import { ConditionsTold, PolicyTest } from "./policy-test";

type Policy = Schema<"PolicyOut">;
type Conditions = Record<"type" | "priority" | "team" | "category" | "tag" | "organisation", readonly string[]>;

const WORDS = words({
  en: {
    title: "SLA policies",
    lead: "What is promised to whom. A ticket gets the first policy that matches, from the top.",
    add: "Add policy",
    empty: "No policies: nothing is promised.",
    name: "Name",
    calendar: "Calendar",
    enabled: "On",
    enabledHint: "A policy that is off is passed over; tickets that have it keep it until they change.",
    off: "Off",
    matches: "Matches",
    resolution: "Resolution",
    removal: "Open tickets keep what was promised to them.",
    conditions: "Which tickets",
    conditionsHint: "A ticket matches that has one of each list. What is empty asks nothing.",
    type: "Type",
    priority: "Priority",
    team: "Team",
    category: "Category",
    tag: "Tags",
    organisation: "Organisation",
    anyOne: "Any",
    saved: "Saved",
    anew: "Saved. Tickets under it are being promised anew.",
    made: "Made, at the end of the order.",
    changing: "Promises, calendar, warnings and escalations count for all open tickets under this policy. Conditions and order are asked when a ticket is made, and when its type, priority, category, team, tags or minutes change.",
  },
  es: {
    title: "Políticas SLA",
    lead: "Qué se promete y a quién. A un ticket le toca la primera política que coincide, desde arriba.",
    add: "Añadir política",
    empty: "No hay políticas: no se promete nada.",
    name: "Nombre",
    calendar: "Calendario",
    enabled: "Activa",
    enabledHint: "Una política desactivada se pasa por alto; los tickets que la tienen la conservan hasta que cambien.",
    off: "Desactivada",
    matches: "Coincide con",
    resolution: "Resolución",
    removal: "Los tickets abiertos conservan lo prometido.",
    conditions: "Qué tickets",
    conditionsHint: "Coincide el ticket que tiene uno de cada lista. Lo que está vacío no exige nada.",
    type: "Tipo",
    priority: "Prioridad",
    team: "Equipo",
    category: "Categoría",
    tag: "Etiquetas",
    organisation: "Organización",
    anyOne: "Cualquiera",
    saved: "Guardado",
    anew: "Guardado. Los compromisos de sus tickets se están recalculando.",
    made: "Creada, al final del orden.",
    changing: "Compromisos, calendario, avisos y escalados valen para todos los tickets abiertos con esta política. Las condiciones y el orden se consultan al crear un ticket y cuando cambian su tipo, prioridad, categoría, equipo, etiquetas o minutos.",
  },
});

export default function Policies() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/sla-policies", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={list}
      icon={Timer}
      may={isFor("settings", session.value!.user.role)}
      words={t}
      as="page"
      nameOf={(policy) => policy.name}
      beside={(policy) => !policy.enabled && <span class="badge">{t.off}</span>}
      columns={[
        { key: "name", label: t.name, cell: (policy) => policy.name },
        { key: "matches", label: t.matches, wide: true, cell: (policy) => <ConditionsTold conditions={policy.conditions} /> },
        { key: "resolution", label: t.resolution, cell: (policy) => <Range minutes={policy.targets.resolution} /> },
        { key: "calendar", label: t.calendar, wide: true, cell: (policy) => <a href={to("calendars", { id: policy.calendar.id })}>{policy.calendar.name}</a> },
      ]}
      editor={(props) => <Whole key={props.item?.id} {...props} reload={list.reload} />}
      removal={() => t.removal}
      remove={({ id: policy_id }) => api.DELETE("/v1/sla-policies/{policy_id}", { params: { path: { policy_id } } })}
      reorder={(policies) => api.POST("/v1/sla-policies/reorder", { body: { policy_ids: policies.map(({ id }) => id) } })}
    />
  );
}

function Range({ minutes }: { minutes: Record<string, number> | undefined }) {
  const all = PRIORITIES.flatMap((priority) => minutes?.[priority] ?? []);
  if (!all.length) return <span class="soft">–</span>;
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return <span class="numbers">{least === most ? inHours(least) : `${inHours(least)} – ${inHours(most)}`}</span>;
}

// What a step does is told as any object; it is what was sent.
const escalationsOf = (policy: Policy | null) => (policy?.escalations ?? []) as readonly unknown[] as readonly Escalation[];

type InEditor = EditorProps<Policy> & { reload: () => Promise<void> };

function Whole(props: InEditor) {
  const known = useLoad(calendars, []);
  return <Show of={known}>{(choices) => <Editor {...props} calendars={choices} />}</Show>;
}

function Editor({ item, readOnly, reload, calendars: choices }: InEditor & { calendars: readonly Schema<"CalendarListed">[] }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const [saved, setSaved] = useState(item);
  const form = useForm(
    {
      name: item?.name ?? "",
      calendar_id: item?.calendar.id ?? choices[0]?.id ?? "",
      enabled: item?.enabled ?? true,
      conditions: { type: [], priority: [], team: [], category: [], tag: [], organisation: [], ...item?.conditions } as Conditions,
      targets: targetsOf(item?.targets ?? {}),
      warnings: (item?.warnings ?? [{ percent: 75 }, { percent: 90 }]) as readonly Warned[],
      escalations: escalationsOf(item),
    },
    async ({ conditions, targets, warnings, escalations, ...plain }) => {
      const asked = Object.fromEntries(Object.entries(conditions).filter(([, values]) => values.length)) as Schema<"PolicyConditions">;
      const body = { ...plain, conditions: asked, targets: targetsToApi(targets), warnings: [...warnings], escalations: [...escalations] };
      if (!item) {
        const made = await take(api.POST("/v1/sla-policies", { body }));
        forget();
        tell(t.made);
        await reload();
        return set({ id: made.id, new: undefined });
      }
      const changed = await take(api.PATCH("/v1/sla-policies/{policy_id}", { params: { path: { policy_id: item.id } }, body }));
      setSaved(changed);
      form.reset({ conditions, targets, warnings, ...plain, escalations: escalationsOf(changed) });
      tell(changed.job_id ? t.anew : t.saved);
      await reload();
    },
  );
  const { values } = form;
  const ask = (some: Partial<Conditions>) => form.set({ conditions: { ...values.conditions, ...some } });
  const wrong = (place: string, shown?: readonly string[]) => within(form, place, shown);
  const chips = (names: readonly string[]) => names.map((name) => ({ id: name, label: name }));
  return (
    <div class="beside">
      <div class="card padded">
        <Form of={form} action={parts.save} readOnly={readOnly} beside={!item && <Button onClick={() => set({ new: undefined })}>{parts.cancel}</Button>}>
          <div class="grid">
            <TextField of={form} name="name" label={t.name} maxLength={200} autoFocus={!item} />
            <SelectField of={form} name="calendar_id" label={t.calendar} options={choices.map(({ id, name }) => [id, name] as const)} />
          </div>
          <CheckField of={form} name="enabled" label={t.enabled} hint={t.enabledHint} />
          <fieldset class="stack">
            <legend>{t.conditions}</legend>
            <p class="soft small">{t.conditionsHint}</p>
            <Ticks label={t.priority} options={terms.priority} values={values.conditions.priority} onChange={(priority) => ask({ priority })} error={form.error("conditions.priority")} />
            <Ticks label={t.type} options={terms.type} values={values.conditions.type} onChange={(type) => ask({ type })} error={form.error("conditions.type")} />
            <div class="grid">
              <SeveralById of="team" label={t.team} placeholder={t.anyOne} ids={values.conditions.team} onChange={(team) => ask({ team })} error={form.error("conditions.team")} />
              <Several label={t.category} placeholder={t.anyOne} chosen={chips(values.conditions.category)} find={findCategories} onChange={(chosen) => ask({ category: chosen.map(({ id }) => id) })} error={form.error("conditions.category")} />
              <Several label={t.tag} placeholder={t.anyOne} chosen={chips(values.conditions.tag)} find={findOrMakeTags} onChange={(chosen) => ask({ tag: chosen.map(({ id }) => id) })} error={form.error("conditions.tag")} />
              <SeveralById of="organisation" label={t.organisation} placeholder={t.anyOne} ids={values.conditions.organisation} onChange={(organisation) => ask({ organisation })} error={form.error("conditions.organisation")} />
            </div>
          </fieldset>
          <TargetsEditor targets={values.targets} onChange={(targets) => form.set({ targets })} error={(place) => at(form, place)} />
          <Warnings warnings={values.warnings} onChange={(warnings) => form.set({ warnings })} wrong={wrong} />
          <Escalations escalations={values.escalations} onChange={(escalations) => form.set({ escalations })} wrong={wrong} />
          {item && !readOnly && <p class="soft small">{t.changing}</p>}
        </Form>
      </div>
      {saved && !readOnly && <PolicyTest policy={saved} />}
    </div>
  );
}
