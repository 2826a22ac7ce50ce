"""Tickets and what hangs on them: counters, comments, watchers, timeline."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB

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
from chalicelib.models.words import ActorType, Priority, Source, Status, TicketType, Visibility, values

LIVING = "deleted_at IS NULL AND archived_at IS NULL"
AT_WORK = f"{LIVING} AND status IN ('new', 'open', 'pending', 'on_hold')"
ARCHIVED = "deleted_at IS NULL AND archived_at IS NOT NULL"
# The orders of lists as tickets/listing.py asks for them, written as PostgreSQL writes them: Alembic compares
# texts.
RANK = """(
CASE priority
    WHEN 'low'::text THEN 1
    WHEN 'medium'::text THEN 2
    WHEN 'high'::text THEN 3
    ELSE 4
END)"""
DUE = """(
CASE
    WHEN due_at IS NULL THEN 'infinity'::timestamp with time zone
    ELSE due_at
END)"""

# What counting needs to know of tickets at work, without a look at the table.
COUNTED = ("status", "priority", "team_id", "assignee_id", "due_at")


def _listed(name: str, *columns: str, where: str = LIVING) -> Index:
    """An index in the order of a list: of the workspace's tickets, by the columns, at last by the id."""
    keys = [column if column.isidentifier() else text(column) for column in columns]
    return Index(f"tickets_{name}_idx", "workspace_id", *keys, "id", postgresql_where=text(where))


def _due(name: str, *columns: str, where: str = AT_WORK, include: tuple[str, ...] = COUNTED) -> Index:
    """An index of tickets by the columns, those first that are due soonest, with what is counted."""
    return Index(
        f"tickets_{name}_idx",
        *("workspace_id", *columns),
        *(text(DUE), "id"),
        postgresql_where=text(where),
        postgresql_include=[*include],
    )


ticket_counters = Table(
    "ticket_counters",
    metadata,
    workspace_key(),
    Column("last_number", BigInteger, nullable=False, server_default="0"),
    of_workspace(),
)

