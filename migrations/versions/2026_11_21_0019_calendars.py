"""Running targets of a calendar by their tickets, so that a changed one is counted anew in batches."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        DROP INDEX sla_targets_running_idx;
        CREATE INDEX sla_targets_running_idx ON sla_targets (workspace_id, calendar_id, ticket_id)
            WHERE fulfilled_at IS NULL AND ended_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP INDEX sla_targets_running_idx;
        CREATE INDEX sla_targets_running_idx ON sla_targets (workspace_id, calendar_id)
            WHERE fulfilled_at IS NULL AND ended_at IS NULL;
        """
    )
