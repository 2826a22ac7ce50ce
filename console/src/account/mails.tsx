/** What one has mailed, and what was: preferences are saved as they are changed. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { useLoad } from "../core/load";
import { asProblem, type Problem } from "../core/problem";
import { say } from "../core/words";
import { Field, Options } from "../ui/form";
import { ProblemNote, Show } from "../ui/states";
import { Switch } from "../ui/switch";
import { MAILS } from "./mail-words";
import { RecentMails } from "./recent-mails";

type Preferences = Schema<"PreferencesOut">;
type Kind = keyof Preferences["mail"];
type Cadence = Preferences["digests"]["watched"];

const OF_STAFF: readonly (readonly [group: "work" | "desk" | "promises" | "own", kinds: readonly Kind[]])[] = [
  ["work", ["assigned", "replies", "notes", "mentions", "watched"]],
  ["desk", ["new_tickets", "bulk_changes", "ratings"]],
  ["promises", ["sla_warnings", "sla_breaches", "escalations"]],
  ["own", ["own_tickets"]],
];
const OF_CUSTOMERS: typeof OF_STAFF = [["own", ["own_tickets", "replies", "watched", "ratings"]]];

export function Mails({ me }: { me: Schema<"MeOut"> }) {
  const t = say(MAILS);
  const preferences = useLoad(() => take(api.GET("/v1/notifications/preferences")), []);
  return (
    <>
      <section class="card" aria-label={t.title}>
        <header><h2>{t.title}</h2><p>{t.lead}</p></header>
        <Show of={preferences}>{(now) => <Grid now={now} put={preferences.put} reload={preferences.reload} isCustomer={me.role === "customer"} />}</Show>
      </section>
      <section class="card" aria-label={t.recent}>
        <header><h2>{t.recent}</h2></header>
        <RecentMails userId={me.id} isCustomer={me.role === "customer"} />
      </section>
    </>
  );
}

interface GridProps {
  now: Preferences;
  put: (preferences: Preferences) => void;
  reload: () => Promise<void>;
  isCustomer: boolean;
}

function Grid({ now, put, reload, isCustomer }: GridProps) {
  const t = say(MAILS);
  const [problem, setProblem] = useState<Problem | null>(null);
  const kinds = isCustomer ? t.ofCustomers : t.kinds;
  const save = async (shown: Preferences, body: Schema<"PreferencesPatch">) => {
    setProblem(null);
    put(shown);
    try {
      put(await take(api.PATCH("/v1/notifications/preferences", { body })));
    } catch (thrown) {
      setProblem(asProblem(thrown));
      put(now);
      void reload();
    }
  };
  const turn = (kind: Kind, on: boolean) => save({ ...now, mail: { ...now.mail, [kind]: on } }, { mail: { [kind]: on } });
  const gather = (watched: Cadence) => save({ ...now, digests: { watched } }, { digests: { watched } });
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {(isCustomer ? OF_CUSTOMERS : OF_STAFF).map(([group, members]) => (
        <>
          {!isCustomer && <h3 id={`mails-${group}`}>{t.groups[group]}</h3>}
          <div class="switches" role="group" aria-labelledby={isCustomer ? undefined : `mails-${group}`}>
            {members.map((kind) => (
              <>
                <Switch key={kind} label={kinds[kind]![0]} hint={kinds[kind]![1]} on={now.mail[kind]} onChange={(on) => void turn(kind, on)} />
                {kind === "watched" && now.mail.watched && (
                  <Field label={t.cadence} hint={t.cadenceHint}>
                    {(tied) => (
                      <select {...tied} class="input" value={now.digests.watched} onChange={(event) => void gather(event.currentTarget.value as Cadence)}>
                        <Options of={t.cadences} />
                      </select>
                    )}
                  </Field>
                )}
              </>
            ))}
          </div>
        </>
      ))}
      <p class="small soft">{t.always}</p>
    </>
  );
}
