"""Purging: what has outlived its time, over all workspaces; see sp_purge.sql and sp_purge_tickets.sql for
what and when."""

from sqlalchemy import text

from chalicelib.core.db import Transaction

PURGE = text("CALL sp_purge(:limit, 0)")
PURGE_TICKETS = text("CALL sp_purge_tickets(:limit, 0)")


def purge(tx: Transaction, limit: int) -> int:
    """Deletes at most `limit` rows of each kind. Returns how many went; 0 once there are no more."""
    deleted: int = tx.connection.execute(PURGE, {"limit": limit}).scalar_one()
    return deleted


def purge_tickets(tx: Transaction, limit: int) -> int:
    """Deletes at most `limit` tickets whose workspaces keep them no longer. Returns how many went."""
    deleted: int = tx.connection.execute(PURGE_TICKETS, {"limit": limit}).scalar_one()
    return deleted
