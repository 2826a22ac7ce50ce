"""Watching: who hears of a ticket without asking for it or working on it. The staff says who; everybody may
leave.

A customer who watches sees the ticket's public side. Staff sees what it saw before: watching opens nothing.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import ActorType
from chalicelib.tickets import queries, watcher_queries
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.views import show

MOST = 50


def listing(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> dict[str, Any]:
    """A page of a visible ticket's watchers, of whom a customer sees the customers. Raises NotFound."""
    show(tx, actor, ticket_id)
    after = page.after("created_at", (datetime, UUID))
    rows = watcher_queries.listed(tx, actor, ticket_id, page, after)
    return answer(rows, page, "created_at", lambda row: (row.created_at, row.id), _shape)


def watch(
    tx: Transaction, actor: Actor, ticket_id: UUID, user_id: UUID | None
) -> tuple[dict[str, Any], bool]:
    """Has somebody watch, or the actor. The watcher, and whether it is new."""
    actor.require(Permission.WATCHERS_MANAGE, "The staff says who watches.")
    draft = open_draft(tx, actor, ticket_id)
    if (wanted := user_id or actor.user_id) is None:
        raise ValidationFailed.of("user_id", "Say who: an API key watches nothing.", "FIELD_REQUIRED")
    row, is_new = apply_watch(draft, wanted)
    if not is_new:
        return _shape(row), False
    draft.save(counts=False)
    return {**_shape(row), "created_at": draft.now}, True


def apply_watch(draft: Draft, user_id: UUID) -> tuple[Any, bool]:
    """Has somebody watch; their row, and whether that is new."""
    draft.actor.require(Permission.WATCHERS_MANAGE, "The staff says who watches.")
    _require_unarchived(draft)
    row = watcher_queries.candidate(draft.tx, draft.actor, draft, user_id)
    if row is None or not row.is_here:
        raise NotFound("There is no such active user.")
    if row.created_at is not None:
        return row, False
    if not row.sees:
        raise Conflict(f"{row.name} does not see this ticket: it is another team's.")
    if row.watchers >= MOST:
        raise Conflict(f"A ticket has {MOST} watchers at most.")
    watcher_queries.insert(draft.tx, draft.ticket, user_id)
    _tell(draft, "watcher_added", row)
    return row, True


def leave(tx: Transaction, actor: Actor, ticket_id: UUID, user_id: UUID) -> None:
    """Has somebody watch no longer. Customers leave by themselves alone."""
    draft = open_draft(tx, actor, ticket_id)
    _require_unarchived(draft)
    row = watcher_queries.candidate(tx, actor, draft, user_id)
    is_known = row is not None and row.created_at is not None
    if not is_known or not (actor.may(Permission.TICKETS_READ_INTERNAL) or not Role(row.role).is_staff):
        raise NotFound("There is no such watcher.")
    if user_id != actor.user_id and not actor.may(Permission.WATCHERS_MANAGE):
        raise Forbidden("The staff says who watches; you can leave by yourself.")
    watcher_queries.delete(tx, draft.ticket, user_id)
    _tell(draft, "watcher_removed", row)
    draft.save(counts=False)


def stop(tx: Transaction, desk: Actor, ticket_id: UUID, user_id: UUID) -> None:
    """Has somebody watch no longer who says so by the link of a mail, as their own doing; twice is once. It
    changes nothing of the ticket, so an archived one can be left too."""
    ticket = queries.lock(tx, desk, ticket_id)
    if ticket is None:
        return
    draft = Draft(tx, desk, ticket)
    row = watcher_queries.candidate(tx, desk, draft, user_id)
    if row is None or row.created_at is None:
        return
    draft.actor = replace(desk, type=ActorType.USER, id=row.id, name=row.name, role=None)
    watcher_queries.delete(tx, ticket, user_id)
    draft.tell("watcher_removed", user_id=row.id, internal=Role(row.role).is_staff, by_link=True)
    draft.save(counts=False)


def _require_unarchived(draft: Draft) -> None:
    if draft.get("archived_at") is not None:
        raise Conflict("The ticket is archived, so it can only be read.")


def _tell(draft: Draft, action: str, row: Any) -> None:
    """Who of the staff looks on is no customer's business."""
    draft.tell(action, user_id=row.id, internal=Role(row.role).is_staff)


def _shape(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "created_at": row.created_at,
    }
