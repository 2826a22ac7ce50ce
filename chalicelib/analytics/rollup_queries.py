"""The SQL of keeping the roll-ups, which procedures of the database do: see migrations/sql/fn_rollups.sql."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction

REFRESH = text("CALL sp_rollup_refresh(:workspace_id, CAST(:tickets AS uuid[]))")
REPAIR = text("CALL sp_rollup_repair(:limit, :portion, NULL, NULL, NULL, NULL)")


class Step(NamedTuple):
    """What one step of repairing did: tickets looked at, how many of them had been counted otherwise, whether
    sums were found that do not add up (all is counted anew then), whether there is more to do."""

    counted: int
    mended: int
    anew: bool
    rest: bool


def refresh(tx: Transaction, workspace_id: UUID, tickets: Iterable[UUID]) -> None:
    """Counts these tickets as they are now, once more or for the first time."""
    values = {"workspace_id": workspace_id, "tickets": sorted({str(ticket) for ticket in tickets})}
    tx.connection.execute(REFRESH, values)


def repair(tx: Transaction, limit: int, portion: int) -> Step:
    """Looks at up to `limit` tickets of the workspace that has waited longest. `portion`: how many of a
    workspace are held to their roll-ups a night."""
    return Step(*tx.connection.execute(REPAIR, {"limit": limit, "portion": portion}).one())
