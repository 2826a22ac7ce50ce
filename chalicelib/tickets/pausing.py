"""Pausing and resuming: `pending` waits for the customer, `on_hold` for anyone else; both stop the resolution
clock."""

from typing import Literal
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import PAUSED, Verb

WaitingOn = Literal["customer", "other"]
STATUS = {"customer": Status.PENDING, "other": Status.ON_HOLD}


def pause(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    waiting_on: WaitingOn,
    reason: str,
    version: Versions | None = None,
) -> None:
    """Waits for somebody. Already paused, it may only change whom it waits for."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply_pause(draft, STATUS[waiting_on], reason)
    draft.save()


def resume(
    tx: Transaction, actor: Actor, ticket_id: UUID, reason: str | None = None, version: Versions | None = None
) -> None:
    """Goes on: the clock counts again from now."""
    draft = open_draft(tx, actor, ticket_id, version)
    apply_resume(draft, reason)
    draft.save()


def apply_pause(draft: Draft, status: Status, reason: str | None) -> None:
    draft.require(Verb.PAUSE, to=status)
    was_paused = draft.get("status") in PAUSED
    waiting_on = "customer" if status is Status.PENDING else "other"
    draft.set("paused", {"status": status}, reason=reason, waiting_on=waiting_on)
    if not was_paused:
        draft.clock.paused(draft.now)


def apply_resume(draft: Draft, reason: str | None = None) -> None:
    draft.require(Verb.RESUME)
    go_on(draft, reason)


def go_on(draft: Draft, reason: str | None = None, cause: str | None = None) -> None:
    """The resuming itself, whoever caused it: a verb, or a customer's comment."""
    draft.set("resumed", {"status": Status.OPEN}, reason=reason, cause=cause)
    draft.clock.resumed(draft.now)
