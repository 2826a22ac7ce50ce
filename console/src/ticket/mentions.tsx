/** A text in which `@` and some letters offer colleagues to mention, as `@[Name]` (docs/comments.md). */

import type { RefObject } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import { session } from "../core/session";
import { say, words } from "../core/words";

const WORDS = words({
  en: { colleagues: "Colleagues" },
  es: { colleagues: "Compañeros" },
});

interface MentionTextProps {
  id: string;
  label: string;
  value: string;
  onInput: (text: string) => void;
  mentions: boolean;
  placeholder?: string;
  describedBy?: string;
  invalid?: boolean;
  input: RefObject<HTMLTextAreaElement | null>;
  onPaste?: (event: ClipboardEvent) => void;
}

interface Found {
  id: string;
  name: string;
  email: string;
}

/** What stands before the cursor, where it is a mention being typed. */
const TYPED = /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u;

export function MentionText({ id, label, value, onInput, mentions, placeholder, describedBy, invalid, input, onPaste }: MentionTextProps) {
  const t = say(WORDS);
  const list = useId();
  const [found, setFound] = useState<readonly Found[]>([]);
  const [at, setAt] = useState(0);
  const turn = useRef(0);
  const close = () => {
    turn.current++;
    setFound([]);
  };
  const look = async (area: HTMLTextAreaElement) => {
    const typed = mentions && TYPED.exec(area.value.slice(0, area.selectionStart))?.[1];
    if (typeof typed !== "string") return close();
    const mine = ++turn.current;
    const query = { query: typed || undefined, role: "agent,dispatcher,admin", status: "active", sort: "name" as const, limit: 6 };
    const page = await take(api.GET("/v1/users", { params: { query } })).catch(() => null);
    if (mine !== turn.current) return;
    setFound(page?.items.filter((user) => user.id !== session.value?.user.id) ?? []);
    setAt(0);
  };
  const choose = (area: HTMLTextAreaElement, person: Found) => {
    const cursor = area.selectionStart;
    const from = area.value.lastIndexOf("@", cursor - 1);
    // A name with brackets cannot stand in brackets; the email always says who.
    const said = /[[\]\n]/.test(person.name) ? `@${person.email} ` : `@[${person.name}] `;
    // Put in at once, so that what is typed on comes behind it.
    area.setRangeText(said, from, cursor, "end");
    area.focus();
    onInput(area.value);
    close();
  };
  const keyed = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }) => {
    if (!found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % found.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(event.currentTarget, found[at]!);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="choice">
      <textarea ref={input} id={id} class="input" rows={5} aria-label={label} aria-describedby={describedBy} aria-invalid={invalid ? "true" : undefined} aria-controls={found.length ? list : undefined} aria-activedescendant={found.length ? `${list}-${at}` : undefined} placeholder={placeholder} value={value} onInput={(event) => { onInput(event.currentTarget.value); void look(event.currentTarget); }} onKeyDown={keyed} onBlur={close} onPaste={onPaste} />
      {found.length > 0 && (
        <div id={list} role="listbox" aria-label={t.colleagues}>
          {found.map((person, place) => (
            <div key={person.id} id={`${list}-${place}`} role="option" aria-selected={place === at} onMouseDown={(event) => { event.preventDefault(); choose(document.getElementById(id) as HTMLTextAreaElement, person); }} onMouseMove={() => setAt(place)}>
              {person.name} <span class="small soft">{person.email}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
