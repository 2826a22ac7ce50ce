"""Splitting: what somebody said beside the matter becomes a ticket of its own, with a fresh clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.versions import Versions
from chalicelib.models.words import Priority, Source, TicketType, Visibility
from chalicelib.tickets import relation_queries
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.draft import open_draft
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.ticket import Ticket


@dataclass(frozen=True)
class Piece:
    """What the new ticket is to be. What is None is as the old one, the team as for any new ticket; the
    description is then the first public one of the chosen comments."""

    subject: str
    description: str | None = None
    type: TicketType | None = None
    priority: Priority | None = None
    team_id: UUID | None = None


def split(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    comment_ids: Sequence[UUID],
    piece: Piece,
    version: Versions | None = None,
) -> Ticket:
    """Moves comments, with their files and times, to a new ticket of the same requester and organisation.

    Raises NotFound for a comment that is not this ticket's or was taken back, ValidationFailed where nothing
    public could describe the new ticket.
    """
    draft = open_draft(tx, actor, ticket_id, version)
    draft.require(Verb.SPLIT)
    comments = relation_queries.chosen(tx, draft.ticket, comment_ids)
    if len(comments) != len(set(comment_ids)):
        raise NotFound("There is no such comment on this ticket.")
    old = draft.ticket
    new = create(
        tx,
        actor,
        NewTicket(
            subject=piece.subject,
            description=piece.description or _described_by(comments),
            type=piece.type or old.type,
            priority=piece.priority or old.priority,
            category=old.category,
            subcategory=old.subcategory,
            requester_id=old.requester_id,
        ),
        team_id=piece.team_id,
        source=Source.API,
        split_from=old,
    )
    ids = [comment.id for comment in comments]
    relation_queries.move(tx, actor, old, new, ids)
    draft.tell("split", into_id=new.id, into_label=new.label, comment_ids=ids)
    draft.save()
    return new


def _described_by(comments: Sequence[Any]) -> str:
    """What internal notes say is not for the customer's eyes, in a description neither."""
    for comment in comments:
        if comment.visibility == Visibility.PUBLIC:
            body: str = comment.body
            return body
    told = "Internal notes alone describe no ticket: say what it is about."
    raise ValidationFailed.of("description", told, "FIELD_REQUIRED")
