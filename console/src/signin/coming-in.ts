/** What all ways to sign in end with. */

import { signal } from "@preact/signals";

import type { Schema } from "../core/api-types";
import { API } from "../core/root";
import { back, go, goTo } from "../core/router";
import { begin, session } from "../core/session";
import { AUDIENCES, isPage } from "../pages";

type Tokens = Schema<"Tokens">;
type Challenge = Schema<"SignInChallenge">;

/** The email that was typed on one page of these, for the next: never in an address. */
export const typed = signal("");

/** A password was right, a code is missing; `until` (milliseconds since 1970) it can be sent. */
export interface Pending {
  token: string;
  until: number;
}

/** Takes on the session, or gives the challenge. Whoever was signed in before is signed out. */
export function comeIn(answer: Tokens | Challenge, address: string | undefined): Pending | null {
  if ("totp_required" in answer) return { token: answer.challenge_token, until: Date.now() + answer.expires_in * 1000 };
  const before = session.value;
  begin(answer);
  typed.value = "";
  if (before) void endOf(before.access_token);
  goOn(address);
  return null;
}

/** Where one wanted to go; never to a page for who is not signed in. */
export function goOn(address: string | undefined): void {
  const wanted = back(address);
  const name = wanted?.split("?")[0] ?? "";
  if (wanted && isPage(name) && AUDIENCES[name] !== "public") goTo(wanted, { replace: true });
  else go("home", {}, { replace: true });
}

const endOf = (access_token: string) =>
  fetch(`${API}/v1/auth/logout`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${access_token}` },
    body: "{}",
    keepalive: true,
  }).catch(() => null);
