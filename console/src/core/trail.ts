/** Which tickets stood in the list that one came from, so that a ticket's page leads to the one before and after. */

const KEY = "mesa.trail";

interface Trail {
  /** The list's address, as `here()` gives it. */
  from: string;
  ids: readonly string[];
}

/** A list calls it with what it shows. */
export function leaveTrail(from: string, ids: readonly string[]): void {
  sessionStorage.setItem(KEY, JSON.stringify({ from, ids: ids.slice(0, 500) } satisfies Trail));
}

/** What stood beside a ticket in the list that one came from, if that is still known. */
export function beside(from: string | undefined, id: string): { before: string | null; after: string | null; place: number; count: number } | null {
  try {
    const trail = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Trail | null;
    const at = trail?.ids.indexOf(id) ?? -1;
    if (!trail || at < 0 || trail.from !== from) return null;
    return { before: trail.ids[at - 1] ?? null, after: trail.ids[at + 1] ?? null, place: at + 1, count: trail.ids.length };
  } catch {
    return null;
  }
}
