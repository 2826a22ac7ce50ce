"""The mails behind a ticket as they came, for the staff: all of their text, and leave to fetch them raw."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.channels import ticket_mail_queries as queries
from chalicelib.core import presigning
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.core.presigning import Link
from chalicelib.tickets.file_links import BYTES, LINK_SECONDS
from chalicelib.tickets.views import show

# As the bucket keeps it.
KEPT_DAYS = 90


def listing(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page, sort: str) -> dict[str, Any]:
    """A page of a visible ticket's mails. `sort`: received_at, or with a dash. Raises NotFound, Forbidden."""
    show(tx, actor, ticket_id)
    _require_staff(actor)
    after = page.after(sort, (datetime, UUID))
    rows = queries.list_mails(tx, actor.workspace.id, ticket_id, page, sort, after)
    return answer(rows, page, sort, lambda row: (row.received_at, row.id), _shape)


def get(
    tx: Transaction, actor: Actor, ticket_id: UUID, mail_id: UUID, bucket: str
) -> tuple[dict[str, Any], Link | None]:
    """One mail with its whole text, and a link that fetches it as it came, for five minutes; None where
    nobody is to have that. Raises NotFound, Forbidden."""
    show(tx, actor, ticket_id)
    row = queries.mail(tx, actor.workspace.id, ticket_id, mail_id, KEPT_DAYS)
    if row is None:
        raise NotFound("There is no such mail on this ticket.")
    _require_staff(actor)
    link = _link(bucket, row, actor.now) if row.is_shown_raw else None
    return {**_shape(row), "text": row.text}, link


def _link(bucket: str, row: Row[Any], now: datetime) -> Link:
    """As a download of no type: no browser shows what is in it."""
    parameters = {
        "response-content-disposition": f'attachment; filename="{row.id}.eml"',
        "response-content-type": BYTES,
        "response-cache-control": "private, no-store",
    }
    return presigning.link(bucket, row.object_key, parameters, now, LINK_SECONDS)


def _require_staff(actor: Actor) -> None:
    actor.require(Permission.TICKETS_READ_INTERNAL, "Mails as they came are the staff's to see.")


def _shape(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "comment_id", "recipients", "subject", "message_id", "size", "files", "automatic")
    return {
        **{name: getattr(row, name) for name in names},
        "authenticated": row.authenticated,
        "received_at": row.received_at,
        "sender": {"name": row.from_name, "email": row.from_address},
        "mailbox": {"id": row.mailbox_id, "name": row.mailbox_name} if row.mailbox_id else None,
    }
