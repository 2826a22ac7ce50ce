/**
 * Signing in with the desk's OpenID provider: the browser goes there and comes back to the page `signed-in`. What
 * proves that whoever comes back is who began stays in this tab (docs/oidc.md).
 */

import { api, take } from "../core/api";
import { API } from "../core/root";

const KEY = "mesa.oidc";

interface Begun {
  state: string;
  binding: string;
  workspace: string;
  /** Where one wanted to go. */
  return: string | undefined;
}

export const BACK = `${API}/app/signed-in`;

/** Leaves for the provider. Throws Problem. */
export async function leaveForProvider(workspace: string, address: string | undefined): Promise<void> {
  const started = await take(api.POST("/v1/auth/oidc/start", { body: { workspace, redirect_uri: BACK } }));
  const begun: Begun = { state: started.state, binding: started.binding, workspace, return: address };
  sessionStorage.setItem(KEY, JSON.stringify(begun));
  location.assign(started.authorization_url);
}

/** What was begun in this tab; it is good once. */
export function takeBegun(): Begun | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  } finally {
    sessionStorage.removeItem(KEY);
  }
}
