"""Webhooks out: who wants to hear of what, and what became of each call."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

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
from chalicelib.models.words import DeliveryStatus, DisabledReason, WebhookTemplate, values

webhooks = Table(
    "webhooks",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    words("url"),
    words("template", "standard"),
    # Types of webhooks/catalogue.py, or `*` alone.
    Column("events", ARRAY(Text), nullable=False),
    # Only of tickets such as these; an empty list lets all through.
    Column("team_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("types", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("priorities", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("include_internal", Boolean, nullable=False, server_default=false()),
    # Sealed: see webhooks/sealed.py. The one before signs too, until its time is over.
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    timestamp("previous_secret_expires_at"),
    # Null while it is off. What happened before is not its business.
    timestamp("enabled_at"),
    timestamp("disabled_at"),
    words("disabled_reason", nullable=True),
    # Since when no call was answered well, and how many were not.
    timestamp("failing_since"),
    Column("failures", Integer, nullable=False, server_default="0"),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    one_of("template", values(WebhookTemplate)),
    one_of("disabled_reason", values(DisabledReason)),
    CheckConstraint("(enabled_at IS NULL) = (disabled_at IS NOT NULL)", name="enabled_or_not"),
)

# One event for one webhook. What is sent is made anew of the event for each attempt, and goes with it.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    workspace_key(),
    row_id(),
    Column("webhook_id", Uuid, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    words("type"),
    Column("ticket_id", Uuid),
    words("status", "pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("tries_left", Integer, nullable=False, server_default="10"),
    # While it is being sent: until when something must be heard of it.
    Column("next_attempt_at", DateTime(timezone=True), server_default=text("now()")),
    timestamp("last_attempt_at"),
    timestamp("finished_at"),
    # Of the last attempt. `error` is a word, where nobody answered.
    Column("status_code", Integer),
    words("error", nullable=True),
    words("answer", nullable=True),
    Column("duration_ms", Integer),
    timestamp("created_at", now=True),
    belongs_to("webhooks", "webhook_id", on_delete="CASCADE"),
    belongs_to("events", "event_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "webhook_id", "event_id"),
    one_of("status", values(DeliveryStatus)),
    CheckConstraint(
        "(next_attempt_at IS NOT NULL) = (status IN ('pending', 'sending'))", name="open_has_a_time"
    ),
    Index("webhook_deliveries_workspace_id_event_id_idx", "workspace_id", "event_id"),
    Index(
        "webhook_deliveries_workspace_id_webhook_id_created_at_id_idx",
        "workspace_id",
        "webhook_id",
        "created_at",
        "id",
    ),
    Index(
        "webhook_deliveries_open_idx",
        "webhook_id",
        "next_attempt_at",
        "id",
        postgresql_where=text("next_attempt_at IS NOT NULL"),
    ),
    Index("webhook_deliveries_sending_idx", "webhook_id", postgresql_where=text("status = 'sending'")),
)
