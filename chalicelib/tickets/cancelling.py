"""Cancelling: it was not needed. The clock ends without fulfilment."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb


def cancel(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str, version: Versions | None = None
) -> None:
    """Ends an active ticket unresolved; the requester may while nobody has taken it up."""
    draft = open_draft(tx, actor, ticket_id, version)
    draft.require_requester_unless(Permission.TICKETS_CANCEL)
    apply_cancel(draft, reason)
    draft.save()


def apply_cancel(draft: Draft, reason: str | None) -> None:
    draft.require(Verb.CANCEL)
    draft.set("cancelled", {"status": Status.CANCELLED}, reason=reason)
    draft.clock.ended(draft.now)
