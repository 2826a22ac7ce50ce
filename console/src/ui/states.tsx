/** What stands where there is nothing to show: not yet, not at all, or not to be had. */

import { CircleAlert, Inbox, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";

import { span } from "../core/format";
import type { Loaded } from "../core/load";
import type { Problem } from "../core/problem";
import { say } from "../core/words";
import { Button } from "./button";
import { Countdown, useCountdown } from "./countdown";
import { Icon } from "./icon";
import { inWords } from "./sentences";
import { PARTS } from "./words";

/** What a problem says to people. The API's own sentence where it judged what was sent. */
export function sentence(problem: Problem): string {
  const t = say(PARTS);
  if (problem.status === 0) return t.offline;
  if (problem.status === 429) return inWords(problem.message) || t.busy;
  if (problem.code === "UNAUTHENTICATED" && (!problem.message || problem.message.startsWith("Send Authorization"))) return t.signedOut;
  if (problem.status >= 500) return t.unavailable;
  // An address that was cut short or mistyped: nothing is there.
  if (problem.errors.length === 1 && problem.errors[0]!.field.endsWith("_id") && problem.message === "This is no UUID.") return t.missing;
  if (problem.status === 404 && !problem.errors.length) return inWords(problem.message) || t.missing;
  return inWords(problem.message) || t.forbidden;
}

export function ProblemNote({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const t = say(PARTS);
  return (
    <div class="note bad" role="alert" aria-atomic="false">
      <Icon of={CircleAlert} />
      <div class="stack tight">
        <p>{sentence(problem)}</p>
        {problem.status === 429 && <Wait problem={problem} />}
        {problem.status >= 500 && problem.requestId && <p class="small">{t.request(problem.requestId)}</p>}
        {retry && (
          <p>
            <button type="button" class="link" onClick={retry}>{t.retry}</button>
          </p>
        )}
      </div>
    </div>
  );
}

/** Until when it would be in vain; who listens hears it once. */
function Wait({ problem }: { problem: Problem }) {
  const t = say(PARTS);
  const left = useCountdown(problem.retryAfter ?? 60, problem);
  return left > 0 ? (
    <p class="small">
      <span class="unseen">{t.again(span(problem.retryAfter ?? 60))}</span>
      <span aria-hidden="true">{t.again("")} <Countdown left={left} /></span>
    </p>
  ) : (
    <p class="small">{t.now}</p>
  );
}

export function Empty({ children, icon = Inbox }: { children: ComponentChildren; icon?: IconNode }) {
  return (
    <div class="empty">
      <Icon of={icon} />
      {children}
    </div>
  );
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  return (
    <div class="waiting" role="status" aria-label={say(PARTS).loading}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ inlineSize: `${92 - ((line * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** One of three: it comes, it cannot be had, it is there. What is there stays while it is fetched anew. */
export function Show<T>({ of, lines, children }: { of: Loaded<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined) {
    return (
      <>
        {of.problem && <ProblemNote problem={of.problem} retry={of.reload} />}
        {children(of.data)}
      </>
    );
  }
  if (of.problem) return <ProblemNote problem={of.problem} retry={of.reload} />;
  return <Waiting lines={lines} />;
}

/** "Show more" of a list that goes on. */
export function More({ onClick, busy }: { onClick: () => void; busy?: boolean }) {
  return (
    <div class="row" style={{ justifyContent: "center", padding: "12px" }}>
      <Button onClick={onClick} busy={busy}>{say(PARTS).more}</Button>
    </div>
  );
}
