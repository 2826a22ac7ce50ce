/** What one does to the tickets that are chosen; and how far it is. */

import { Archive, CircleDot, Ellipsis, Flag, Merge, MessageSquare, Network, Shapes, Tags, Trash2, UserPlus, Wand, X, type IconNode } from "lucide";

import { number } from "../core/format";
import { session } from "../core/session";
import { say } from "../core/words";
import { Button } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { isWide } from "../ui/wide";
import { BULK_WORDS } from "./bulk-words";
import type { Run } from "./running";
import type { Selection } from "./selection";

export const DEEDS = ["assign", "status", "priority", "tags", "team", "macro", "comment", "type", "merge", "archive", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

const ICONS: Record<Deed, IconNode> = { assign: UserPlus, status: CircleDot, priority: Flag, tags: Tags, team: Network, macro: Wand, comment: MessageSquare, type: Shapes, merge: Merge, archive: Archive, delete: Trash2 };
/** What the role may never do is not shown. */
const NEEDS: Partial<Record<Deed, readonly string[]>> = { team: ["dispatcher", "admin"], merge: ["dispatcher", "admin"], delete: ["admin"] };
const FIRST = 5;

interface BulkBarProps {
  selection: Selection;
  /** How many match, where that is known, and more than are chosen. */
  matching: string | null;
  run: Run | null;
  onDeed: (deed: Deed) => void;
  onStop: () => void;
}

export function BulkBar({ selection, matching, run, onDeed, onStop }: BulkBarProps) {
  const t = say(BULK_WORDS);
  if (run && !run.ended) return <Progress run={run} onStop={onStop} />;
  if (!selection.chosen.size) return null;
  const role = session.value!.user.role;
  const deeds = DEEDS.filter((deed) => (NEEDS[deed]?.includes(role) ?? true) && (deed !== "merge" || !selection.all));
  const first = isWide.value ? deeds.slice(0, FIRST) : deeds.slice(0, 2);
  const rest = deeds.slice(first.length);
  return (
    <section class="bulk" aria-label={t.bar}>
      <div class="row tight">
        <Button look="quiet" small icon={X} label={t.clear} aria-keyshortcuts="Escape" onClick={selection.clear} />
        <strong role="status">{selection.all ? t.allOf(matching ?? "") : t.chosen(selection.chosen.size)}</strong>
        {!selection.all && matching && <button type="button" class="link small" onClick={selection.chooseMatching}>{t.selectAll(matching)}</button>}
        {selection.all && <button type="button" class="link small" onClick={() => selection.clear()}>{t.clear}</button>}
      </div>
      <div class="row tight firm">
        {first.map((deed) => <Button key={deed} small icon={ICONS[deed]} onClick={() => onDeed(deed)}>{t[deed]}</Button>)}
        <Menu label={t.more} small icon={Ellipsis} iconOnly align="end">
          {rest.map((deed) => <MenuItem key={deed} icon={ICONS[deed]} onClick={() => onDeed(deed)}>{t[deed]}</MenuItem>)}
        </Menu>
      </div>
    </section>
  );
}

function Progress({ run, onStop }: { run: Run; onStop: () => void }) {
  const t = say(BULK_WORDS);
  const text = t.progress(run.what, number(run.done), run.total === null ? "…" : number(run.total));
  return (
    <section class="bulk" aria-label={t.bar}>
      <span role="status">{text}</span>
      <progress class="grow" aria-label={run.what} value={run.total ? run.done : undefined} max={run.total ?? undefined} />
      {run.job && <Button small onClick={onStop}>{t.stop}</Button>}
    </section>
  );
}
