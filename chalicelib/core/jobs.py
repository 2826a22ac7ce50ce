"""Jobs: work that a request asks for and a queue's consumer does, in as many goes as it takes.

A job is a row, and an event in the same transaction asks for it, so none is lost. Whoever takes it up holds
it for a while; a second delivery meanwhile comes again, one after its end finds it ended. What a job has done
so far is in `state`, so the next go goes on from there. What it does one by one is in job_items.py.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core import events, job_items
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps

REQUESTED = "job.requested"
KEPT_DAYS = 30
# As long as the consumer's Lambda lives at most, and the moment in which it dies.
LEASE_SECONDS = 330
# As often as the queue delivers a message that fails.
MAX_ATTEMPTS = 5
GAVE_UP = "It failed again and again. Ask for it once more, or tell whoever runs this desk."

_COLUMNS = """
    id, workspace_id, kind, status, subject_id, created_by, input, total, done, cancellable, attempts, state,
    result, error, created_at, started_at, finished_at, expires_at
"""
ADD = text(
    f"""
    INSERT INTO jobs (workspace_id, kind, subject_id, created_by, input, total, cancellable, expires_at)
    VALUES (:workspace_id, :kind, :subject_id, :created_by, CAST(:input AS jsonb), :total, :cancellable,
        now() + make_interval(days => :days))
    RETURNING {_COLUMNS}
    """
)
GET = text(f"SELECT {_COLUMNS} FROM jobs WHERE workspace_id = :workspace_id AND id = :id")
HOLD = text(f"{GET.text} FOR NO KEY UPDATE")
OPEN = text(
    f"""
    SELECT {_COLUMNS} FROM jobs
    WHERE workspace_id = :workspace_id AND kind = :kind AND subject_id = :subject_id
      AND created_by IS NOT DISTINCT FROM :created_by AND status IN ('queued', 'running')
    ORDER BY id LIMIT 1
    """
)
PUT_OFF = text(
    f"""
    UPDATE jobs SET leased_until = now() + make_interval(secs => :seconds)
    WHERE workspace_id = :workspace_id AND status = 'queued' AND id = (
        SELECT id FROM jobs WHERE workspace_id = :workspace_id AND kind = :kind
          AND subject_id = :subject_id AND status = 'queued' ORDER BY id LIMIT 1)
    RETURNING {_COLUMNS}
    """
)
CLAIM = text(
    f"""
    UPDATE jobs SET status = 'running', started_at = coalesce(started_at, now()), attempts = attempts + 1,
        leased_until = now() + make_interval(secs => :lease)
    WHERE workspace_id = :workspace_id AND id = :id AND status IN ('queued', 'running')
      AND leased_until <= now()
    RETURNING {_COLUMNS}
    """
)
NOTE = text(
    """
    UPDATE jobs SET state = CAST(:state AS jsonb), done = :done
    WHERE workspace_id = :workspace_id AND id = :id
    """
)
RELEASE = text(
    """
    UPDATE jobs SET leased_until = now(), attempts = CASE WHEN :has_failed THEN attempts ELSE 0 END
    WHERE workspace_id = :workspace_id AND id = :id
    """
)
FINISH = text(
    """
    UPDATE jobs SET status = :status, result = CAST(:result AS jsonb), error = :error, state = '{}',
        input = NULL, finished_at = now()
    WHERE workspace_id = :workspace_id AND id = :id AND status IN ('queued', 'running')
    """
)
UNDER_WAY = text(
    """
    SELECT count(*) FROM jobs
    WHERE workspace_id = :workspace_id AND created_by = :created_by AND kind = :kind
      AND status IN ('queued', 'running')
    """
)
FORGET_RESULTS = text(
    """
    UPDATE jobs SET result = NULL
    WHERE workspace_id = :workspace_id AND kind = :kind AND subject_id = :subject_id AND result IS NOT NULL
    """
)
FORGET_ALL_RESULTS = text(
    """
    UPDATE jobs SET result = NULL
    WHERE workspace_id = :workspace_id AND kind = :kind AND result IS NOT NULL
    """
)


class InOtherHands(Exception):
    """Another delivery holds the job; it may die, so this one comes again."""


def ask(
    tx: Transaction,
    workspace_id: UUID,
    kind: str,
    subject_id: UUID | None,
    created_by: UUID | None,
    *,
    delay: int | None = None,
    input: Mapping[str, Any] | None = None,
    total: int | None = None,
    cancellable: bool = False,
) -> Row[Any]:
    """A new job, with its event. `delay` in seconds keeps that back so long, and then for the next relay.

    `input`: what its work needs, forgotten at its end. `cancellable`: its work ends where it finds the job
    ended by somebody else.
    """
    values = {
        "workspace_id": workspace_id,
        "kind": kind,
        "subject_id": subject_id,
        "created_by": created_by,
        "input": None if input is None else dumps(input),
        "total": total,
        "cancellable": cancellable,
        "days": KEPT_DAYS,
    }
    job = tx.connection.execute(ADD, values).one()
    payload = _payload(job)
    if delay is None:
        events.record(tx, workspace_id, REQUESTED, payload, internal=True)
    else:
        events.record_for_later(tx, workspace_id, REQUESTED, payload, delay)
    return job


def put_off(
    tx: Transaction, workspace_id: UUID, kind: str, subject_id: UUID, seconds: int
) -> Row[Any] | None:
    """The same work, whoever asked for it, where nobody has begun it: it waits so long once more, and is
    asked for again by then. None where there is none."""
    values = {"workspace_id": workspace_id, "kind": kind, "subject_id": subject_id, "seconds": seconds}
    job = tx.connection.execute(PUT_OFF, values).first()
    if job is not None:
        events.record_for_later(tx, workspace_id, REQUESTED, _payload(job), seconds)
    return job


def get(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    return tx.connection.execute(GET, {"workspace_id": workspace_id, "id": id}).first()


def hold(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """The same, as it stays until the end of the transaction: nobody else takes it up, ends or cancels it."""
    return tx.connection.execute(HOLD, {"workspace_id": workspace_id, "id": id}).first()


def under_way(tx: Transaction, workspace_id: UUID, kind: str, created_by: UUID | None) -> int:
    """How many jobs of a kind somebody has asked for that have not ended."""
    keys = {"workspace_id": workspace_id, "kind": kind, "created_by": created_by}
    return int(tx.connection.execute(UNDER_WAY, keys).scalar_one())


def open_one(
    tx: Transaction, workspace_id: UUID, kind: str, subject_id: UUID, created_by: UUID | None
) -> Row[Any] | None:
    """The same work, asked for by the same and not done yet."""
    values = {"kind": kind, "subject_id": subject_id, "created_by": created_by}
    return tx.connection.execute(OPEN, {"workspace_id": workspace_id, **values}).first()


def take_up(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """Takes the job up; None where it has ended or is gone, or was put off: then it is asked for again.
    Raises InOtherHands while another has it."""
    keys = {"workspace_id": workspace_id, "id": id}
    job = tx.connection.execute(CLAIM, {**keys, "lease": LEASE_SECONDS}).first()
    if job is None:
        other = tx.connection.execute(GET, keys).first()
        if other is not None and other.status == "running":
            raise InOtherHands(f"another delivery has the job {id}")
    return job


def note(tx: Transaction, job: Row[Any], state: Mapping[str, Any], done: int) -> None:
    """Where the job goes on, and how much of it is done, written with the work itself."""
    values = {"workspace_id": job.workspace_id, "id": job.id, "state": dumps(state), "done": done}
    tx.connection.execute(NOTE, values)


def go_on_later(tx: Transaction, job: Row[Any]) -> None:
    """Lets go of a job whose time is over for now: the next relay asks for the rest."""
    _release(tx, job, has_failed=False)
    events.record_for_later(tx, job.workspace_id, REQUESTED, _payload(job), 0)


def put_back(tx: Transaction, job: Row[Any]) -> bool:
    """Lets go of a job that failed, for the next delivery; True after the last: it has failed for good."""
    if job.attempts >= MAX_ATTEMPTS:
        return finish(tx, job, error=GAVE_UP)
    _release(tx, job, has_failed=True)
    return False


def finish(
    tx: Transaction, job: Row[Any], result: Mapping[str, Any] | None = None, error: str | None = None
) -> bool:
    """The end: done with a result, or failed for a reason that a person can read. False where it has ended
    already."""
    return _end(tx, job, "failed" if error else "done", result, error)


def cancel(tx: Transaction, job: Row[Any]) -> bool:
    """The end, by somebody's wish."""
    return _end(tx, job, "cancelled", None, None)


