/** Category and subcategory, as the desk declares them; what a ticket has by now stays choosable. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad, type Loaded } from "../core/load";
import { say } from "../core/words";
import { SelectField, type FormState, type Option } from "../ui/form";
import { WORDS } from "./words";

export type Category = Schema<"CategoryOut">;

export const useCategories = (): Loaded<readonly Category[]> =>
  useLoad<readonly Category[]>(async () => (await take(api.GET("/v1/categories", { params: { query: { active: true, limit: 100 } } }))).items, []);

export function options(names: readonly string[], now: string | null | undefined): Option[] {
  const all = now && !names.includes(now) ? [...names, now] : names;
  return [["", say(WORDS).none], ...all.map((name): Option => [name, name])];
}

export const subcategoriesOf = (categories: readonly Category[], category: string | null): readonly string[] =>
  categories.find(({ name }) => name === category)?.subcategories ?? [];

interface Classified {
  category: string;
  subcategory: string;
}

export function CategoryFields<T extends Classified>({ of, categories }: { of: FormState<T>; categories: Loaded<readonly Category[]> }) {
  const fields = say(WORDS).fields;
  const form = of as unknown as FormState<Classified>;
  const all = categories.data ?? [];
  const below = subcategoriesOf(all, form.values.category);
  const bound: FormState<Classified> = {
    ...form,
    set: (some) => form.set("category" in some && !subcategoriesOf(all, some.category!).includes(form.values.subcategory) ? { ...some, subcategory: "" } : some),
  };
  return (
    <>
      <SelectField of={bound} name="category" label={fields.category!} options={options(all.map(({ name }) => name), form.values.category)} />
      <SelectField of={form} name="subcategory" label={fields.subcategory!} options={options(below, form.values.subcategory)} disabled={!form.values.category} />
    </>
  );
}
