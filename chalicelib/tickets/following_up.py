"""A follow-up: what a customer still has to say about a finished ticket opens a new one, linked to it."""

from chalicelib.models.words import Source
from chalicelib.tickets import queries
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.ticket import Ticket

SUBJECT_LENGTH = 200


def follow_up(draft: Draft, body: str, source: Source) -> Ticket:
    """Opens the new ticket, in the old one's team and of its kind, and tells of it on both."""
    old = draft.ticket
    new = create(
        draft.tx,
        draft.actor,
        NewTicket(
            subject=f"{old.subject} ({old.label})"[:SUBJECT_LENGTH],
            description=body,
            type=old.type,
            priority=old.priority,
            category=old.category,
            subcategory=old.subcategory,
        ),
        team_id=old.team_id,
        source=source,
        follow_up_of=old,
    )
    queries.insert_link(draft.tx, draft.actor, new.id, "follow_up", old.id)
    draft.tell("followed_up", follow_up_id=new.id, follow_up_label=new.label)
    draft.save(counts=False)
    return new
