/** Email and password fit at several desks: which one. Their names are what any stranger sees of them. */

import { useState } from "preact/hooks";

import type { ComponentChildren } from "preact";

import { api, take } from "../core/api";
import { initials } from "../core/format";
import { useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { ProblemNote } from "../ui/states";
import { Frame } from "./frame";

const WORDS = words({
  en: { title: "Which help desk?", lead: "You have an account at several." },
  es: { title: "¿Qué mesa de ayuda?", lead: "Tiene cuenta en varias." },
});

interface WhichDeskProps {
  slugs: readonly string[];
  below: ComponentChildren;
  onChoose: (slug: string) => Promise<void>;
}

export function WhichDesk({ slugs, below, onChoose }: WhichDeskProps) {
  const t = say(WORDS);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const names = useLoad(() => Promise.all(slugs.map(nameOf)), [slugs.join()]);
  const choose = async (slug: string) => {
    setBusy(slug);
    setProblem(null);
    try {
      await onChoose(slug);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(null);
    }
  };
  return (
    <Frame key="which" title={t.title} lead={t.lead} below={below}>
      {problem && <ProblemNote problem={problem} />}
      <ul class="desks">
        {slugs.map((slug, place) => (
          <li key={slug}>
            <Button busy={busy === slug} disabled={busy !== null && busy !== slug} onClick={() => choose(slug)}>
              <span class="mark" aria-hidden="true">{initials(names.data?.[place] ?? slug)}</span>
              <span>
                {names.data?.[place] ?? slug}
                <span class="small soft">{slug}</span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </Frame>
  );
}

/** Its slug will do where its name cannot be had. */
const nameOf = (workspace: string): Promise<string> =>
  take(api.GET("/v1/public/{workspace}", { params: { path: { workspace } } })).then((desk) => desk.name, () => workspace);
