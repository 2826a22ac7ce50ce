/** Signing out. */

import { api, take } from "./api";
import { forgetDrafts } from "./drafts";
import { go } from "./router";
import { leave, session, type Session } from "./session";

const PATIENCE = 5_000;

/** Ends the session there too, if the desk can be reached; here in any case. */
export async function signOut(): Promise<void> {
  const now = session.value;
  const body = { refresh_token: now?.refresh_token };
  await api.POST("/v1/auth/logout", { body, signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  gone(now?.user);
}

/** Ends all one's sessions. Throws Problem where that was not to be had, and then ends none. */
export async function signOutEverywhere(): Promise<void> {
  const now = session.value;
  await take(api.POST("/v1/auth/logout", { body: { everywhere: true } }));
  gone(now?.user);
}

function gone(user: Session["user"] | undefined): void {
  leave();
  if (user) forgetDrafts(user.id);
  go("sign-in", { workspace: user?.workspace.slug });
}
