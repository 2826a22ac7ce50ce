"""The SQL of links between tickets. Each is stored once: `ticket_id kind other_id`, from left to right."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.tickets.queries import COLUMNS
from chalicelib.tickets.visibility import visible_to

# What a customer may know of: where a ticket of theirs came from. The rest is how the desk sorts its work.
LINKS = """
    SELECT l.id, l.kind, l.ticket_id = :ticket_id AS forwards, l.created_at,
        t.id AS other_id, t.label, t.subject, t.status, t.priority,
        u.id AS author_id, u.name AS author_name
    FROM ticket_links l
    JOIN tickets t ON t.workspace_id = l.workspace_id
        AND t.id = CASE WHEN l.ticket_id = :ticket_id THEN l.other_id ELSE l.ticket_id END
    LEFT JOIN users u ON u.workspace_id = l.workspace_id AND u.id = l.created_by AND :internal
    WHERE l.workspace_id = :workspace_id AND (l.ticket_id = :ticket_id OR l.other_id = :ticket_id)
      AND (:internal OR l.kind IN ('follow_up', 'split_from')) AND {visible} {more}
    ORDER BY l.created_at, l.id LIMIT :take OFFSET :skip
"""


@lru_cache(maxsize=32)
def _links(visible: str, more: str) -> TextClause:
    return text(LINKS.format(visible=f"({visible})", more=more))


def _reader(actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    internal = actor.may(Permission.TICKETS_READ_INTERNAL)
    return {"workspace_id": actor.workspace.id, "ticket_id": ticket_id, "internal": internal}


def listed(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> Sequence[Any]:
    """A page of a ticket's links to tickets that the actor may know of, the oldest first. `forwards`: this
    ticket is the left one."""
    after = page.after("created_at", (datetime, UUID))
    visible, values = visible_to(actor)
    values |= {**_reader(actor, ticket_id), "take": page.take, "skip": page.skip}
    values |= {"after_time": after[0], "after_id": after[1]} if after else {}
    more = "AND (l.created_at, l.id) > (:after_time, :after_id)" if after else ""
    return tx.connection.execute(_links(visible, more), values).all()


def one(tx: Transaction, actor: Actor, ticket_id: UUID, link_id: UUID) -> Any:
    """A link of the ticket as `listed` has it; None where the actor may not know of it."""
    visible, values = visible_to(actor)
    values |= {**_reader(actor, ticket_id), "link_id": link_id, "take": 1, "skip": 0}
    return tx.connection.execute(_links(visible, "AND l.id = :link_id"), values).first()


# Beside this lock nobody makes parents in the workspace: two at once could close a circle.
ONE_FAMILY_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('parent ' || :workspace_id, 0))")


def wait_for_families(tx: Transaction, workspace_id: UUID) -> None:
    """Before any ticket is locked."""
    tx.connection.execute(ONE_FAMILY_AT_A_TIME, {"workspace_id": str(workspace_id)})


@lru_cache(maxsize=8)
def _lock(condition: str) -> TextClause:
    return text(
        f"SELECT {COLUMNS} FROM tickets t WHERE t.workspace_id = :workspace_id "
        f"AND t.id IN (:one_id, :other_id) AND ({condition}) ORDER BY t.id FOR NO KEY UPDATE OF t"
    )


def lock_both(tx: Transaction, actor: Actor, one_id: UUID, other_id: UUID) -> Sequence[Any]:
    """Those of the two that the actor may know of, locked in the order of their ids."""
    condition, values = visible_to(actor)
    values |= {"workspace_id": actor.workspace.id, "one_id": one_id, "other_id": other_id}
    return tx.connection.execute(_lock(condition), values).all()


# A family is walked from the left one up and from the right one down, no further than it may reach.
STANDING = text(
    """
    WITH RECURSIVE up AS (
        SELECT CAST(:ticket_id AS uuid) AS id, 1 AS level WHERE :kind = 'parent'
        UNION ALL
        SELECT l.ticket_id, up.level + 1 FROM up JOIN ticket_links l
            ON l.workspace_id = :workspace_id AND l.other_id = up.id AND l.kind = 'parent'
        WHERE up.level <= :deepest
    ), down AS (
        SELECT CAST(:other_id AS uuid) AS id, 1 AS level WHERE :kind = 'parent'
        UNION ALL
        SELECT l.other_id, down.level + 1 FROM down JOIN ticket_links l
            ON l.workspace_id = :workspace_id AND l.ticket_id = down.id AND l.kind = 'parent'
        WHERE down.level <= :deepest
    )
    SELECT
        (SELECT l.id FROM ticket_links l WHERE l.workspace_id = :workspace_id
            AND l.ticket_id = :ticket_id AND l.kind = :kind AND l.other_id = :other_id) AS same,
        EXISTS (SELECT FROM ticket_links l WHERE l.workspace_id = :workspace_id
            AND l.ticket_id = :other_id AND l.kind = :kind AND l.other_id = :ticket_id) AS contrary,
        EXISTS (SELECT FROM ticket_links l WHERE l.workspace_id = :workspace_id
            AND l.kind = 'parent' AND l.other_id = :other_id) AS has_parent,
        EXISTS (SELECT FROM up WHERE id = :other_id) AS circle,
        (SELECT max(level) FROM up) + (SELECT max(level) FROM down) AS levels,
        (SELECT count(*) FROM ticket_links l WHERE l.workspace_id = :workspace_id
            AND (l.ticket_id = :ticket_id OR l.other_id = :ticket_id)) AS links,
        (SELECT count(*) FROM ticket_links l WHERE l.workspace_id = :workspace_id
            AND (l.ticket_id = :other_id OR l.other_id = :other_id)) AS other_links
    """
)


def standing(tx: Transaction, workspace_id: UUID, ends: tuple[UUID, str, UUID], deepest: int) -> Any:
    """How a new link, `ticket_id kind other_id`, would fit in with those that there are."""
    return tx.connection.execute(STANDING, {**_named(workspace_id, ends), "deepest": deepest}).one()


INSERT = text(
    """
    INSERT INTO ticket_links (workspace_id, ticket_id, kind, other_id, created_by)
    VALUES (:workspace_id, :ticket_id, :kind, :other_id, :created_by)
    RETURNING id
    """
)
DELETE = text("DELETE FROM ticket_links WHERE workspace_id = :workspace_id AND id = :id")


def insert(tx: Transaction, actor: Actor, ends: tuple[UUID, str, UUID]) -> UUID:
    """A new link; its id."""
    values = {**_named(actor.workspace.id, ends), "created_by": actor.user_id}
    made: UUID = tx.connection.execute(INSERT, values).scalar_one()
    return made


def delete(tx: Transaction, workspace_id: UUID, link_id: UUID) -> bool:
    """Whether it was there still."""
    return bool(tx.connection.execute(DELETE, {"workspace_id": workspace_id, "id": link_id}).rowcount)


def _named(workspace_id: UUID, ends: tuple[UUID, str, UUID]) -> dict[str, Any]:
    ticket_id, kind, other_id = ends
    return {"workspace_id": workspace_id, "ticket_id": ticket_id, "kind": kind, "other_id": other_id}
