"""What came by mail, whole."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The function tells more now; what is installed after the migrations cannot replace the other.
    op.execute("DROP FUNCTION IF EXISTS fn_find_mailboxes(text[], text)")
    op.execute(
        """
        ALTER TABLE mailboxes ADD COLUMN language text,
            ADD CONSTRAINT mailboxes_language_check CHECK (language IN ('en', 'es'));
        -- Of those that are there nobody has looked.
        ALTER TABLE inbound_messages ADD COLUMN holds_links boolean DEFAULT true NOT NULL;
        ALTER TABLE inbound_messages ALTER COLUMN holds_links SET DEFAULT false;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE mailboxes DROP COLUMN language;
        ALTER TABLE inbound_messages DROP COLUMN holds_links;
        DROP FUNCTION IF EXISTS fn_find_mailboxes(text[], text);
        """
    )
