/** Refusals at a place within a list: `actions.2.team_id`. */

import type { FormState } from "../ui/form";

/** Of a form: what is wrong within a place, but for those parts that show it themselves. */
export type Wrong = (place: string, shown?: readonly string[]) => string | undefined;

/** What is wrong at exactly this place; asking for it says that the place is on the page. */
export function at<T extends object>(form: FormState<T>, place: string): string | undefined {
  form.error(place);
  return form.problem?.errors.find((error) => error.field === place)?.message;
}

/** What is wrong within a place, but for those parts of it that show it themselves: it is on the page, with all below it. */
export function within<T extends object>(form: FormState<T>, place: string, shown: readonly string[] = []): string | undefined {
  form.error(place);
  const beside = (form.problem?.errors ?? []).filter(({ field }) => (field === place || field.startsWith(`${place}.`)) && !shown.some((part) => field === `${place}.${part}` || field.startsWith(`${place}.${part}.`)));
  return beside.map(({ message }) => message).join(" ") || undefined;
}
