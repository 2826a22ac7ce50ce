/** Choosing people and teams of the desk by typing. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { Choice, type Choosable } from "./choice";
import { TERMS } from "./words";

export type Person = Pick<Schema<"UserOut">, "id" | "name" | "email">;
export type Team = Schema<"TeamRef">;
type Role = Schema<"Role">;

const WORDS = words({
  en: { me: (name: string) => `${name} (you)`, away: "away" },
  es: { me: (name: string) => `${name} (usted)`, away: "ausente" },
});

interface Common {
  label: string;
  hidden?: boolean;
  hint?: string;
  error?: string;
  optional?: boolean;
  placeholder?: string;
  clearable?: boolean;
}

interface PersonPickerProps extends Common {
  chosen: { id: string; name: string } | null;
  onChoose: (person: Person | null) => void;
  /** The staff unless said otherwise. */
  roles?: readonly Role[];
  /** Of this team alone. */
  team?: string | null;
  /** Who is not to be chosen, as they are already. */
  without?: readonly string[];
}

export const STAFF: readonly Role[] = ["agent", "dispatcher", "admin"];

export function PersonPicker({ chosen, onChoose, roles = STAFF, team, without = [], ...rest }: PersonPickerProps) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const me = session.value?.user.id;
  const find = async (text: string) => {
    const query = { query: text.trim() || undefined, role: roles.join(","), status: "active", team: team ?? undefined, sort: "name" as const, limit: 20 };
    const { items } = await take(api.GET("/v1/users", { params: { query } }));
    const found = items.filter(({ id }) => !without.includes(id));
    return found
      .sort((a, b) => Number(b.id === me) - Number(a.id === me))
      .map((user) => ({
        id: user.id,
        label: user.id === me ? t.me(user.name) : user.name,
        detail: [user.email, terms.role[user.role], user.away && t.away].filter(Boolean).join(" · "),
        person: { id: user.id, name: user.name, email: user.email },
      }));
  };
  const took = (item: Choosable | null) => onChoose(item ? (item as Choosable & { person: Person }).person : null);
  return <Choice {...rest} chosen={chosen && { id: chosen.id, label: chosen.name }} find={find} onChoose={took} />;
}

interface TeamPickerProps extends Common {
  chosen: Team | null;
  onChoose: (team: Team | null) => void;
  without?: readonly string[];
}

export function TeamPicker({ chosen, onChoose, without = [], ...rest }: TeamPickerProps) {
  const find = async (text: string) => {
    const { items } = await take(api.GET("/v1/teams", { params: { query: { query: text.trim() || undefined, sort: "name", limit: 50 } } }));
    return items.filter(({ id }) => !without.includes(id)).map(({ id, name }) => ({ id, label: name }));
  };
  return <Choice {...rest} chosen={chosen && { id: chosen.id, label: chosen.name }} find={find} onChoose={(item) => onChoose(item && { id: item.id, name: item.label })} />;
}
