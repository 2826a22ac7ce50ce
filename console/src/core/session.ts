/**
 * Who is signed in, in every tab alike: the tokens stand in the browser's storage, and one tab at a time renews
 * them, since a refresh token is good for one use.
 */

import { signal } from "@preact/signals";

import type { Schema } from "./api-types";
import { Problem } from "./problem";
import { API } from "./root";

type Tokens = Schema<"Tokens">;

export interface Session {
  access_token: string;
  refresh_token: string;
  user: Tokens["user"];
  must_enrol: boolean;
}

const KEY = "mesa.session";

export const session = signal<Session | null>(stored());

export function begin(tokens: Tokens): void {
  keep({
    access_token: tokens.access_token,
    refresh_token: tokens.refresh_token,
    user: tokens.user,
    must_enrol: tokens.two_step_enrolment_required ?? false,
  });
}

/** Forgets it here; drafts stay. */
export function end(): void {
  keep(null);
}

/** The name changed, say: what the pages show of oneself. */
export function rename(name: string): void {
  const now = session.value;
  if (now) keep({ ...now, user: { ...now.user, name } });
}

/**
 * Another access token than `spent`, which was refused; null where the session is over. Raises Problem where
 * nothing was decided.
 */
export function renewed(spent: string): Promise<string | null> {
  // The lock is held until what it was asked for is settled, so its promise is the inner one's.
  return navigator.locks.request("mesa.session", () => renew(spent)) as unknown as Promise<string | null>;
}

async function renew(spent: string): Promise<string | null> {
  const now = stored();
  if (!now) return null;
  if (now.access_token !== spent) {
    session.value = now;
    return now.access_token;
  }
  let response: Response;
  try {
    response = await fetch(`${API}/v1/auth/refresh`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token: now.refresh_token }),
    });
  } catch {
    throw new Problem(0, "NETWORK", "");
  }
  if (response.ok) {
    const tokens: Tokens = await response.json();
    begin(tokens);
    return tokens.access_token;
  }
  const problem = await Problem.from(response);
  if (problem.isPassing) throw problem;
  end();
  return null;
}

function keep(next: Session | null): void {
  session.value = next;
  if (next) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
}

function stored(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) session.value = stored();
});
