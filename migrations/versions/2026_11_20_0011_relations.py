"""Links between tickets that people make, beside those to where a ticket came from; time spent on tickets."""

from alembic import op

from migrations.tenancy import secure

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE ticket_links
            ADD COLUMN id uuid DEFAULT uuidv7() NOT NULL,
            ADD CONSTRAINT ticket_links_workspace_id_id_key UNIQUE (workspace_id, id),
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check
                CHECK (kind IN ('blocks', 'duplicates', 'follow_up', 'parent', 'relates', 'split_from'));
        CREATE UNIQUE INDEX ticket_links_one_parent_idx ON ticket_links (workspace_id, other_id)
            WHERE kind = 'parent';
        CREATE TABLE time_entries (
            workspace_id uuid NOT NULL,
            id uuid DEFAULT uuidv7() NOT NULL,
            ticket_id uuid NOT NULL,
            user_id uuid,
            api_key_id uuid,
            minutes smallint NOT NULL,
            note text,
            spent_on date NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT time_entries_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT time_entries_workspace_id_fkey FOREIGN KEY(workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT time_entries_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT time_entries_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id)
                REFERENCES users (workspace_id, id),
            CONSTRAINT time_entries_workspace_id_api_key_id_fkey FOREIGN KEY(workspace_id, api_key_id)
                REFERENCES api_keys (workspace_id, id),
            CONSTRAINT time_entries_minutes_check CHECK (minutes BETWEEN 1 AND 1440),
            CONSTRAINT time_entries_note_check CHECK (char_length(note) BETWEEN 1 AND 2000),
            CONSTRAINT time_entries_one_person_check CHECK ((user_id IS NULL) <> (api_key_id IS NULL))
        );
        CREATE INDEX time_entries_workspace_id_ticket_id_idx
            ON time_entries (workspace_id, ticket_id, created_at, id);
        CREATE INDEX time_entries_workspace_id_user_id_idx ON time_entries (workspace_id, user_id);
        """
    )
    secure("time_entries", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE")


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE time_entries;
        DELETE FROM ticket_links WHERE kind <> 'follow_up';
        DROP INDEX ticket_links_one_parent_idx;
        ALTER TABLE ticket_links
            DROP COLUMN id,
            DROP CONSTRAINT ticket_links_kind_check,
            ADD CONSTRAINT ticket_links_kind_check CHECK (kind IN ('follow_up'));
        """
    )
