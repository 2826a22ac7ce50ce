"""Calendars have zones that have a name: what some machines call theirs was UTC wherever it was counted."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE calendars SET timezone = 'UTC', updated_at = now() WHERE timezone IN ('Factory', 'localtime')"
    )


def downgrade() -> None:
    """UTC is what they meant."""
