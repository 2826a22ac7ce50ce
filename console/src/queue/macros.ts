/** Macros that can be applied to many tickets at once, to choose by typing. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import type { Choosable } from "../ui/choice";

export type Macro = Schema<"MacroOut">;

export async function findMacros(text: string): Promise<readonly (Choosable & { macro: Macro })[]> {
  const query = { active: true, limit: 20, query: text.trim() || undefined };
  const { items } = await take(api.GET("/v1/macros", { params: { query } }));
  return items.map((macro) => ({ id: macro.id, label: macro.name, detail: macro.description ?? undefined, macro }));
}
