"""Webhooks in: who may send, what was received lately, and which tickets their ids stand for."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
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
from chalicelib.models.words import IntegrationKind, values

integrations = Table(
    "integrations",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    # The name as it is compared.
    words("key"),
    words("kind"),
    # {fact of a ticket: {"pointer": "/issue/title", "values"?: {"critical": "urgent"}, "default"?: …}}
    Column("mapping", JSONB, nullable=False),
    # {"type", "priority", "category", "subcategory", "tags"}, each where nothing was mapped.
    Column("defaults", JSONB, nullable=False, server_default=text("'{}'")),
    Column("team_id", Uuid),
    # Who asks, where a call names nobody.
    Column("requester_id", Uuid),
    # Sealed; see accounts/sealing.py. The one before is good for a day.
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    timestamp("previous_until"),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    timestamp("last_received_at"),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    belongs_to("teams", "team_id"),
    ForeignKeyConstraint(
        ["workspace_id", "requester_id"],
        ["users.workspace_id", "users.id"],
        ondelete="SET NULL (requester_id)",
    ),
    of_workspace(),
    UniqueConstraint("workspace_id", "key"),
    one_of("kind", values(IntegrationKind)),
)
# By its id alone: the caller knows no workspace.
Index("integrations_id_idx", integrations.c.id)

integration_calls = Table(
    "integration_calls",
    metadata,
    workspace_key(),
    Column("integration_id", Uuid, primary_key=True),
    # The sender's own id of the message, which may come once.
    Column("message_id", Text, primary_key=True),
    timestamp("received_at", now=True),
    belongs_to("integrations", "integration_id", on_delete="CASCADE"),
)
Index("integration_calls_received_at_idx", integration_calls.c.received_at)

integration_tickets = Table(
    "integration_tickets",
    metadata,
    workspace_key(),
    Column("integration_id", Uuid, primary_key=True),
    # The digest (SHA-256) of the sender's own id, which may be anything, an address too.
    Column("external_key", LargeBinary, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    # Alerts that fire, by their fingerprints.
    Column("firing", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    timestamp("updated_at", now=True),
    belongs_to("integrations", "integration_id", on_delete="CASCADE"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
)
Index("integration_tickets_ticket_idx", integration_tickets.c.workspace_id, integration_tickets.c.ticket_id)
