"""Tickets from other desks: imports, what they had to say, and by which ids the tickets went before."""

from alembic import op

from migrations.tenancy import secure

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE imports (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            source text NOT NULL,
            system text NOT NULL,
            file_name text NOT NULL,
            bytes bigint NOT NULL,
            mapping jsonb NOT NULL,
            options jsonb NOT NULL,
            created_by uuid,
            actor_type text NOT NULL,
            job_id uuid,
            counts jsonb NOT NULL DEFAULT '{}',
            remarks integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            CONSTRAINT imports_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT imports_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT imports_workspace_id_job_id_fkey FOREIGN KEY (workspace_id, job_id)
                REFERENCES jobs (workspace_id, id) ON DELETE SET NULL (job_id),
            CONSTRAINT imports_source_check CHECK (source IN ('zendesk', 'freshdesk', 'csv')),
            CONSTRAINT imports_actor_type_check CHECK (actor_type IN ('user', 'api_key')),
            CONSTRAINT imports_bytes_check CHECK (bytes BETWEEN 1 AND 2000000000)
        );
        CREATE INDEX imports_workspace_id_job_id_idx ON imports (workspace_id, job_id);
        CREATE INDEX imports_expires_at_idx ON imports (expires_at);

        CREATE TABLE import_remarks (
            workspace_id uuid NOT NULL,
            import_id uuid NOT NULL,
            place integer NOT NULL,
            kind text NOT NULL,
            "row" integer NOT NULL,
            line integer NOT NULL,
            external_id text,
            code text NOT NULL,
            detail text NOT NULL,
            CONSTRAINT import_remarks_pkey PRIMARY KEY (workspace_id, import_id, place),
            CONSTRAINT import_remarks_workspace_id_import_id_fkey FOREIGN KEY (workspace_id, import_id)
                REFERENCES imports (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT import_remarks_kind_check CHECK (kind IN ('skipped', 'changed'))
        );

        CREATE TABLE external_ids (
            workspace_id uuid NOT NULL,
            system text NOT NULL,
            kind text NOT NULL,
            external_id text NOT NULL,
            ticket_id uuid NOT NULL,
            comment_id uuid,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT external_ids_pkey PRIMARY KEY (workspace_id, system, kind, external_id),
            -- What search knows of a ticket is made when the ticket is written, and knows its old number.
            CONSTRAINT external_ids_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT external_ids_kind_check CHECK (kind IN ('ticket', 'comment')),
            CONSTRAINT external_ids_comment_id_check CHECK ((kind = 'comment') = (comment_id IS NOT NULL))
        );
        CREATE INDEX external_ids_workspace_id_ticket_id_idx ON external_ids (workspace_id, ticket_id);
        """
    )
    secure("imports", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")
    secure("import_remarks", app="SELECT, INSERT, DELETE", definer="SELECT, UPDATE, DELETE")
    secure("external_ids", app="SELECT, INSERT", definer="SELECT, DELETE")


def downgrade() -> None:
    # What is installed after the migrations looks into the table.
    op.execute(
        """
        DROP FUNCTION IF EXISTS fn_import_tickets(uuid, text, jsonb, jsonb, jsonb);
        DROP FUNCTION IF EXISTS fn_import_again(uuid, text, jsonb, jsonb, jsonb);
        DROP FUNCTION IF EXISTS fn_import_comments(uuid, text, jsonb);
        DROP TABLE external_ids, import_remarks, imports;
        """
    )
