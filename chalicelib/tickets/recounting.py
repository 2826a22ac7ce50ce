"""Counting anew: the job that gives the open targets of a changed calendar their due times, in batches; and
those of a changed policy what it promises now, see repromising.py.

Nothing that was late before is undone: such a breach is told first. Timelines say what became of each target.
Tickets that others hold, and those among which something went wrong, are left for the end and tried alone;
one that fails again stays as it was, and the job says so.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core import job_items, jobs
from chalicelib.core.db import Transaction, is_passing
from chalicelib.sla import move_queries
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta, written
from chalicelib.sla.targets import Target
from chalicelib.tickets import recount_queries

BATCH = 500
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
Told = list[dict[str, Any]]
Attempt = Callable[[Sequence[UUID]], Exception | None]
Moved = Sequence[tuple[Target, datetime | None]]


@dataclass(frozen=True)
class Work:
    """What such a job is about: `next_ones(tx, workspace, subject, after, most)`, which tickets, and
    `count(tx, job, ids, now)`, which does these, all of them held."""

    next_ones: Callable[[Transaction, UUID, UUID, UUID | None, int], list[UUID]]
    count: Callable[[Transaction, Row[Any], Sequence[UUID], datetime], None]


def recount(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job of a changed calendar; whether it has ended, else there was no more time."""
    return go_through(CALENDARS, run, job, bucket, has_time)


def go_through(
    work: Work,
    run: Run,
    job: Row[Any],
    bucket: str,  # noqa: ARG001
    has_time: Callable[[], bool],
) -> bool:
    """Goes on with a job; whether it has ended, else there was no more time."""
    state: State | None = {"after": None, "done": 0, "again": [], "failed": 0, **job.state}
    while state is not None:
        if not has_time():
            return False
        state = run(partial(step, job=job, state=state, work=work))
    return True


def step(tx: Transaction, job: Row[Any], state: State, work: Work) -> State | None:
    """One batch, and where the next begins; None after the last. `done` counts tickets."""
    actor = principals.enter_system(tx, job.workspace_id)
    if actor is None:
        return None
    after = UUID(state["after"]) if state["after"] else None
    found: list[UUID] = []
    if len(state["again"]) < MOST_AGAIN:
        found = work.next_ones(tx, job.workspace_id, job.subject_id, after, BATCH)
    attempt = partial(_try, tx, job, work=work, now=actor.now)
    if found:
        reached = _first_go(tx, job, state, found, attempt)
    elif state["again"]:
        reached = _second_go(tx, job, state, attempt)
    else:
        jobs.finish(tx, job, {"tickets": state["done"], "failed": state["failed"]})
        return None
    jobs.note(tx, job, reached, reached["done"])
    return reached


def _first_go(tx: Transaction, job: Row[Any], state: State, found: Sequence[UUID], attempt: Attempt) -> State:
    """All of them at once, else in chunks; it waits for nobody."""
    held = list(recount_queries.lock(tx, job.workspace_id, found, waits=False))
    chunks = [held] if held else []
    if held and attempt(held):
        chunks = [held[place : place + CHUNK] for place in range(0, len(held), CHUNK)]
        chunks = [chunk for chunk in chunks if not attempt(chunk)]
    counted = {each for chunk in chunks for each in chunk}
    again = [str(each) for each in found if each not in counted]
    return {
        **state,
        "after": str(found[-1]),
        "done": state["done"] + len(counted),
        "again": [*state["again"], *again],
    }


def _second_go(tx: Transaction, job: Row[Any], state: State, attempt: Attempt) -> State:
    """Each by itself. It waits for whoever holds one; what is gone by now has nothing open any more."""
    these, rest = state["again"][:AGAIN_AT_ONCE], state["again"][AGAIN_AT_ONCE:]
    labels = recount_queries.lock(tx, job.workspace_id, [UUID(each) for each in these], waits=True)
    failed = state["failed"]
    for ticket_id, label in labels.items():
        if error := attempt([ticket_id]):
            failed += 1
            log.error("ticket not counted anew", extra={"ticket_id": str(ticket_id)}, exc_info=error)
            job_items.add_failed(tx, job, failed, ticket_id, label, NOT_COUNTED)
    done = state["done"] + len(labels) - (failed - state["failed"])
    return {**state, "done": done, "again": rest, "failed": failed}


def _try(tx: Transaction, job: Row[Any], ids: Sequence[UUID], work: Work, now: datetime) -> Exception | None:
    """Counts all of these tickets anew, or none: then what went wrong. What may pass by itself is raised."""
    try:
        with tx.attempt():
            work.count(tx, job, ids, now)
    except Exception as error:
        if is_passing(error):
            raise
        return error
    return None


def _count(tx: Transaction, job: Row[Any], ids: Sequence[UUID], now: datetime) -> None:
    clocks = sla_queries.load_many(tx, job.workspace_id, ids)
    known = move_queries.stored(clocks)
    about = {"calendar_id": job.subject_id}
    moved = {id: clock.recounted(now, job.subject_id) for id, clock in clocks.items()}
    told = [each for id in ids for each in news(id, clocks[id], moved[id], about)]
    recount_queries.tell(tx, job.workspace_id, told)
    move_queries.keep_moved(tx, job.workspace_id, clocks, known)


def keep(tx: Transaction, workspace_id: UUID, clocks: Mapping[UUID, Clock], told: Told) -> None:
    """Writes what became of tickets, by their ids, and what is told of it."""
    recount_queries.tell(tx, workspace_id, told)
    sla_queries.save_many(tx, workspace_id, {id: clock.targets for id, clock in clocks.items()})


def news(ticket_id: UUID, clock: Clock, moved: Moved, about: Mapping[str, Any]) -> Told:
    """What is told of one ticket: breaches that nobody noticed before, then what moved from when. `about`:
    what was changed."""
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
        told.append(("sla_recounted", {**about, "targets": targets}))
    ticket = {"ticket_id": str(ticket_id), "due_at": written(due_at)}
    return [
        {**ticket, "action": action, "meta": meta, "place": place, "n": len(told)}
        for place, (action, meta) in enumerate(told, 1)
    ]


CALENDARS = Work(recount_queries.next_ones, _count)
