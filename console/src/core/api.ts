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
import * as once from "./once";
import { Problem } from "./problem";
import { API } from "./root";
import { renewed, session } from "./session";

export const api = createClient<Paths>({ baseUrl: API, fetch: send });

/** The body of an answer. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** `If-Match` for the version that one has seen. */
export const seen = (version: number) => ({ "If-Match": `"${version}"` });

async function send(request: Request): Promise<Response> {
  const body = request.method === "GET" ? null : await request.clone().text();
  const intent = request.method === "POST" ? await once.intent(request.url, body ?? "") : null;
  const attempt = (token: string | undefined) => {
    const headers = new Headers(request.headers);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    if (intent && !headers.has("Idempotency-Key")) headers.set("Idempotency-Key", once.key(intent));
    return reached(new Request(request, { headers, body: body || null }));
  };
  const token = session.value?.access_token;
  let response = await attempt(token);
  if (response.status === 401 && token) {
    const next = await renewed(token);
    if (next) response = await attempt(next);
  }
  if (!response.ok) {
    const problem = await Problem.from(response);
    if (intent && !problem.isPassing) once.decided(intent);
    throw problem;
  }
  if (intent) once.decided(intent);
  return response;
}

async function reached(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (thrown) {
    if (request.signal.aborted) throw thrown;
    throw new Problem(0, "NETWORK", "");
  }
}
