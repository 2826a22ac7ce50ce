"""The job that writes search documents anew: all of a workspace in its new language, or those of a requester
with another name. fn_search_again asks for it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.tickets import search_queries

KIND = "search_refresh"
# A batch of texts of 64 kB each takes some seconds.
BATCH = 100

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]


def refresh(run: Run, job: Row[Any], _bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job; whether it has ended, else there was no more time."""
    state: dict[str, Any] | None = dict(job.state) or {"before": None, "done": 0}
    while state is not None:
        if not has_time():
            return False
        state = run(partial(step, job=job, state=state))
    return True


def step(tx: Transaction, job: Row[Any], state: dict[str, Any]) -> dict[str, Any] | None:
    """One batch, the newest first, and where the next begins; None after the last."""
    if principals.enter_system(tx, job.workspace_id) is None:
        return None
    before = UUID(state["before"]) if state["before"] else None
    row = search_queries.refresh(tx, job.workspace_id, job.subject_id, before, BATCH)
    done = state["done"] + row.seen
    reached = {"before": str(row.last), "done": done}
    jobs.note(tx, job, reached, done)
    if row.seen < BATCH:
        jobs.finish(tx, job, {"documents": done})
        return None
    return reached
