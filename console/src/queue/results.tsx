/** What became of each ticket: how many, and which failed and why. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { number } from "../core/format";
import { asProblem } from "../core/problem";
import { say } from "../core/words";
import { Dialog } from "../ui/dialog";
import { More, ProblemNote, sentence } from "../ui/states";
import { BULK_WORDS } from "./bulk-words";
import { ticketAddress } from "./rows";
import type { Result, Run } from "./running";

export function Results({ run, onClose }: { run: Run; onClose: () => void }) {
  const t = say(BULK_WORDS);
  const [failures, setFailures] = useState(run.failures);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [told, setTold] = useState("");
  const hasMore = cursor !== null && failures.length < (run.counts.failed ?? 0);
  const more = async () => {
    try {
      const query = { status: "failed", limit: 100, ...(cursor && { cursor }) };
      const page = await take(api.GET("/v1/jobs/{job_id}/results", { params: { path: { job_id: run.job! }, query } }));
      setFailures((was) => (cursor ? [...was, ...page.items] : page.items));
      setCursor(page.next_cursor);
    } catch (thrown) {
      setTold(sentence(asProblem(thrown)));
    }
  };
  return (
    <Dialog title={`${run.what}: ${t.results}`} wide onClose={onClose}>
      {run.problem && <ProblemNote problem={run.problem} />}
      <p>
        {Object.entries(run.counts).filter(([, count]) => count > 0).map(([key, count]) => `${number(count)} ${t.outcome[key] ?? key}`).join(", ")}
        {run.cancelled && `. ${t.stopped}`}
      </p>
      {failures.length > 0 && (
        <>
          <p class="small soft">{t.keptChosen}</p>
          <div class="table-frame">
            <table class="table">
              <thead><tr><th>{t.ticket}</th><th>{t.why}</th></tr></thead>
              <tbody>{failures.map((each) => <Failure key={each.ticket_id} of={each} />)}</tbody>
            </table>
          </div>
          {hasMore && run.job && <More onClick={() => void more()} />}
          {told && <p role="alert">{told}</p>}
        </>
      )}
    </Dialog>
  );
}

function Failure({ of: { ticket_id, label, error } }: { of: Result }) {
  const t = say(BULK_WORDS);
  return (
    <tr>
      <td class="numbers">{label ? <a href={ticketAddress(ticket_id)}>{label}</a> : t.unseen}</td>
      <td>{error?.detail}</td>
    </tr>
  );
}
