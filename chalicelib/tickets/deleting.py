"""Deleting, softly: nobody sees it any more, until an admin restores it."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Metric
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.releasing import release_leaver


def delete(tx: Transaction, actor: Actor, ticket_id: UUID, version: Versions | None = None) -> None:
    """Takes the ticket out of everybody's sight; its clock ends without fulfilment."""
    _require_right(actor)
    draft = open_draft(tx, actor, ticket_id, version)
    apply_delete(draft)
    draft.save()


def apply_delete(draft: Draft) -> None:
    _require_right(draft.actor)
    draft.set("deleted", {"deleted_at": draft.now}, internal=True)
    draft.clock.ended(draft.now)
    audit(draft.tx, draft.actor, "ticket.deleted", ("ticket", draft.ticket.id), before=_named(draft))


def restore(tx: Transaction, actor: Actor, ticket_id: UUID, version: Versions | None = None) -> None:
    """Brings it back as it was; an active one gets a clock again, with the time that was left."""
    actor.require(Permission.TICKETS_RESTORE, "Only an admin restores a ticket.")
    draft = open_draft(tx, actor, ticket_id, version, deleted=True)
    draft.set("restored", {"deleted_at": None}, internal=True)
    if draft.ticket.status in ACTIVE:
        release_leaver(draft)
        was_asked = _was_asked(draft)
        draft.clock.reopened(draft.now, draft.choose_policy(), draft.facts)
        if was_asked:
            draft.clock.asked(draft.now, draft.policy(), draft.facts)
    draft.save()
    audit(tx, actor, "ticket.restored", ("ticket", ticket_id), after=_named(draft))


def _require_right(actor: Actor) -> None:
    actor.require(Permission.TICKETS_DELETE, "Only an admin deletes a ticket.")


def _named(draft: Draft) -> dict[str, Any]:
    """Which ticket it is, without a word of what is in it."""
    return {"label": draft.ticket.label, "status": draft.ticket.status}


def _was_asked(draft: Draft) -> bool:
    """Whether the deletion cut off a customer's question that nobody had answered."""
    deleted_at = draft.ticket.deleted_at
    return deleted_at is not None and any(
        target.metric is Metric.NEXT_RESPONSE
        and target.ended_at is not None
        and target.ended_at >= deleted_at
        for target in draft.clock.targets
    )
