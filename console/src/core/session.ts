/**
 * Who is signed in, in every tab alike: the tokens stand in the browser's storage, and one tab at a time renews
 * them, since a refresh token is good for one use. What is stored counts, not what a tab remembers: meanwhile
 * somebody may have signed out, or in as somebody else, in another tab.
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
const PATIENCE = 20_000;

export const session = signal<Session | null>(stored());

/** Who was signed in here last, for who is asked to sign in again. */
export let former: Session["user"] | null = session.value?.user ?? null;

session.subscribe((now) => {
  former = now?.user ?? former;
});

export function begin(tokens: Tokens): void {
  keep({
    access_token: tokens.access_token,
    refresh_token: tokens.refresh_token,
    user: tokens.user,
    must_enrol: tokens.two_step_enrolment_required ?? false,
  });
}

/**
 * The session as it is stored now. Raises Problem where it is not any more that of whom the page was drawn for: what
 * they wrote is not sent in another's name.
 */
export function current(): Session | null {
  const drawnFor = session.value;
  catchUp();
  if (drawnFor && !isOfTheSame(session.value, drawnFor)) throw new Problem(401, "UNAUTHENTICATED", "");
  return session.value;
}

/** Forgets it here; drafts stay. */
export function end(): void {
  keep(null);
}

/** Signed out by hand: who signs in next begins anew. */
export function leave(): void {
  former = null;
  end();
  former = null;
}

/** The name changed, say: what the pages show of oneself. */
export function rename(name: string): void {
  const now = stored();
  if (now) keep({ ...now, user: { ...now.user, name } });
}

/** Whether a second step must be set up before anything else: so since just now, or no longer. */
export function enrolment(isMissing: boolean): void {
  const now = stored();
  if (now && now.must_enrol !== isMissing) keep({ ...now, must_enrol: isMissing });
}

/**
 * Another access token than `spent` has, which was refused; null where that session is over. Raises Problem where
 * nothing was decided.
 */
export function renewed(spent: Session): Promise<string | null> {
  // The lock is held until what it was asked for is settled, so its promise is the inner one's.
  return navigator.locks.request(KEY, () => renew(spent)) as unknown as Promise<string | null>;
}

async function renew(spent: Session): Promise<string | null> {
  const now = stored();
  if (!isOfTheSame(now, spent)) {
    session.value = now;
    return null;
  }
  if (now.access_token !== spent.access_token) {
    session.value = now;
    return now.access_token;
  }
  const tokens = await next(now.refresh_token);
  const meanwhile = stored();
  if (meanwhile?.refresh_token !== now.refresh_token) {
    // What somebody ended or began in another tab stays so: the session that was renewed is nobody's now.
    if (tokens) void revoke(tokens);
    session.value = meanwhile;
    return isOfTheSame(meanwhile, spent) ? meanwhile.access_token : null;
  }
  if (!tokens) {
    end();
    return null;
  }
  begin(tokens);
  return tokens.access_token;
}

/** The next pair; null where the session is over. */
async function next(refresh_token: string): Promise<Tokens | null> {
  let response: Response;
  try {
    response = await fetch(`${API}/v1/auth/refresh`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token }),
      // Other tabs wait for this one.
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return await response.json();
  } catch {
    throw new Problem(0, "NETWORK", "");
  }
  const problem = await Problem.from(response);
  if (problem.isPassing || problem.code === "UNREADABLE") throw problem;
  return null;
}

const revoke = ({ access_token }: Tokens) =>
  fetch(`${API}/v1/auth/logout`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${access_token}` },
    body: "{}",
    keepalive: true,
  }).catch(() => null);

/** Not another person's, nor the same person's at another desk. */
function isOfTheSame(now: Session | null, then: Session): now is Session {
  return now !== null && now.user.id === then.user.id;
}

function keep(next: Session | null): void {
  if (next) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
  session.value = next;
}

function stored(): Session | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return kept?.access_token && kept.refresh_token && kept.user?.workspace && kept.user.role ? kept : null;
  } catch {
    return null;
  }
}

function catchUp(): void {
  const now = stored();
  if (JSON.stringify(now) !== JSON.stringify(session.value)) session.value = now;
}

addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) catchUp();
});
// What was away, asleep or kept to go back to has missed what the other tabs did.
addEventListener("pageshow", catchUp);
document.addEventListener("visibilitychange", catchUp);
