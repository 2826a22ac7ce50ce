"""Ending imports for the sake of somebody who is erased: nobody can take words out of a file, so the files
go, and what reads one stops."""

from uuid import UUID

from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.imports import asking, queries

ERASED = "Somebody was erased, and the files of imports with them. Make a new import, without that person."


def end_all(tx: Transaction, workspace_id: UUID) -> int:
    """Ends the imports of the entered workspace that are under way; how many."""
    ended = 0
    for job_id in queries.under_way(tx, workspace_id):
        job = jobs.hold(tx, workspace_id, job_id)
        if job is not None and jobs.finish(tx, job, error=ERASED):
            asking.tell(tx, job)
            ended += 1
    return ended
