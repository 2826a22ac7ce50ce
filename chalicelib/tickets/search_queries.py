"""The SQL of search documents."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

REFRESH = text("SELECT last, seen FROM fn_search_refresh(:workspace_id, :requester_id, :before, :limit)")


def refresh(
    tx: Transaction, workspace_id: UUID, requester_id: UUID | None, before: UUID | None, limit: int
) -> Row[Any]:
    """Writes the newest `limit` documents anew that are older than `before`: all, or those of the tickets
    that somebody asked for. `last seen`: the oldest of them, how many they were."""
    values = {"workspace_id": workspace_id, "requester_id": requester_id, "before": before, "limit": limit}
    return tx.connection.execute(REFRESH, values).one()
