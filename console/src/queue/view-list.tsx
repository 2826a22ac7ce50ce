/** Where one can be in the queue: the boxes that everybody has, the desk's views, one's own; each with its count. */

import { ChevronDown, ListOrdered } from "lucide";

import { number } from "../core/format";
import { to } from "../core/router";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Popover } from "../ui/popover";
import { ProblemNote, Waiting } from "../ui/states";
import { isWide } from "../ui/wide";
import { place, type Box, type View } from "./place";
import type { Count, Views } from "./views";

export const VIEW_WORDS = words({
  en: {
    views: "Views", shared: "Shared", own: "Yours", order: "Manage views", many: (count: string) => `${count} tickets`,
    boxes: { mine: "Mine", unassigned: "Unassigned", teams: "My teams", active: "All active", breached: "Past due", soon: "Due soon", changed: "Recently changed", all: "All tickets" } as Record<Box, string>,
  },
  es: {
    views: "Vistas", shared: "Compartidas", own: "Suyas", order: "Gestionar vistas", many: (count) => `${count} tickets`,
    boxes: { mine: "Míos", unassigned: "Sin asignar", teams: "Mis equipos", active: "Todos los activos", breached: "Vencidos", soon: "Vencen pronto", changed: "Cambios recientes", all: "Todos los tickets" },
  },
});

interface ViewListProps {
  views: Views;
  title: string;
  onManage: () => void;
}

export function ViewList(props: ViewListProps) {
  const t = say(VIEW_WORDS);
  if (isWide.value) {
    return (
      <nav class="views" aria-label={t.views}>
        <Lists {...props} />
      </nav>
    );
  }
  return (
    <nav class="views-menu" aria-label={t.views}>
      <Popover title={t.views} label={`${t.views}: ${props.title}`} text={<><span class="one-line">{props.title}</span><Icon of={ChevronDown} /></>} small={false}>
        {(close) => <div class="views" onClick={(event) => (event.target as Element).closest("a, button") && close()}><Lists {...props} /></div>}
      </Popover>
    </nav>
  );
}

function Lists({ views, onManage }: ViewListProps) {
  const t = say(VIEW_WORDS);
  if (!views.of.data) return views.of.problem ? <ProblemNote problem={views.of.problem} retry={views.of.reload} /> : <Waiting lines={8} />;
  const shared = views.of.data.filter((view) => view.shared);
  const own = views.of.data.filter((view) => !view.shared);
  return (
    <>
      <Group name={null} entries={views.boxes.map((box) => ({ key: box, name: t.boxes[box], href: to("queue", { box }) }))} views={views} />
      <Group name={t.shared} entries={shared.map(entry)} views={views} />
      <Group name={t.own} entries={own.map(entry)} views={views} />
      {views.of.data.length > 0 && <Button look="quiet" small icon={ListOrdered} onClick={onManage}>{t.order}</Button>}
    </>
  );
}

const entry = (view: View) => ({ key: view.id, name: view.name, href: to("queue", { view: view.id }), title: view.description ?? undefined });

function Group({ name, entries, views }: { name: string | null; entries: readonly { key: string; name: string; href: string; title?: string }[]; views: Views }) {
  const at = place.value;
  if (!entries.length) return null;
  return (
    <>
      {name && <h2>{name}</h2>}
      <ul>
        {entries.map(({ key, name: text, href, title }) => (
          <li key={key}>
            <a href={href} title={title ?? text} aria-current={key === views.entry(at) ? "page" : undefined}>
              <span class="one-line grow">{text}</span>
              <CountOf count={views.counts.get(key)} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

export function CountOf({ count }: { count: Count | undefined }) {
  const t = say(VIEW_WORDS);
  if (!count || count.count === null) return null;
  const text = `${number(count.count)}${count.count_is_exact ? "" : "+"}`;
  return (
    <span class="count numbers">
      <span aria-hidden="true">{text}</span>
      <span class="unseen">{t.many(text)}</span>
    </span>
  );
}
