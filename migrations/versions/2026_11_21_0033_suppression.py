"""Addresses that take no mail."""

from alembic import op

from migrations.tenancy import secure

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

COLUMNS = """
    ALTER TABLE users
        ADD COLUMN email_bad_reason text,
        ADD COLUMN email_bad_detail text,
        ADD COLUMN email_good_at timestamptz;
    UPDATE users SET email_bad_reason = 'bounced' WHERE email_bad_at IS NOT NULL;
    ALTER TABLE users
        ADD CONSTRAINT users_email_bad_reason_check
            CHECK (email_bad_reason IN ('bounced', 'failing', 'complained')),
        ADD CONSTRAINT users_email_bad_check CHECK ((email_bad_at IS NULL) = (email_bad_reason IS NULL)),
        ADD CONSTRAINT users_email_bad_detail_check CHECK (char_length(email_bad_detail) <= 500);
"""
TABLE = """
    CREATE TABLE mail_reports (
        workspace_id uuid NOT NULL,
        user_id uuid NOT NULL,
        message_id text NOT NULL,
        kind text NOT NULL,
        happened_at timestamptz NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT mail_reports_pkey PRIMARY KEY (workspace_id, user_id, message_id, kind),
        CONSTRAINT mail_reports_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id)
            REFERENCES users (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT mail_reports_kind_check CHECK (kind IN ('bounced', 'failing', 'complained'))
    );
    CREATE INDEX mail_reports_created_at_idx ON mail_reports (created_at);
"""


def upgrade() -> None:
    # The owner is filtered too, and the rows that are there say why.
    op.execute("ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
    op.execute(COLUMNS)
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    op.execute(TABLE)
    secure("mail_reports", app="SELECT, INSERT", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE mail_reports;
        ALTER TABLE users
            DROP COLUMN email_bad_reason, DROP COLUMN email_bad_detail, DROP COLUMN email_good_at;
        """
    )