tickets = Table(
    "tickets",
    metadata,
    workspace_key(),
    row_id(),
    Column("number", BigInteger, nullable=False),
    words("label"),
    words("subject"),
    words("description"),
    words("type", "question"),
    words("priority", "medium"),
    words("status", "new"),
    words("category", nullable=True),
    words("subcategory", nullable=True),
    Column("requester_id", Uuid, nullable=False),
    Column("assignee_id", Uuid),
    Column("team_id", Uuid, nullable=False),
    # The requester's when the ticket was opened: whoever moves on takes no ticket along.
    Column("organisation_id", Uuid),
    words("source", "api"),
    Column("source_ip", INET),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("custom_fields", JSONB, nullable=False, server_default=text("'{}'")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("last_sequence", Integer, nullable=False, server_default="0"),
    Column("sla_policy_id", Uuid),
    # Minutes set by staff for this ticket alone; null follows the policy.
    Column("sla_minutes", Integer),
    # The due time of the running resolution target, null while paused: lists sort by it.
    timestamp("due_at"),
    Column("merged_into", Uuid),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    timestamp("resolved_at"),
    timestamp("closed_at"),
    timestamp("archived_at"),
    timestamp("deleted_at"),
    # Since when nobody works on it: closed, cancelled or deleted. Kept by fn_guard_ticket_status.
    timestamp("finished_at"),
    of_workspace(),
    belongs_to("users", "requester_id"),
    belongs_to("users", "assignee_id"),
    belongs_to("teams", "team_id"),
    belongs_to("organisations", "organisation_id", on_delete="SET NULL (organisation_id)"),
    belongs_to("sla_policies", "sla_policy_id"),
    belongs_to("tickets", "merged_into"),
    UniqueConstraint("workspace_id", "number"),
    UniqueConstraint("workspace_id", "label"),
    one_of("type", values(TicketType)),
    one_of("priority", values(Priority)),
    one_of("status", values(Status)),
    one_of("source", values(Source)),
    CheckConstraint("char_length(subject) BETWEEN 1 AND 200", name="subject"),
    CheckConstraint("octet_length(description) BETWEEN 1 AND 65536", name="description"),
    CheckConstraint("sla_minutes BETWEEN 1 AND 5256000", name="sla_minutes"),
    CheckConstraint("merged_into IS NULL OR status = 'closed'", name="merged_is_closed"),
    CheckConstraint("archived_at IS NULL OR status IN ('closed', 'cancelled')", name="archived_is_finished"),
    CheckConstraint("(resolved_at IS NOT NULL) OR status <> 'resolved'", name="resolved_at"),
    CheckConstraint("(closed_at IS NOT NULL) = (status = 'closed')", name="closed_at"),
    # What tags and values of fields are counted against.
    _listed("workspace_id_living"),
    _listed("workspace_id_created_at", "created_at"),
    _listed("workspace_id_updated_at", "updated_at"),
    _listed("workspace_id_due_at", DUE),
    _listed("workspace_id_priority", RANK),
    _listed("workspace_id_status", "status", "created_at"),
    _listed("workspace_id_team_id", "team_id", "created_at"),
    _listed("workspace_id_assignee_id", "assignee_id", "created_at"),
    _listed(
        "workspace_id_organisation_id",
        "organisation_id",
        "created_at",
        where=f"{LIVING} AND organisation_id IS NOT NULL",
    ),
    _listed("active_created_at", "created_at", where=AT_WORK),
    _listed("active_updated_at", "updated_at", where=AT_WORK),
    _listed("active_priority", RANK, where=AT_WORK),
    _listed("archived_created_at", "created_at", where=ARCHIVED),
    _listed("archived_updated_at", "updated_at", where=ARCHIVED),
    _listed("archived_due_at", DUE, where=ARCHIVED),
    _listed("archived_priority", RANK, where=ARCHIVED),
    _listed("archived_assignee_id", "assignee_id", "created_at", where=ARCHIVED),
    _listed(
        "archived_organisation_id",
        "organisation_id",
        "created_at",
        where=f"{ARCHIVED} AND organisation_id IS NOT NULL",
    ),
    # What dashboards count: the desk, who has none, and in the order in which it is due.
    Index(
        "tickets_active_counted_idx",
        *("workspace_id", "team_id", "status", "priority"),
        postgresql_where=text(AT_WORK),
    ),
    _due("active_unassigned", "priority", where=f"{AT_WORK} AND assignee_id IS NULL", include=("team_id",)),
    _listed("active_unpromised", where=f"{LIVING} AND status IN ('new', 'open') AND due_at IS NULL"),
    _due("active_due_at"),
    _due("active_team_id", "team_id"),
    _due("active_requester_id", "requester_id"),
    _due(
        "active_organisation_id",
        "organisation_id",
        where=f"{AT_WORK} AND organisation_id IS NOT NULL",
        include=(*COUNTED, "requester_id"),
    ),
    Index("tickets_workspace_id_requester_id_idx", "workspace_id", "requester_id", "created_at", "id"),
    # What somebody has to do now: counted at each automatic assignment, however much was done before.
    Index(
        "tickets_workspace_id_load_idx",
        "workspace_id",
        "assignee_id",
        "status",
        postgresql_where=text("deleted_at IS NULL AND status IN ('new', 'open', 'pending', 'on_hold')"),
    ),
    # Whose promises a changed policy moves.
    Index(
        "tickets_workspace_id_sla_policy_id_idx",
        "workspace_id",
        "sla_policy_id",
        "id",
        postgresql_where=text("deleted_at IS NULL AND status IN ('new', 'open', 'pending', 'on_hold')"),
    ),
    Index(
        "tickets_workspace_id_finished_at_idx",
        "workspace_id",
        "finished_at",
        postgresql_where=text("finished_at IS NOT NULL"),
    ),
    Index(
        "tickets_workspace_id_merged_into_idx",
        "workspace_id",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
    # Few: what is counted past the tickets themselves leaves them out.
    Index("tickets_deleted_idx", "workspace_id", "id", postgresql_where=text("deleted_at IS NOT NULL")),
)

# While it is resolved, or pending on its customer: what the clock is to do about it, and when. Kept by
# fn_keep_wait; `reminded` is the last day of the setting that was.
ticket_waits = Table(
    "ticket_waits",
    metadata,
    workspace_key(),
    Column("ticket_id", Uuid, primary_key=True),
    words("status"),
    timestamp("since", nullable=False),
    Column("reminded", SmallInteger, nullable=False, server_default=text("0")),
    timestamp("reminded_at"),
    timestamp("wakes_at"),
    # When the sweep handed over what was due of it; nobody has looked yet while it wakes an hour after that.
    timestamp("handed_at"),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    one_of("status", ("pending", "resolved")),
    CheckConstraint("(reminded = 0) = (reminded_at IS NULL)", name="reminded"),
    Index("ticket_waits_wakes_at_idx", "wakes_at", postgresql_where=text("wakes_at IS NOT NULL")),
)

# Kept by fn_keep_ticket_tags: what can be found by an index under row-level security.
ticket_tags = Table(
    "ticket_tags",
    metadata,
    workspace_key(),
    Column("tag", Text(collation="C"), primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    Index("ticket_tags_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
)

ticket_watchers = Table(
    "ticket_watchers",
    metadata,
    workspace_key(),
    Column("ticket_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    timestamp("created_at", now=True),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    Index("ticket_watchers_workspace_id_user_id_idx", "workspace_id", "user_id"),
)

comments = Table(
    "comments",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    Column("author_id", Uuid),
    # In place of an author, where a program wrote it.
    Column("api_key_id", Uuid),
    words("visibility", "public"),
    words("body"),
    words("source", "api"),
    timestamp("created_at", now=True),
    timestamp("edited_at"),
    timestamp("deleted_at"),
    # What tickets/markdown.py, in this version, made of the body; fn_forget_html keeps them together.
    words("body_html", nullable=True),
    Column("html_version", SmallInteger),
    # Staff, who are never deleted: no row each, for nobody asks which comments mention somebody.
    Column("mentions", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("deleted_by", Uuid),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("users", "author_id"),
    belongs_to("users", "deleted_by"),
    belongs_to("api_keys", "api_key_id"),
    one_of("visibility", values(Visibility)),
    one_of("source", values(Source)),
    CheckConstraint("octet_length(body) BETWEEN 1 AND 65536", name="body"),
    CheckConstraint("author_id IS NULL OR api_key_id IS NULL", name="one_author"),
    # What waits to be purged.
    Index(
        "comments_taken_back_idx",
        "deleted_at",
        postgresql_where=text("deleted_at IS NOT NULL AND body <> '…'"),
    ),
    Index("comments_workspace_id_ticket_id_idx", "workspace_id", "ticket_id", "created_at", "id"),
    Index("comments_workspace_id_author_id_idx", "workspace_id", "author_id", "id"),
)

timeline_entries = Table(
    "timeline_entries",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    words("action"),
    words("actor_type"),
    Column("actor_id", Uuid),
    Column("changes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("meta", JSONB, nullable=False, server_default=text("'{}'")),
    # Staff only: SLA, escalation, internal comments, reasons that are nobody else's business.
    Column("internal", Boolean, nullable=False, server_default=false()),
    timestamp("created_at", now=True),
    # What reports may see of the changes, which hold texts too.
    Column("status_from", Text, Computed("changes #>> '{status,from}'", persisted=False)),
    Column("status_to", Text, Computed("changes #>> '{status,to}'", persisted=False)),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "ticket_id", "sequence"),
    one_of("actor_type", values(ActorType)),
    Index(
        "timeline_entries_status_idx",
        "workspace_id",
        "created_at",
        postgresql_where=text("(changes #>> '{status,to}') IS NOT NULL"),
    ),
)

ticket_links = Table(
    "ticket_links",
    metadata,
    workspace_key(),
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("other_id", Uuid, primary_key=True),
    Column("created_by", Uuid),
    timestamp("created_at", now=True),
    Column("id", Uuid, nullable=False, server_default=text("uuidv7()")),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("tickets", "other_id", on_delete="CASCADE"),
    belongs_to("users", "created_by"),
    UniqueConstraint("workspace_id", "id"),
    one_of("kind", ("blocks", "duplicates", "follow_up", "parent", "relates", "split_from")),
    CheckConstraint("ticket_id <> other_id", name="other"),
    Index("ticket_links_workspace_id_other_id_idx", "workspace_id", "other_id"),
    Index(
        "ticket_links_one_parent_idx",
        "workspace_id",
        "other_id",
        unique=True,
        postgresql_where=text("kind = 'parent'"),
    ),
)
