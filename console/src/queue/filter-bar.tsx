/** Search, the filter that holds as chips, another filter, and the order. */

import { ListFilterPlus, Search, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { set as setAddress } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Options } from "../ui/form";
import { Icon } from "../ui/icon";
import { Popover } from "../ui/popover";
import { PARTS } from "../ui/words";
import { FACET_WORDS, FACETS, type FieldDefinition } from "./facets";
import { SORTS, tidy, type Filter, type Sort } from "./filter";

const WORDS = words({
  en: {
    search: "Search tickets", filter: "Filter", filters: "Filters", clear: "Clear all", back: "All filters", order: "Order", clearSearch: "Clear the search", change: (what: string) => `Change ${what}`,
    sorts: { "-created_at": "Newest first", created_at: "Oldest first", "-updated_at": "Last changed first", updated_at: "Longest unchanged first", due_at: "Due soonest first", "-due_at": "Due last first", "-priority": "Most urgent first", priority: "Least urgent first", relevance: "Best match first" } as Record<string, string>,
  },
  es: {
    search: "Buscar tickets", filter: "Filtrar", filters: "Filtros", clear: "Quitar todo", back: "Todos los filtros", order: "Orden", clearSearch: "Borrar la búsqueda", change: (what) => `Cambiar ${what}`,
    sorts: { "-created_at": "Los más nuevos primero", created_at: "Los más antiguos primero", "-updated_at": "Últimos cambios primero", updated_at: "Sin cambios desde hace más primero", due_at: "Los que vencen antes primero", "-due_at": "Los que vencen al final primero", "-priority": "Los más urgentes primero", priority: "Los menos urgentes primero", relevance: "Los más pertinentes primero" },
  },
});

interface FilterBarProps {
  filter: Filter;
  sort: Sort;
  fields: readonly FieldDefinition[];
  onFilter: (filter: Filter, how?: { replace?: boolean }) => void;
  search: { current: HTMLInputElement | null };
  /** What else one does with the filter. */
  children?: ComponentChildren;
}

export function FilterBar({ filter, sort, fields, onFilter, search, children }: FilterBarProps) {
  const t = say(WORDS);
  return (
    <div class="filter-bar" role="search">
      <div class="row firm first">
        <SearchField value={filter.query ?? ""} onSearch={(query) => onFilter(tidy({ ...filter, query }), { replace: Boolean(filter.query) })} input={search} />
        <select class="input small" aria-label={t.order} value={sort} onChange={(event) => setAddress({ sort: event.currentTarget.value }, { replace: false })}>
          <Options of={SORTS.filter((key) => key !== "relevance" || filter.query).map((key) => [key, t.sorts[key]!] as const)} />
        </select>
      </div>
      <FilterChips filter={filter} fields={fields} onFilter={onFilter}>{children}</FilterChips>
    </div>
  );
}

/** The filter that holds, each part to be changed or taken away, and another one. */
export function FilterChips({ filter, fields, onFilter, children }: Pick<FilterBarProps, "filter" | "fields" | "onFilter" | "children">) {
  const t = say(WORDS);
  const names = say(FACET_WORDS).facets;
  const set = (some: Record<string, string>) => onFilter(tidy({ ...filter, ...some }));
  const shown = Object.entries(FACETS).filter(([, facet]) => Object.keys(filter).some(facet.owns));
  const without = (key: string) => onFilter(Object.fromEntries(Object.entries(filter).filter(([name]) => !FACETS[key]!.owns(name))));
  return (
    <div class="row tight filters" role="group" aria-label={t.filters}>
      {shown.map(([key, facet]) => (
        <span key={key} class="facet">
          <Popover class="facet-menu" title={names[key]!} text={<><span class="unseen">{t.change("")}</span><span class="soft">{names[key]}</span> <span class="one-line">{facet.said(filter, fields)}</span></>}>
            {() => <facet.Editor filter={filter} set={set} fields={fields} />}
          </Popover>
          <button type="button" class="off" aria-label={say(PARTS).remove(names[key]!)} onClick={() => without(key)}><Icon of={X} /></button>
        </span>
      ))}
      <Popover text={t.filter} title={t.filter} icon={ListFilterPlus} look="quiet">
        {() => <AddFilter filter={filter} set={set} fields={fields} />}
      </Popover>
      {shown.length > 1 && <Button small look="quiet" onClick={() => onFilter({})}>{t.clear}</Button>}
      {children}
    </div>
  );
}

function AddFilter(props: { filter: Filter; set: (some: Record<string, string>) => void; fields: readonly FieldDefinition[] }) {
  const t = say(WORDS);
  const names = say(FACET_WORDS).facets;
  const [key, setKey] = useState<string | null>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (key) panel.current?.querySelector<HTMLElement>("input, select, .button.small")?.focus();
  }, [key]);
  const facet = key ? FACETS[key] : null;
  return (
    <div class="stack tight" ref={panel}>
      {facet ? (
        <facet.Editor {...props} />
      ) : (
        <div class="facet-list">
          {Object.keys(FACETS).filter((each) => each !== "field" || props.fields.length).map((each) => (
            <button key={each} type="button" class="button quiet small" onClick={() => setKey(each)}>{names[each]}</button>
          ))}
        </div>
      )}
      {facet && <div><button type="button" class="link small" onClick={() => setKey(null)}>{t.back}</button></div>}
    </div>
  );
}

/** What is typed is looked for once the typing rests. */
function SearchField({ value, onSearch, input }: { value: string; onSearch: (text: string) => void; input: { current: HTMLInputElement | null } }) {
  const t = say(WORDS);
  const [text, setText] = useState(value);
  const timer = useRef(0);
  useEffect(() => {
    if (document.activeElement !== input.current || !value) setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onSearch(typed.trim()), 250);
  };
  const now = (typed: string) => {
    clearTimeout(timer.current);
    setText(typed);
    onSearch(typed.trim());
  };
  return (
    <div class="search grow">
      <Icon of={Search} />
      <input ref={input} class="input" type="search" maxLength={200} aria-label={t.search} placeholder={t.search} aria-keyshortcuts="/" value={text} onInput={(event) => later(event.currentTarget.value)} onKeyDown={(event) => {
        if (event.key === "Enter") now(event.currentTarget.value);
        if (event.key === "Escape") {
          event.preventDefault();
          if (text) now("");
          else event.currentTarget.blur();
        }
      }} />
      {text ? <button type="button" class="off" aria-label={t.clearSearch} onClick={() => { now(""); input.current?.focus(); }}><Icon of={X} /></button> : <kbd aria-hidden="true">/</kbd>}
    </div>
  );
}
