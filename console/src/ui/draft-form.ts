/** A form whose values outlive reloads, lost networks and ended sessions, until they were taken. */

import { useEffect } from "preact/hooks";

import { useDraft } from "../core/drafts";
import { useForm, type FormState } from "./form";

/** `what` names the draft; the third clears it once it is sent. */
export function useDraftForm<T extends object>(what: string, initial: T, send: (values: T) => Promise<unknown>): [form: FormState<T>, forget: () => void] {
  const [kept, keep, forget] = useDraft(what);
  const form = useForm({ ...initial, ...parsed<T>(kept) }, send);
  useEffect(() => {
    if (form.changed) keep(JSON.stringify(form.values));
  }, [form.values, form.changed]);
  return [form, forget];
}

function parsed<T>(kept: string): Partial<T> {
  try {
    return JSON.parse(kept || "{}");
  } catch {
    return {};
  }
}
