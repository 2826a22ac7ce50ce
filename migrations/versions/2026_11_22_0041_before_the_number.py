"""What a new ticket promises and says is written before it takes its number; so are references to it."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLES = ("sla_targets", "search_documents")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {table}_workspace_id_ticket_id_fkey DEFERRABLE")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {table}_workspace_id_ticket_id_fkey NOT DEFERRABLE")
