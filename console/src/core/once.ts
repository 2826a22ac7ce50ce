/** Idempotency keys: one for what somebody means to do once, kept over reloads until that is decided. */

import { session } from "./session";

const PREFIX = "mesa.once.";

/** What is meant: who says what to which address. */
export async function intent(url: string, body: string): Promise<string> {
  const said = new TextEncoder().encode(`${session.value?.user.id ?? ""}\n${url}\n${body}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", said));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function key(meant: string): string {
  const held = sessionStorage.getItem(PREFIX + meant);
  if (held) return held;
  const made = crypto.randomUUID();
  sessionStorage.setItem(PREFIX + meant, made);
  return made;
}

export const decided = (meant: string): void => sessionStorage.removeItem(PREFIX + meant);
