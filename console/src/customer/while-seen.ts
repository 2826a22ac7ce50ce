/** Looks again every so often, while the page is looked at, and at once when somebody comes back to it. */

import { useEffect, useRef } from "preact/hooks";

export function useWhileSeen(milliseconds: number, look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    let last = Date.now();
    const due = () => {
      if (document.hidden || Date.now() - last < milliseconds - 500) return;
      last = Date.now();
      latest.current();
    };
    const timer = setInterval(due, milliseconds);
    document.addEventListener("visibilitychange", due);
    addEventListener("online", due);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", due);
      removeEventListener("online", due);
    };
  }, [milliseconds]);
}
