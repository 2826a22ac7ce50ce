/**
 * What a desk keeps a list of: the list, an editor of one of them, making, deleting and putting in order.
 *
 *     <Catalogue title={t.title} list={list} columns={columns} nameOf={(team) => team.name} words={t}
 *       may={isFor("settings", role)} editor={(props) => <TeamEditor {...props} />} remove={(team) => …} />
 *
 * What is edited stands in the address (`?id=…`, `?new=1`): it can be linked, and "back" works. A few fields are
 * edited in a dialog, many on a page of their own (`as="page"`).
 */

import { ArrowDown, ArrowUp, GripVertical, Plus, Trash2, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Loaded } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import type { PageName } from "../pages";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { Empty, ProblemNote, Show } from "../ui/states";
import { tell } from "../ui/toasts";
import { moved, useDragging } from "./ordering";

const WORDS = words({
  en: {
    saved: "Saved",
    deleted: "Deleted",
    remove: "Delete",
    removeOf: (name: string) => `Delete ${name}`,
    sure: (name: string) => `Delete “${name}”?`,
    up: (name: string) => `Move ${name} up`,
    down: (name: string) => `Move ${name} down`,
    placed: (name: string, place: number, of: number) => `${name}: place ${place} of ${of}`,
    order: "Order",
    doing: "Actions",
    gone: "This is no longer there.",
  },
  es: {
    saved: "Guardado",
    deleted: "Eliminado",
    remove: "Eliminar",
    removeOf: (name: string) => `Eliminar ${name}`,
    sure: (name: string) => `¿Eliminar «${name}»?`,
    up: (name: string) => `Subir ${name}`,
    down: (name: string) => `Bajar ${name}`,
    placed: (name: string, place: number, of: number) => `${name}: lugar ${place} de ${of}`,
    order: "Orden",
    doing: "Acciones",
    gone: "Esto ya no existe.",
  },
});

export interface Column<T> {
  key: string;
  label: string;
  cell: (item: T) => ComponentChildren;
  /** Left out on a phone. */
  wide?: boolean;
  /** At the end of its column, as numbers are. */
  end?: boolean;
}

export interface EditorProps<T> {
  /** Null for a new one. */
  item: T | null;
  /** Whether one may look, not change: `Form` has it as `readOnly`. */
  readOnly: boolean;
  /** It was saved: says so, reads the list anew, goes back to it. With a text, that is what is said. */
  onDone: (said?: string) => void;
  onClose: () => void;
}

interface CatalogueProps<T extends { id: string }> {
  title: string;
  lead?: ComponentChildren;
  list: Loaded<readonly T[]>;
  columns: readonly Column<T>[];
  nameOf: (item: T) => string;
  words: {
    /** On the button and as the title of a new one. */
    add: string;
    /** Where there are none. */
    empty: ComponentChildren;
  };
  icon?: IconNode;
  /** Whether one may make, change, delete and order. */
  may: boolean;
  /** Whether this one may be changed, where some may not. */
  mayChange?: (item: T) => boolean;
  /** Absent where `href` leads to a page of each. */
  editor?: (props: EditorProps<T>) => ComponentChildren;
  as?: "dialog" | "page";
  wide?: boolean;
  href?: (item: T) => string;
  /** What follows from deleting one, in words; and doing it. */
  removal?: (item: T) => ComponentChildren;
  remove?: (item: T) => Promise<unknown>;
  /** All of them in their new order. */
  reorder?: (items: readonly T[]) => Promise<unknown>;
  /** Beside the name: badges. */
  beside?: (item: T) => ComponentChildren;
  /** Further buttons of the page and of a row. */
  actions?: ComponentChildren;
  rowActions?: (item: T) => ComponentChildren;
  /** Above the list: filters; below it: more of it. */
  above?: ComponentChildren;
  below?: ComponentChildren;
}

