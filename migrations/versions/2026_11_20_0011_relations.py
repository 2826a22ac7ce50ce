"""Links between tickets that people make, beside those to where a ticket came from."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE ticket_links
            ADD COLUMN id uuid DEFAULT uuidv7() NOT NULL,
            ADD CONSTRAINT ticket_links_workspace_id_id_key UNIQUE (workspace_id, id),
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check
                CHECK (kind IN ('blocks', 'duplicates', 'follow_up', 'parent', 'relates', 'split_from'));
        CREATE UNIQUE INDEX ticket_links_one_parent_idx ON ticket_links (workspace_id, other_id)
            WHERE kind = 'parent';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM ticket_links WHERE kind <> 'follow_up';
        DROP INDEX ticket_links_one_parent_idx;
        ALTER TABLE ticket_links
            DROP COLUMN id,
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check CHECK (kind IN ('follow_up'));
        """
    )
