"""Deleting the objects of files and mails whose rows are gone, whichever way they went: see
fn_discard_file.sql."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from chalicelib.core import storage
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Unavailable
from chalicelib.tickets import attachment_queries
from chalicelib.tickets.file_links import object_key

LIMIT = 100
# What could not be deleted lets six purges' worth of others go first.
LEASE_SECONDS = 6 * 3600
# So many failures in a row are the bucket's, not an object's.
PATIENCE = 3

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]


def discard(run: Run, bucket: str, mail_bucket: str, has_time: Callable[[], bool]) -> int:
    """Deletes object after object until none is left or no more time; how many. Doing it twice does no harm.
    `bucket`: of files; `mail_bucket`: of mails as they came.

    Raises Unavailable at the end where some could not be deleted; those that could are written down by then.
    """
    total, failures = 0, list[Unavailable]()
    while has_time():
        leased = run(partial(attachment_queries.lease_discarded, limit=LIMIT, seconds=LEASE_SECONDS))
        gone, failed, stopped = _remove(bucket, mail_bucket, leased, has_time)
        if gone:
            run(partial(attachment_queries.are_gone, ids=gone))
        total += len(gone)
        failures += failed
        if len(leased) < LIMIT or stopped:
            break
    if failures:
        raise failures[-1]
    return total


def _remove(
    bucket: str, mail_bucket: str, files: Sequence[Row[Any]], has_time: Callable[[], bool]
) -> tuple[list[Any], list[Unavailable], bool]:
    """The ids of those that are gone, the failures of others, and whether time or patience ended before."""
    gone, failed, in_a_row = list[Any](), list[Unavailable](), 0
    for file in files:
        if not has_time() or in_a_row == PATIENCE:
            return gone, failed, True
        try:
            if file.object_key is not None:
                storage.remove(mail_bucket, file.object_key)
            else:
                storage.remove(bucket, object_key(file.workspace_id, file.id))
        except Unavailable as failure:
            failed.append(failure)
            in_a_row += 1
        else:
            gone.append(file.id)
            in_a_row = 0
    return gone, failed, in_a_row == PATIENCE
