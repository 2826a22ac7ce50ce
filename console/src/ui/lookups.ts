/** What the desk has, to choose from by typing, and the names of what is known by its id. Kept for half a minute. */

import { api, take } from "../core/api";
import { everything } from "../core/load";
import { session } from "../core/session";
import type { Choosable } from "./choice";

const KEPT = 30_000;
const kept = new Map<string, { at: number; what: Promise<unknown> }>();

function once<T>(name: string, fetchIt: () => Promise<T>): Promise<T> {
  const key = `${session.value?.user.id} ${name}`;
  const known = kept.get(key);
  if (known && Date.now() - known.at < KEPT) return known.what as Promise<T>;
  const what = fetchIt();
  kept.set(key, { at: Date.now(), what });
  what.catch(() => kept.delete(key));
  return what;
}

/** What was changed is to be asked for anew. */
export const forget = (): void => kept.clear();

export const teams = () => once("teams", () => everything((cursor) => take(api.GET("/v1/teams", { params: { query: { limit: 100, cursor } } }))));
export const categories = () => once("categories", () => everything((cursor) => take(api.GET("/v1/categories", { params: { query: { limit: 100, cursor } } }))));
export const customFields = () => once("fields", () => everything((cursor) => take(api.GET("/v1/custom-fields", { params: { query: { limit: 100, cursor } } }))));
export const calendars = () => once("calendars", () => everything((cursor) => take(api.GET("/v1/calendars", { params: { query: { limit: 100, cursor } } }))));

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Those whose label has the text, in any spelling. */
export const matching = (items: readonly Choosable[], text: string): readonly Choosable[] =>
  items.filter((item) => plain(`${item.label} ${item.detail ?? ""}`).includes(plain(text.trim())));

/** For `Choice`: of what is known already. */
export const among = (items: readonly Choosable[]) => async (text: string) => matching(items, text);

const named = ({ id, name }: { id: string; name: string }): Choosable => ({ id, label: name });

export const findTeams = async (text: string) => matching((await teams()).map(named), text);

/** Categories are known by their names. */
export const findCategories = async (text: string) => matching((await categories()).filter((each) => each.active).map(({ name }) => ({ id: name, label: name })), text);

export async function findTags(text: string): Promise<readonly Choosable[]> {
  const { items } = await take(api.GET("/v1/tags", { params: { query: { limit: 20, query: text.trim() || undefined } } }));
  return items.map(({ name }) => ({ id: name, label: name }));
}

/** The same, with what was typed as one that there is not yet. */
export async function findOrMakeTags(text: string): Promise<readonly Choosable[]> {
  const found = await findTags(text);
  const typed = text.trim().toLowerCase();
  return !typed || found.some(({ id }) => id === typed) ? found : [...found, { id: typed, label: typed }];
}

export async function findOrganisations(text: string): Promise<readonly Choosable[]> {
  const { items } = await take(api.GET("/v1/organisations", { params: { query: { limit: 20, query: text.trim() || undefined } } }));
  return items.map(named);
}

async function findUsers(text: string, role: string | undefined): Promise<readonly Choosable[]> {
  const query = { limit: 20, role, status: role ? "active" : undefined, query: text.trim() || undefined };
  const { items } = await take(api.GET("/v1/users", { params: { query } }));
  return items.map(({ id, name, email }) => ({ id, label: name, detail: email ?? undefined }));
}

export const findStaff = (text: string) => findUsers(text, "admin,dispatcher,agent");
export const findPeople = (text: string) => findUsers(text, undefined);

export type Kind = "team" | "user" | "organisation";

/** What something of this id is called; the id where it is not to be seen. */
export async function nameOf(kind: Kind, id: string): Promise<string> {
  try {
    if (kind === "team") return (await teams()).find((each) => each.id === id)?.name ?? id;
    return await once(`${kind} ${id}`, async () => {
      if (kind === "user") return (await take(api.GET("/v1/users/{user_id}", { params: { path: { user_id: id } } }))).name;
      return (await take(api.GET("/v1/organisations/{organisation_id}", { params: { path: { organisation_id: id } } }))).name;
    });
  } catch {
    return id;
  }
}
