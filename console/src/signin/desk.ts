/** The desk that one signs in to, where the address names one: `?workspace=`. */

import { useEffect } from "preact/hooks";

import { desk, enter, paint, type Desk } from "../core/desk";
import { useLoad } from "../core/load";
import type { Problem } from "../core/problem";
import { route } from "../core/router";

export interface Named {
  /** As the address has it. */
  slug: string | undefined;
  desk: Desk | null;
  problem: Problem | null;
  loading: boolean;
}

export function useDesk(): Named {
  const slug = route.value.params.workspace?.trim().toLowerCase() || undefined;
  const found = useLoad(async () => (slug ? (desk.value?.slug === slug ? desk.value : enter(slug)) : null), [slug]);
  useEffect(() => {
    if (slug) return;
    desk.value = null;
    paint(null);
  }, [slug]);
  return { slug, desk: found.data ?? null, problem: found.problem, loading: found.loading };
}
