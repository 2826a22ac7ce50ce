"""SLA policies have names of their own."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE UNIQUE INDEX sla_policies_workspace_id_name_key ON sla_policies (workspace_id, name)
            WHERE deleted_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX sla_policies_workspace_id_name_key")
