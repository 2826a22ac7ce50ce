"""What needs attention now: the tickets at work in the order in which they are due."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# As migrations/sql/fn_dashboard.sql has them: see 0018 for the words.
DUE = "(CASE WHEN due_at IS NULL THEN 'infinity' ELSE due_at END)"
AT_WORK = "deleted_at IS NULL AND archived_at IS NULL AND status IN ('new', 'open', 'pending', 'on_hold')"
# What counting needs to know of each, without a look at the table.
INCLUDED = "INCLUDE (status, priority, team_id, assignee_id, due_at"
UNASSIGNED = f"{AT_WORK} AND assignee_id IS NULL"
# Name: the columns beside the workspace, and which tickets.
INDEXES = {
    "active_counted": ("team_id, status, priority", AT_WORK),
    "active_unassigned": (f"priority, {DUE}, id) INCLUDE (team_id", UNASSIGNED),
    "active_unpromised": (
        "id",
        "deleted_at IS NULL AND archived_at IS NULL AND status IN ('new', 'open') AND due_at IS NULL",
    ),
    "active_due_at": (f"{DUE}, id) {INCLUDED}", AT_WORK),
    "active_team_id": (f"team_id, {DUE}, id) {INCLUDED}", AT_WORK),
    "active_requester_id": (f"requester_id, {DUE}, id) {INCLUDED}", AT_WORK),
    "active_organisation_id": (
        f"organisation_id, {DUE}, id) {INCLUDED}, requester_id",
        f"{AT_WORK} AND organisation_id IS NOT NULL",
    ),
}


def upgrade() -> None:
    for name, (columns, where) in INDEXES.items():
        op.execute(f"CREATE INDEX tickets_{name}_idx ON tickets (workspace_id, {columns}) WHERE {where}")
    op.execute(
        "CREATE INDEX sla_targets_broken_idx ON sla_targets (workspace_id, ticket_id) "
        "WHERE metric = 'resolution' AND fulfilled_at IS NULL AND (ended_at IS NULL OR due_at IS NULL) "
        "AND (breached_at IS NOT NULL OR cycle > 1)"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS fn_dashboard")
    op.execute("DROP FUNCTION IF EXISTS fn_at_work")
    op.execute("DROP INDEX sla_targets_broken_idx")
    for name in INDEXES:
        op.execute(f"DROP INDEX tickets_{name}_idx")
