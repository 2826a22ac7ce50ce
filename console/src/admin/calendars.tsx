import { CalendarClock } from "lucide";
import { useState } from "preact/hooks";

import { isFor } from "../app";
import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { everything, useLoad } from "../core/load";
import { set, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { ZONES } from "../core/zones";
import { Choice } from "../ui/choice";
import { Form, TextField, useForm } from "../ui/form";
import { among, forget } from "../ui/lookups";
import { Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { PARTS } from "../ui/words";
import { CalendarPreview } from "./calendar-preview";
import { Catalogue, type EditorProps } from "./catalogue";
import { type Holiday, Holidays, inOrder, TakeHolidays } from "./holidays";
import { at, within } from "./places";
import { Bar, drawn, fromApi, hoursOf, OFFICE, toApi, WeekEditor } from "./week";

type Calendar = Schema<"CalendarOut">;

const WORDS = words({
  en: {
    title: "Calendars",
    lead: "The hours in which the desk keeps its promises.",
    add: "Add calendar",
    empty: "No calendars yet.",
    name: "Name",
    zone: "Time zone",
    hours: "Hours",
    perWeek: (hours: string) => `${hours} h a week`,
    policies: "Policies",
    unused: "None",
    removal: "Promises that were made by it go on counting by it.",
    saved: "Saved",
    recounting: "Saved. Open promises are being counted anew.",
    made: "Made. Now add its holidays.",
    taken: (added: number, replaced: number, removed: number) => `${added} added, ${replaced} replaced, ${removed} removed`,
    changing: "A change counts for open promises too: they are counted anew, from their start.",
  },
  es: {
    title: "Calendarios",
    lead: "Las horas en que la mesa de ayuda cumple sus compromisos.",
    add: "Añadir calendario",
    empty: "Aún no hay calendarios.",
    name: "Nombre",
    zone: "Zona horaria",
    hours: "Horario",
    perWeek: (hours: string) => `${hours} h a la semana`,
    policies: "Políticas",
    unused: "Ninguna",
    removal: "Los compromisos que se fijaron con él se siguen contando con él.",
    saved: "Guardado",
    recounting: "Guardado. Los compromisos abiertos se están recalculando.",
    made: "Creado. Añada ahora sus festivos.",
    taken: (added: number, replaced: number, removed: number) => `${added} añadidos, ${replaced} sustituidos, ${removed} quitados`,
    changing: "Un cambio vale también para los compromisos abiertos: se recalculan desde su inicio.",
  },
});

const ZONE_CHOICES = ZONES.map((zone) => ({ id: zone, label: zone }));

export default function Calendars() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/calendars", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={list}
      icon={CalendarClock}
      may={isFor("settings", session.value!.user.role)}
      words={t}
      as="page"
      nameOf={(calendar) => calendar.name}
      columns={[
        { key: "name", label: t.name, cell: (calendar) => calendar.name },
        { key: "zone", label: t.zone, wide: true, cell: (calendar) => calendar.timezone },
        { key: "hours", label: t.hours, cell: (calendar) => <Hours calendar={calendar} /> },
        { key: "policies", label: t.policies, wide: true, cell: (calendar) => (calendar.policies.length ? <div class="row tight">{calendar.policies.map(({ id, name }, place) => <span key={id}><a href={to("policies", { id })}>{name}</a>{place < calendar.policies.length - 1 && ","}</span>)}</div> : <span class="soft">{t.unused}</span>) },
      ]}
      editor={(props) => <Whole key={props.item?.id} {...props} reload={list.reload} />}
      removal={() => t.removal}
      remove={async ({ id: calendar_id }) => {
        await api.DELETE("/v1/calendars/{calendar_id}", { params: { path: { calendar_id } } });
        forget();
      }}
    />
  );
}

function Hours({ calendar }: { calendar: Pick<Calendar, "weekly"> }) {
  const week = fromApi(calendar.weekly);
  return (
    <div class="row firm">
      <div class="mini-week" aria-hidden="true">{drawn(week).map((parts, day) => <Bar key={day} parts={parts} />)}</div>
      <span class="small soft numbers">{say(WORDS).perWeek(number(hoursOf(week), 1))}</span>
    </div>
  );
}

type InEditor = Omit<EditorProps<Calendar>, "item"> & { item: Calendar | null; reload: () => Promise<void> };

/** In the list a calendar has some of its holidays: here are all. */
function Whole(props: InEditor) {
  const id = props.item?.id;
  const whole = useLoad(async () => (id ? take(api.GET("/v1/calendars/{calendar_id}", { params: { path: { calendar_id: id } } })) : null), [id]);
  return <Show of={whole}>{(calendar) => <Editor {...props} item={calendar} />}</Show>;
}

function Editor({ item, readOnly, reload }: InEditor) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const [taking, setTaking] = useState(false);
  const [saved, setSaved] = useState(item);
  const form = useForm(
    { name: item?.name ?? "", timezone: item?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, weekly: item ? fromApi(item.weekly) : OFFICE, holidays: inOrder(item?.holidays ?? []) as readonly Holiday[] },
    async ({ name, timezone, weekly, holidays }) => {
      const body = { name, timezone, weekly: toApi(weekly), holidays: [...holidays] };
      forget();
      if (!item) {
        const made = await take(api.POST("/v1/calendars", { body }));
        tell(t.made);
        await reload();
        return set({ id: made.id, new: undefined });
      }
      const changed = await take(api.PATCH("/v1/calendars/{calendar_id}", { params: { path: { calendar_id: item.id } }, body }));
      setSaved(changed);
      tell(changed.job_id ? t.recounting : t.saved);
      await reload();
    },
  );
  const wrong = (place: string) => at(form, place);
  return (
    <div class="beside">
      <div class="card padded stack">
        <Form of={form} action={parts.save} readOnly={readOnly}>
          <div class="grid">
            <TextField of={form} name="name" label={t.name} maxLength={200} autoFocus={!item} />
            <Choice label={t.zone} clearable={false} chosen={{ id: form.values.timezone, label: form.values.timezone }} find={among(ZONE_CHOICES)} onChoose={(zone) => zone && form.set({ timezone: zone.id })} error={form.error("timezone")} />
          </div>
          <WeekEditor week={form.values.weekly} onChange={(weekly) => form.set({ weekly })} error={wrong} />
          <Holidays holidays={form.values.holidays} onChange={(holidays) => form.set({ holidays })} wrong={(place, shown) => within(form, place, shown)} readOnly={readOnly} onTake={item && !form.changed ? () => setTaking(true) : undefined} />
          {item && !readOnly && <p class="soft small">{t.changing}</p>}
        </Form>
      </div>
      {saved && <CalendarPreview id={saved.id} zone={saved.timezone} week={fromApi(saved.weekly)} saved={saved.updated_at} />}
      {taking && item && (
        <TakeHolidays
          calendarId={item.id}
          onClose={() => setTaking(false)}
          onTaken={({ calendar, added, replaced, removed }) => {
            setTaking(false);
            setSaved(calendar);
            form.reset({ ...form.values, holidays: inOrder(calendar.holidays) });
            tell(t.taken(added.length, replaced.length, removed.length));
          }}
        />
      )}
    </div>
  );
}
