"""Jobs, for those who asked for them and for those who do them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound

SHOWN = (
    *("id", "kind", "status", "subject_id", "created_by", "done", "result", "error"),
    *("created_at", "started_at", "finished_at", "expires_at"),
)


def shape(job: Row[Any]) -> dict[str, Any]:
    """A job as answers show it."""
    return {name: getattr(job, name) for name in SHOWN}


def get(tx: Transaction, actor: Actor, job_id: UUID) -> dict[str, Any]:
    """A job, for admins; for its creator too, where it is about nobody else. NotFound for all others."""
    job = jobs.get(tx, actor.workspace.id, job_id)
    own = job is not None and job.created_by == actor.id and job.subject_id in (None, actor.id)
    if job is None or not (own or actor.may(Permission.JOBS_READ_ALL)):
        raise NotFound("There is no such job.")
    return shape(job)


def take_up(tx: Transaction, workspace_id: UUID, job_id: UUID) -> Row[Any] | None:
    """A job to be gone on with; None where it, or its workspace, is over. Raises jobs.InOtherHands."""
    if principals.enter_system(tx, workspace_id) is None:
        return None
    return jobs.take_up(tx, workspace_id, job_id)


def put_back(tx: Transaction, job: Row[Any]) -> None:
    """Lets go of a job that failed, for the next delivery; after the last it has failed for good."""
    principals.enter_system(tx, job.workspace_id)
    jobs.put_back(tx, job)


def go_on_later(tx: Transaction, job: Row[Any]) -> None:
    """Lets go of a job whose time is over for now, and asks for the rest."""
    principals.enter_system(tx, job.workspace_id)
    jobs.go_on_later(tx, job)
