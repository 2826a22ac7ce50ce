"""Taking in a mail that was released from quarantine, as it came: its sender is trusted now. Only a member of
the staff whom nothing proves does not speak to the customer by it: their mail becomes an internal note."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.channels import files, quarantine_queries, queries
from chalicelib.channels.letter import Letter
from chalicelib.channels.receiving import Coming, Received
from chalicelib.channels.routing import ours_of
from chalicelib.core import jobs, storage
from chalicelib.core.db import Transaction
from chalicelib.core.errors import HelpdeskError, Unavailable
from chalicelib.models.words import Arrival

GONE = "The mail is not kept any more."

Run = Callable[[Callable[[Transaction], Any]], Any]


def release(
    run: Run, job: Row[Any], mail_bucket: str, file_bucket: str, sends_from: str, domain: str
) -> bool:
    """Does the job: reads the mail, takes it in, puts its files. What the desk's rules refuse stays."""
    message = run(partial(_find, job=job))
    raw = storage.read(mail_bucket, message.object_key) if message else None
    if message is None or raw is None:
        run(partial(_end, job=job, message=message, error=GONE))
        return True
    letter = Letter.read(message.object_key, raw)
    try:
        received = run(partial(_take_in, job=job, letter=letter, sends_from=sends_from, domain=domain))
    except Unavailable:
        raise
    except HelpdeskError as refused:
        run(partial(_end, job=job, message=message, error=refused.detail))
        return True
    for file in received.files:
        file.put(file_bucket)
    run(partial(_end, job=job, message=message))
    return True


def _find(tx: Transaction, job: Row[Any]) -> Row[Any] | None:
    principals.enter_system(tx, job.workspace_id)
    return quarantine_queries.to_release(tx, job.workspace_id, job.subject_id)


def _take_in(tx: Transaction, job: Row[Any], letter: Letter, sends_from: str, domain: str) -> Received:
    desk = principals.enter_system(tx, job.workspace_id)
    message = quarantine_queries.to_release(tx, job.workspace_id, job.subject_id)
    if desk is None or message is None:
        return Received()
    if message.outcome != Arrival.QUARANTINED:
        return Received(files.still_awaited(tx, job.workspace_id, message.id, letter.mail.attachments))
    found = queries.situation(tx, job.workspace_id, message.mailbox_id, letter.sender)
    coming = Coming(tx, desk, letter, found, message.id, ours_of(tx, letter, sends_from, domain))
    became = coming.trusted()
    settled = {**coming.settled(became), "reason": message.reason}
    queries.settle(tx, job.workspace_id, message.id, settled)
    return Received(became.files)


def _end(tx: Transaction, job: Row[Any], message: Row[Any] | None, error: str | None = None) -> None:
    """The job's end. What could not be taken in waits again."""
    principals.enter_system(tx, job.workspace_id)
    if error and message is not None:
        quarantine_queries.decide(tx, job.workspace_id, message.id, Arrival.QUARANTINED, None, decided=False)
    jobs.finish(tx, job, error=error)
