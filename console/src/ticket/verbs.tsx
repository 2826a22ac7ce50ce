/** What one may do to the ticket now, as the API says: the usual next step as a button, the rest in a menu. */

import { Archive, ArchiveRestore, Ban, CheckCheck, CirclePause, CirclePlay, GitMerge, RotateCcw, Shapes, Split, Trash2, UserPlus, UserRoundCheck, ArrowRightLeft, CircleX, type IconNode } from "lucide";
import { useState } from "preact/hooks";

import { asProblem } from "../core/problem";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { sentence } from "../ui/states";
import { tell } from "../ui/toasts";
import type { OneTicket } from "./state";
import { VerbDialog, type Asked } from "./verb-dialogs";
import { WORDS as TICKET } from "./words";

const WORDS = words({
  en: { more: "More", done: "Done", actions: "What you can do", mine: "It is yours now" },
  es: { more: "Más", done: "Hecho", actions: "Lo que puede hacer", mine: "Ahora es suyo" },
});

export const ICONS: Record<Asked, IconNode> = {
  assign: UserPlus, transfer: ArrowRightLeft, reclassify: Shapes, pause: CirclePause, resume: CirclePlay, resolve: CheckCheck, close: CircleX, reopen: RotateCcw,
  cancel: Ban, archive: Archive, unarchive: ArchiveRestore, merge: GitMerge, split: Split, delete: Trash2,
};

/** What stands as a button of its own, the first of these being the main one. */
const FIRST: readonly Asked[] = ["resolve", "resume", "pause", "reopen", "close", "archive", "unarchive"];
const ALL = Object.keys(ICONS) as Asked[];

export function Verbs({ of, asked, ask }: { of: OneTicket; asked: Asked | null; ask: (verb: Asked | null) => void }) {
  const t = say(WORDS);
  const names = say(TICKET).verbs;
  const [busy, setBusy] = useState(false);
  const { ticket, may } = of;
  const me = session.value!.user;
  const open = ALL.filter((verb) => may(verb));
  const shown = FIRST.filter((verb) => open.includes(verb)).slice(0, 2);
  const rest = open.filter((verb) => !shown.includes(verb) && verb !== "assign");
  const claim = async () => {
    setBusy(true);
    try {
      if (await of.act("assign", { assignee_id: me.id })) tell(t.mine);
    } catch (thrown) {
      tell(sentence(asProblem(thrown)), { look: "bad" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="row tight verbs" role="group" aria-label={t.actions}>
      {may("assign") && ticket.assignee?.id !== me.id && <Button icon={UserRoundCheck} busy={busy} look={ticket.assignee ? undefined : "main"} onClick={() => void claim()}>{say(TICKET).taken}</Button>}
      {may("assign") && <Button icon={ICONS.assign} onClick={() => ask("assign")}>{names.assign}…</Button>}
      {shown.map((verb, place) => <Button key={verb} icon={ICONS[verb]} look={place === 0 && (ticket.assignee || verb !== "resolve") ? "main" : undefined} onClick={() => ask(verb)}>{names[verb]}</Button>)}
      {rest.length > 0 && (
        <Menu label={t.more} align="end">
          {rest.map((verb) => <MenuItem key={verb} icon={ICONS[verb]} onClick={() => ask(verb)}>{names[verb]}</MenuItem>)}
        </Menu>
      )}
      {asked && <VerbDialog of={of} verb={asked} onClose={() => ask(null)} />}
    </div>
  );
}
