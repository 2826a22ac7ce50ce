"""Files of tickets and comments."""

from pathlib import Path

from alembic import op

from migrations.tenancy import secure

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
    CREATE TABLE attachments (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        ticket_id uuid NOT NULL,
        comment_id uuid,
        uploaded_by uuid,
        api_key_id uuid,
        file_name text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL,
        state text DEFAULT 'awaiting' NOT NULL,
        scan text DEFAULT 'pending' NOT NULL,
        object_version text,
        created_at timestamptz DEFAULT now() NOT NULL,
        uploaded_at timestamptz,
        CONSTRAINT attachments_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT attachments_workspace_id_fkey FOREIGN KEY(workspace_id)
            REFERENCES workspaces (id) ON DELETE CASCADE,
        CONSTRAINT attachments_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id)
            REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT attachments_workspace_id_comment_id_fkey FOREIGN KEY(workspace_id, comment_id)
            REFERENCES comments (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT attachments_workspace_id_uploaded_by_fkey FOREIGN KEY(workspace_id, uploaded_by)
            REFERENCES users (workspace_id, id),
        CONSTRAINT attachments_workspace_id_api_key_id_fkey FOREIGN KEY(workspace_id, api_key_id)
            REFERENCES api_keys (workspace_id, id),
        CONSTRAINT attachments_state_check CHECK (state IN ('awaiting', 'uploaded')),
        CONSTRAINT attachments_scan_check CHECK (scan IN ('pending', 'clean', 'infected')),
        CONSTRAINT attachments_file_name_check CHECK (octet_length(file_name) BETWEEN 1 AND 255),
        CONSTRAINT attachments_content_type_check CHECK (octet_length(content_type) BETWEEN 3 AND 255),
        CONSTRAINT attachments_size_check CHECK (size BETWEEN 1 AND 26214400),
        CONSTRAINT attachments_one_uploader_check CHECK (uploaded_by IS NULL OR api_key_id IS NULL),
        CONSTRAINT attachments_uploaded_at_check CHECK ((uploaded_at IS NOT NULL) = (state = 'uploaded')),
        CONSTRAINT attachments_object_version_check CHECK (object_version IS NOT NULL OR state = 'awaiting')
    );
    CREATE INDEX attachments_workspace_id_ticket_id_idx
        ON attachments (workspace_id, ticket_id, created_at, id);
    CREATE INDEX attachments_workspace_id_comment_id_idx ON attachments (workspace_id, comment_id)
        WHERE comment_id IS NOT NULL;
    CREATE INDEX attachments_workspace_id_uploaded_by_idx ON attachments (workspace_id, uploaded_by)
        WHERE uploaded_by IS NOT NULL;
    CREATE INDEX attachments_awaiting_idx ON attachments (created_at) WHERE state = 'awaiting';
    CREATE TABLE discarded_files (
        workspace_id uuid NOT NULL,
        id uuid NOT NULL,
        discarded_at timestamptz DEFAULT now() NOT NULL,
        leased_until timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT discarded_files_pkey PRIMARY KEY (workspace_id, id)
    );
    CREATE INDEX discarded_files_leased_until_idx ON discarded_files (leased_until);
"""


def upgrade() -> None:
    op.execute(TABLES)
    secure("attachments", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE, DELETE")
    secure("discarded_files", app="SELECT", definer="SELECT, INSERT, UPDATE, DELETE")
    path = Path(__file__).parents[1] / "sql" / "fn_discard_file.sql"
    op.get_bind().exec_driver_sql(path.read_text("utf-8"))
    op.execute(
        "CREATE TRIGGER discard AFTER DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION fn_discard_file()"
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE attachments, discarded_files;
        DROP FUNCTION IF EXISTS fn_discard_file(), fn_lease_discarded_files(integer, integer),
            fn_files_are_gone(uuid[]);
        """
    )
