"""Revising comments: whoever wrote one edits it or takes it back for a quarter of an hour, a dispatcher takes
back any at any time.

What an edit replaces is not kept: these minutes are for the password that was pasted by mistake. What was
taken back is purged after 30 days. Mails stay sent, and a promise that was met stays met.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, NotFound
from chalicelib.models.words import Visibility
from chalicelib.tickets import comment_queries, markdown
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.mentioning import mentioned

WINDOW = timedelta(minutes=15)


def edit(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID, body: str) -> None:
    """Writes the comment anew; whom it mentions now and did not before is told."""
    draft, comment = _open(tx, actor, ticket_id, comment_id)
    if not _is_author(actor, comment):
        raise Forbidden("Only who wrote a comment edits it.")
    _require_time(draft, comment, "edited")
    if body == comment.body:
        return
    written = markdown.render(body)
    mentions = mentioned(draft, written.mentions)
    comment_queries.edit(tx, actor.workspace.id, comment_id, body, written.html, mentions)
    new = [user_id for user_id in mentions if user_id not in comment.mentions]
    _tell(draft, "comment_edited", comment, mentioned=new or None)


def take_back(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID) -> None:
    """Deletes the comment, softly."""
    draft, comment = _open(tx, actor, ticket_id, comment_id)
    is_author = _is_author(actor, comment)
    if not actor.may(Permission.COMMENTS_DELETE):
        if not is_author:
            raise Forbidden("Only who wrote a comment takes it back, or a dispatcher.")
        _require_time(draft, comment, "taken back")
    comment_queries.delete(tx, actor, comment_id, draft.now)
    _tell(draft, "comment_deleted", comment)
    if not is_author:
        known = {
            "ticket": draft.ticket.label,
            "author_id": comment.author_id,
            "visibility": comment.visibility,
        }
        audit(tx, actor, "comment.deleted", ("comment", comment_id), before=known)


def _open(tx: Transaction, actor: Actor, ticket_id: UUID, comment_id: UUID) -> tuple[Draft, Any]:
    """The ticket, locked, and its comment: whoever else revises it waits. Raises NotFound, or Conflict."""
    draft = open_draft(tx, actor, ticket_id)
    comment = comment_queries.one(tx, actor, draft.ticket, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    if draft.ticket.archived_at is not None:
        raise Conflict("The ticket is archived, so it can only be read.")
    return draft, comment


def _is_author(actor: Actor, comment: Any) -> bool:
    """A person, or the program that wrote it."""
    return actor.id is not None and actor.id in (comment.author_id, comment.api_key_id)


def _require_time(draft: Draft, comment: Any, done: str) -> None:
    until = comment.created_at + WINDOW
    if draft.now > until:
        minutes = WINDOW.seconds // 60
        raise Conflict(
            f"A comment can be {done} for {minutes} minutes: this one until {until:%Y-%m-%dT%H:%M:%SZ}.",
            until=until,
        )


def _tell(draft: Draft, action: str, comment: Any, **meta: Any) -> None:
    """Without a word of it; that a note is revised is between colleagues, as the note is."""
    internal = comment.visibility == Visibility.INTERNAL
    draft.tell(action, comment_id=comment.id, visibility=comment.visibility, internal=internal, **meta)
    draft.save(counts=False)
