/** All one's views and, for who may, the desk's: their order, their names, whether they are there at all. */

import { ArrowDown, ArrowUp, Pencil, Trash2 } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { go } from "../core/router";
import { asProblem } from "../core/problem";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { sentence } from "../ui/states";
import { place, type View } from "./place";
import { maySharedViews } from "./view-form";

const WORDS = words({
  en: { title: "Manage views", shared: "Shared", own: "Yours", up: (name: string) => `Move ${name} up`, down: (name: string) => `Move ${name} down`, change: (name: string) => `Change ${name}`, drop: (name: string) => `Delete ${name}`, dropTitle: "Delete this view?", dropText: "Its tickets stay as they are.", delete: "Delete", moved: (name: string, at: number) => `${name} is number ${at} now.`, none: "You have no views of your own yet. Filter the list, then save it." },
  es: { title: "Gestionar vistas", shared: "Compartidas", own: "Suyas", up: (name) => `Subir ${name}`, down: (name) => `Bajar ${name}`, change: (name) => `Cambiar ${name}`, drop: (name) => `Eliminar ${name}`, dropTitle: "¿Eliminar esta vista?", dropText: "Sus tickets se quedan como están.", delete: "Eliminar", moved: (name, at) => `${name} es ahora la número ${at}.`, none: "Aún no tiene vistas propias. Filtre la lista y guárdela." },
});

interface ManageProps {
  views: readonly View[];
  onChanged: () => Promise<void>;
  onEdit: (view: View) => void;
  onClose: () => void;
}

export function ManageViews({ views, onChanged, onEdit, onClose }: ManageProps) {
  const t = say(WORDS);
  const [told, setTold] = useState("");
  const [dropping, setDropping] = useState<View | null>(null);
  const shared = views.filter((view) => view.shared);
  const own = views.filter((view) => !view.shared);
  const move = async (group: readonly View[], from: number, to: number) => {
    const next = [...group];
    next.splice(to, 0, ...next.splice(from, 1));
    try {
      await take(api.POST("/v1/views/reorder", { body: { ids: next.map(({ id }) => id) } }));
      await onChanged();
      setTold(t.moved(next[to]!.name, to + 1));
    } catch (thrown) {
      setTold(sentence(asProblem(thrown)));
    }
  };
  const drop = async (view: View) => {
    await take(api.DELETE("/v1/views/{view_id}", { params: { path: { view_id: view.id } } }));
    if (place.value.view === view.id) go("queue", {}, { replace: true });
    await onChanged();
  };
  const list = (name: string, group: readonly View[]) => (
    <section class="stack tight">
      <h3>{name}</h3>
      <ol class="manage-views">
        {group.map((view, at) => (
          <li key={view.id} class="row firm">
            <span class="grow one-line">{view.name}</span>
            {view.teams.length > 0 && <span class="small soft one-line">{view.teams.map((team) => team.name).join(", ")}</span>}
            <Button small look="quiet" icon={ArrowUp} label={t.up(view.name)} disabled={at === 0} onClick={() => void move(group, at, at - 1)} />
            <Button small look="quiet" icon={ArrowDown} label={t.down(view.name)} disabled={at === group.length - 1} onClick={() => void move(group, at, at + 1)} />
            <Button small look="quiet" icon={Pencil} label={t.change(view.name)} onClick={() => onEdit(view)} />
            <Button small look="quiet" icon={Trash2} label={t.drop(view.name)} onClick={() => setDropping(view)} />
          </li>
        ))}
      </ol>
    </section>
  );
  return (
    <Dialog title={t.title} onClose={onClose}>
      {maySharedViews() && shared.length > 0 && list(t.shared, shared)}
      {own.length > 0 ? list(t.own, own) : <p class="soft">{t.none}</p>}
      <p role="status" class="small soft">{told}</p>
      {dropping && <Confirm title={t.dropTitle} action={t.delete} onClose={() => setDropping(null)} onConfirm={() => drop(dropping)}><p><strong>{dropping.name}</strong></p><p>{t.dropText}</p></Confirm>}
    </Dialog>
  );
}
