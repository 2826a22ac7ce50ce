"""Closing: by staff or the requester once resolved; admins and dispatchers close any active ticket."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import ACTIVE, Verb


def close(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str | None = None, version: Versions | None = None
) -> None:
    """Ends the ticket."""
    draft = open_draft(tx, actor, ticket_id, version)
    draft.require_requester_unless(Permission.TICKETS_CLOSE)
    apply_close(draft, reason)
    draft.save()


def apply_close(draft: Draft, reason: str | None = None, **meta: Any) -> None:
    """`meta`: what else there is to tell of it."""
    draft.require(Verb.CLOSE)
    was_active = draft.get("status") in ACTIVE
    draft.set("closed", {"status": Status.CLOSED, "closed_at": draft.now}, reason=reason, **meta)
    if was_active:
        draft.clock.closed(draft.now)
