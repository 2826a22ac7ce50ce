"""Digests: mails about watched tickets that wait to be sent in one; and what a mail was, for their list."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE users ADD COLUMN watched_digest text,
            ADD CONSTRAINT users_watched_digest_check CHECK (watched_digest IN ('hourly', 'daily'));
        ALTER TABLE notifications
            ADD COLUMN occasion text,
            ADD COLUMN part text,
            ADD COLUMN due_at timestamptz,
            ADD COLUMN digest_id bigint,
            DROP CONSTRAINT notifications_status_check,
            ADD CONSTRAINT notifications_status_check CHECK
                (status IN ('claimed', 'gathered', 'sent', 'superseded', 'suppressed', 'failed'));
        CREATE INDEX notifications_workspace_id_created_at_idx
            ON notifications (workspace_id, created_at, id);
        CREATE INDEX notifications_workspace_id_user_id_created_at_idx
            ON notifications (workspace_id, user_id, created_at, id);
        DROP INDEX notifications_workspace_id_user_id_idx;
        CREATE INDEX notifications_due_at_idx ON notifications (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX notifications_waiting_idx ON notifications (workspace_id, user_id)
            WHERE due_at IS NOT NULL;
        CREATE INDEX notifications_workspace_id_digest_id_idx ON notifications (workspace_id, digest_id)
            WHERE digest_id IS NOT NULL;
        GRANT SELECT, UPDATE ON notifications TO mesa_definer;
        GRANT INSERT ON events TO mesa_definer;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP FUNCTION IF EXISTS fn_digests_due(integer);
        UPDATE notifications SET status = 'superseded' WHERE status = 'gathered';
        DROP INDEX notifications_workspace_id_created_at_idx, notifications_workspace_id_digest_id_idx,
            notifications_waiting_idx, notifications_due_at_idx;
        CREATE INDEX notifications_workspace_id_user_id_idx ON notifications (workspace_id, user_id);
        DROP INDEX notifications_workspace_id_user_id_created_at_idx;
        ALTER TABLE notifications
            DROP COLUMN occasion, DROP COLUMN part, DROP COLUMN due_at, DROP COLUMN digest_id,
            DROP CONSTRAINT notifications_status_check,
            ADD CONSTRAINT notifications_status_check
                CHECK (status IN ('claimed', 'sent', 'superseded', 'suppressed', 'failed'));
        REVOKE UPDATE ON notifications FROM mesa_definer;
        ALTER TABLE users DROP COLUMN watched_digest;
        """
    )
