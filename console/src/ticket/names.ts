/** Names of people and teams whom a timeline knows by their ids, fetched once each. */

import { signal } from "@preact/signals";

import { api, take } from "../core/api";

const names = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();

export function learn(id: string, name: string): void {
  if (names.peek().get(id) === name) return;
  names.value = new Map(names.peek()).set(id, name);
}

/** "…" until it is known; drawn anew then. */
export function nameOf(kind: "user" | "team", id: string): string {
  const known = names.value.get(id);
  if (known) return known;
  if (!asked.has(id)) {
    asked.add(id);
    void (kind === "user" ? user(id) : teams()).catch(() => learn(id, id.slice(-6)));
  }
  return "…";
}

async function user(id: string): Promise<void> {
  learn(id, (await take(api.GET("/v1/users/{user_id}", { params: { path: { user_id: id } } }))).name);
}

async function teams(): Promise<void> {
  const { items } = await take(api.GET("/v1/teams", { params: { query: { limit: 100 } } }));
  for (const { id, name } of items) learn(id, name);
}
