/** How long one has to wait yet, by the second. */

import { useEffect, useState } from "preact/hooks";

import { span } from "../core/format";

/** Seconds left of `seconds`, which begin anew with `since`. */
export function useCountdown(seconds: number, since: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const until = Date.now() + seconds * 1000;
    setLeft(seconds);
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (!now) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [seconds, since]);
  return left;
}

export const Countdown = ({ left }: { left: number }) => (
  <span role="timer" class="numbers">{span(left)}</span>
);
