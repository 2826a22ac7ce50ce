"""Quarantine: mails that became nothing because something is wrong with them. Whoever looks at one releases
it, and it becomes what it would have been, or drops it. After 30 days it is gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.channels import quarantine_queries as queries
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import Arrival, Doubt

KIND = "mail_release"
# What nobody releases, and why.
FINAL: Mapping[str, str] = {
    Doubt.VIRUS: "A virus was found in this mail: it can only be dropped.",
    Doubt.LOOP: "This mail is one of the desk's own that came back: it can only be dropped.",
    Doubt.NO_SENDER: "This mail names no sender whom a ticket could be for: it can only be dropped.",
}


def listing(tx: Transaction, actor: Actor, reason: str | None, page: Page, sort: str) -> dict[str, Any]:
    """A page of what waits for somebody to look at it. `sort`: received_at, or with a dash."""
    _require_right(actor)
    after = page.after(sort, (datetime, UUID))
    rows = queries.list_messages(tx, actor.workspace.id, reason, page, sort, after)
    return answer(rows, page, sort, lambda row: (row.received_at, row.id), shape)


def get(tx: Transaction, actor: Actor, message_id: UUID) -> dict[str, Any]:
    """One mail with its text, also once it is decided. Raises NotFound."""
    _require_right(actor)
    row = queries.message(tx, actor.workspace.id, message_id)
    if row is None:
        raise _no_such_mail()
    return {**shape(row), "body": row.body, "recipients": row.recipients, "message_id": row.id_of_mail}


def release(tx: Transaction, actor: Actor, message_id: UUID) -> dict[str, Any]:
    """Has a mail taken in after all, by a job; twice is once. Raises NotFound, Conflict."""
    held = _held(tx, actor, message_id)
    if held.outcome == Arrival.DROPPED:
        raise Conflict("This mail was dropped.")
    if held.reason in FINAL:
        raise Conflict(FINAL[held.reason])
    if held.decided_at is None:
        queries.decide(tx, actor.workspace.id, message_id, Arrival.QUARANTINED, actor.id, decided=True)
        jobs.ask(tx, actor.workspace.id, KIND, message_id, actor.id)
        audit(tx, actor, "mail.released", ("mail", message_id), after={"reason": held.reason})
    return get(tx, actor, message_id)


def drop(tx: Transaction, actor: Actor, message_id: UUID) -> dict[str, Any]:
    """Takes a mail out of quarantine for good; twice is once. Raises NotFound, Conflict."""
    held = _held(tx, actor, message_id)
    if held.outcome != Arrival.DROPPED:
        if held.decided_at is not None:
            raise Conflict("This mail was released.")
        queries.decide(tx, actor.workspace.id, message_id, Arrival.DROPPED, actor.id, decided=True)
        audit(tx, actor, "mail.dropped", ("mail", message_id), after={"reason": held.reason})
    return get(tx, actor, message_id)


def shape(row: Row[Any]) -> dict[str, Any]:
    """A mail as answers show it."""
    names = ("id", "reason", "subject", "size", "files", "automatic", "authenticated", "received_at")
    mailbox = {"id": row.mailbox_id, "name": row.mailbox_name} if row.mailbox_id else None
    return {
        **{name: getattr(row, name) for name in names},
        "sender": {"name": row.from_name, "email": row.from_address},
        "mailbox": mailbox,
        "state": _state(row),
        "decided_at": row.decided_at,
        "ticket_id": row.ticket_id,
        "comment_id": row.comment_id,
    }


def _state(row: Row[Any]) -> str:
    if row.outcome == Arrival.DROPPED:
        return "dropped"
    if row.outcome != Arrival.QUARANTINED:
        return "released"
    return "releasing" if row.decided_at else "waiting"


def _held(tx: Transaction, actor: Actor, message_id: UUID) -> Row[Any]:
    _require_right(actor)
    held = queries.hold(tx, actor.workspace.id, message_id)
    if held is None:
        raise _no_such_mail()
    return held


def _no_such_mail() -> NotFound:
    return NotFound("There is no such mail in quarantine.")


def _require_right(actor: Actor) -> None:
    actor.require(Permission.QUARANTINE_MANAGE, "Only dispatchers and administrators look after quarantine.")
