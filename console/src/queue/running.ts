/** Doing the same to many tickets: asked for once, followed to its end, with what became of each. */

import { useEffect, useRef, useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { asProblem, Problem } from "../core/problem";
import { sentence } from "../ui/states";
import type { Ticket } from "./tickets";

export type Action = Schema<"BulkIn">["actions"][number];
export type Result = Pick<Schema<"ResultOut">, "ticket_id" | "label" | "status" | "error">;
export type Target = { tickets: readonly Ticket[] } | { filter: Schema<"TicketFilter">; count: number | null };

export interface Run {
  /** What is done, in words. */
  what: string;
  done: number;
  total: number | null;
  ended: boolean;
  cancelled: boolean;
  job: string | null;
  counts: Readonly<Record<string, number>>;
  failures: readonly Result[];
  problem: Problem | null;
}

export interface Running {
  run: Run | null;
  start: (what: string, target: Target, actions: readonly Action[]) => Promise<void>;
  merge: (what: string, tickets: readonly Ticket[], into: string, reason: string) => Promise<void>;
  cancel: () => Promise<void>;
  dismiss: () => void;
}

const EVERY = 700;

export function useRunning(onEnd: (run: Run, ids: readonly string[] | null) => void): Running {
  const [run, setRun] = useState<Run | null>(null);
  const live = useRef(true);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => () => void (live.current = false), []);
  const end = (last: Run, ids: readonly string[] | null) => {
    if (!live.current) return;
    setRun(last);
    ended.current(last, ids);
  };
  const follow = async (begun: Run, ids: readonly string[] | null) => {
    let last = begun;
    for (let wait = EVERY; live.current; ) {
      await new Promise((go) => setTimeout(go, wait));
      try {
        const job = await take(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: begun.job! } } }));
        const isOver = job.status === "done" || job.status === "failed" || job.status === "cancelled";
        const problem = job.status === "failed" ? new Problem(409, "FAILED", job.error ?? "") : null;
        last = { ...last, done: job.done, total: job.total, counts: job.counts ?? {}, failures: job.failures, ended: isOver, cancelled: job.status === "cancelled", problem };
        if (isOver) return end(last, ids);
        if (live.current) setRun(last);
        wait = EVERY;
      } catch (thrown) {
        if (!asProblem(thrown).isPassing) return end({ ...last, ended: true, problem: asProblem(thrown) }, ids);
        wait = Math.min(10_000, wait * 2);
      }
    }
  };
  /** Throws Problem where it is refused as a whole. */
  const start: Running["start"] = async (what, target, actions) => {
    const ids = "tickets" in target ? target.tickets.map((ticket) => ticket.id) : null;
    const body = { actions: [...actions], ...("tickets" in target ? { ticket_ids: ids } : { filter: target.filter }) };
    const answer = await take(api.POST("/v1/tickets/bulk", { body }));
    const begun: Run = { what, done: 0, total: ids?.length ?? null, ended: false, cancelled: false, job: null, counts: {}, failures: [], problem: null };
    if ("results" in answer) {
      const failures = answer.results.filter((result) => result.status === "failed");
      end({ ...begun, done: answer.results.length, total: answer.results.length, ended: true, counts: answer.counts, failures }, answer.results.map((result) => result.ticket_id));
    } else {
      const job = { ...begun, job: answer.id, total: answer.total, done: answer.done };
      setRun(job);
      void follow(job, ids);
    }
  };
  const merge: Running["merge"] = async (what, tickets, into, reason) => {
    const failures: Result[] = [];
    let last: Run = { what, done: 0, total: tickets.length, ended: false, cancelled: false, job: null, counts: {}, failures, problem: null };
    for (const ticket of tickets) {
      setRun(last);
      try {
        await take(api.POST("/v1/tickets/{ticket_id}/merge", { params: { path: { ticket_id: ticket.id } }, body: { into_id: into, ...(reason && { reason }) } }));
      } catch (thrown) {
        const problem = asProblem(thrown);
        failures.push({ ticket_id: ticket.id, label: ticket.label, status: "failed", error: { code: problem.code, detail: sentence(problem) } });
      }
      last = { ...last, done: last.done + 1, counts: { changed: last.done + 1 - failures.length, failed: failures.length } };
    }
    end({ ...last, ended: true }, [...tickets.map((ticket) => ticket.id), into]);
  };
  const cancel = async () => {
    if (run?.job) await take(api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: run.job } } })).catch(asProblem);
  };
  return { run, start, merge, cancel, dismiss: () => setRun(null) };
}
