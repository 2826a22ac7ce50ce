"""How a desk looks to its customers."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces
            ADD COLUMN brand_color text,
            ADD COLUMN brand_logo_url text,
            ADD COLUMN brand_footer text,
            ADD CONSTRAINT workspaces_brand_color_check CHECK (brand_color ~ '^#[0-9a-f]{6}$'),
            ADD CONSTRAINT workspaces_brand_logo_url_check CHECK (brand_logo_url LIKE 'https://%')
        """
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE workspaces DROP COLUMN brand_color, DROP COLUMN brand_logo_url, DROP COLUMN brand_footer"
    )
