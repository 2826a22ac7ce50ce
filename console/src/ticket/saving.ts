/** A field that is saved by itself, as soon as it was changed: which one is on its way, and what is wrong with which. */

import { useState } from "preact/hooks";

import { asProblem } from "../core/problem";
import { sentence } from "../ui/states";
import type { Patch, Ticket } from "./merging";
import type { OneTicket } from "./state";

export interface Saving {
  busy: string | null;
  error: (name: string) => string | undefined;
  /** Whether it was taken; what was typed stays in its field where it was not. */
  save: (name: string, patch: Patch, base?: Ticket) => Promise<boolean>;
  /** The same for what is no field of the ticket itself, as tags are. */
  run: (name: string, deed: () => Promise<unknown>) => Promise<boolean>;
}

export function useSaving(of: OneTicket): Saving {
  const [busy, setBusy] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const run = async (name: string, deed: () => Promise<unknown>): Promise<boolean> => {
    setBusy(name);
    setWrong(({ [name]: _, ...rest }) => rest);
    try {
      return (await deed()) !== false;
    } catch (thrown) {
      const problem = asProblem(thrown);
      const told = problem.of(name) ?? problem.errors[0]?.message ?? sentence(problem);
      setWrong((was) => ({ ...was, [name]: told }));
      return false;
    } finally {
      setBusy(null);
    }
  };
  return { busy, error: (name) => wrong[name], run, save: (name, patch, base) => run(name, () => of.change(patch, base)) };
}
