"""A ticket has its requester's organisation from the start; who joins one later brings open work along."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.tickets import queries


def bring_along(tx: Transaction, actor: Actor, organisation_id: UUID, user_id: UUID | None = None) -> None:
    """Whatever is active and in no organisation, of its members or of one of them, is the organisation's now.

    Finished tickets stay as they were, and so does what was opened for another organisation, or follows up
    what was. No version is raised and no promise made anew: nothing that answers show of a ticket has
    changed.
    """
    queries.bring_along(tx, actor.workspace.id, organisation_id, user_id)
