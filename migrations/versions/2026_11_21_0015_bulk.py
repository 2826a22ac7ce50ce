"""Jobs that can be followed and called off, and what one does to many things, one by one."""

from alembic import op

from migrations.tenancy import secure

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE jobs
            ADD COLUMN input jsonb,
            ADD COLUMN total integer,
            ADD COLUMN cancellable boolean DEFAULT false NOT NULL,
            DROP CONSTRAINT jobs_status_check,
            ADD CONSTRAINT jobs_status_check
                CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled'));
        CREATE INDEX jobs_workspace_id_created_by_idx ON jobs (workspace_id, created_by, id);
        CREATE TABLE job_items (
            workspace_id uuid NOT NULL,
            job_id uuid NOT NULL,
            place integer NOT NULL,
            subject_id uuid NOT NULL,
            expected_version integer,
            status text,
            label text,
            version integer,
            error jsonb,
            CONSTRAINT job_items_pkey PRIMARY KEY (workspace_id, job_id, place),
            CONSTRAINT job_items_workspace_id_fkey FOREIGN KEY(workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT job_items_workspace_id_job_id_fkey FOREIGN KEY(workspace_id, job_id)
                REFERENCES jobs (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT job_items_status_check CHECK (status IN ('changed', 'unchanged', 'failed', 'skipped'))
        );
        """
    )
    secure("job_items", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE job_items;
        DROP INDEX jobs_workspace_id_created_by_idx;
        UPDATE jobs SET status = 'failed' WHERE status = 'cancelled';
        ALTER TABLE jobs
            DROP COLUMN input,
            DROP COLUMN total,
            DROP COLUMN cancellable,
            DROP CONSTRAINT jobs_status_check,
            ADD CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'running', 'done', 'failed'));
        """
    )
