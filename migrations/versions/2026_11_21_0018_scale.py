"""Indexes that large desks need: each order of a list, for the tickets at work, for those in the archive, and
for all others; and what the planner cannot know by itself."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As chalicelib/tickets/listing.py has them. No function and no coalesce: under row-level security an index
# serves only what is leakproof.
RANK = "(CASE priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END)"
DUE = "(CASE WHEN due_at IS NULL THEN 'infinity' ELSE due_at END)"
LIVING = "deleted_at IS NULL AND archived_at IS NULL"
ACTIVE = f"{LIVING} AND status IN ('new', 'open', 'pending', 'on_hold')"
ARCHIVED = "deleted_at IS NULL AND archived_at IS NOT NULL"

# Name: the columns beside the workspace and the id, and which tickets.
INDEXES = {
    "workspace_id_living": ("", LIVING),
    "workspace_id_due_at": (DUE, LIVING),
    "workspace_id_priority": (RANK, LIVING),
    "workspace_id_assignee_id": ("assignee_id, created_at", LIVING),
    "workspace_id_organisation_id": (
        "organisation_id, created_at",
        f"{LIVING} AND organisation_id IS NOT NULL",
    ),
    "active_created_at": ("created_at", ACTIVE),
    "active_updated_at": ("updated_at", ACTIVE),
    "active_priority": (RANK, ACTIVE),
    "archived_created_at": ("created_at", ARCHIVED),
    "archived_updated_at": ("updated_at", ARCHIVED),
    "archived_due_at": (DUE, ARCHIVED),
    "archived_priority": (RANK, ARCHIVED),
    "archived_assignee_id": ("assignee_id, created_at", ARCHIVED),
    "archived_organisation_id": (
        "organisation_id, created_at",
        f"{ARCHIVED} AND organisation_id IS NOT NULL",
    ),
}
BEFORE = {
    "workspace_id_due_at": ("due_at", LIVING),
    "workspace_id_assignee_id": ("assignee_id, created_at", None),
    "workspace_id_organisation_id": ("organisation_id, created_at", "organisation_id IS NOT NULL"),
}
# A team, an assignee, a requester, an organisation is of one workspace. Where the planner takes that for
# chance, it expects a twentieth of what there is on a server with twenty desks. Of expressions it knows
# nothing.
STATISTICS = {
    "team": "(dependencies) ON workspace_id, team_id",
    "assignee": "(dependencies) ON workspace_id, assignee_id",
    "requester": "(dependencies) ON workspace_id, requester_id",
    "organisation": "(dependencies) ON workspace_id, organisation_id",
    "priority": f"ON {RANK}",
    "due_at": f"ON {DUE}",
}


def upgrade() -> None:
    for name in BEFORE:
        op.execute(f"DROP INDEX tickets_{name}_idx")
    for name, (columns, where) in INDEXES.items():
        _create(name, columns, where)
    op.execute(
        "CREATE INDEX sla_targets_breached_idx ON sla_targets (workspace_id, ticket_id) "
        "WHERE metric = 'resolution' AND breached_at IS NOT NULL"
    )
    for name, of in STATISTICS.items():
        op.execute(f"CREATE STATISTICS tickets_{name}_stat {of} FROM tickets")
    op.execute("ANALYZE tickets")


def downgrade() -> None:
    for name in STATISTICS:
        op.execute(f"DROP STATISTICS tickets_{name}_stat")
    op.execute("DROP INDEX sla_targets_breached_idx")
    for name in INDEXES:
        op.execute(f"DROP INDEX tickets_{name}_idx")
    for name, (columns, where) in BEFORE.items():
        _create(name, columns, where)


def _create(name: str, columns: str, where: str | None) -> None:
    only = f"WHERE {where}" if where else ""
    keys = ", ".join(filter(None, ("workspace_id", columns, "id")))
    op.execute(f"CREATE INDEX tickets_{name}_idx ON tickets ({keys}) {only}")
