/** Choosing teams, people and organisations where only ids are known: their names are asked for. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Choice, type Choosable } from "./choice";
import { findOrganisations, findPeople, findStaff, findTeams, type Kind, matching, nameOf } from "./lookups";
import { Several } from "./several";

export type Choosing = "team" | "staff" | "person" | "organisation";

const FIND = { team: findTeams, staff: findStaff, person: findPeople, organisation: findOrganisations };
const KIND: Record<Choosing, Kind> = { team: "team", staff: "user", person: "user", organisation: "organisation" };

/** What these are called; "…" while it is asked. */
export function useNames(kind: Kind, ids: readonly string[]): (id: string) => string {
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const missing = ids.filter((id) => id && !(id in names)).join(" ");
  useEffect(() => {
    if (!missing) return;
    let over = false;
    void Promise.all(missing.split(" ").map(async (id) => [id, await nameOf(kind, id)] as const)).then((found) => {
      if (!over) setNames((was) => ({ ...was, ...Object.fromEntries(found) }));
    });
    return () => void (over = true);
  }, [kind, missing]);
  return (id) => names[id] ?? "…";
}

interface Common {
  label: string;
  hidden?: boolean;
  hint?: ComponentChildren;
  error?: string;
  optional?: boolean;
  placeholder?: string;
  clearable?: boolean;
  of: Choosing;
  /** Words that stand for somebody: `me`, `none`. */
  extra?: readonly Choosable[];
}

const NONE: readonly Choosable[] = [];

export function OneById({ of, id, extra = NONE, onChoose, ...around }: Common & { id: string | null; onChoose: (id: string | null) => void }) {
  const known = extra.find((each) => each.id === id);
  const name = useNames(KIND[of], id && !known ? [id] : []);
  const find = async (text: string) => [...matching(extra, text), ...(await FIND[of](text))];
  return <Choice {...around} chosen={id === null ? null : known ?? { id, label: name(id) }} find={find} onChoose={(item) => onChoose(item?.id ?? null)} />;
}

export function SeveralById({ of, ids, extra = NONE, onChange, ...around }: Common & { ids: readonly string[]; onChange: (ids: string[]) => void }) {
  const words = new Map(extra.map((each) => [each.id, each]));
  const name = useNames(KIND[of], ids.filter((id) => !words.has(id)));
  const find = async (text: string) => [...matching(extra, text), ...(await FIND[of](text))];
  return <Several {...around} chosen={ids.map((id) => words.get(id) ?? { id, label: name(id) })} find={find} onChange={(chosen) => onChange(chosen.map(({ id }) => id))} />;
}