export function Catalogue<T extends { id: string }>(props: CatalogueProps<T>) {
  const { title, list, words: its, may, editor, as = "dialog", nameOf } = props;
  const t = say(WORDS);
  const { id, new: fresh } = route.value.params;
  const [doomed, setDoomed] = useState<T | null>(null);
  const close = () => set({ id: undefined, new: undefined }, { replace: as === "dialog" });
  const done = (said = t.saved) => {
    tell(said);
    close();
    void list.reload();
  };
  const item = id ? list.data?.find((each) => each.id === id) : undefined;
  const isNew = Boolean(fresh) && may;
  const opened = editor && (isNew || item) && editor({ item: item ?? null, readOnly: item ? !(may && (props.mayChange?.(item) ?? true)) : !may, onDone: done, onClose: close });
  const heading = item ? nameOf(item) : its.add;
  const removing = doomed && (
    <Confirm title={t.sure(nameOf(doomed))} action={t.remove} onClose={() => setDoomed(null)} onConfirm={async () => { await props.remove!(doomed); if (doomed.id === id) close(); tell(t.deleted); void list.reload(); }}>
      {props.removal && <p>{props.removal(doomed)}</p>}
    </Confirm>
  );
  if (as === "page" && editor && (id || isNew)) {
    const back = { href: to(route.value.name as PageName), label: title };
    return (
      <Page key={id ?? "new"} title={id && !item ? title : heading} back={back} actions={item && may && props.remove && (props.mayChange?.(item) ?? true) && <Button icon={Trash2} onClick={() => setDoomed(item)}>{t.remove}</Button>}>
        {opened ?? <Show of={list}>{() => <p>{t.gone}</p>}</Show>}
        {removing}
      </Page>
    );
  }
  const adding = may && editor && <Button look="main" icon={Plus} onClick={() => set({ new: 1, id: undefined }, { replace: false })}>{its.add}</Button>;
  return (
    <Page title={title} lead={props.lead} actions={(props.actions || adding) && <>{props.actions}{adding}</>}>
      <div class="stack catalogue">
        {props.above}
        <Show of={list}>
          {(items) => (items.length ? <Items {...props} items={items} onRemove={setDoomed} /> : <div class="card"><Empty icon={props.icon}><p>{its.empty}</p></Empty></div>)}
        </Show>
        {props.below}
      </div>
      {opened && <Dialog title={heading} wide={props.wide} onClose={close}>{opened}</Dialog>}
      {removing}
    </Page>
  );
}

function Items<T extends { id: string }>({ items: given, columns, nameOf, may, mayChange, href, remove, reorder, beside, rowActions, editor, title, list, onRemove }: CatalogueProps<T> & { items: readonly T[]; onRemove: (item: T) => void }) {
  const t = say(WORDS);
  const [items, setItems] = useState(given);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  useEffect(() => setItems(given), [given]);
  const isOrdered = may && reorder && items.length > 1;
  const place = async (from: number, at: number) => {
    if (from === at || at < 0 || at >= items.length) return;
    const next = moved(items, from, at);
    setItems(next);
    setProblem(null);
    setTold(t.placed(nameOf(items[from]!), at + 1, items.length));
    try {
      await reorder!(next);
    } catch (thrown) {
      setItems(items);
      setProblem(asProblem(thrown));
      void list.reload();
    }
  };
  const dragging = useDragging(place);
  const address = href ?? (editor && ((item: T) => to(route.value.name as PageName, { ...route.value.params, id: item.id, new: undefined })));
  const isActed = may && (remove || rowActions);
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <div class="unseen" role="status">{told}</div>
      <div class="card table-frame">
        <table class="table" aria-label={title}>
          <thead>
            <tr>
              {isOrdered && <th class="order"><span class="unseen">{t.order}</span></th>}
              {columns.map((column) => <th key={column.key} class={classes(column)}>{column.label}</th>)}
              {isActed && <th class="end"><span class="unseen">{t.doing}</span></th>}
            </tr>
          </thead>
          <tbody>
            {items.map((item, at) => (
              <tr key={item.id} {...(isOrdered ? dragging.row(at) : {})}>
                {isOrdered && (
                  <td class="order">
                    <div class="row tight firm">
                      <span class="grip" aria-hidden="true" {...dragging.grip(at)}><Icon of={GripVertical} /></span>
                      <Button look="quiet" small icon={ArrowUp} label={t.up(nameOf(item))} disabled={at === 0} onClick={() => place(at, at - 1)} />
                      <Button look="quiet" small icon={ArrowDown} label={t.down(nameOf(item))} disabled={at === items.length - 1} onClick={() => place(at, at + 1)} />
                    </div>
                  </td>
                )}
                {columns.map((column, which) => (
                  <td key={column.key} class={classes(column)}>
                    {which === 0 ? (
                      <div class="row tight">
                        {address ? <a class="name" href={address(item)}>{column.cell(item)}</a> : <span class="name">{column.cell(item)}</span>}
                        {beside?.(item)}
                      </div>
                    ) : column.cell(item)}
                  </td>
                ))}
                {isActed && (
                  <td class="end">
                    <div class="row tight firm" style={{ justifyContent: "flex-end" }}>
                      {rowActions?.(item)}
                      {remove && (mayChange?.(item) ?? true) && <Button look="quiet" small icon={Trash2} label={t.removeOf(nameOf(item))} onClick={() => onRemove(item)} />}
                    </div>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const classes = <T,>(column: Column<T>): string | undefined => [column.wide && "roomy", column.end && "end"].filter(Boolean).join(" ") || undefined;
