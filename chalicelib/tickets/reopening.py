"""Reopening: by admins and dispatchers, or by the requester within the workspace's window."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.releasing import release_leaver


def reopen(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str, version: Versions | None = None
) -> None:
    """Opens a finished ticket again; its resolution has the time that was left."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply_reopen(draft, reason)
    draft.save()


def apply_reopen(draft: Draft, reason: str | None = None) -> None:
    draft.require(Verb.REOPEN)
    actor = draft.actor
    draft.require_requester_unless(Permission.TICKETS_REOPEN)
    if not actor.may(Permission.TICKETS_REOPEN) and not draft.within_window:
        days = actor.workspace.reopen_window_days
        raise draft.illegal(
            Verb.REOPEN, f"The ticket was finished more than {days} days ago. Open a new one."
        )
    wake(draft, reason)


def wake(draft: Draft, reason: str | None = None, cause: str | None = None) -> None:
    """The reopening itself, whoever caused it: a verb, or a customer's comment within the window."""
    cleared = {"status": Status.OPEN, "resolved_at": None, "closed_at": None}
    draft.set("reopened", cleared, reason=reason, cause=cause)
    release_leaver(draft)
    draft.clock.reopened(draft.now, draft.choose_policy(), draft.facts)
