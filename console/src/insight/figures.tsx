/** How the desk did in a period, against that before. */

import { FileText, User } from "lucide";

import { route, set, to } from "../core/router";
import { say, words } from "../core/words";
import { ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { everythingOf } from "./asking";
import { Figures, Recounting } from "./counting";
import { range } from "./days";
import { exportAddress } from "./export-address";
import { useFigures } from "./fresh";
import { Groups } from "./groups";
import { keptOf, KeyFigures } from "./key-figures";
import { OverTime } from "./over-time";
import { intervalOf, periodOf, PeriodPicker } from "./period";
import { Promises } from "./promises";
import { Week } from "./week";

const WORDS = words({
  en: { title: "Figures", lead: (days: string, before: string, zone: string) => `${days}, against ${before} (clocks of ${zone})`, export: "Export tickets", own: "Your figures", time: "Times", times: { real: "In real time", business: "In business time" } },
  es: { title: "Cifras", lead: (days, before, zone) => `${days}, frente a ${before} (hora de ${zone})`, export: "Exportar tickets", own: "Sus cifras", time: "Tiempos", times: { real: "En tiempo real", business: "En horario laboral" } },
});

export default function FiguresPage() {
  const t = say(WORDS);
  const { params } = route.value;
  const period = periodOf(params);
  const interval = intervalOf(params);
  const business = params.times === "business";
  const loaded = useFigures(() => everythingOf(period, params.team, interval, business), [JSON.stringify(period), params.team, interval, business]);
  const shown = loaded.data?.overview;
  const lead = shown && t.lead(range(shown.from, shown.to), range(shown.previous_days.from, shown.previous_days.to), shown.timezone);
  const file = (name: string) => (shown ? `${name}_${shown.from}_${shown.to}` : name);
  const exported = shown && exportAddress("tickets", { created_after: shown.since, created_before: shown.until, team: params.team });
  return (
    <Page title={t.title} lead={lead ?? "\u00a0"} actions={<><ButtonLink icon={User} href={to("agent", { days: params.days, from: params.from, to: params.to })}>{t.own}</ButtonLink><ButtonLink icon={FileText} href={exported ?? "exports"}>{t.export}</ButtonLink></>}>
      <div class="row apart">
        <PeriodPicker shown={shown} withTeam withSteps />
        <div class="period">
          <div class="segments" role="group" aria-label={t.time}>
            {(["real", "business"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={business === (each === "business")} onClick={() => set({ times: each === "business" ? each : undefined })}>{t.times[each]}</button>
            ))}
          </div>
        </div>
      </div>
      <Figures of={loaded} lines={14}>
        {(all) => (
          <>
            {all.overview.recounting && <Recounting zone={all.overview.timezone} />}
            <KeyFigures total={all.overview.total} points={all.counts} kept={keptOf(all.kept)} business={all.business} />
            <div class="charts">
              <OverTime all={all} promises={all.kept} file={file} />
              <Promises kept={all.kept} byPriority={all.keptByPriority} file={file} />
              <Week week={all.week} zone={all.overview.timezone} file={file} />
              <Groups overview={all.overview} file={file} />
            </div>
          </>
        )}
      </Figures>
    </Page>
  );
}
