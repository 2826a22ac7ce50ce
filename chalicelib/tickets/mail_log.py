"""Which mails went to whom, and what became of each: everybody their own, administrators those of all. A
ticket that one does not see, or no longer, is not named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import MailReason, MailStatus
from chalicelib.tickets import mail_log_queries

# Why a mail did not go out, by what became of it.
_REASONS = {
    MailStatus.SUPERSEDED: MailReason.OVERTAKEN,
    MailStatus.SUPPRESSED: MailReason.TOO_MANY,
    MailStatus.FAILED: MailReason.REFUSED,
}


def listing(
    tx: Transaction, actor: Actor, filters: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page. `filters`: `user ticket status created_after created_before`, those that are given; `sort`:
    created_at, or with a dash. Raises Forbidden for those of others, and for an API key that has none."""
    user_id = filters.get("user")
    if not actor.may(Permission.NOTIFICATIONS_READ_ALL):
        if actor.user_id is None:
            raise Forbidden("Only users are mailed: an API key has no mails of its own.")
        if user_id not in (None, actor.user_id):
            raise Forbidden("You see the mails that were sent to you. Administrators see those of all.")
        user_id = actor.user_id
    after = page.after(sort, (datetime, UUID))
    given = {**filters, "user": user_id}
    rows = mail_log_queries.listed_mails(tx, actor, given, page, sort, after)
    return answer(rows, page, sort, lambda row: (row.created_at, row.id), _shape)


def _shape(row: Any) -> dict[str, Any]:
    status = MailStatus(row.status)
    return {
        "id": row.id,
        "kind": row.kind,
        "occasion": row.occasion,
        "part": row.part,
        "user": {"id": row.user_id, "name": row.user_name, "email": row.user_email},
        "ticket": {"id": row.ticket_id, "label": row.label} if row.ticket_id else None,
        "status": status,
        "reason": _REASONS.get(status),
        "in_digest": row.in_digest,
        "provider_id": row.provider_id,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "sent_at": row.sent_at,
    }
