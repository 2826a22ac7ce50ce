"""What a desk declares of its tickets: the categories that they are sorted by, fields of its own, views that
it saves."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

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
from chalicelib.models.words import FieldType, values

custom_fields = Table(
    "custom_fields",
    metadata,
    workspace_key(),
    row_id(),
    words("key"),
    words("name"),
    words("type"),
    Column("options", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Types of tickets.
    Column("required_for", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("visible_to_customers", Boolean, nullable=False, server_default=false()),
    Column("editable_by_customers", Boolean, nullable=False, server_default=false()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    UniqueConstraint("workspace_id", "key"),
    one_of("type", values(FieldType)),
    CheckConstraint("key ~ '^[a-z][a-z0-9_]{0,39}$'", name="key"),
)

# Kept by fn_keep_field_values: what can be found by an index under row-level security.
ticket_field_values = Table(
    "ticket_field_values",
    metadata,
    workspace_key(),
    Column("digest", LargeBinary, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    Index("ticket_field_values_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
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

_KEEPS_ITS_NAME = "position('[erased]' in key) = 0"
views = Table(
    "views",
    metadata,
    workspace_key(),
    row_id(),
    # Null where it is shared: with these teams, or with the whole staff where none is named.
    Column("owner_id", Uuid),
    Column("team_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    words("name"),
    # The name as any spelling of it is compared; see tickets/categorising.py.
    words("key"),
    words("description", nullable=True),
    # As tickets/filtering.py reads it.
    Column("filter", JSONB, nullable=False, server_default=text("'{}'")),
    words("sort", "-created_at"),
    Column("columns", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    belongs_to("users", "owner_id", on_delete="CASCADE"),
    CheckConstraint("owner_id IS NULL OR team_ids = '{}'", name="own_is_of_no_team"),
    Index("views_workspace_id_owner_id_idx", "workspace_id", "owner_id", "position", "id"),
    # But where erasing somebody took a name: two may have lost the same one.
    Index(
        "views_shared_key_idx",
        "workspace_id",
        "key",
        unique=True,
        postgresql_where=text(f"owner_id IS NULL AND {_KEEPS_ITS_NAME}"),
    ),
    Index(
        "views_own_key_idx",
        "workspace_id",
        "owner_id",
        "key",
        unique=True,
        postgresql_where=text(f"owner_id IS NOT NULL AND {_KEEPS_ITS_NAME}"),
    ),
)
