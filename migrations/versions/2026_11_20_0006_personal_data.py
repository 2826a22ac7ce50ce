"""Jobs, receipts of erasure, retention."""

from alembic import op

from migrations.tenancy import secure

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What erasing and purging need beyond what the definer role may do so far.
DEFINER_RIGHTS = {
    "api_keys": "SELECT, UPDATE (name)",
    "comments": "SELECT, UPDATE (body)",
    "organisations": "SELECT, UPDATE (notes)",
    "ticket_watchers": "SELECT",
    "tickets": "DELETE",
    "timeline_entries": "SELECT, UPDATE (changes, meta)",
}
# Rows that go with their user, whichever tables hold them by now.
GRANT_OWNED = """
    DO $$
    DECLARE owned regclass;
    BEGIN
        FOR owned IN
            SELECT DISTINCT conrelid FROM pg_constraint
            WHERE contype = 'f' AND confrelid = 'users'::regclass AND confdeltype = 'c'
        LOOP
            EXECUTE format('GRANT SELECT, DELETE ON %s TO mesa_definer', owned);
        END LOOP;
    END $$
"""
TABLES = """
    CREATE TABLE jobs (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        kind text NOT NULL,
        status text DEFAULT 'queued' NOT NULL,
        subject_id uuid,
        created_by uuid,
        done integer DEFAULT '0' NOT NULL,
        attempts integer DEFAULT '0' NOT NULL,
        state jsonb DEFAULT '{}' NOT NULL,
        result jsonb,
        error text,
        created_at timestamptz DEFAULT now() NOT NULL,
        started_at timestamptz,
        leased_until timestamptz DEFAULT now() NOT NULL,
        finished_at timestamptz,
        expires_at timestamptz NOT NULL,
        CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT jobs_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
            ON DELETE CASCADE,
        CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'running', 'done', 'failed'))
    );
    CREATE INDEX jobs_workspace_id_subject_id_idx ON jobs (workspace_id, subject_id);
    CREATE INDEX jobs_expires_at_idx ON jobs (expires_at);
    CREATE TABLE erasures (
        workspace_id uuid NOT NULL,
        user_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        job_id uuid NOT NULL,
        pseudonym text NOT NULL,
        reason text NOT NULL,
        patterns jsonb,
        counts jsonb DEFAULT '{}' NOT NULL,
        erased_at timestamptz DEFAULT now() NOT NULL,
        completed_at timestamptz,
        CONSTRAINT erasures_pkey PRIMARY KEY (workspace_id, user_id),
        CONSTRAINT erasures_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id)
            REFERENCES users (workspace_id, id),
        CONSTRAINT erasures_workspace_id_id_key UNIQUE (workspace_id, id)
    );
"""
# A ticket that is cancelled does not say since when; its timeline does.
COLUMNS = """
    ALTER TABLE workspaces
        ADD COLUMN retention_days integer,
        ADD CONSTRAINT workspaces_retention_days_check CHECK (retention_days BETWEEN 30 AND 3650);
    ALTER TABLE tickets ADD COLUMN finished_at timestamptz;
    UPDATE tickets t SET finished_at = coalesce(
        t.closed_at,
        CASE WHEN t.status = 'cancelled' THEN coalesce((
            SELECT max(e.created_at) FROM timeline_entries e
            WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id AND e.action = 'cancelled'),
            t.updated_at) END,
        t.deleted_at)
    WHERE t.status IN ('closed', 'cancelled') OR t.deleted_at IS NOT NULL;
    DROP TRIGGER guard_status ON tickets;
    CREATE TRIGGER guard_status BEFORE INSERT OR UPDATE OF status, deleted_at ON tickets
        FOR EACH ROW EXECUTE FUNCTION fn_guard_ticket_status();
    CREATE INDEX tickets_workspace_id_finished_at_idx ON tickets (workspace_id, finished_at)
        WHERE finished_at IS NOT NULL;
    CREATE INDEX tickets_workspace_id_merged_into_idx ON tickets (workspace_id, merged_into)
        WHERE merged_into IS NOT NULL;
    CREATE INDEX comments_workspace_id_author_id_idx ON comments (workspace_id, author_id, id);
    CREATE INDEX notifications_workspace_id_user_id_idx ON notifications (workspace_id, user_id);
    ALTER TABLE sla_steps DROP CONSTRAINT sla_steps_workspace_id_ticket_id_fkey;
"""
BACK = """
    DROP TRIGGER guard_status ON tickets;
    CREATE TRIGGER guard_status BEFORE INSERT OR UPDATE OF status ON tickets
        FOR EACH ROW EXECUTE FUNCTION fn_guard_ticket_status();
    DROP INDEX comments_workspace_id_author_id_idx, notifications_workspace_id_user_id_idx;
    ALTER TABLE sla_steps ADD CONSTRAINT sla_steps_workspace_id_ticket_id_fkey
        FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE;
    ALTER TABLE tickets DROP COLUMN finished_at;
    DROP INDEX tickets_workspace_id_merged_into_idx;
    ALTER TABLE workspaces DROP COLUMN retention_days;
    DROP TABLE erasures, jobs;
"""


def upgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS fn_audit_forget(uuid)")
    op.execute(TABLES)
    secure("jobs", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")
    secure("erasures", app="SELECT, INSERT, UPDATE", definer="SELECT")
    op.execute(COLUMNS)
    for table, rights in DEFINER_RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO mesa_definer")
    op.execute(GRANT_OWNED)


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS fn_audit_forget(uuid, text, bigint, integer)")
    op.execute(BACK)
    for table, rights in DEFINER_RIGHTS.items():
        op.execute(f"REVOKE {rights} ON {table} FROM mesa_definer")
