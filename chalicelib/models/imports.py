"""Tickets from other desks: imports, what they say of rows, and which ids the tickets had before."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
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
from chalicelib.models.words import ImportSource, values

imports = Table(
    "imports",
    metadata,
    workspace_key(),
    row_id(),
    words("source"),
    # Where the ids come from: two desks of one vendor are two systems.
    words("system"),
    words("file_name"),
    Column("bytes", BigInteger, nullable=False),
    Column("mapping", JSONB, nullable=False),
    Column("options", JSONB, nullable=False),
    # The user or API key that asked.
    Column("created_by", Uuid),
    words("actor_type"),
    # What does it, or did it last; null until it is started.
    Column("job_id", Uuid),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    # How many there are in all: not every one is kept.
    Column("remarks", Integer, nullable=False, server_default="0"),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    of_workspace(),
    belongs_to("jobs", "job_id", on_delete="SET NULL (job_id)"),
    one_of("source", values(ImportSource)),
    one_of("actor_type", ("user", "api_key")),
    CheckConstraint("bytes BETWEEN 1 AND 2000000000", name="bytes"),
    Index("imports_workspace_id_job_id_idx", "workspace_id", "job_id"),
    Index("imports_expires_at_idx", "expires_at"),
)

# Of rows that were skipped, and of those that were not taken as they stood.
import_remarks = Table(
    "import_remarks",
    metadata,
    workspace_key(),
    Column("import_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    words("kind"),
    Column("row", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    words("external_id", nullable=True),
    words("code"),
    words("detail"),
    belongs_to("imports", "import_id", on_delete="CASCADE"),
    one_of("kind", ("skipped", "changed")),
)

# By which id another system knows a ticket or a comment: what was taken once is not taken again.
external_ids = Table(
    "external_ids",
    metadata,
    workspace_key(),
    Column("system", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("comment_id", Uuid),
    timestamp("created_at", now=True),
    # Search knows it, and is written with the ticket: so it may come before.
    ForeignKeyConstraint(
        ["workspace_id", "ticket_id"],
        ["tickets.workspace_id", "tickets.id"],
        ondelete="CASCADE",
        deferrable=True,
        initially="DEFERRED",
    ),
    one_of("kind", ("ticket", "comment")),
    CheckConstraint("(kind = 'comment') = (comment_id IS NOT NULL)", name="comment_id"),
    Index("external_ids_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
)
