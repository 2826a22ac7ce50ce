"""Counting anew: the job that gives the open targets of a changed calendar their due times, in batches.

Nothing that was late before is undone: such a breach is told first. Timelines say what became of each target.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta, written
from chalicelib.tickets import recount_queries

BATCH = 200

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]
State = dict[str, Any]


def recount(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:  # noqa: ARG001
    """Goes on with the job; whether it has ended, else there was no more time."""
    state: State | None = dict(job.state) or {"after": None, "done": 0}
    while state is not None:
        if not has_time():
            return False
        state = run(partial(step, job=job, state=state))
    return True


def step(tx: Transaction, job: Row[Any], state: State) -> State | None:
    """One batch, and where the next begins; None after the last. `done` counts tickets."""
    actor = principals.enter_system(tx, job.workspace_id)
    if actor is None:
        return None
    after = UUID(state["after"]) if state["after"] else None
    found = recount_queries.next_ones(tx, job.workspace_id, job.subject_id, after, BATCH)
    if not found:
        jobs.finish(tx, job, {"tickets": state["done"]})
        return None
    held = recount_queries.lock(tx, job.workspace_id, found)
    clocks = sla_queries.load_many(tx, job.workspace_id, held)
    told: list[dict[str, Any]] = []
    for ticket_id in held:
        told += _recounted(ticket_id, clocks[ticket_id], job.subject_id, actor.now)
    recount_queries.tell(tx, job.workspace_id, told)
    sla_queries.save_many(tx, job.workspace_id, {each: clocks[each].targets for each in held})
    reached = {"after": str(found[-1]), "done": state["done"] + len(held)}
    jobs.note(tx, job, reached, reached["done"])
    return reached


def _recounted(ticket_id: UUID, clock: Clock, calendar_id: UUID, now: Any) -> list[dict[str, Any]]:
    """What is told of one ticket: breaches that nobody noticed before, then what moved."""
    moved = clock.recounted(now, calendar_id)
    resolution = clock.resolution()
    due_at = resolution.due_at if resolution and resolution.running else None
    told = [("sla_breached", breach_meta(target)) for target in clock.breaches]
    if moved:
        targets = [
            {
                "metric": target.metric,
                "cycle": target.cycle,
                "from": written(was),
                "to": written(target.due_at),
            }
            for target, was in moved
        ]
        told.append(("sla_recounted", {"calendar_id": calendar_id, "targets": targets}))
    return [
        {"ticket_id": ticket_id, "due_at": due_at, "action": action, "meta": meta, "place": place}
        for place, (action, meta) in enumerate(told, 1)
    ]
