"""Preferences: what people want no mail of."""

from alembic import op

from migrations.tenancy import secure

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE muted_mails (
            workspace_id uuid NOT NULL,
            user_id uuid NOT NULL,
            kind text NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT muted_mails_pkey PRIMARY KEY (workspace_id, user_id, kind),
            CONSTRAINT muted_mails_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id)
                REFERENCES users (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT muted_mails_kind_check CHECK (kind IN ('assigned', 'new_tickets', 'replies', 'notes',
                'mentions', 'watched', 'sla_warnings', 'sla_breaches', 'escalations', 'ratings',
                'own_tickets', 'bulk_changes'))
        )
        """
    )
    # Who deletes also has UPDATE: locking a row to skip it where another holds it asks for that.
    secure("muted_mails", app="SELECT, INSERT, DELETE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("DROP TABLE muted_mails")
