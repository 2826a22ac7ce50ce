/** How somebody of the staff does: at work now, and in a period against that before. Agents see themselves. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { number } from "../core/format";
import { route, to } from "../core/router";
import { session } from "../core/session";
import { say, words } from "../core/words";
import { StatusBadge } from "../ui/badges";
import { Page } from "../ui/page";
import { everythingOfAgent } from "./asking";
import { shown } from "./comparison";
import { Figures, Recounting } from "./counting";
import { range } from "./days";
import { useFigures } from "./fresh";
import { KeyFigures } from "./key-figures";
import { OverTime } from "./over-time";
import { intervalOf, periodOf, PeriodPicker } from "./period";
import { Share } from "./tiles";
import { FIGURES } from "./words";

const WORDS = words({
  en: { agent: "Agent", back: "Figures", lead: (days: string, before: string) => `Of the tickets assigned now: ${days}, against ${before}`, now: "At work now", active: (n: string) => `${n} active`, change: "against the days before" },
  es: { agent: "Agente", back: "Cifras", lead: (days, before) => `De los tickets asignados ahora: ${days}, frente a ${before}`, now: "En curso ahora", active: (n) => `${n} activos`, change: "frente a los días anteriores" },
});

const STATUSES = ["new", "open", "pending", "on_hold"] as const;

export default function Agent() {
  const t = say(WORDS);
  const names = say(FIGURES);
  const { params } = route.value;
  const id = params.id || session.value!.user.id;
  const period = periodOf(params);
  const interval = intervalOf(params);
  const loaded = useFigures(async () => {
    const asked = { params: { path: { user_id: id }, query: period } };
    const [agent, all] = await Promise.all([take(api.GET("/v1/analytics/agents/{user_id}", asked)), everythingOfAgent(id, period, interval)]);
    return { agent, all };
  }, [id, JSON.stringify(period), interval]);
  const agent = loaded.data?.agent;
  const lead = agent ? t.lead(range(agent.from, agent.to), range(agent.previous_days.from, agent.previous_days.to)) : "\u00a0";
  const { from, to: until, days } = params;
  const file = (name: string) => (agent ? `${name}_${agent.from}_${agent.to}` : name);
  return (
    <Page title={agent?.agent.name ?? t.agent} lead={lead} back={{ href: to("figures", { from, to: until, days }), label: t.back }}>
      <PeriodPicker shown={agent} withSteps />
      <Figures of={loaded} lines={10}>
        {({ agent: { total, assigned, recounting, timezone }, all }) => (
          <>
            {recounting && <Recounting zone={timezone} />}
            <Assigned id={id} assigned={assigned} />
            <KeyFigures total={total} points={all.counts} business={false} kept={{ attainment: total.attainment, breached: null, change: total.change.attainment ?? null, before: total.previous.attainment }} more={[{ name: names.minutes_logged, value: total.minutes_logged, kind: "spent", change: total.change.minutes_logged, before: total.previous.minutes_logged }, { name: names.rating_average, value: total.rating_average, kind: "score", change: total.change.rating_average, before: total.previous.rating_average, good: "up", detail: `${names.ratings}: ${shown(total.ratings, "count")}` }]} />
            <div class="charts">
              <OverTime all={all} file={file} />
            </div>
          </>
        )}
      </Figures>
    </Page>
  );
}

function Assigned({ id, assigned }: { id: string; assigned: Schema<"AssignedOut"> }) {
  const t = say(WORDS);
  return (
    <section class="card padded stack" aria-label={t.now}>
      <div class="row apart"><h2>{t.now}</h2><a href={to("queue", { assignee: id, status: "active" })}>{t.active(number(assigned.active))}</a></div>
      <div class="grid four">
        {STATUSES.map((status) => <Share key={status} href={to("queue", { assignee: id, status })} name={<StatusBadge status={status} />} count={assigned.by_status[status]} of={assigned.active} />)}
      </div>
    </section>
  );
}
