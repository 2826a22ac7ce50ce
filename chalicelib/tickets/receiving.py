"""A file has come, or was scanned. Deliveries may repeat, and a result may overtake the arrival: both find
the traces of what was done. The first version that is told of is the file; later ones never count."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Unavailable
from chalicelib.models.words import ActorType, Scan
from chalicelib.tickets import attachment_queries, queries
from chalicelib.tickets.file_news import Arrived, Scanned
from chalicelib.tickets.queries import Entry
from chalicelib.tickets.ticket import Ticket


def receive(tx: Transaction, news: Arrived, scan: Scan) -> bool:
    """Marks the file as there, `scan` as it stands without a scanner's word. False where nobody wants this
    object: its row is gone, or another version of it counts."""
    desk = principals.enter_system(tx, news.workspace_id)
    file = desk and attachment_queries.find(tx, news.workspace_id, news.attachment_id)
    if not desk or not file:
        return False
    ticket = _held(tx, desk, file.ticket_id)
    counts = attachment_queries.receive(
        tx, news.workspace_id, news.attachment_id, version=news.version, size=news.size, scan=scan
    )
    if counts is None:
        return False
    if counts.version is None:
        # Received by somebody who has only just committed. Never to be taken for another version.
        raise Unavailable("The file is being received elsewhere.", retry_after=1)
    if counts.version != news.version:
        return False
    if counts.first and ticket:
        entry = _entry("attached", news.attachment_id, file)
        queries.change(tx, _uploader(desk, file), ticket, {}, [entry], counts=False)
    return True


def judge(tx: Transaction, news: Scanned) -> None:
    """Keeps what a scanner found. The staff hears where that is harm."""
    desk = principals.enter_system(tx, news.workspace_id)
    file = desk and attachment_queries.find(tx, news.workspace_id, news.attachment_id)
    if not desk or not file:
        return
    ticket = _held(tx, desk, file.ticket_id)
    changed = attachment_queries.judge(tx, news.workspace_id, news.attachment_id, news.version, news.scan)
    if changed and ticket and news.scan is Scan.INFECTED:
        entry = replace(_entry("quarantined", news.attachment_id, file), internal=True, by_itself=True)
        queries.change(tx, desk, ticket, {}, [entry], counts=False)


def _held(tx: Transaction, desk: Actor, ticket_id: UUID) -> Ticket | None:
    """The ticket, if there is anybody to tell. A deleted one is held too: who else has news of its files
    waits, and then sees what was done."""
    ticket = queries.lock(tx, desk, ticket_id)
    if ticket is None:
        queries.lock(tx, desk, ticket_id, deleted=True)
    return ticket


def _uploader(desk: Actor, file: Any) -> Actor:
    """Under whose name the timeline tells of it."""
    if file.api_key_id:
        return replace(desk, type=ActorType.API_KEY, id=file.api_key_id)
    return replace(desk, type=ActorType.USER, id=file.uploaded_by) if file.uploaded_by else desk


def _entry(action: str, attachment_id: UUID, file: Any) -> Entry:
    """Without the file's name: words of people stand in one place only."""
    meta = {"attachment_id": attachment_id}
    if file.comment_id:
        meta["comment_id"] = file.comment_id
    return Entry(action, meta=meta, internal=file.internal)
