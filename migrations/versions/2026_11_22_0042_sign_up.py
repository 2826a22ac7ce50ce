"""New workspaces let customers make accounts; those that there are keep what they chose."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE workspaces ALTER COLUMN customer_signup SET DEFAULT true")


def downgrade() -> None:
    op.execute("ALTER TABLE workspaces ALTER COLUMN customer_signup SET DEFAULT false")
