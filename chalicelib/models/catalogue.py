"""What a desk declares of its tickets: the categories that they are sorted by."""

from sqlalchemy import ARRAY, Boolean, Column, Integer, Table, Text, UniqueConstraint, Uuid, text, true

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    row_id,
    timestamp,
    words,
    workspace_key,
)

categories = Table(
    "categories",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    # The name as any spelling of it is compared; see tickets/categorising.py.
    words("key"),
    Column("subcategories", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Where its tickets go that name no team.
    Column("team_id", Uuid),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    belongs_to("teams", "team_id", on_delete="SET NULL (team_id)"),
    UniqueConstraint("workspace_id", "key"),
)
