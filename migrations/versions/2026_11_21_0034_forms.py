"""Which sites may show the form for tickets within their pages."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces
            ADD COLUMN form_sites text[] DEFAULT '{}' NOT NULL,
            ADD CONSTRAINT workspaces_form_sites_check CHECK (cardinality(form_sites) <= 20)
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE workspaces DROP COLUMN form_sites")
