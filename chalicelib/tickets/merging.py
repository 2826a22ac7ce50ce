"""Merging: two tickets are about one thing, and work goes on in one of them.

What was said and attached stays where it was and shows on the target as well (see conversation.py): so
whoever asked for the source sees their own words and nobody else's. `merged_into` is always the ticket where
work goes on: what was merged into the source goes along.
"""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets import relation_queries
from chalicelib.tickets.draft import Draft, require_version
from chalicelib.tickets.lifecycle import Verb, takes_comments
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.watching import MOST as MOST_WATCHERS

# As many as a conversation is read from in one go.
MOST = 50


def merge(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    into_id: UUID,
    reason: str | None = None,
    version: Versions | None = None,
) -> None:
    """Closes an active ticket for another active one. Its clock ends without fulfilment.

    Raises ValidationFailed for a ticket with itself, NotFound where one of them may not be known, Conflict
    where the target has taken as many as it can.
    """
    if ticket_id == into_id:
        raise ValidationFailed.of("into_id", "A ticket cannot be merged into itself.")
    rows = relation_queries.lock_to_merge(tx, actor, ticket_id, into_id)
    found = {row.id: Ticket.of(row) for row in rows if row.visible}
    if ticket_id not in found or into_id not in found:
        raise NotFound("There is no such ticket.")
    draft, into = Draft(tx, actor, found[ticket_id]), Draft(tx, actor, found[into_id])
    require_version(draft.ticket, version)
    draft.require(Verb.MERGE)
    if not into.may(Verb.MERGE):
        raise into.illegal(Verb.MERGE, _why_not(into.ticket))
    if rows[0].absorbed + len(rows) - 1 > MOST:
        raise Conflict(f"No more than {MOST} tickets are merged into one.")
    changes = {"status": Status.CLOSED, "closed_at": draft.now, "merged_into": into_id}
    draft.set("merged", changes, into_id=into_id, into_label=into.ticket.label, reason=reason)
    draft.clock.ended(draft.now)
    draft.save()
    relation_queries.absorb(tx, actor, draft.ticket, into.ticket, reason=reason, most=MOST_WATCHERS)


def _why_not(into: Ticket) -> str:
    if into.merged_into is not None:
        return f"{into.label} was itself merged into another ticket: merge into that one."
    state = "archived" if into.archived_at else into.status
    return f"{into.label} is {state}: a ticket is merged into an active one."


def open_landing(tx: Transaction, actor: Actor, ticket_id: UUID) -> tuple[Draft, UUID]:
    """Where a comment on a ticket lands: there, or on the one that it was merged into. And whose comment it
    becomes: the ticket's that it lands on, if the actor may know of that; else it stays with its own, for its
    author to read, and shows on the other.

    Raises NotFound, or Conflict where such an outsider's word finds no work going on.
    """
    row = relation_queries.lock_landing(tx, actor, ticket_id)
    if row is None:
        raise NotFound("There is no such ticket.")
    draft = Draft(tx, actor, Ticket.of(row))
    if row.merged_into is not None:
        raise Conflict("The ticket was merged into another one just now: send it again.")
    if row.visible:
        return draft, draft.ticket.id
    deleted = row.deleted_at is not None
    if not takes_comments(draft.ticket.status, archived=False, deleted=deleted, unseen=True):
        raise Conflict("The ticket was merged into another one, which is finished. Open a new one.")
    return draft, ticket_id
