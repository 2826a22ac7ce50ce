"""The job that changes many tickets: one a transaction, as whoever asked for it, with the rights that they
have by then.

What became of a ticket is written with the change itself, under the lock of the job. So none is changed
twice, however often the job is delivered, and whoever calls it off stops it before the next.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.jobs import OPEN
from chalicelib.accounts.permissions import Permission
from chalicelib.core import job_items, jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, HelpdeskError
from chalicelib.models.words import ActorType
from chalicelib.tickets import acting, bulk
from chalicelib.tickets.bulk_acting import Chosen, at_once

NOT_ANY_MORE = "Whoever asked for this may not change many tickets at once any more. The rest was left alone."

Run = Callable[[Callable[[Transaction], Any]], Any]


def work(run: Run, job: Row[Any], _bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job; whether it has ended, else there was no more time."""
    while has_time():
        if run(partial(step, job=job)):
            return True
    return False


def step(tx: Transaction, job: Row[Any]) -> bool:
    """The next ticket, with what became of it; whether nothing is left to do."""
    actor = _enter(tx, job)
    held = jobs.hold(tx, job.workspace_id, job.id)
    if held is None or held.status not in OPEN:
        return True
    try:
        if actor is None:
            raise Forbidden(NOT_ANY_MORE)
        actor.require(Permission.TICKETS_BULK, NOT_ANY_MORE)
        item = job_items.next_one(tx, held)
        if item is None:
            return _end(tx, held)
        prepared = acting.prepare(tx, actor, held.input["actions"])
    except HelpdeskError as error:
        return _end(tx, held, error.detail)
    chosen = Chosen(item.subject_id, item.expected_version)
    # A ticket that takes too long is tried once more, by another delivery, and then fails alone.
    (result,) = at_once(tx, actor, [chosen], prepared, held.id, comes_again=held.attempts <= 1)
    job_items.settle(tx, held, item.place, result.status, result.label, result.version, result.error)
    return False


def tell(tx: Transaction, job: Row[Any]) -> None:
    """Tells of what was changed until the end. `job`: as it was before that."""
    who = job.input["actor"]
    bulk.tell(tx, job.workspace_id, job.id, (who["type"], who["id"]), job_items.changed(tx, job))


def _end(tx: Transaction, job: Row[Any], error: str | None = None) -> bool:
    jobs.finish(tx, job, error=error)
    tell(tx, job)
    return True


def _enter(tx: Transaction, job: Row[Any]) -> Actor | None:
    who = job.input["actor"]
    return principals.enter_again(tx, job.workspace_id, ActorType(who["type"]), UUID(who["id"]))
