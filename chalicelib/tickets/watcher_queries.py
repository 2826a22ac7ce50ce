"""The SQL of watchers: who watches a ticket, and who could."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.visibility import staff_who_see

# Customers know of each other, as of whom a mail goes to; who of the staff looks on, they do not.
LIST = """
    SELECT u.id, u.name, u.email, u.role, w.created_at
    FROM ticket_watchers w JOIN users u ON u.workspace_id = w.workspace_id AND u.id = w.user_id
    WHERE w.workspace_id = :workspace_id AND w.ticket_id = :id AND (:internal OR u.role = 'customer')
      {after}
    ORDER BY w.created_at, w.user_id LIMIT :take OFFSET :skip
"""
FIRST = text(LIST.format(after=""))
NEXT = text(LIST.format(after="AND (w.created_at, w.user_id) > (:after_time, :after_id)"))


def listed(
    tx: Transaction, actor: Actor, ticket_id: UUID, page: Page, after: tuple[datetime, UUID] | None
) -> Sequence[Any]:
    """A page of the ticket's watchers whom the actor may know of, the longest first."""
    values = {"after_time": after[0], "after_id": after[1]} if after else {}
    return tx.connection.execute(
        NEXT if after else FIRST,
        {
            "workspace_id": actor.workspace.id,
            "id": ticket_id,
            "internal": actor.may(Permission.TICKETS_READ_INTERNAL),
            "take": page.take,
            "skip": page.skip,
            **values,
        },
    ).all()


CANDIDATE = text(
    f"""
    SELECT u.id, u.name, u.email, u.role, w.created_at,
        u.deleted_at IS NULL AND u.status <> 'deactivated' AS is_here,
        u.role = 'customer' OR {staff_who_see()} AS sees,
        (SELECT count(*) FROM ticket_watchers o
         WHERE o.workspace_id = :workspace_id AND o.ticket_id = :ticket_id) AS watchers
    FROM users u
    LEFT JOIN ticket_watchers w
        ON w.workspace_id = u.workspace_id AND w.ticket_id = :ticket_id AND w.user_id = u.id
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id
    """
)


def candidate(tx: Transaction, actor: Actor, draft: Draft, user_id: UUID) -> Any:
    """Somebody of the workspace, since when they watch the ticket, and what decides whether they may, with
    the ticket as it will be; or None."""
    return tx.connection.execute(
        CANDIDATE,
        {
            "workspace_id": draft.ticket.workspace_id,
            "ticket_id": draft.ticket.id,
            "user_id": user_id,
            **{name: draft.get(name) for name in ("team_id", "assignee_id", "requester_id")},
            "agents_see_all": actor.workspace.agent_visibility == "all",
        },
    ).first()


INSERT = text(
    "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) "
    "VALUES (:workspace_id, :ticket_id, :user_id)"
)
DELETE = text(
    "DELETE FROM ticket_watchers "
    "WHERE workspace_id = :workspace_id AND ticket_id = :ticket_id AND user_id = :user_id"
)


def insert(tx: Transaction, ticket: Ticket, user_id: UUID) -> None:
    tx.connection.execute(
        INSERT, {"workspace_id": ticket.workspace_id, "ticket_id": ticket.id, "user_id": user_id}
    )


def delete(tx: Transaction, ticket: Ticket, user_id: UUID) -> None:
    tx.connection.execute(
        DELETE, {"workspace_id": ticket.workspace_id, "ticket_id": ticket.id, "user_id": user_id}
    )
