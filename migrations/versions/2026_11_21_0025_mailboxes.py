"""Mailboxes, mail that came in, quarantine."""

from pathlib import Path

from alembic import op

from migrations.tenancy import secure

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Each row of a workspace gets a key of its own: 244 bits of PostgreSQL's strong randomness.
TABLES = """
    ALTER TABLE workspaces
        ADD COLUMN mail_key bytea
            DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) NOT NULL,
        ADD COLUMN add_cc_as_watchers boolean DEFAULT false NOT NULL;
    ALTER TABLE users ADD COLUMN email_bad_at timestamptz;
    ALTER TABLE discarded_files ADD COLUMN object_key text;
    ALTER TABLE notifications DROP CONSTRAINT notifications_status_check,
        ADD CONSTRAINT notifications_status_check
            CHECK (status IN ('claimed', 'sent', 'superseded', 'suppressed', 'failed'));
    CREATE INDEX notifications_workspace_id_message_id_idx ON notifications (workspace_id, message_id);
    CREATE INDEX notifications_workspace_id_provider_id_idx ON notifications (workspace_id, provider_id)
        WHERE provider_id IS NOT NULL;
    CREATE TABLE mailboxes (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        address text,
        name text NOT NULL,
        team_id uuid,
        type text DEFAULT 'question' NOT NULL,
        priority text DEFAULT 'medium' NOT NULL,
        enabled boolean DEFAULT true NOT NULL,
        unknown_senders text DEFAULT 'accept' NOT NULL,
        is_default boolean DEFAULT false NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT mailboxes_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT mailboxes_workspace_id_fkey FOREIGN KEY(workspace_id)
            REFERENCES workspaces (id) ON DELETE CASCADE,
        CONSTRAINT mailboxes_workspace_id_team_id_fkey FOREIGN KEY(workspace_id, team_id)
            REFERENCES teams (workspace_id, id) ON DELETE SET NULL (team_id),
        CONSTRAINT mailboxes_workspace_id_address_key UNIQUE (workspace_id, address),
        CONSTRAINT mailboxes_type_check CHECK (type IN ('service_request', 'complaint', 'claim',
            'suggestion', 'incident', 'resource_request', 'question')),
        CONSTRAINT mailboxes_priority_check CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
        CONSTRAINT mailboxes_unknown_senders_check CHECK (unknown_senders IN ('accept', 'quarantine')),
        CONSTRAINT mailboxes_address_check CHECK (address = lower(address)),
        CONSTRAINT mailboxes_own_address_check CHECK ((address IS NULL) = is_default)
    );
    CREATE UNIQUE INDEX mailboxes_workspace_id_default_key ON mailboxes (workspace_id) WHERE is_default;
    CREATE INDEX mailboxes_address_idx ON mailboxes (address) WHERE address IS NOT NULL;
    CREATE TABLE inbound_messages (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        mailbox_id uuid,
        object_key text NOT NULL,
        size bigint NOT NULL,
        dedupe_key text NOT NULL,
        message_id text,
        from_address text,
        from_name text,
        subject text,
        body text,
        recipients text[] DEFAULT '{}' NOT NULL,
        automatic boolean DEFAULT false NOT NULL,
        authenticated boolean DEFAULT false NOT NULL,
        files integer DEFAULT 0 NOT NULL,
        outcome text NOT NULL,
        reason text,
        user_id uuid,
        ticket_id uuid,
        comment_id uuid,
        received_at timestamptz DEFAULT now() NOT NULL,
        decided_at timestamptz,
        decided_by uuid,
        CONSTRAINT inbound_messages_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT inbound_messages_workspace_id_fkey FOREIGN KEY(workspace_id)
            REFERENCES workspaces (id) ON DELETE CASCADE,
        CONSTRAINT inbound_messages_workspace_id_mailbox_id_fkey FOREIGN KEY(workspace_id, mailbox_id)
            REFERENCES mailboxes (workspace_id, id) ON DELETE SET NULL (mailbox_id),
        CONSTRAINT inbound_messages_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id)
            REFERENCES users (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT inbound_messages_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id)
            REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT inbound_messages_workspace_id_comment_id_fkey FOREIGN KEY(workspace_id, comment_id)
            REFERENCES comments (workspace_id, id) ON DELETE SET NULL (comment_id),
        CONSTRAINT inbound_messages_outcome_check CHECK (outcome IN ('ticket', 'comment', 'follow_up', 'kept',
            'quarantined', 'dropped', 'duplicate')),
        CONSTRAINT inbound_messages_body_check CHECK (octet_length(body) <= 65536),
        CONSTRAINT inbound_messages_size_check CHECK (size >= 0),
        CONSTRAINT inbound_messages_reason_check
            CHECK (outcome <> 'quarantined' OR reason IS NOT NULL)
    );
    CREATE UNIQUE INDEX inbound_messages_workspace_id_once_key
        ON inbound_messages (workspace_id, mailbox_id, dedupe_key) WHERE outcome <> 'duplicate';
    CREATE UNIQUE INDEX inbound_messages_workspace_id_object_key
        ON inbound_messages (workspace_id, mailbox_id, object_key);
    CREATE INDEX inbound_messages_workspace_id_message_id_idx ON inbound_messages (workspace_id, message_id)
        WHERE message_id IS NOT NULL;
    CREATE INDEX inbound_messages_workspace_id_ticket_id_idx ON inbound_messages (workspace_id, ticket_id)
        WHERE ticket_id IS NOT NULL;
    CREATE INDEX inbound_messages_workspace_id_comment_id_idx ON inbound_messages (workspace_id, comment_id)
        WHERE comment_id IS NOT NULL;
    CREATE INDEX inbound_messages_workspace_id_user_id_idx ON inbound_messages (workspace_id, user_id)
        WHERE user_id IS NOT NULL;
    CREATE INDEX inbound_messages_quarantined_idx ON inbound_messages (workspace_id, received_at, id)
        WHERE outcome = 'quarantined';
    CREATE INDEX inbound_messages_done_with_idx ON inbound_messages (received_at)
        WHERE outcome IN ('quarantined', 'dropped', 'kept', 'duplicate');
    INSERT INTO mailboxes (workspace_id, name, is_default) SELECT id, name, true FROM workspaces;
"""


