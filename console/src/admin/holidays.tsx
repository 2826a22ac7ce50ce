/** The holidays of a calendar: days, ranges, yearly ones; by hand, by country, from a file. */

import { CalendarPlus, Plus, X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { locale } from "../core/format";
import { useLoad } from "../core/load";
import { language, say, words } from "../core/words";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, Form, Options, SelectField, TextField, useForm } from "../ui/form";
import { Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { PARTS } from "../ui/words";
import { Ticks } from "../ui/several";
import type { Wrong } from "./places";

export type Holiday = Schema<"HolidayOut">;

const WORDS = words({
  en: {
    holidays: "Holidays",
    none: "No holidays yet.",
    add: "Add holiday",
    take: "Public holidays…",
    first: "Save the calendar first, then add a country's holidays.",
    kind: "How often",
    kinds: { once: "Once", yearly: "Every year" },
    from: "From",
    to: "Until",
    toHint: "Included",
    name: "Name",
    day: "Day",
    month: "Month",
    yearly: "every year",
    source: "from",
    remove: (what: string) => `Remove ${what}`,
    country: "Country",
    region: "Region",
    whole: "The whole country",
    years: "Years",
    preview: (year: string) => `Holidays of ${year}`,
    takeThem: "Add these holidays",
    file: "Calendar file",
    fileHint: "An iCalendar file (.ics): its all-day events become holidays.",
    fileName: "Called",
    fileNameHint: "Taken again under this name, its days are replaced.",
    takeFile: "Add from file",
    ways: "Where from",
    byCountry: "By country",
    byFile: "From a file",
    title: "Add public holidays",
    noneThen: "None are known.",
  },
  es: {
    holidays: "Festivos",
    none: "Aún no hay festivos.",
    add: "Añadir festivo",
    take: "Festivos oficiales…",
    first: "Guarde primero el calendario; después podrá añadir los festivos de un país.",
    kind: "Frecuencia",
    kinds: { once: "Una vez", yearly: "Cada año" },
    from: "Desde",
    to: "Hasta",
    toHint: "Incluido",
    name: "Nombre",
    day: "Día",
    month: "Mes",
    yearly: "cada año",
    source: "de",
    remove: (what: string) => `Quitar ${what}`,
    country: "País",
    region: "Región",
    whole: "Todo el país",
    years: "Años",
    preview: (year: string) => `Festivos de ${year}`,
    takeThem: "Añadir estos festivos",
    file: "Archivo de calendario",
    fileHint: "Un archivo iCalendar (.ics): sus eventos de día completo pasan a ser festivos.",
    fileName: "Nombre del origen",
    fileNameHint: "Si se vuelve a tomar con este nombre, sus días se sustituyen.",
    takeFile: "Añadir del archivo",
    ways: "Origen",
    byCountry: "Por país",
    byFile: "De un archivo",
    title: "Añadir festivos oficiales",
    noneThen: "No se conoce ninguno.",
  },
});

const date = (day: string) => new Intl.DateTimeFormat(locale(), { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
const yearly = (day: string) => new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`2024-${day}T00:00Z`));

export function when(holiday: Holiday, everyYear: string): string {
  const { from, to, yearly_from, yearly_to } = holiday;
  if (from) return to && to !== from ? `${date(from)} – ${date(to)}` : date(from);
  const said = yearly_to && yearly_to !== yearly_from ? `${yearly(yearly_from!)} – ${yearly(yearly_to)}` : yearly(yearly_from!);
  return `${said}, ${everyYear}`;
}

const order = (holiday: Holiday) => (holiday.from ? `1${holiday.from}` : `0${holiday.yearly_from}`);
export const inOrder = (holidays: readonly Holiday[]) => [...holidays].sort((a, b) => order(a).localeCompare(order(b)));

interface HolidaysProps {
  holidays: readonly Holiday[];
  onChange: (holidays: readonly Holiday[]) => void;
  wrong: Wrong;
  /** Opens the way to a country's; absent where the calendar is not saved yet. */
  onTake?: () => void;
  readOnly: boolean;
}

export function Holidays({ holidays, onChange, wrong, onTake, readOnly }: HolidaysProps) {
  const t = say(WORDS);
  const [adding, setAdding] = useState(false);
  const whole = wrong("holidays", holidays.map((_, place) => String(place)));
  return (
    <section class="stack">
      <div class="row apart">
        <h2>{t.holidays} <span class="soft numbers">· {holidays.length}</span></h2>
        {!readOnly && (
          <div class="row tight">
            <Button small icon={Plus} onClick={() => setAdding(true)}>{t.add}</Button>
            <Button small icon={CalendarPlus} disabled={!onTake} title={onTake ? undefined : t.first} onClick={onTake}>{t.take}</Button>
          </div>
        )}
      </div>
      {!onTake && !readOnly && <p class="soft small">{t.first}</p>}
      {whole && <div class="error" role="alert">{whole}</div>}
      {holidays.length === 0 && <p class="soft">{t.none}</p>}
      {holidays.length > 0 && (
        <ul class="holidays card" tabIndex={0} aria-label={t.holidays}>
          {holidays.map((holiday, place) => {
            const told = when(holiday, t.yearly);
            const its = wrong(`holidays.${place}`);
            return (
              <li key={`${order(holiday)} ${place}`}>
                <span class="numbers">{told}</span>
                <span class="grow">{holiday.name} {holiday.source && <span class="soft small">{t.source} {holiday.source}</span>}{its && <span class="error small">{its}</span>}</span>
                {!readOnly && <Button look="quiet" small icon={X} label={t.remove(holiday.name ?? told)} onClick={() => onChange(holidays.filter((_, each) => each !== place))} />}
              </li>
            );
          })}
        </ul>
      )}
      {adding && <Adding onClose={() => setAdding(false)} onAdd={(holiday) => { onChange(inOrder([...holidays, holiday])); setAdding(false); }} />}
    </section>
  );
}

function Adding({ onClose, onAdd }: { onClose: () => void; onAdd: (holiday: Holiday) => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const today = new Date().toISOString().slice(0, 10);
  const form = useForm({ kind: "once", from: today, to: "", name: "" }, async ({ kind, from, to, name }) => {
    const named = name.trim() ? { name: name.trim() } : {};
    const end = to && to !== from ? to : undefined;
    onAdd(kind === "once" ? { from, ...(end && { to: end }), ...named } : { yearly_from: from.slice(5), yearly_to: (end ?? from).slice(5), ...named });
  });
  return (
    <Dialog title={t.add} onClose={onClose}>
      <Form of={form} action={t.add} disabled={!form.values.from} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
        <TextField of={form} name="name" label={t.name} optional maxLength={150} />
        <SelectField of={form} name="kind" label={t.kind} options={t.kinds} />
        <div class="grid">
          <TextField of={form} name="from" type="date" label={t.from} />
          <TextField of={form} name="to" type="date" label={t.to} optional min={form.values.kind === "once" ? form.values.from : undefined} />
        </div>
      </Form>
    </Dialog>
  );
}

/** A country's holidays, or those of a file, into a calendar that is there. */
export function TakeHolidays({ calendarId, onClose, onTaken }: { calendarId: string; onClose: () => void; onTaken: (taken: Schema<"HolidaysTaken">) => void }) {
  const t = say(WORDS);
  const [way, setWay] = useState<"country" | "file">("country");
  const send = async (body: Schema<"HolidaysTakenIn">) => onTaken(await take(api.POST("/v1/calendars/{calendar_id}/holidays", { params: { path: { calendar_id: calendarId } }, body })));
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      <Tabs label={t.ways} tabs={[["country", t.byCountry], ["file", t.byFile]]} chosen={way} onChoose={setWay}>
        {way === "country" ? <ByCountry send={send} onClose={onClose} /> : <ByFile send={send} onClose={onClose} />}
      </Tabs>
    </Dialog>
  );
}

type Send = (body: Schema<"HolidaysTakenIn">) => Promise<unknown>;

function ByCountry({ send, onClose }: { send: Send; onClose: () => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const year = new Date().getFullYear();
  const years = Object.fromEntries([year, year + 1, year + 2].map((each) => [`${each}`, `${each}`]));
  const likely = /-([A-Z]{2})\b/.exec(navigator.language)?.[1] ?? "ES";
  const form = useForm({ country: likely, region: "", years: [`${year}`, `${year + 1}`] }, ({ country, region, years }) =>
    send({ country, region: region || null, years: years.map(Number) }),
  );
  const { country, region } = form.values;
  const shown = Number(form.values.years[0] ?? year);
  const known = useLoad(() => take(api.GET("/v1/holidays", { params: { query: { country, region: region || undefined, year: shown } } })), [country, region, shown]);
  const names = new Intl.DisplayNames([language.value], { type: "region" });
  const countries = (known.data?.countries ?? [country]).map((code) => [code, names.of(code) ?? code] as const).sort((a, b) => a[1].localeCompare(b[1], language.value));
  return (
    <Form of={form} action={t.takeThem} disabled={!form.values.years.length} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <div class="grid">
        <Field label={t.country} error={form.error("country")}>
          {(tied) => <select {...tied} class="input" value={country} onChange={(event) => form.set({ country: event.currentTarget.value, region: "" })}><Options of={countries} /></select>}
        </Field>
        <SelectField of={form} name="region" label={t.region} options={[["", t.whole], ...(known.data?.regions ?? []).map((code) => [code, code] as const)]} />
      </div>
      <Ticks label={t.years} options={years} values={form.values.years} onChange={(years) => form.set({ years })} error={form.error("years")} />
      <div>
        <h3>{t.preview(String(shown))}</h3>
        <Show of={known} lines={6}>
          {({ holidays }) => (holidays.length ? (
            <ul class="holidays plain" tabIndex={0} aria-label={t.preview(String(shown))}>
              {holidays.map((holiday) => <li key={`${order(holiday)}${holiday.name}`}><span class="numbers">{when(holiday, t.yearly)}</span><span class="grow">{holiday.name}</span></li>)}
            </ul>
          ) : <p class="soft">{t.noneThen}</p>)}
        </Show>
      </div>
    </Form>
  );
}

function ByFile({ send, onClose }: { send: Send; onClose: () => void }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const form = useForm({ icalendar: "", name: "" }, ({ icalendar, name }) => send({ icalendar, ...(name.trim() && { name: name.trim() }) }));
  return (
    <Form of={form} action={t.takeFile} disabled={!form.values.icalendar} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <Field label={t.file} hint={t.fileHint} error={form.error("icalendar")}>
        {(tied) => <input {...tied} class="input" type="file" accept=".ics,text/calendar" onChange={async (event) => form.set({ icalendar: (await event.currentTarget.files?.[0]?.text()) ?? "" })} />}
      </Field>
      <TextField of={form} name="name" label={t.fileName} hint={t.fileNameHint} optional maxLength={80} />
    </Form>
  );
}
