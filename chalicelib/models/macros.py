"""Macros: lists of actions that somebody does to a ticket at a click."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, UniqueConstraint, Uuid, true
from sqlalchemy.dialects.postgresql import JSONB

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    row_id,
    timestamp,
    words,
    workspace_key,
)

macros = Table(
    "macros",
    metadata,
    workspace_key(),
    row_id(),
    # Whose own it is; null where it is shared.
    Column("owner_id", Uuid),
    words("name"),
    # The name as any spelling of it is compared; see tickets/categorising.py.
    words("key"),
    words("description", nullable=True),
    # Documents of api/schemas/actions.py.
    Column("actions", JSONB, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    belongs_to("users", "owner_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "owner_id", "key", postgresql_nulls_not_distinct=True),
    CheckConstraint("jsonb_typeof(actions) = 'array'", name="actions"),
)

# Whose a shared macro is alone; without any it is everybody's. A team that goes must not make it that.
macro_teams = Table(
    "macro_teams",
    metadata,
    workspace_key(),
    Column("macro_id", Uuid, primary_key=True),
    Column("team_id", Uuid, primary_key=True),
    belongs_to("macros", "macro_id", on_delete="CASCADE"),
    belongs_to("teams", "team_id"),
    Index("macro_teams_workspace_id_team_id_idx", "workspace_id", "team_id"),
)
