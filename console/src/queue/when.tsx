/** Choosing a time of a filter: within the last days, not for some days, or between dates. */

import { say, words } from "../core/words";
import { Field, Options } from "../ui/form";
import { FACET_WORDS, type FacetProps } from "./facets";

const WORDS = words({ en: { after: "From", before: "Before", quick: "When", or: "or by date" }, es: { after: "Desde", before: "Antes de", quick: "Cuándo", or: "o por fecha" } });

const DAYS = [1, 3, 7, 14, 30, 90];

export function When({ of, filter, set }: FacetProps & { of: "created" | "updated" }) {
  const t = say(WORDS);
  const facets = say(FACET_WORDS);
  const names = of === "created" ? ["created_within_days"] : ["updated_within_days", "not_updated_for_days"];
  const dates = of === "created" ? (["created_after", "created_before"] as const) : (["updated_after"] as const);
  const none = Object.fromEntries([...names, ...dates].map((name) => [name, ""]));
  const chosen = names.find((name) => filter[name]);
  const value = chosen ? `${chosen}:${filter[chosen]}` : "";
  const options = names.flatMap((name) => DAYS.map((days): [string, string] => [`${name}:${days}`, name.startsWith("not") ? facets.notFor(days) : facets.lastDays(days)]));
  if (value && !options.some(([key]) => key === value)) options.push([value, chosen!.startsWith("not") ? facets.notFor(Number(filter[chosen!])) : facets.lastDays(Number(filter[chosen!]))]);
  const pick = (key: string) => {
    const [name, days] = key.split(":");
    set({ ...none, ...(name && days && { [name]: days }) });
  };
  const dated = (name: string, date: string) => {
    const cleared = Object.fromEntries(names.map((each) => [each, ""]));
    set({ ...cleared, [name]: date ? new Date(`${date}T00:00:00`).toISOString() : "" });
  };
  return (
    <div class="stack">
      <Field label={facets.facets[of]!}>
        {(tied) => (
          <select {...tied} class="input" value={value} onChange={(event) => pick(event.currentTarget.value)}>
            <Options of={[["", facets.clear], ...options]} />
          </select>
        )}
      </Field>
      <div class="dates">
        {dates.map((name) => (
          <Field key={name} label={name.endsWith("after") ? t.after : t.before}>
            {(tied) => <input {...tied} class="input" type="date" value={local(filter[name])} onChange={(event) => dated(name, event.currentTarget.value)} />}
          </Field>
        ))}
      </div>
    </div>
  );
}

/** The day here of a time, as a date field has it. */
function local(iso: string | undefined): string {
  const at = new Date(iso ?? "");
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
