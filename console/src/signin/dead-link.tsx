/** A mail's link that is not whole, used or over: where one goes from here. */

import type { Problem } from "../core/problem";
import { to, type Params } from "../core/router";
import type { PageName } from "../pages";
import { say } from "../core/words";
import { ButtonLink } from "../ui/button";
import { inWords } from "../ui/sentences";
import { Frame } from "./frame";
import { SIGNIN } from "./words";

/** Whether this says that the link itself is of no use. */
export const isDead = (problem: Problem | null): problem is Problem => problem?.status === 404 || problem?.status === 410;

interface DeadLinkProps {
  /** None where the address has no token. */
  problem?: Problem;
  /** Where one gets another link. */
  next?: { page: PageName; label: string; params?: Params };
}

export function DeadLink({ problem, next }: DeadLinkProps) {
  const t = say(SIGNIN);
  return (
    <Frame key="dead" title={problem ? inWords(problem.message) : t.broken} lead={problem ? undefined : t.brokenHow} below={<a href={to("sign-in")}>{t.signIn}</a>}>
      {next && <ButtonLink look="main" href={to(next.page, next.params)}>{next.label}</ButtonLink>}
    </Frame>
  );
}
