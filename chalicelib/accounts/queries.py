"""The SQL of people and access."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction

ENTER = text("SELECT * FROM fn_enter(:workspace_id, :user_id)")
WORKSPACE_BY_SLUG = text("SELECT fn_workspace_by_slug(:slug)")


class Entrance(Protocol):
    """A row of fn_enter: the workspace, and the user where there is one."""

    workspace_id: UUID
    workspace_slug: str
    workspace_name: str
    timezone: str
    language: str
    agent_visibility: str
    reopen_window_days: int
    user_id: UUID | None
    user_name: str
    user_email: str
    user_role: str
    user_status: str
    team_ids: list[UUID]
    now: datetime


def enter(tx: Transaction, workspace_id: UUID, user_id: UUID | None) -> Any:
    """Sets the workspace of the transaction; None where there is no such workspace. See fn_enter.sql."""
    return tx.connection.execute(ENTER, {"workspace_id": workspace_id, "user_id": user_id}).first()


def workspace_by_slug(tx: Transaction, slug: str) -> UUID | None:
    found: UUID | None = tx.connection.scalar(WORKSPACE_BY_SLUG, {"slug": slug})
    return found
