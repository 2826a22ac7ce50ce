"""Being away, as only staff can be: teams that assign by themselves give no tickets to who is. What one has
stays one's own, and who is away may still be named as an assignee."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction


def shape(row: Row[Any]) -> dict[str, Any]:
    """What answers show of it: of a customer nothing."""
    away = row.away_since is not None if Role(row.role).is_staff else None
    return {"away": away, "away_since": row.away_since}


def stored(wanted: Mapping[str, Any], since: datetime | None, now: datetime) -> dict[str, Any]:
    """`wanted` with its `away`, if any, as the column has it. Who is away already stays so since then."""
    kept = {name: value for name, value in wanted.items() if name != "away"}
    if "away" not in wanted or wanted["away"] == (since is not None):
        return kept
    return {**kept, "away_since": now if wanted["away"] else None}


def leave_work(tx: Transaction, actor: Actor, user_id: UUID) -> None:
    """To be called where somebody goes away or goes for good, before one looks for what they were given: from
    here to the end of the transaction no team gives them a ticket, and what one gave before is committed."""
    queries.hold_memberships(tx, actor.workspace.id, user_id)