def upgrade() -> None:
    # The owner is filtered too, once row-level security is forced: so the rows come first.
    op.execute("ALTER TABLE workspaces NO FORCE ROW LEVEL SECURITY")
    op.execute(TABLES)
    op.execute("ALTER TABLE workspaces FORCE ROW LEVEL SECURITY")
    secure("mailboxes", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE")
    secure("inbound_messages", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")
    # Its rows now say where objects are that have another name than their row.
    op.execute("DROP FUNCTION IF EXISTS fn_lease_discarded_files(integer, integer)")
    path = Path(__file__).parents[1] / "sql" / "fn_mailboxes.sql"
    op.get_bind().exec_driver_sql(path.read_text("utf-8"))
    op.execute(
        "CREATE TRIGGER discard AFTER DELETE ON inbound_messages "
        "FOR EACH ROW EXECUTE FUNCTION fn_discard_mail()"
    )
    op.execute(
        "CREATE TRIGGER default_mailbox AFTER INSERT ON workspaces "
        "FOR EACH ROW EXECUTE FUNCTION fn_default_mailbox()"
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE inbound_messages, mailboxes;
        DROP TRIGGER default_mailbox ON workspaces;
        DROP FUNCTION IF EXISTS fn_discard_mail(), fn_default_mailbox(), fn_find_mailboxes(text[], text),
            fn_mailbox_address_is_free(text), fn_lease_discarded_files(integer, integer);
        DROP INDEX notifications_workspace_id_message_id_idx, notifications_workspace_id_provider_id_idx;
        UPDATE notifications SET status = 'superseded' WHERE status = 'suppressed';
        ALTER TABLE notifications DROP CONSTRAINT notifications_status_check,
            ADD CONSTRAINT notifications_status_check
                CHECK (status IN ('claimed', 'sent', 'superseded', 'failed'));
        ALTER TABLE discarded_files DROP COLUMN object_key;
        ALTER TABLE users DROP COLUMN email_bad_at;
        ALTER TABLE workspaces DROP COLUMN mail_key, DROP COLUMN add_cc_as_watchers;
        """
    )