def forget_results(tx: Transaction, workspace_id: UUID, kind: str, subject_id: UUID) -> None:
    """Jobs of a kind about somebody lead to nothing any more."""
    values = {"workspace_id": workspace_id, "kind": kind, "subject_id": subject_id}
    tx.connection.execute(FORGET_RESULTS, values)


def forget_all_results(tx: Transaction, workspace_id: UUID, kind: str) -> None:
    """The same of all jobs of a kind."""
    tx.connection.execute(FORGET_ALL_RESULTS, {"workspace_id": workspace_id, "kind": kind})


def _end(
    tx: Transaction, job: Row[Any], status: str, result: Mapping[str, Any] | None, error: str | None
) -> bool:
    values = {
        "workspace_id": job.workspace_id,
        "id": job.id,
        "status": status,
        "result": None if result is None else dumps(result),
        "error": error,
    }
    has_ended = tx.connection.execute(FINISH, values).rowcount == 1
    if has_ended and job.total is not None:
        job_items.skip_rest(tx, job)
    return has_ended


def _release(tx: Transaction, job: Row[Any], *, has_failed: bool) -> None:
    tx.connection.execute(RELEASE, {"workspace_id": job.workspace_id, "id": job.id, "has_failed": has_failed})


def _payload(job: Row[Any]) -> dict[str, Any]:
    return {"job": {"id": job.id, "kind": job.kind}}
