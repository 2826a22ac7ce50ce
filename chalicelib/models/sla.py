"""Promises: calendars, policies, targets with their cycles, and the steps that come due."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    Index,
    Integer,
    Table,
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
from chalicelib.models.words import Metric, Priority, values

WARNINGS = '[{"percent": 75}, {"percent": 90}]'

calendars = Table(
    "calendars",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    words("timezone", "UTC"),
    # {"0": [["09:00", "17:00"], …], …}: 0 is Monday, "24:00" closes a day.
    Column("weekly", JSONB, nullable=False),
    # ["2026-12-25", {"from", "to"}, {"yearly_from": "12-24", "yearly_to": "01-02"}, …]
    Column("holidays", JSONB, nullable=False, server_default=text("'[]'")),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    timestamp("deleted_at"),
    of_workspace(),
)
Index(
    "calendars_workspace_id_name_key",
    calendars.c.workspace_id,
    calendars.c.name,
    unique=True,
    postgresql_where=calendars.c.deleted_at.is_(None),
)

sla_policies = Table(
    "sla_policies",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    Column("position", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    # {"type": [...], …}: lists by type, priority, team, category, tag, organisation.
    Column("conditions", JSONB, nullable=False, server_default=text("'{}'")),
    # {metric: {priority: minutes}}; a metric that is absent makes no promise.
    Column("targets", JSONB, nullable=False),
    # [{"percent": 75}, {"minutes_before": 30, "metrics": ["resolution"]}, …]
    Column("warnings", JSONB, nullable=False, server_default=text(f"'{WARNINGS}'")),
    # [{"id", "metric": null for any, "when": "before" or "after", "minutes", "actions": [...]}, …]
    Column("escalations", JSONB, nullable=False, server_default=text("'[]'")),
    Column("calendar_id", Uuid, nullable=False),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    timestamp("deleted_at"),
    of_workspace(),
    belongs_to("calendars", "calendar_id"),
)
Index(
    "sla_policies_workspace_id_position_idx",
    sla_policies.c.workspace_id,
    sla_policies.c.position,
    postgresql_where=text("deleted_at IS NULL AND enabled"),
)

Index(
    "sla_policies_workspace_id_name_key",
    sla_policies.c.workspace_id,
    sla_policies.c.name,
    unique=True,
    postgresql_where=sla_policies.c.deleted_at.is_(None),
)

sla_targets = Table(
    "sla_targets",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    words("metric"),
    Column("cycle", Integer, nullable=False, server_default="1"),
    Column("policy_id", Uuid),
    Column("calendar_id", Uuid, nullable=False),
    # The promise in business minutes; a reopened cycle is promised what the last one had left.
    Column("minutes", Double, nullable=False),
    timestamp("started_at", nullable=False),
    timestamp("due_at"),
    timestamp("paused_at"),
    # [["2026-06-05T15:00:00+00:00", "2026-06-08T11:00:00+00:00"], …], closed pauses in order.
    Column("paused_intervals", JSONB, nullable=False, server_default=text("'[]'")),
    timestamp("fulfilled_at"),
    timestamp("ended_at"),
    timestamp("breached_at"),
    # The business minutes that it took until it finished, without pauses; null while it runs.
    Column("used_minutes", Double),
    # Those of the ticket until it was decided: see migrations/sql/fn_keep_target_facts.sql.
    Column("team_id", Uuid, nullable=False),
    words("priority"),
    # When the promise was kept or broken, whichever came first; null while it is open, and where it ended
    # or was withdrawn before either.
    Column(
        "decided_at",
        DateTime(timezone=True),
        Computed(
            "CASE WHEN breached_at IS NOT NULL OR due_at IS NOT NULL "
            "THEN least(breached_at, fulfilled_at) END",
            persisted=True,
        ),
    ),
    # A new ticket's promises are written before it: see migrations/sql/fn_create_ticket.sql.
    belongs_to("tickets", "ticket_id", on_delete="CASCADE", deferrable=True),
    belongs_to("sla_policies", "policy_id"),
    belongs_to("calendars", "calendar_id"),
    belongs_to("teams", "team_id"),
    UniqueConstraint("workspace_id", "ticket_id", "metric", "cycle"),
    one_of("metric", values(Metric)),
    one_of("priority", values(Priority)),
    CheckConstraint("fulfilled_at IS NULL OR ended_at IS NULL", name="one_end"),
    # Vacuumed early: only then are the last weeks read from their index alone.
    postgresql_with={
        "autovacuum_vacuum_scale_factor": 0.02,
        "autovacuum_vacuum_insert_scale_factor": 0.02,
    },
)
Index(
    "sla_targets_running_idx",
    sla_targets.c.workspace_id,
    sla_targets.c.calendar_id,
    sla_targets.c.ticket_id,
    postgresql_where=text("fulfilled_at IS NULL AND ended_at IS NULL"),
)
Index(
    "sla_targets_breached_idx",
    sla_targets.c.workspace_id,
    sla_targets.c.ticket_id,
    postgresql_where=text("metric = 'resolution' AND breached_at IS NOT NULL"),
)
# What may be breached though it is not overdue now.
Index(
    "sla_targets_broken_idx",
    sla_targets.c.workspace_id,
    sla_targets.c.ticket_id,
    postgresql_where=text(
        "metric = 'resolution' AND fulfilled_at IS NULL AND (ended_at IS NULL OR due_at IS NULL) "
        "AND (breached_at IS NOT NULL OR cycle > 1)"
    ),
)

# What analytics read of a period, without a look at the table.
Index(
    "sla_targets_decided_idx",
    sla_targets.c.workspace_id,
    sla_targets.c.decided_at,
    postgresql_include=[
        *("metric", "policy_id", "team_id", "priority", "ticket_id"),
        *("started_at", "fulfilled_at", "breached_at", "used_minutes"),
    ],
    postgresql_where=sla_targets.c.decided_at.is_not(None),
)
Index(
    "sla_targets_late_idx",
    sla_targets.c.workspace_id,
    sla_targets.c.fulfilled_at,
    postgresql_where=text("breached_at IS NOT NULL AND fulfilled_at IS NOT NULL"),
)

sla_steps = Table(
    "sla_steps",
    metadata,
    workspace_key(),
    Column("target_id", Uuid, primary_key=True),
    Column("kind", words("kind").type, primary_key=True),
    # The percentage of the time used for a warning, 100 for the breach, else a number of its own.
    Column("step", Integer, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    # When it comes due; null while the target is paused.
    Column("at", DateTime(timezone=True)),
    timestamp("fired_at"),
    # Business minutes from the due time on, before it where negative; null where `step` is a percentage.
    Column("offset_minutes", Integer),
    # Which of the policy's escalations it is, and when that was taken up.
    Column("escalation_id", Uuid),
    timestamp("done_at"),
    # The ticket is the target's, so the target's key guards both.
    belongs_to("sla_targets", "target_id", on_delete="CASCADE"),
    one_of("kind", ("warning", "breach", "escalation")),
    CheckConstraint(
        "(kind = 'escalation') = (escalation_id IS NOT NULL) "
        "AND (escalation_id IS NULL OR offset_minutes IS NOT NULL)",
        name="escalation",
    ),
)
# The sweep's only index, of what is to come: its size follows open promises, its scan what is due.
Index("sla_steps_due_idx", sla_steps.c.at, postgresql_where=text("fired_at IS NULL AND at IS NOT NULL"))
