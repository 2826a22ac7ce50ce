"""The SQL of tickets that wait: handing over what is due, and what there is to do about one."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

SWEEP = text("CALL sp_wait_sweep(:limit, :batch, 0, 0)")
TAKE = text(
    "SELECT step, days, left_days, resolve_text, comment_id FROM fn_take_wait(:workspace_id, :ticket_id)"
)


def sweep(tx: Transaction, limit: int, batch: int) -> tuple[int, int]:
    """Hands over, over all workspaces: how many waits were reckoned anew, at most a batch, and how many were
    due. See sp_wait_sweep.sql."""
    row = tx.connection.execute(SWEEP, {"limit": limit, "batch": batch}).one()
    return row.p_reckoned, row.p_due


def take(tx: Transaction, workspace_id: UUID, ticket_id: UUID) -> Row[Any] | None:
    """What is to be done now about a ticket that is held: `step` (`close`, `remind`, `resolve`), after how
    many `days`, and what belongs to it; None where nothing is. See fn_take_wait."""
    keys = {"workspace_id": workspace_id, "ticket_id": ticket_id}
    return tx.connection.execute(TAKE, keys).first()
