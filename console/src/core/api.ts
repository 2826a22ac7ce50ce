/**
 * The public API, typed by its own document. A call gives the answer's body, or throws a Problem.
 *
 *     const ticket = await take(api.GET("/v1/tickets/{ticket_id}", { params: { path: { ticket_id } } }));
 *
 * A spent access token is renewed once, silently. Each POST carries an Idempotency-Key that stays the same until
 * what it says was decided: sent again after a lost answer, it is taken once.
 */

import createClient from "openapi-fetch";

import type { Paths } from "./api-types";
import { compare } from "./clock";
import * as once from "./once";
import { Problem } from "./problem";
import { API } from "./root";
import { current, enrolment, renewed } from "./session";

export const api = createClient<Paths>({ baseUrl: API, fetch: send });

/** The body of an answer. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** `If-Match` for the version that one has seen. */
export const seen = (version: number) => ({ "If-Match": `"${version}"` });

// Calls that anybody makes: whoever is signed in is no part of them, and a 401 says nothing of a session.
const ANYBODYS = /\/v1\/(auth\/(login|register|refresh|password\/(forgot|reset)|verify-email|totp\/verify|oidc\/(start|finish))|invitations\/accept|public\/.+)$/;
// Of what has a password, a code or a token in it, not even a digest is kept.
const SECRET = /\/v1\/(auth\/(?!me)|invitations\/accept|public\/[^/]+\/signup)/;

async function send(request: Request): Promise<Response> {
  const body = request.method === "GET" ? null : await request.clone().text();
  const path = new URL(request.url).pathname;
  const intent = request.method === "POST" && !SECRET.test(path) ? await once.intent(request.url, body ?? "") : null;
  const attempt = (token: string | undefined) => {
    const headers = new Headers(request.headers);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    if (intent && !headers.has("Idempotency-Key")) headers.set("Idempotency-Key", once.key(intent));
    return reached(new Request(request, { headers, body: body || null }));
  };
  const mine = ANYBODYS.test(path) ? null : current();
  let response = await attempt(mine?.access_token);
  if (response.status === 401 && mine) {
    const next = await renewed(mine);
    if (next) response = await attempt(next);
  }
  if (!response.ok) {
    const problem = await Problem.from(response);
    if (mine && problem.facts.two_step_enrolment_required === true) enrolment(true);
    // Whose session is over, is asked who they are before anything is decided: what was lost before may have arrived.
    if (intent && !problem.isPassing && problem.status !== 401) once.decided(intent);
    throw problem;
  }
  if (intent) once.decided(intent);
  return response;
}

async function reached(request: Request): Promise<Response> {
  const asked = Date.now();
  try {
    const response = await fetch(request);
    compare(response.headers.get("Date"), asked);
    return response;
  } catch (thrown) {
    if (request.signal.aborted) throw thrown;
    throw new Problem(0, "NETWORK", "");
  }
}
