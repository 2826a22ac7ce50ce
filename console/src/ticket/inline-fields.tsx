/** Fields that are saved by themselves: a choice at once, a text when one leaves it. */

import { useState } from "preact/hooks";

import { Field, Options, type Option } from "../ui/form";
import type { Patch } from "./merging";
import type { Saving } from "./saving";
import type { OneTicket } from "./state";

export const Read = ({ label, value }: { label: string; value: string }) => (
  <div class="field">
    <span class="label">{label}</span>
    <span class="written">{value}</span>
  </div>
);

interface SelectProps {
  label: string;
  value: string;
  options: readonly Option[];
  disabled: boolean;
  saving: Saving;
  field: string;
  patch: (value: string) => Patch;
}

export function Select({ label, value, options, disabled, saving, field, patch }: SelectProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const put = async (next: string) => {
    setChosen(next);
    await saving.save(field, patch(next));
    setChosen(null);
  };
  return (
    <Field label={label} error={saving.error(field)}>
      {(tied) => (
        <select {...tied} class="input small" value={chosen ?? value} disabled={disabled || saving.busy === field} onChange={(event) => void put(event.currentTarget.value)}>
          <Options of={options} />
        </select>
      )}
    </Field>
  );
}

interface TextLikeProps {
  label: string;
  hint?: string;
  type: "text" | "number" | "date";
  value: string;
  disabled: boolean;
  name: string;
  saving: Saving;
  of: OneTicket;
  patch: (text: string) => Patch;
}

/** Saved when one leaves it or presses Enter; while one types, what others change does not touch it. */
export function TextLike({ label, hint, type, value, disabled, name, saving, of, patch }: TextLikeProps) {
  const [typed, setTyped] = useState<string | null>(null);
  // What one saw when beginning: against that others' changes are held.
  const [base, setBase] = useState(of.ticket);
  const leave = async () => {
    if (typed === null) return;
    if (typed === value || (await saving.save(name, patch(typed), base))) setTyped(null);
  };
  return (
    <Field label={label} hint={hint} error={saving.error(name)}>
      {(tied) => (
        <input {...({ type, step: type === "number" ? "any" : undefined } as object)} {...tied} class="input small" value={typed ?? value} disabled={disabled} onInput={(event) => { if (typed === null) setBase(of.ticket); setTyped(event.currentTarget.value); }} onBlur={() => void leave()} onKeyDown={(event) => { if (event.key === "Enter") event.currentTarget.blur(); else if (event.key === "Escape") { setTyped(null); event.stopPropagation(); } }} />
      )}
    </Field>
  );
}
