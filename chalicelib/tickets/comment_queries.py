"""The SQL of comments and of those whom they mention: what verbs load and write. Reading for answers is in
conversation.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.models.words import ActorType
from chalicelib.tickets import markdown
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.visibility import staff_who_see

INSERT = text(
    f"""
    INSERT INTO comments
        (workspace_id, ticket_id, author_id, api_key_id, visibility, body,
         body_html, html_version, mentions, source)
    VALUES (:workspace_id, :ticket_id, :author_id, :api_key_id, :visibility, :body, :html, {markdown.VERSION},
        CAST(:mentions AS uuid[]), :source)
    RETURNING id, created_at, :answers AND NOT EXISTS (
        SELECT FROM comments c
        LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE c.workspace_id = :workspace_id AND c.ticket_id = :ticket_id AND c.visibility = 'public'
          AND (c.api_key_id IS NOT NULL OR (u.role <> 'customer' AND u.id <> :requester_id))) AS is_first
    """
)


def insert(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    body: str,
    html: str,
    mentions: Sequence[UUID],
    visibility: str,
    source: str,
    *,
    answers: UUID | None = None,
) -> Any:
    """A new comment: its `id` and `created_at`. `answers`: the requester, where it is the staff's answer;
    `is_first` then says whether it is the first."""
    return tx.connection.execute(
        INSERT,
        {
            "workspace_id": actor.workspace.id,
            "ticket_id": ticket_id,
            "author_id": actor.user_id,
            "api_key_id": actor.id if actor.type is ActorType.API_KEY else None,
            "visibility": visibility,
            "body": body,
            "html": html,
            "mentions": list(mentions),
            "source": source,
            "answers": answers is not None,
            "requester_id": answers,
        },
    ).one()


ONE = text(
    """
    SELECT c.id, c.author_id, c.api_key_id, c.visibility, c.body, c.mentions, c.created_at
    FROM comments c
    WHERE c.workspace_id = :workspace_id AND c.ticket_id = :ticket_id AND c.id = :id AND c.deleted_at IS NULL
      AND (:internal OR c.visibility = 'public')
    """
)


def one(tx: Transaction, actor: Actor, ticket: Ticket, comment_id: UUID) -> Any:
    """A comment of the ticket, if the actor may see it and nobody took it back; None otherwise."""
    return tx.connection.execute(
        ONE,
        {
            "workspace_id": ticket.workspace_id,
            "ticket_id": ticket.id,
            "id": comment_id,
            "internal": actor.may(Permission.TICKETS_READ_INTERNAL),
        },
    ).first()


EDIT = text(
    f"""
    UPDATE comments SET body = :body, body_html = :html, html_version = {markdown.VERSION},
        mentions = CAST(:mentions AS uuid[]), edited_at = now()
    WHERE workspace_id = :workspace_id AND id = :id
    """
)


def edit(
    tx: Transaction, workspace_id: UUID, comment_id: UUID, body: str, html: str, mentions: Sequence[UUID]
) -> None:
    tx.connection.execute(
        EDIT,
        {
            "workspace_id": workspace_id,
            "id": comment_id,
            "body": body,
            "html": html,
            "mentions": list(mentions),
        },
    )


DELETE = text(
    "UPDATE comments SET deleted_at = :at, deleted_by = :by WHERE workspace_id = :workspace_id AND id = :id"
)


def delete(tx: Transaction, actor: Actor, comment_id: UUID, at: datetime) -> None:
    tx.connection.execute(
        DELETE, {"workspace_id": actor.workspace.id, "id": comment_id, "at": at, "by": actor.user_id}
    )


# Whoever's name or address one of the texts begins with, as far as the database can tell: see mentioning.py.
SAID = text(
    f"""
    SELECT u.id, u.name, u.email FROM users u
    WHERE u.workspace_id = :workspace_id AND u.role <> 'customer' AND u.deleted_at IS NULL
      AND u.status = 'active' AND {staff_who_see()}
      AND EXISTS (
          SELECT FROM unnest(CAST(:said AS text[])) AS said (text)
          WHERE starts_with(said.text, split_part(u.email, '@', 1))
             OR starts_with(said.text, split_part(lower(u.name), ' ', 1)))
    ORDER BY u.id
    """
)


def staff_said(tx: Transaction, actor: Actor, ticket: Any, said: Sequence[str]) -> Sequence[Any]:
    """The active staff who see the ticket, here a mapping of its columns, and whom these texts, in small
    letters, may begin with."""
    return tx.connection.execute(
        SAID,
        {
            "workspace_id": actor.workspace.id,
            "agents_see_all": actor.workspace.agent_visibility == "all",
            "team_id": ticket["team_id"],
            "assignee_id": ticket["assignee_id"],
            "requester_id": ticket["requester_id"],
            "said": list(said),
        },
    ).all()
