"""Comments that are edited and taken back, rendered, and whom they mention."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE comments
            ADD COLUMN body_html text,
            ADD COLUMN html_version smallint,
            ADD COLUMN mentions uuid[] DEFAULT '{}' NOT NULL,
            ADD COLUMN deleted_by uuid,
            ADD CONSTRAINT comments_workspace_id_deleted_by_fkey
                FOREIGN KEY(workspace_id, deleted_by) REFERENCES users (workspace_id, id);
        CREATE INDEX users_workspace_id_staff_idx ON users (workspace_id)
            WHERE role <> 'customer' AND deleted_at IS NULL;
        CREATE INDEX comments_taken_back_idx ON comments (deleted_at)
            WHERE deleted_at IS NOT NULL AND body <> '…';
        CREATE OR REPLACE FUNCTION fn_forget_html() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER forget_html BEFORE UPDATE OF body ON comments
            FOR EACH ROW WHEN (NEW.body IS DISTINCT FROM OLD.body)
            EXECUTE FUNCTION fn_forget_html();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TRIGGER forget_html ON comments;
        DROP FUNCTION fn_forget_html();
        DROP INDEX users_workspace_id_staff_idx, comments_taken_back_idx;
        ALTER TABLE comments
            DROP COLUMN body_html, DROP COLUMN html_version, DROP COLUMN mentions, DROP COLUMN deleted_by;
        """
    )
