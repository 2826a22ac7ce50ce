"""Counting anew: the job that gives the open targets of a changed calendar their due times, in batches.

Nothing that was late before is undone: such a breach is told first. Timelines say what became of each target.
Tickets that others hold, and those among which something went wrong, are left for the end and tried alone;
one that fails again stays as it was, and the job says so.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core import job_items, jobs
from chalicelib.core.db import Transaction, is_passing
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta, written
from chalicelib.tickets import recount_queries

BATCH = 200
# What is tried by itself where a batch fails. Savepoints of a transaction are few: see Transaction.attempt.
CHUNK = BATCH // 8
# As many as are left for the end at most, before their turn comes sooner.
MOST_AGAIN = 500
AGAIN_AT_ONCE = 50
NOT_COUNTED = {
    "code": "INTERNAL_SERVER_ERROR",
    "detail": "Its promises could not be counted anew and stand as they were. The log says why.",
}

log = logging.getLogger(__name__)

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]
State = dict[str, Any]


def recount(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:  # noqa: ARG001
    """Goes on with the job; whether it has ended, else there was no more time."""
    state: State | None = {"after": None, "done": 0, "again": [], "failed": 0, **job.state}
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
    found: list[UUID] = []
    if len(state["again"]) < MOST_AGAIN:
        found = recount_queries.next_ones(tx, job.workspace_id, job.subject_id, after, BATCH)
    if found:
        reached = _first_go(tx, job, state, found, actor.now)
    elif state["again"]:
        reached = _second_go(tx, job, state, actor.now)
    else:
        jobs.finish(tx, job, {"tickets": state["done"], "failed": state["failed"]})
        return None
    jobs.note(tx, job, reached, reached["done"])
    return reached


def _first_go(tx: Transaction, job: Row[Any], state: State, found: Sequence[UUID], now: datetime) -> State:
    """All of them at once, else in chunks; it waits for nobody."""
    held = list(recount_queries.lock(tx, job.workspace_id, found, waits=False))
    chunks = [held] if held else []
    if held and _try(tx, job, held, now):
        chunks = [held[place : place + CHUNK] for place in range(0, len(held), CHUNK)]
        chunks = [chunk for chunk in chunks if not _try(tx, job, chunk, now)]
    counted = {each for chunk in chunks for each in chunk}
    again = [str(each) for each in found if each not in counted]
    return {
        **state,
        "after": str(found[-1]),
        "done": state["done"] + len(counted),
        "again": [*state["again"], *again],
    }


def _second_go(tx: Transaction, job: Row[Any], state: State, now: datetime) -> State:
    """Each by itself. It waits for whoever holds one; what is gone by now has nothing open any more."""
    these, rest = state["again"][:AGAIN_AT_ONCE], state["again"][AGAIN_AT_ONCE:]
    labels = recount_queries.lock(tx, job.workspace_id, [UUID(each) for each in these], waits=True)
    failed = state["failed"]
    for ticket_id, label in labels.items():
        if error := _try(tx, job, [ticket_id], now):
            failed += 1
            log.error("ticket not counted anew", extra={"ticket_id": str(ticket_id)}, exc_info=error)
            job_items.add_failed(tx, job, failed, ticket_id, label, NOT_COUNTED)
    done = state["done"] + len(labels) - (failed - state["failed"])
    return {**state, "done": done, "again": rest, "failed": failed}


def _try(tx: Transaction, job: Row[Any], ids: Sequence[UUID], now: datetime) -> Exception | None:
    """Counts all of these tickets anew, or none: then what went wrong. What may pass by itself is raised."""
    try:
        with tx.attempt():
            clocks = sla_queries.load_many(tx, job.workspace_id, ids)
            told = [each for id in ids for each in _recounted(id, clocks[id], job.subject_id, now)]
            recount_queries.tell(tx, job.workspace_id, told)
            sla_queries.save_many(tx, job.workspace_id, {id: clocks[id].targets for id in ids})
    except Exception as error:
        if is_passing(error):
            raise
        return error
    return None


def _recounted(ticket_id: UUID, clock: Clock, calendar_id: UUID, now: datetime) -> list[dict[str, Any]]:
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
