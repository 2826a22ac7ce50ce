"""Commenting: public replies and internal notes, and what a customer's word does to a ticket that was waiting
or done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict
from chalicelib.models.words import ActorType, Source, Status, Visibility
from chalicelib.tickets import comment_queries, following_up, markdown
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.lifecycle import ACTIVE, FINISHED, takes_comments
from chalicelib.tickets.mentioning import mentioned
from chalicelib.tickets.merging import open_landing
from chalicelib.tickets.pausing import go_on
from chalicelib.tickets.reopening import wake
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
    eyes: Actor | None = None,
) -> Comment:
    """Adds a comment; on a merged ticket, to the one that it was merged into. A customer's on a finished
    ticket opens a follow-up; on an archived one nobody comments, but by mail: that opens a follow-up too.

    `eyes`: who may know of the ticket, where that is not the actor's own right but somebody else's word.
    """
    draft, kept_by = open_landing(tx, eyes or actor, ticket_id)
    draft.actor = actor
    _require_right(actor, visibility)
    if kept_by != draft.ticket.id:
        return _from_outside(draft, kept_by, body, visibility, source)
    if not actor.may(Permission.COMMENTS_ANSWER) and _is_over(draft, source):
        new = following_up.follow_up(draft, body, source)
        return Comment(None, new.id, body, Visibility.PUBLIC, draft.now, new)
    made = add_comment(draft, body, visibility, source)
    if not actor.may(Permission.COMMENTS_ANSWER):
        _wake(draft)
    draft.save(counts="status" in draft.values)
    return made


def add_comment(
    draft: Draft,
    body: str,
    visibility: Visibility = Visibility.PUBLIC,
    source: Source = Source.API,
    *,
    automatic: bool = False,
) -> Comment:
    """The comment itself, with its timeline entry and what it means for the promises. `automatic`: a machine
    wrote it, so nobody is told."""
    actor = draft.actor
    if not takes_comments(draft.get("status"), archived=draft.get("archived_at") is not None):
        raise Conflict("The ticket is archived, so it takes no comments. Open a new one.")
    if draft.ticket.merged_into is not None:
        raise Conflict("The ticket was merged into another one: comment there.")
    written = markdown.render(body)
    mentions = mentioned(draft, written.mentions)
    internal = visibility is Visibility.INTERNAL
    answers = draft.ticket.requester_id if not internal and _answers(draft) else None
    row = comment_queries.insert(
        draft.tx, actor, draft.ticket.id, body, written.html, mentions, visibility, source, answers=answers
    )
    draft.tell(
        "commented",
        comment_id=row.id,
        visibility=visibility,
        internal=internal,
        automatic=automatic or None,
        beside={"first_response": True} if row.is_first else None,
    )
    if not internal:
        _affect_promises(draft)
    return Comment(row.id, draft.ticket.id, body, visibility, row.created_at)


def _from_outside(
    draft: Draft, ticket_id: UUID, body: str, visibility: Visibility, source: Source
) -> Comment:
    """A comment on a merged ticket by who sees nothing of the target: it stays where they can read it. The
    target's staff is told; its requester is not, so it wakes nothing and answers nobody."""
    actor, written = draft.actor, markdown.render(body)
    mentions = mentioned(draft, written.mentions)
    row = comment_queries.insert(draft.tx, actor, ticket_id, body, written.html, mentions, visibility, source)
    draft.tell("commented", comment_id=row.id, visibility=visibility, internal=True, from_id=ticket_id)
    if not actor.may(Permission.COMMENTS_ANSWER):
        _ask(draft)
    draft.save(counts=False)
    return Comment(row.id, ticket_id, body, visibility, row.created_at)


def _require_right(actor: Actor, visibility: Visibility) -> None:
    if visibility is Visibility.INTERNAL:
        actor.require(Permission.COMMENTS_WRITE_INTERNAL, "Internal notes are the staff's.")


def _answers(draft: Draft) -> bool:
    """Staff who write as the requester do not answer anybody, and neither does what the desk says by
    itself."""
    actor = draft.actor
    is_staff = actor.type is not ActorType.SYSTEM and actor.may(Permission.COMMENTS_ANSWER)
    return is_staff and not draft.is_requester


def _affect_promises(draft: Draft) -> None:
    if _answers(draft):
        draft.clock.answered(draft.now)
    elif draft.actor.type is not ActorType.SYSTEM and not draft.actor.may(Permission.COMMENTS_ANSWER):
        _ask(draft)


def _ask(draft: Draft) -> None:
    """Where it wakes a resolved ticket, the question waits for the policy that this one comes back to."""
    if draft.get("status") in ACTIVE:
        draft.clock.asked(draft.now, draft.policy(), draft.facts)


def _is_over(draft: Draft, source: Source) -> bool:
    if draft.ticket.archived_at is not None:
        return source is Source.EMAIL
    status = draft.ticket.status
    return status in FINISHED or (status is Status.RESOLVED and not draft.within_window)


def _wake(draft: Draft) -> None:
    if draft.ticket.status is Status.PENDING:
        go_on(draft, cause="comment")
    elif draft.ticket.status is Status.RESOLVED:
        wake(draft, cause="comment")
        _ask(draft)
