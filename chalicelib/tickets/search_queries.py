"""The SQL of search documents: writing them anew, and what is similar by them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.tickets.visibility import visible_to

REFRESH = text("SELECT last, seen FROM fn_search_refresh(:workspace_id, :requester_id, :before, :limit)")


def refresh(
    tx: Transaction, workspace_id: UUID, requester_id: UUID | None, before: UUID | None, limit: int
) -> Row[Any]:
    """Writes the newest `limit` documents anew that are older than `before`: all, or those of the tickets
    that somebody asked for. `last seen`: the oldest of them, how many they were."""
    values = {"workspace_id": workspace_id, "requester_id": requester_id, "before": before, "limit": limit}
    return tx.connection.execute(REFRESH, values).one()


@lru_cache(maxsize=8)
def _similar(visible: str) -> TextClause:
    return text(
        f"""
        SELECT f.score, t.id, t.number, t.label, t.subject, t.type, t.priority, t.status, t.category,
            t.created_at, t.resolved_at, t.closed_at, t.archived_at, t.merged_into
        FROM fn_similar(:ticket_id, CAST(:asked AS jsonb), :limit) AS f
        JOIN tickets t ON t.workspace_id = :workspace_id AND t.id = f.ticket_id
        WHERE {visible}
        ORDER BY f.score DESC, t.id DESC
        """
    )


def similar(tx: Transaction, actor: Actor, ticket_id: UUID, asked: str, limit: int) -> Sequence[Row[Any]]:
    """The tickets that fn_similar names, as far as the actor may see them, with their score from 0 to 1."""
    visible, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "ticket_id": ticket_id, "asked": asked, "limit": limit}
    return tx.connection.execute(_similar(visible), {**keys, **values}).all()
