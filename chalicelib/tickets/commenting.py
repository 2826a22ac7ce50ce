"""Commenting: public replies and internal notes, and what a customer's word does to a ticket that was waiting
or done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict
from chalicelib.models.words import Source, Status, Visibility
from chalicelib.tickets import comment_queries, following_up, markdown
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import FINISHED
from chalicelib.tickets.mentioning import mentioned
from chalicelib.tickets.pausing import go_on
from chalicelib.tickets.reopening import wake, within_window
from chalicelib.tickets.ticket import Ticket


@dataclass(frozen=True)
class Comment:
    """What became of a comment. `follow_up` is the new ticket that it opened instead, where the old one was
    finished."""

    id: UUID | None
    ticket_id: UUID
    body: str
    visibility: Visibility
    created_at: datetime
    follow_up: Ticket | None = None


def comment(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    body: str,
    visibility: Visibility = Visibility.PUBLIC,
    source: Source = Source.API,
) -> Comment:
    """Adds a comment. A customer's on a finished ticket opens a follow-up; on an archived one nobody
    comments."""
    draft = open_draft(tx, actor, ticket_id)
    _require_right(actor, visibility)
    if not actor.may(Permission.COMMENTS_ANSWER) and _is_over(draft):
        new = following_up.follow_up(draft, body, source)
        return Comment(None, new.id, body, Visibility.PUBLIC, draft.now, new)
    made = add_comment(draft, body, visibility, source)
    if not actor.may(Permission.COMMENTS_ANSWER):
        _wake(draft)
    draft.save(counts="status" in draft.values)
    return made


def add_comment(
    draft: Draft, body: str, visibility: Visibility = Visibility.PUBLIC, source: Source = Source.API
) -> Comment:
    """The comment itself, with its timeline entry and what it means for the promises."""
    actor = draft.actor
    if draft.get("archived_at") is not None:
        raise Conflict("The ticket is archived, so it takes no comments. Open a new one.")
    written = markdown.render(body)
    mentions = mentioned(draft, written.mentions)
    row = comment_queries.insert(
        draft.tx, actor, draft.ticket, body, written.html, mentions, visibility, source
    )
    internal = visibility is Visibility.INTERNAL
    draft.tell("commented", comment_id=row.id, visibility=visibility, internal=internal)
    if not internal:
        _affect_promises(draft)
    return Comment(row.id, draft.ticket.id, body, visibility, row.created_at)


def _require_right(actor: Actor, visibility: Visibility) -> None:
    if visibility is Visibility.INTERNAL:
        actor.require(Permission.COMMENTS_WRITE_INTERNAL, "Internal notes are the staff's.")


def _affect_promises(draft: Draft) -> None:
    """Staff who write as the requester do not answer anybody."""
    if not draft.actor.may(Permission.COMMENTS_ANSWER):
        draft.clock.asked(draft.now, draft.policy(), draft.facts)
    elif not draft.is_requester:
        draft.clock.answered(draft.now)


def _is_over(draft: Draft) -> bool:
    status = draft.ticket.status
    return draft.ticket.archived_at is None and (
        status in FINISHED or (status is Status.RESOLVED and not within_window(draft))
    )


def _wake(draft: Draft) -> None:
    if draft.ticket.status is Status.PENDING:
        go_on(draft, cause="comment")
    elif draft.ticket.status is Status.RESOLVED:
        wake(draft, cause="comment")
