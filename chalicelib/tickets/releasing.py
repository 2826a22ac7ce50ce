"""Releasing: what somebody leaves behind returns to the queue of its team, and the timeline says so."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.tickets import queries


def release_all(tx: Transaction, actor: Actor, assignee_id: UUID, reason: str) -> int:
    """Unassigns every active ticket of a person who does not work here any more; how many. One statement,
    however many."""
    return queries.release(tx, actor, assignee_id, reason)
