/** Several of something: those chosen as chips that can be taken away, and a way to add one. */

import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { say } from "../core/words";
import { Choice, type Choosable } from "./choice";
import { Field } from "./form";
import { Icon } from "./icon";
import { PARTS } from "./words";

interface Around {
  label: string;
  hidden?: boolean;
  hint?: ComponentChildren;
  error?: string;
  optional?: boolean;
  placeholder?: string;
}

interface SeveralProps extends Around {
  chosen: readonly Choosable[];
  find: (text: string) => Promise<readonly Choosable[]>;
  onChange: (chosen: readonly Choosable[]) => void;
  /** No more than so many. */
  most?: number;
}

/** Chosen from a list by typing. */
export function Several({ chosen, find, onChange, most = 100, ...around }: SeveralProps) {
  const others = async (text: string) => (await find(text)).filter((item) => !chosen.some((each) => each.id === item.id));
  return (
    <div class="stack tight">
      {chosen.length < most && <Choice {...around} chosen={null} find={others} onChoose={(item) => item && onChange([...chosen, item])} />}
      <Chips label={around.label} items={chosen} onRemove={(gone) => onChange(chosen.filter((each) => each.id !== gone.id))} />
    </div>
  );
}

interface WordsProps extends Around {
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
  maxLength?: number;
  /** Words to offer while one types. */
  offered?: readonly string[];
}

/** Written one after the other: Enter, or a comma, ends each; so does leaving the field. Several are pasted as lines. */
export function SeveralWords({ values, onChange, maxLength = 100, offered, placeholder, ...around }: WordsProps) {
  const [text, setText] = useState("");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const add = (written: string) => {
    const fresh = written.split(/[,\n]/).map((each) => each.trim()).filter(Boolean);
    const next = [...values];
    for (const each of fresh) if (!next.some((known) => known.toLowerCase() === each.toLowerCase())) next.push(each);
    if (next.length > values.length) onChange(next);
    setText("");
  };
  const keyed = (event: KeyboardEvent) => {
    if ((event.key === "Enter" || event.key === ",") && text.trim()) {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && !text && values.length) {
      onChange(values.slice(0, -1));
    }
  };
  const pasted = (event: ClipboardEvent) => {
    const written = event.clipboardData?.getData("text") ?? "";
    if (!/[,\n]/.test(written)) return;
    event.preventDefault();
    add(text + written);
  };
  return (
    <Field {...around}>
      {(tied) => (
        <div class="stack tight">
          <input {...tied} ref={input} class="input" type="text" autocomplete="off" maxLength={maxLength} placeholder={placeholder ?? say(PARTS).typeEnter} list={offered ? `${id}-offered` : undefined} value={text} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={keyed} onPaste={pasted} onBlur={() => add(text)} />
          {offered && <datalist id={`${id}-offered`}>{offered.map((word) => <option key={word} value={word} />)}</datalist>}
          <Chips label={around.label} items={values.map((value) => ({ id: value, label: value }))} onRemove={(gone) => { onChange(values.filter((value) => value !== gone.id)); input.current?.focus(); }} />
        </div>
      )}
    </Field>
  );
}

/** Boxes to tick, for a few known ones. */
export function Ticks<K extends string>({ label, hidden, hint, error, optional, options, values, onChange }: Around & { options: Record<K, string>; values: readonly string[]; onChange: (values: K[]) => void }) {
  const id = useId();
  const keys = Object.keys(options) as K[];
  const toggle = (key: K) => onChange(keys.filter((each) => (each === key ? !values.includes(each) : values.includes(each))));
  return (
    <fieldset class="field" aria-describedby={[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined}>
      <legend class={hidden ? "unseen" : undefined}>{label} {optional && <span class="optional">({say(PARTS).optional})</span>}</legend>
      {hint && <div class="hint" id={`${id}-hint`}>{hint}</div>}
      <div class="row ticks">
        {keys.map((key) => (
          <label key={key} class="tick">
            <input type="checkbox" checked={values.includes(key)} onChange={() => toggle(key)} />
            {options[key]}
          </label>
        ))}
      </div>
      {error && <div class="error" id={`${id}-error`}>{error}</div>}
    </fieldset>
  );
}

export function Chips({ label, items, onRemove }: { label: string; items: readonly Choosable[]; onRemove?: (item: Choosable) => void }) {
  if (!items.length) return null;
  return (
    <ul class="chips" aria-label={label}>
      {items.map((item) => (
        <li key={item.id} class="chip">
          <span class="one-line" title={item.label}>{item.label}</span>
          {onRemove && <button type="button" aria-label={say(PARTS).remove(item.label)} onClick={() => onRemove(item)}><Icon of={X} /></button>}
        </li>
      ))}
    </ul>
  );
}
