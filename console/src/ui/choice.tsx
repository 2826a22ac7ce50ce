/** Choosing one of many by typing (ARIA Authoring Practices: combobox with a list). */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { asProblem } from "../core/problem";
import { say } from "../core/words";
import { Field } from "./form";
import { sentence } from "./states";
import { PARTS } from "./words";

export interface Choosable {
  id: string;
  label: string;
  /** A second line, in small letters. */
  detail?: string;
}

interface ChoiceProps {
  label: string;
  hidden?: boolean;
  hint?: ComponentChildren;
  error?: string;
  optional?: boolean;
  placeholder?: string;
  chosen: Choosable | null;
  /** What is there for a text; "" before anything was typed. */
  find: (text: string) => Promise<readonly Choosable[]>;
  onChoose: (item: Choosable | null) => void;
  /** Whether nothing may be chosen, by clearing the text. */
  clearable?: boolean;
}

export function Choice({ label, hidden, hint, error, optional, placeholder, chosen, find, onChoose, clearable = true }: ChoiceProps) {
  const t = say(PARTS);
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [items, setItems] = useState<readonly Choosable[]>([]);
  const [told, setTold] = useState("");
  const [at, setAt] = useState(0);
  const turn = useRef(0);
  // The text that the items are for: what was typed since says something else than they do.
  const answered = useRef<string | null>(null);
  const open = text !== null;
  useEffect(() => {
    if (text === null) return;
    const mine = ++turn.current;
    const timer = setTimeout(async () => {
      try {
        const found = await find(text);
        if (mine !== turn.current) return;
        answered.current = text;
        setItems(found);
        setTold(found.length ? "" : t.nothing);
        setAt(0);
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (mine !== turn.current) return;
        setItems([]);
        setTold(sentence(problem));
      }
    }, text ? 150 : 0);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (items[at]) document.getElementById(`${id}-${items[at].id}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const close = () => {
    turn.current++;
    answered.current = null;
    setText(null);
    setItems([]);
    setTold("");
  };
  const take = (item: Choosable | undefined) => {
    if (item) onChoose(item);
    close();
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setText("");
      else if (items.length) setAt((at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      if (answered.current === text) take(items[at]);
    }
  };
  return (
    <Field label={label} hidden={hidden} hint={hint} error={error} optional={optional}>
      {(tied) => (
        <div class="choice">
          <input {...tied} class="input" type="text" role="combobox" autocomplete="off" aria-autocomplete="list" aria-expanded={open} aria-controls={`${id}-list`} aria-activedescendant={open && items[at] ? `${id}-${items[at].id}` : undefined} placeholder={placeholder ?? t.choose} value={text ?? chosen?.label ?? ""} onClick={() => !open && setText("")} onInput={(event) => { setText(event.currentTarget.value); if (clearable && !event.currentTarget.value && chosen) onChoose(null); }} onKeyDown={keyed} onBlur={close} />
          {open && (items.length > 0 || told) && (
            <Below>
              <div id={`${id}-list`} role="listbox" aria-label={label} hidden={!items.length}>
                {items.map((item, place) => (
                  <div key={item.id} id={`${id}-${item.id}`} role="option" aria-selected={place === at} onMouseDown={(event) => { event.preventDefault(); take(item); }} onMouseMove={() => setAt(place)}>
                    {item.label}
                    {item.detail && <div class="small soft">{item.detail}</div>}
                  </div>
                ))}
              </div>
              {told && <div class="soft small" style={{ padding: "6px 10px" }} role="status">{told}</div>}
            </Below>
          )}
        </div>
      )}
    </Field>
  );
}

/** On top of everything, whatever it stands in is cut off at: below its field, or above where there is more room. */
function Below({ children }: { children: ComponentChildren }) {
  const shown = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const list = shown.current!;
    const place = () => {
      const field = list.parentElement!.getBoundingClientRect();
      const [below, above] = [innerHeight - field.bottom - 12, field.top - 12];
      const isBelow = below >= Math.min(280, list.scrollHeight) || below >= above;
      Object.assign(list.style, {
        left: `${field.left}px`,
        width: `${field.width}px`,
        maxHeight: `${Math.min(280, isBelow ? below : above)}px`,
        top: isBelow ? `${field.bottom + 4}px` : "auto",
        bottom: isBelow ? "auto" : `${innerHeight - field.top + 4}px`,
      });
    };
    list.showPopover();
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  }, []);
  return <div class="choices" popover="manual" ref={shown}>{children}</div>;
}
