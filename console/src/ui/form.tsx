/**
 * Forms: values, what is wrong at which field, and sending once.
 *
 *     const form = useForm({ name: "" }, async (values) => { await take(api.POST("/v1/teams", { body: values })); });
 *     <Form of={form} action={t.add}><TextField of={form} name="name" label={t.name} /></Form>
 *
 * A refusal's sentences stand at their fields (Problem.errors by the fields' names), what has no field above; the
 * first wrong field gets the focus. Whatever fails, what was typed stays.
 */

import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { asProblem, type Problem } from "../core/problem";
import { say } from "../core/words";
import { Button } from "./button";
import { inWords } from "./sentences";
import { ProblemNote } from "./states";
import { PARTS } from "./words";

export interface FormState<T extends object> {
  values: T;
  set: (some: Partial<T>) => void;
  /** Back to these values, as after sending. */
  reset: (values?: T) => void;
  problem: Problem | null;
  setProblem: (problem: Problem | null) => void;
  /** What is wrong with a field; reading it says that the field is on the page. */
  error: (field: string) => string | undefined;
  isShown: (field: string) => boolean;
  busy: boolean;
  changed: boolean;
  submit: () => Promise<void>;
}

export function useForm<T extends object>(initial: T, send: (values: T) => Promise<unknown>): FormState<T> {
  const [values, setValues] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const fields = useRef(new Set<string>());
  return {
    values,
    set: (some) => {
      setChanged(true);
      setValues((was) => ({ ...was, ...some }));
    },
    reset: (to = initial) => {
      setValues(to);
      setProblem(null);
      setChanged(false);
    },
    problem,
    setProblem,
    error: (field) => {
      fields.current.add(field);
      const wrong = problem?.of(field);
      return wrong && inWords(wrong);
    },
    // `custom_fields.floor.0` is shown by whoever asked for it, for `custom_fields.floor` or for `custom_fields`.
    isShown: (field) => [...fields.current].some((shown) => field === shown || field.startsWith(`${shown}.`)),
    busy,
    changed,
    submit: async () => {
      if (busy) return;
      setBusy(true);
      setProblem(null);
      try {
        await send(values);
        setChanged(false);
      } catch (thrown) {
        setProblem(asProblem(thrown));
      } finally {
        setBusy(false);
      }
    },
  };
}

interface FormProps<T extends object> {
  of: FormState<T>;
  /** What the button says. */
  action: string;
  look?: "main" | "brand" | "bad";
  /** Further buttons, before it. */
  beside?: ComponentChildren;
  disabled?: boolean;
  /** To look at, not to change: no field takes anything, and nothing is sent. */
  readOnly?: boolean;
  children?: ComponentChildren;
}

export function Form<T extends object>({ of, action, look = "main", beside, disabled, readOnly, children }: FormProps<T>) {
  const form = useRef<HTMLFormElement>(null);
  const elsewhere = of.problem?.errors.filter((error) => !of.isShown(error.field)) ?? [];
  const isAtFields = of.problem && of.problem.errors.length > 0 && elsewhere.length === 0;
  const submit = async (event: Event) => {
    event.preventDefault();
    await of.submit();
    requestAnimationFrame(() => {
      const field = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
      if (field) field.focus();
      else form.current?.querySelector(".error, .note.bad")?.scrollIntoView({ block: "center" });
    });
  };
  if (readOnly) return <fieldset class="form" disabled>{children}</fieldset>;
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      {of.problem && !isAtFields && <ProblemNote problem={of.problem} />}
      {elsewhere.length > 0 && (
        <ul class="small">
          {elsewhere.map((error) => (
            <li key={error.field + error.message}>
              {error.field}: {inWords(error.message)}
            </li>
          ))}
        </ul>
      )}
      {children}
      <div class="actions">
        {beside}
        <Button type="submit" look={look} busy={of.busy} disabled={disabled}>{action}</Button>
      </div>
    </form>
  );
}

interface Around {
  label: string;
  hint?: ComponentChildren;
  error?: string;
  optional?: boolean;
  /** The label is said, not shown. */
  hidden?: boolean;
}

