"""Releasing: what somebody leaves behind returns to the queue of its team, and the timeline says so."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft


def release_all(tx: Transaction, actor: Actor, assignee_id: UUID, reason: str) -> int:
    """Unassigns every active ticket of a person who does not work here any more; how many. Two
    statements, however many."""
    return queries.release(tx, actor, assignee_id, reason)


def release_leaver(draft: Draft) -> None:
    """A ticket that comes back to work returns to the queue if its assignee does not work here any more.

    Waiting here for who deactivates the assignee right now is no deadlock: to them it is not active yet.
    """
    assignee_id = draft.get("assignee_id")
    if assignee_id is None:
        return
    found = queries.prepare(
        draft.tx, draft.ticket.workspace_id, team_id=None, assignee_id=assignee_id, requester_id=None
    )
    if found.assignee_id is None:
        draft.set("unassigned", {"assignee_id": None}, internal=True)
