"""How teams hand out their tickets, and who is away."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE users ADD COLUMN away_since timestamptz;
        ALTER TABLE teams
            ADD COLUMN assignment text DEFAULT 'manual' NOT NULL,
            ADD COLUMN assignment_cap integer,
            ADD CONSTRAINT teams_assignment_check
                CHECK (assignment IN ('manual', 'round_robin', 'least_loaded')),
            ADD CONSTRAINT teams_assignment_cap_check CHECK (assignment_cap BETWEEN 1 AND 10000);
        ALTER TABLE team_members ADD COLUMN last_assigned_at timestamptz;
        GRANT UPDATE (last_assigned_at) ON team_members TO mesa_app;
        CREATE INDEX tickets_workspace_id_load_idx ON tickets (workspace_id, assignee_id, status)
            WHERE deleted_at IS NULL AND status IN ('new', 'open', 'pending', 'on_hold');
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP INDEX tickets_workspace_id_load_idx;
        REVOKE UPDATE (last_assigned_at) ON team_members FROM mesa_app;
        ALTER TABLE team_members DROP COLUMN last_assigned_at;
        ALTER TABLE teams DROP COLUMN assignment, DROP COLUMN assignment_cap;
        ALTER TABLE users DROP COLUMN away_since;
        """
    )
