"""The order of the change feed: an event comes after all that its writer could have seen."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE events ALTER COLUMN xact_id "
        "SET DEFAULT GREATEST(pg_current_xact_id(), "
        "((pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text)::xid8)"
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE events ALTER COLUMN xact_id SET DEFAULT pg_current_xact_id();
        DROP FUNCTION IF EXISTS fn_place_events_anew(uuid);
        """
    )
