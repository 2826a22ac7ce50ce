"""Webhooks in."""

from alembic import op

from migrations.tenancy import secure

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE integrations (
            workspace_id uuid NOT NULL,
            id uuid DEFAULT uuidv7() NOT NULL,
            name text NOT NULL,
            key text NOT NULL,
            kind text NOT NULL,
            mapping jsonb NOT NULL,
            defaults jsonb DEFAULT '{}' NOT NULL,
            team_id uuid,
            requester_id uuid,
            secret bytea NOT NULL,
            previous_secret bytea,
            previous_until timestamptz,
            enabled boolean DEFAULT true NOT NULL,
            last_received_at timestamptz,
            created_at timestamptz DEFAULT now() NOT NULL,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT integrations_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT integrations_workspace_id_team_id_fkey
                FOREIGN KEY(workspace_id, team_id) REFERENCES teams (workspace_id, id),
            CONSTRAINT integrations_workspace_id_requester_id_fkey
                FOREIGN KEY(workspace_id, requester_id) REFERENCES users (workspace_id, id)
                ON DELETE SET NULL (requester_id),
            CONSTRAINT integrations_workspace_id_fkey
                FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT integrations_workspace_id_key_key UNIQUE (workspace_id, key),
            CONSTRAINT integrations_kind_check CHECK (kind IN ('generic', 'alertmanager', 'grafana'))
        );
        CREATE INDEX integrations_id_idx ON integrations (id);
        CREATE TABLE integration_calls (
            workspace_id uuid NOT NULL,
            integration_id uuid NOT NULL,
            message_id text NOT NULL,
            received_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT integration_calls_pkey PRIMARY KEY (workspace_id, integration_id, message_id),
            CONSTRAINT integration_calls_workspace_id_integration_id_fkey
                FOREIGN KEY(workspace_id, integration_id) REFERENCES integrations (workspace_id, id)
                ON DELETE CASCADE
        );
        CREATE INDEX integration_calls_received_at_idx ON integration_calls (received_at);
        CREATE TABLE integration_tickets (
            workspace_id uuid NOT NULL,
            integration_id uuid NOT NULL,
            external_key bytea NOT NULL,
            ticket_id uuid NOT NULL,
            firing text[] DEFAULT '{}' NOT NULL,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT integration_tickets_pkey PRIMARY KEY (workspace_id, integration_id, external_key),
            CONSTRAINT integration_tickets_workspace_id_integration_id_fkey
                FOREIGN KEY(workspace_id, integration_id) REFERENCES integrations (workspace_id, id)
                ON DELETE CASCADE,
            CONSTRAINT integration_tickets_workspace_id_ticket_id_fkey
                FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        CREATE INDEX integration_tickets_ticket_idx ON integration_tickets (workspace_id, ticket_id);
        """
    )
    secure("integrations", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT")
    # Who deletes also has UPDATE: locking a row to skip it where another holds it asks for that.
    secure("integration_calls", app="SELECT, INSERT", definer="SELECT, UPDATE, DELETE")
    secure("integration_tickets", app="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS fn_integration_workspace(uuid)")
    op.execute("DROP TABLE integration_tickets, integration_calls, integrations")