/** A label, a hint and what is wrong, around any input: `children` gets the attributes that tie them. */
export function Field({ label, hint, error, optional, hidden, children }: Around & { children: (tied: { id: string; "aria-describedby": string | undefined; "aria-invalid": "true" | undefined }) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id} class={hidden ? "unseen" : undefined}>
        {label} {optional && <span class="optional">({say(PARTS).optional})</span>}
      </label>
      {hint && <div class="hint" id={`${id}-hint`}>{hint}</div>}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined })}
      {error && <div class="error" id={`${id}-error`}>{error}</div>}
    </div>
  );
}

type Named<T extends object, V> = { [K in keyof T & string]: T[K] extends V ? K : never }[keyof T & string];
type Bound<T extends object, V> = Omit<Around, "error"> & { of: FormState<T>; name: Named<T, V> };

/** What may be said of an input beside; all of it the browser's own. */
interface InputProps {
  type?: "text" | "email" | "password" | "number" | "url" | "tel" | "date" | "time" | "datetime-local" | "search" | "color";
  autocomplete?: string;
  inputMode?: "numeric" | "decimal" | "email" | "tel" | "url" | "search";
  placeholder?: string;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  step?: number | string;
  rows?: number;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  spellcheck?: boolean;
  autoFocus?: boolean;
  list?: string;
}

export function TextField<T extends object>({ of, name, label, hint, optional, hidden, autoFocus, ...rest }: Bound<T, string> & InputProps) {
  return (
    <Field label={label} hint={hint} optional={optional} hidden={hidden} error={of.error(name)}>
      {(tied) => <input {...({ type: "text", ...rest } as object)} {...tied} ref={autoFocus ? focused : undefined} class="input" value={of.values[name] as string} onInput={(event) => of.set({ [name]: event.currentTarget.value } as Partial<T>)} />}
    </Field>
  );
}

export function TextArea<T extends object>({ of, name, label, hint, optional, hidden, ...rest }: Bound<T, string> & Omit<InputProps, "type">) {
  return (
    <Field label={label} hint={hint} optional={optional} hidden={hidden} error={of.error(name)}>
      {(tied) => <textarea {...(rest as object)} {...tied} class="input" value={of.values[name] as string} onInput={(event) => of.set({ [name]: event.currentTarget.value } as Partial<T>)} />}
    </Field>
  );
}

/** As a ref: gets the focus when it comes. The attribute counts once for a whole document, this for each page. */
export const focused = (element: HTMLElement | null): void => element?.focus();

export type Option = readonly [value: string, label: string];

/** `options` as pairs, or an object of labels by value. */
export function SelectField<T extends object>({ of, name, label, hint, optional, hidden, options, ...rest }: Bound<T, string> & { options: readonly Option[] | Record<string, string> } & Pick<InputProps, "disabled" | "required">) {
  return (
    <Field label={label} hint={hint} optional={optional} hidden={hidden} error={of.error(name)}>
      {(tied) => (
        <select {...rest} {...tied} class="input" value={of.values[name] as string} onChange={(event) => of.set({ [name]: event.currentTarget.value } as Partial<T>)}>
          <Options of={options} />
        </select>
      )}
    </Field>
  );
}

export function Options({ of }: { of: readonly Option[] | Record<string, string> }) {
  const pairs = Array.isArray(of) ? (of as readonly Option[]) : Object.entries(of as Record<string, string>);
  return (
    <>
      {pairs.map(([value, label]) => (
        <option key={value} value={value}>{label}</option>
      ))}
    </>
  );
}

export function CheckField<T extends object>({ of, name, label, hint, ...rest }: Bound<T, boolean> & InputProps) {
  const id = useId();
  const error = of.error(name);
  return (
    <div class="field">
      <div class="check">
        <input type="checkbox" {...(rest as object)} id={id} checked={of.values[name] as boolean} aria-describedby={hint ? `${id}-hint` : undefined} aria-invalid={error ? "true" : undefined} onChange={(event) => of.set({ [name]: event.currentTarget.checked } as Partial<T>)} />
        <label for={id}>{label}</label>
      </div>
      {hint && <div class="hint" id={`${id}-hint`}>{hint}</div>}
      {error && <div class="error">{error}</div>}
    </div>
  );
}
