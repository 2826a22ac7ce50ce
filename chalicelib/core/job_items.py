"""What a job does one by one: the things in their order, and what became of each.

An outcome is written in the transaction that brought it about, under the lock of the job's row. So whoever
goes on with the job, or does it beside another, does each thing once.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps

ADD = text(
    """
    INSERT INTO job_items (workspace_id, job_id, place, subject_id, expected_version)
    SELECT :workspace_id, :job_id, given.place, given.subject_id, given.expected_version
    FROM unnest(CAST(:subject_ids AS uuid[]), CAST(:versions AS integer[]))
        WITH ORDINALITY AS given(subject_id, expected_version, place)
    """
)
NEXT = text(
    """
    SELECT place, subject_id, expected_version FROM job_items
    WHERE workspace_id = :workspace_id AND job_id = :job_id AND status IS NULL
    ORDER BY place LIMIT 1
    """
)
SETTLE = text(
    """
    WITH item AS (
        UPDATE job_items SET status = :status, label = :label, version = :version,
            error = CAST(:error AS jsonb)
        WHERE workspace_id = :workspace_id AND job_id = :job_id AND place = :place
    )
    UPDATE jobs SET done = done + 1 WHERE workspace_id = :workspace_id AND id = :job_id
    """
)
ADD_FAILED = text(
    """
    INSERT INTO job_items (workspace_id, job_id, place, subject_id, status, label, error)
    VALUES (:workspace_id, :job_id, :place, :subject_id, 'failed', :label, CAST(:error AS jsonb))
    ON CONFLICT DO NOTHING
    """
)
CHANGED = text(
    """
    SELECT subject_id FROM job_items
    WHERE workspace_id = :workspace_id AND job_id = :job_id AND status = 'changed'
    ORDER BY place
    """
)
SKIP_REST = text(
    """
    UPDATE job_items SET status = 'skipped'
    WHERE workspace_id = :workspace_id AND job_id = :job_id AND status IS NULL
    """
)


def add(tx: Transaction, job: Row[Any], subject_ids: Sequence[UUID], versions: Sequence[int | None]) -> None:
    """The things that the job is to do, and which version each is expected to have."""
    values = {"subject_ids": list(subject_ids), "versions": list(versions)}
    tx.connection.execute(ADD, {**_key(job), **values})


def next_one(tx: Transaction, job: Row[Any]) -> Row[Any] | None:
    """The first that is still to be done: `place subject_id expected_version`. Hold the job before."""
    return tx.connection.execute(NEXT, _key(job)).first()


def settle(
    tx: Transaction,
    job: Row[Any],
    place: int,
    status: str,
    label: str | None = None,
    version: int | None = None,
    error: Mapping[str, Any] | None = None,
) -> None:
    """What became of one, with the work itself; the job has done one more."""
    outcome = {"status": status, "label": label, "version": version}
    outcome["error"] = None if error is None else dumps(error)
    tx.connection.execute(SETTLE, {**_key(job), "place": place, **outcome})


def add_failed(
    tx: Transaction, job: Row[Any], place: int, subject_id: UUID, label: str, error: Mapping[str, Any]
) -> None:
    """What a job that does much at once could not do of it."""
    values = {"place": place, "subject_id": subject_id, "label": label, "error": dumps(error)}
    tx.connection.execute(ADD_FAILED, {**_key(job), **values})


def changed(tx: Transaction, job: Row[Any]) -> list[UUID]:
    """What the job has changed so far."""
    return list(tx.connection.scalars(CHANGED, _key(job)))


def skip_rest(tx: Transaction, job: Row[Any]) -> None:
    """What was not done will not be."""
    tx.connection.execute(SKIP_REST, _key(job))


def _key(job: Row[Any]) -> dict[str, UUID]:
    return {"workspace_id": job.workspace_id, "job_id": job.id}
