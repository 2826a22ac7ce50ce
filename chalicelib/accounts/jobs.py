"""Jobs, for those who asked for them and for those who do them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import job_queries, principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import JobStatus

SHOWN = (
    *("id", "kind", "status", "subject_id", "created_by", "total", "done", "result", "error"),
    *("created_at", "started_at", "finished_at", "expires_at"),
)
OPEN = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})
SORT = "-created_at"

# What the end of a job means beyond itself, whoever ends it: called with the job as it was before.
Told = Callable[[Transaction, Row[Any]], None]


def shape(job: Row[Any]) -> dict[str, Any]:
    """A job as answers show it; `counts` of its things where it does any one by one."""
    return {
        **{name: getattr(job, name) for name in SHOWN},
        "cancellable": job.cancellable and job.status in OPEN,
        "counts": getattr(job, "counts", None),
    }


def get(tx: Transaction, actor: Actor, job_id: UUID, sight: job_queries.Sight = None) -> dict[str, Any]:
    """A job with its first failures, for admins; for its creator too, where it is about nobody else. NotFound
    for all others. `sight`: what tells the tickets that are in the actor's, where some are not."""
    job = _seen(tx, actor, job_id, sight)
    return {**shape(job), "failures": [result(failure) for failure in job.failures]}


def listing(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """A page of the jobs that the actor may see, the newest first; `wanted` as job_queries.FILTERS."""
    after = page.after(SORT, (UUID,))
    rows = job_queries.listing(tx, actor, wanted, page, after[0] if after else None)
    return answer(rows, page, SORT, lambda row: (row.id,), shape)


def results(
    tx: Transaction,
    actor: Actor,
    job_id: UUID,
    statuses: Sequence[str] | None,
    page: Page,
    sight: job_queries.Sight = None,
) -> dict[str, Any]:
    """A page of what became of a job's things, in their order. NotFound, and `sight`, as `get`."""
    job = _seen(tx, actor, job_id)
    after = page.after("place", (int, UUID))
    rows = job_queries.results(tx, job, statuses, page, "place", after, sight)
    return answer(
        rows,
        page,
        "place",
        lambda row: (row.place, row.ticket_id),
        lambda row: result(row._asdict()),
    )


def result(item: Mapping[str, Any]) -> dict[str, Any]:
    """What became of one thing, as answers show it."""
    return {name: item[name] for name in ("ticket_id", "label", "status", "version", "error")}


def cancel(
    tx: Transaction, actor: Actor, job_id: UUID, because: Mapping[str, str], ends: Mapping[str, Told]
) -> dict[str, Any]:
    """Ends a job before what it does next. `because`: why a kind cannot be cancelled, where it says so.
    `ends`: what else the end of a kind means.

    Raises NotFound as `get`; Conflict for what has ended, and for what must be brought to its end.
    """
    _seen(tx, actor, job_id)
    # Waits for what the job is doing at this moment: that is done, and told among the results.
    job = jobs.hold(tx, actor.workspace.id, job_id)
    if job is None or job.status not in OPEN:
        raise Conflict(f"The job has ended: it is {job.status if job else 'gone'}.")
    if not job.cancellable:
        raise Conflict(because.get(job.kind, "A job of this kind cannot be cancelled: it runs to its end."))
    jobs.cancel(tx, job)
    if job.kind in ends:
        ends[job.kind](tx, job)
    audit(tx, actor, "job.cancelled", ("job", job_id), after={"kind": job.kind, "done": job.done})
    return shape(_seen(tx, actor, job_id))


def _seen(tx: Transaction, actor: Actor, job_id: UUID, sight: job_queries.Sight = None) -> Row[Any]:
    job = job_queries.shown(tx, actor, job_id, sight)
    if job is None:
        raise NotFound("There is no such job.")
    return job


def take_up(tx: Transaction, workspace_id: UUID, job_id: UUID) -> Row[Any] | None:
    """A job to be gone on with; None where it, or its workspace, is over. Raises jobs.InOtherHands."""
    if principals.enter_system(tx, workspace_id) is None:
        return None
    return jobs.take_up(tx, workspace_id, job_id)


def put_back(tx: Transaction, job: Row[Any], ends: Mapping[str, Told]) -> None:
    """Lets go of a job that failed, for the next delivery; after the last it has failed for good."""
    principals.enter_system(tx, job.workspace_id)
    if jobs.put_back(tx, job) and job.kind in ends:
        ends[job.kind](tx, job)


def go_on_later(tx: Transaction, job: Row[Any]) -> None:
    """Lets go of a job whose time is over for now, and asks for the rest."""
    principals.enter_system(tx, job.workspace_id)
    jobs.go_on_later(tx, job)
