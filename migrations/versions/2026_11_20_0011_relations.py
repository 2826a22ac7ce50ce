"""Tickets that have to do with each other: what was split off is linked to where it came from."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE ticket_links
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check CHECK (kind IN ('follow_up', 'split_from'));
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM ticket_links WHERE kind <> 'follow_up';
        ALTER TABLE ticket_links
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check CHECK (kind IN ('follow_up'));
        """
    )
