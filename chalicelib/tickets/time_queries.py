"""The SQL of time entries: who spent how many minutes on a ticket, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.paging import Page
from chalicelib.models.words import ActorType
from chalicelib.tickets.visibility import visible_to

ENTRY = """
    SELECT e.id, e.user_id, e.api_key_id, e.minutes, e.note, e.spent_on, e.created_at, e.updated_at,
        coalesce(u.id, k.id) AS person_id, coalesce(u.name, k.name) AS person_name
    FROM time_entries e
    LEFT JOIN users u ON u.workspace_id = e.workspace_id AND u.id = e.user_id
    LEFT JOIN api_keys k ON k.workspace_id = e.workspace_id AND k.id = e.api_key_id
    WHERE e.workspace_id = :workspace_id AND e.ticket_id = :ticket_id {more}
"""
ORDER = "ORDER BY e.created_at, e.id LIMIT :take OFFSET :skip"
FIRST = text(f"{ENTRY.format(more='')} {ORDER}")
NEXT = text(f"{ENTRY.format(more='AND (e.created_at, e.id) > (:after_time, :after_id)')} {ORDER}")
ONE = text(ENTRY.format(more="AND e.id = :id"))


@lru_cache(maxsize=8)
def _totals(condition: str) -> TextClause:
    return text(
        f"""
        SELECT coalesce((SELECT sum(e.minutes) FROM time_entries e
                WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id), 0) AS total_minutes,
            (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'id', p.id, 'name', p.name, 'minutes', p.minutes) ORDER BY p.minutes DESC, p.id), '[]')
             FROM (SELECT coalesce(u.id, k.id) AS id, coalesce(u.name, k.name) AS name,
                       sum(e.minutes) AS minutes
                   FROM time_entries e
                   LEFT JOIN users u ON u.workspace_id = e.workspace_id AND u.id = e.user_id
                   LEFT JOIN api_keys k ON k.workspace_id = e.workspace_id AND k.id = e.api_key_id
                   WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id
                   GROUP BY 1, 2) AS p) AS by_person
        FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id AND ({condition})
        """
    )


def totals(tx: Transaction, actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    """The minutes spent on a visible ticket, in all and by person. Raises NotFound."""
    condition, values = visible_to(actor)
    values |= {"workspace_id": actor.workspace.id, "ticket_id": ticket_id}
    row = tx.connection.execute(_totals(condition), values).first()
    if row is None:
        raise NotFound("There is no such ticket.")
    return {"total_minutes": int(row.total_minutes), "by_person": row.by_person}


def listed(tx: Transaction, actor: Actor, ticket_id: UUID, page: Page) -> Sequence[Any]:
    """A page of a ticket's entries, the oldest first."""
    after = page.after("created_at", (datetime, UUID))
    values: dict[str, Any] = {"workspace_id": actor.workspace.id, "ticket_id": ticket_id}
    values |= {"take": page.take, "skip": page.skip}
    values |= {"after_time": after[0], "after_id": after[1]} if after else {}
    return tx.connection.execute(NEXT if after else FIRST, values).all()


def one(tx: Transaction, actor: Actor, ticket_id: UUID, entry_id: UUID) -> Any:
    """An entry of the ticket; None where there is none."""
    values = {"workspace_id": actor.workspace.id, "ticket_id": ticket_id, "id": entry_id}
    return tx.connection.execute(ONE, values).first()


INSERT = text(
    """
    INSERT INTO time_entries (workspace_id, ticket_id, user_id, api_key_id, minutes, note, spent_on)
    VALUES (:workspace_id, :ticket_id, :user_id, :api_key_id, :minutes, :note, coalesce(
        CAST(:spent_on AS date),
        (SELECT CAST(now() AT TIME ZONE w.timezone AS date) FROM workspaces w WHERE w.id = :workspace_id)))
    RETURNING id
    """
)
CHANGE = text(
    """
    UPDATE time_entries SET minutes = :minutes, note = :note, spent_on = :spent_on, updated_at = now()
    WHERE workspace_id = :workspace_id AND id = :id
    """
)
DELETE = text("DELETE FROM time_entries WHERE workspace_id = :workspace_id AND id = :id")


def insert(tx: Transaction, actor: Actor, ticket_id: UUID, entry: Mapping[str, Any]) -> UUID:
    """A new entry, `minutes note spent_on`: without a day, today's where the desk is. Its id."""
    made: UUID = tx.connection.execute(
        INSERT,
        {
            "workspace_id": actor.workspace.id,
            "ticket_id": ticket_id,
            "user_id": actor.user_id,
            "api_key_id": actor.id if actor.type is ActorType.API_KEY else None,
            **entry,
        },
    ).scalar_one()
    return made


def change(tx: Transaction, actor: Actor, entry_id: UUID, entry: Mapping[str, Any]) -> None:
    tx.connection.execute(CHANGE, {"workspace_id": actor.workspace.id, "id": entry_id, **entry})


def delete(tx: Transaction, actor: Actor, entry_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": actor.workspace.id, "id": entry_id})
