"""Time entries: the minutes that the staff spent on a ticket. Between colleagues, and nothing of the ticket
itself: its version stays."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import time_queries
from chalicelib.tickets.draft import Draft, open_draft

FIELDS = ("minutes", "note", "spent_on")


def listing(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> dict[str, Any]:
    """A page of a visible ticket's entries, and what they come to, all of them. Raises NotFound or
    Forbidden."""
    totals = time_queries.totals(tx, actor, ticket_id)
    actor.require(Permission.TIME_ENTRIES_WRITE, "The time spent is between colleagues.")
    rows = time_queries.listed(tx, actor, ticket_id, page)
    return {**answer(rows, page, "created_at", lambda row: (row.created_at, row.id), _shape), **totals}


def log(
    tx: Transaction, actor: Actor, ticket_id: UUID, minutes: int, note: str | None, spent_on: date | None
) -> dict[str, Any]:
    """Notes minutes of the actor's; without a day, today's."""
    draft = _open(tx, actor, ticket_id)
    _require_past(actor, spent_on)
    values = {"minutes": minutes, "note": note, "spent_on": spent_on}
    entry_id = time_queries.insert(tx, actor, ticket_id, values)
    _tell(draft, "time_logged", entry_id, {"minutes": {"from": None, "to": minutes}})
    return _shape(time_queries.one(tx, actor, ticket_id, entry_id))


def correct(
    tx: Transaction, actor: Actor, ticket_id: UUID, entry_id: UUID, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Changes an own entry, or as a dispatcher any."""
    draft = _open(tx, actor, ticket_id)
    row = _own(tx, actor, ticket_id, entry_id)
    _require_past(actor, changes.get("spent_on"))
    time_queries.change(tx, actor, entry_id, {name: getattr(row, name) for name in FIELDS} | dict(changes))
    minutes = {"from": row.minutes, "to": changes.get("minutes", row.minutes)}
    _tell(draft, "time_changed", entry_id, {"minutes": minutes})
    return _shape(time_queries.one(tx, actor, ticket_id, entry_id))


def remove(tx: Transaction, actor: Actor, ticket_id: UUID, entry_id: UUID) -> None:
    """Takes an own entry away, or as a dispatcher any."""
    draft = _open(tx, actor, ticket_id)
    row = _own(tx, actor, ticket_id, entry_id)
    time_queries.delete(tx, actor, entry_id)
    _tell(draft, "time_removed", entry_id, {"minutes": {"from": row.minutes, "to": None}})


def _open(tx: Transaction, actor: Actor, ticket_id: UUID) -> Draft:
    actor.require(Permission.TIME_ENTRIES_WRITE, "The staff notes its time.")
    draft = open_draft(tx, actor, ticket_id)
    if draft.ticket.archived_at is not None:
        raise Conflict("The ticket is archived, so it can only be read.")
    return draft


def _own(tx: Transaction, actor: Actor, ticket_id: UUID, entry_id: UUID) -> Any:
    row = time_queries.one(tx, actor, ticket_id, entry_id)
    if row is None:
        raise NotFound("There is no such time entry.")
    is_own = actor.id is not None and actor.id == row.person_id
    if not is_own and not actor.may(Permission.TIME_ENTRIES_MANAGE):
        raise Forbidden("Only whose time it is changes it, or a dispatcher.")
    return row


def _require_past(actor: Actor, spent_on: date | None) -> None:
    """Somewhere it may be tomorrow already."""
    if spent_on is not None and spent_on > (actor.now + timedelta(hours=14)).date():
        raise ValidationFailed.of("spent_on", "This day is still to come.")


def _tell(draft: Draft, action: str, entry_id: UUID, changes: Mapping[str, Mapping[str, Any]]) -> None:
    draft.tell(action, changes, internal=True, time_entry_id=entry_id)
    draft.save(counts=False)


def _shape(row: Any) -> dict[str, Any]:
    names = ("id", *FIELDS, "created_at", "updated_at")
    return {
        **{name: getattr(row, name) for name in names},
        "person": {"id": row.person_id, "name": row.person_name},
    }
