"""Search: what is said on tickets and in comments as vectors, kept by triggers, behind one index.

Of what is there already the documents are made empty, and a job a workspace fills them in batches, the newest
first: a desk of a million tickets is not held up by its upgrade.
"""

from alembic import op

from migrations.tenancy import secure

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEEPERS = (
    "fn_keep_ticket_search",
    "fn_keep_comment_search",
    "fn_keep_requester_search",
    "fn_keep_language_search",
)


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE search_documents (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL,
            ticket_id uuid NOT NULL,
            internal boolean NOT NULL,
            vector tsvector NOT NULL,
            CONSTRAINT search_documents_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT search_documents_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        ALTER TABLE search_documents ALTER COLUMN vector SET STATISTICS 500;
        INSERT INTO search_documents (workspace_id, id, ticket_id, internal, vector)
        SELECT t.workspace_id, t.id, t.id, false, ''::tsvector FROM tickets t
        UNION ALL
        SELECT c.workspace_id, c.id, c.ticket_id, c.visibility = 'internal', ''::tsvector FROM comments c
        WHERE c.deleted_at IS NULL;
        WITH job AS (
            INSERT INTO jobs (workspace_id, kind, expires_at)
            SELECT DISTINCT t.workspace_id, 'search_refresh', now() + interval '30 days' FROM tickets t
            RETURNING workspace_id, id, kind
        )
        INSERT INTO events (workspace_id, type, internal, payload, leased_until)
        SELECT job.workspace_id, 'job.requested', true,
            jsonb_build_object('job', jsonb_build_object('id', job.id, 'kind', job.kind)),
            now() + interval '30 seconds'
        FROM job;
        CREATE INDEX search_documents_ticket_id_idx ON search_documents USING hash (ticket_id);
        CREATE INDEX search_documents_vector_idx ON search_documents USING gin (vector)
            WITH (gin_pending_list_limit = 256);
        """
    )
    for name in KEEPERS:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        )
    op.execute(
        """
        CREATE TRIGGER keep_search_of_new AFTER INSERT ON tickets
            FOR EACH ROW EXECUTE FUNCTION fn_keep_ticket_search();
        CREATE TRIGGER keep_search AFTER UPDATE OF subject, description, tags, requester_id ON tickets
            FOR EACH ROW WHEN ((NEW.subject, NEW.description, NEW.tags, NEW.requester_id)
                IS DISTINCT FROM (OLD.subject, OLD.description, OLD.tags, OLD.requester_id))
            EXECUTE FUNCTION fn_keep_ticket_search();
        CREATE TRIGGER keep_search_of_new AFTER INSERT ON comments
            FOR EACH ROW EXECUTE FUNCTION fn_keep_comment_search();
        CREATE TRIGGER keep_search AFTER UPDATE OF body, visibility, ticket_id, deleted_at ON comments
            FOR EACH ROW WHEN ((NEW.body, NEW.visibility, NEW.ticket_id, NEW.deleted_at)
                IS DISTINCT FROM (OLD.body, OLD.visibility, OLD.ticket_id, OLD.deleted_at))
            EXECUTE FUNCTION fn_keep_comment_search();
        CREATE TRIGGER keep_search AFTER UPDATE OF name, email ON users
            FOR EACH ROW WHEN ((NEW.name, NEW.email) IS DISTINCT FROM (OLD.name, OLD.email))
            EXECUTE FUNCTION fn_keep_requester_search();
        CREATE TRIGGER keep_search AFTER UPDATE OF language ON workspaces
            FOR EACH ROW WHEN (NEW.language IS DISTINCT FROM OLD.language)
            EXECUTE FUNCTION fn_keep_language_search();
        """
    )
    rights = "SELECT, INSERT, UPDATE, DELETE"
    secure("search_documents", app=rights, definer=rights)


def downgrade() -> None:
    op.execute(
        """
        DROP TRIGGER keep_search_of_new ON tickets;
        DROP TRIGGER keep_search ON tickets;
        DROP TRIGGER keep_search_of_new ON comments;
        DROP TRIGGER keep_search ON comments;
        DROP TRIGGER keep_search ON users;
        DROP TRIGGER keep_search ON workspaces;
        """
    )
    for name in KEEPERS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(
        """
        DELETE FROM jobs WHERE kind = 'search_refresh';
        DROP TABLE search_documents;
        """
    )
