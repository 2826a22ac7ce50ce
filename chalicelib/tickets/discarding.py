"""Deleting the objects of files whose rows are gone, whichever way they went: see fn_discard_file.sql."""

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.core import storage
from chalicelib.core.db import Transaction
from chalicelib.tickets import attachment_queries
from chalicelib.tickets.file_links import object_key

LIMIT = 100
LEASE_SECONDS = 300

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]


def discard(run: Run, bucket: str, has_time: Callable[[], bool]) -> int:
    """Deletes object after object until none is left or no more time; how many. Doing it twice does no harm.

    Unavailable where the bucket does not answer; what was deleted by then is written down.
    """
    total = 0
    while has_time():
        leased = run(partial(attachment_queries.lease_discarded, limit=LIMIT, seconds=LEASE_SECONDS))
        gone = []
        try:
            for file in leased:
                if not has_time():
                    break
                storage.remove(bucket, object_key(file.workspace_id, file.id))
                gone.append(file.id)
        finally:
            if gone:
                run(partial(attachment_queries.are_gone, ids=gone))
        total += len(gone)
        if len(leased) < LIMIT:
            break
    return total
