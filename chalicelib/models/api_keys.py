"""API keys: the tokens of programs. A row is kept after its end, for the timeline names it."""

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, Table, Text, Uuid

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    one_of,
    row_id,
    timestamp,
    words,
    workspace_key,
)

api_keys = Table(
    "api_keys",
    metadata,
    workspace_key(),
    row_id(),
    # The `jti` of the one token that speaks for the key; its `sub` is the row's id.
    Column("token_id", Uuid, nullable=False),
    words("name"),
    words("role"),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_by", Uuid, nullable=False),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    timestamp("last_used_at"),
    timestamp("revoked_at"),
    of_workspace(),
    belongs_to("users", "created_by"),
    one_of("role", ("admin", "dispatcher", "agent")),
    CheckConstraint("scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0", name="scopes"),
    Index("api_keys_workspace_id_created_at_idx", "workspace_id", "created_at", "id"),
)

api_key_teams = Table(
    "api_key_teams",
    metadata,
    workspace_key(),
    Column("api_key_id", Uuid, primary_key=True),
    Column("team_id", Uuid, primary_key=True),
    belongs_to("api_keys", "api_key_id", on_delete="CASCADE"),
    belongs_to("teams", "team_id", on_delete="CASCADE"),
)
