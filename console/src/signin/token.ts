/**
 * The token of a mail's link, which stands behind a `#` so that no server sees it: it is taken out of the address
 * at once, so that nobody copies or photographs it there, and outlives a reload of the page.
 */

import { useEffect, useState } from "preact/hooks";

export function useMailedToken(): string | null {
  const [token, setToken] = useState(taken);
  useEffect(() => {
    const again = () => setToken(taken());
    addEventListener("hashchange", again);
    return () => removeEventListener("hashchange", again);
  }, []);
  return token;
}

function taken(): string | null {
  const sent = new URLSearchParams(location.hash.slice(1)).get("token")?.trim();
  if (sent) history.replaceState({ token: sent }, "", location.pathname + location.search);
  return sent ?? history.state?.token ?? null;
}
