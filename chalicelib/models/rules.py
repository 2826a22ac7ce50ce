"""What a desk does by itself: its rules, when they are due by the clock, and what they did."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
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
from chalicelib.models.words import FiringOutcome, Since, values

rules = Table(
    "rules",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    # The name as any spelling of it is compared; see tickets/categorising.py.
    words("key"),
    words("description", nullable=True),
    Column("position", Integer, nullable=False),
    # Of the triggers: what they listen to.
    Column("occasions", ARRAY(Text), nullable=False),
    Column("triggers", JSONB, nullable=False),
    Column("conditions", JSONB, nullable=False),
    Column("actions", JSONB, nullable=False),
    # Of a rule that runs by the clock: what it counts from, and how long.
    words("since", nullable=True),
    Column("minutes", Integer),
    # Null while it is off. What happened before is not its business.
    timestamp("enabled_at"),
    # Raised when what it counts changes: what was reckoned for an earlier one is void.
    Column("generation", Integer, nullable=False, server_default="1"),
    # How far, by the time of their last change, the sweep has looked at tickets; and when it last did.
    timestamp("followed_until"),
    timestamp("followed_at"),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    UniqueConstraint("workspace_id", "key"),
    one_of("since", values(Since)),
    CheckConstraint("minutes BETWEEN 0 AND 525600", name="minutes"),
    CheckConstraint("(since IS NULL) = (minutes IS NULL)", name="since_has_minutes"),
    Index(
        "rules_since_idx",
        "followed_at",
        postgresql_where=text("since IS NOT NULL AND enabled_at IS NOT NULL"),
    ),
)

# When a rule by the clock is due on a ticket: kept by sp_rule_sweep.
rule_dues = Table(
    "rule_dues",
    metadata,
    workspace_key(),
    Column("rule_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("generation", Integer, nullable=False),
    # The ticket as it was looked at; one that has changed since is looked at anew.
    Column("seen_sequence", Integer, nullable=False),
    timestamp("counts_from"),
    # Null once it was handed over, and where it has fired for this instant.
    timestamp("at"),
    timestamp("fired_from"),
    belongs_to("rules", "rule_id", on_delete="CASCADE"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    Index("rule_dues_at_idx", "at", postgresql_where=text("at IS NOT NULL")),
    Index("rule_dues_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
)

# Events that the rules are done with: one that comes again finds nothing to do, whatever has changed since.
rule_events = Table(
    "rule_events",
    metadata,
    workspace_key(),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    timestamp("created_at", now=True),
    of_workspace(),
    Index("rule_events_created_at_idx", "created_at"),
)

rule_firings = Table(
    "rule_firings",
    metadata,
    workspace_key(),
    row_id(),
    Column("rule_id", Uuid, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    # Of the event on its ticket; null where it was the clock's.
    Column("sequence", Integer),
    timestamp("counts_from"),
    Column("depth", SmallInteger, nullable=False),
    words("outcome"),
    words("reason", nullable=True),
    timestamp("created_at", now=True),
    belongs_to("rules", "rule_id", on_delete="CASCADE"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "event_id", "rule_id"),
    UniqueConstraint("workspace_id", "rule_id", "ticket_id", "counts_from"),
    one_of("outcome", values(FiringOutcome)),
    Index(
        "rule_firings_workspace_id_rule_id_created_at_id_idx", "workspace_id", "rule_id", "created_at", "id"
    ),
    Index("rule_firings_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
    Index("rule_firings_created_at_idx", "created_at"),
)
