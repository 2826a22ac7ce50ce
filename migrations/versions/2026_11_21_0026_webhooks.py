"""Webhooks out and their deliveries."""

from alembic import op

from migrations.tenancy import secure

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE webhooks (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            name text NOT NULL,
            url text NOT NULL,
            template text NOT NULL DEFAULT 'standard',
            events text[] NOT NULL,
            team_ids uuid[] NOT NULL DEFAULT '{}',
            types text[] NOT NULL DEFAULT '{}',
            priorities text[] NOT NULL DEFAULT '{}',
            include_internal boolean NOT NULL DEFAULT false,
            secret bytea NOT NULL,
            previous_secret bytea,
            previous_secret_expires_at timestamptz,
            enabled_at timestamptz,
            disabled_at timestamptz,
            disabled_reason text,
            failing_since timestamptz,
            failures integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT webhooks_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT webhooks_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT webhooks_template_check CHECK (template IN ('standard', 'slack', 'teams')),
            CONSTRAINT webhooks_disabled_reason_check
                CHECK (disabled_reason IN ('by_hand', 'gone', 'failing')),
            CONSTRAINT webhooks_enabled_or_not_check CHECK ((enabled_at IS NULL) = (disabled_at IS NOT NULL))
        );

        CREATE TABLE webhook_deliveries (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            webhook_id uuid NOT NULL,
            event_id bigint NOT NULL,
            type text NOT NULL,
            ticket_id uuid,
            status text NOT NULL DEFAULT 'pending',
            attempts integer NOT NULL DEFAULT 0,
            tries_left integer NOT NULL DEFAULT 10,
            next_attempt_at timestamptz DEFAULT now(),
            last_attempt_at timestamptz,
            finished_at timestamptz,
            status_code integer,
            error text,
            answer text,
            duration_ms integer,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT webhook_deliveries_workspace_id_webhook_id_fkey FOREIGN KEY (workspace_id, webhook_id)
                REFERENCES webhooks (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT webhook_deliveries_workspace_id_event_id_fkey FOREIGN KEY (workspace_id, event_id)
                REFERENCES events (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT webhook_deliveries_workspace_id_webhook_id_event_id_key
                UNIQUE (workspace_id, webhook_id, event_id),
            CONSTRAINT webhook_deliveries_status_check
                CHECK (status IN ('pending', 'sending', 'succeeded', 'failed', 'cancelled')),
            CONSTRAINT webhook_deliveries_open_has_a_time_check
                CHECK ((next_attempt_at IS NOT NULL) = (status IN ('pending', 'sending')))
        );
        CREATE INDEX webhook_deliveries_workspace_id_event_id_idx
            ON webhook_deliveries (workspace_id, event_id);
        CREATE INDEX webhook_deliveries_workspace_id_webhook_id_created_at_id_idx
            ON webhook_deliveries (workspace_id, webhook_id, created_at, id);
        CREATE INDEX webhook_deliveries_open_idx ON webhook_deliveries (webhook_id, next_attempt_at, id)
            WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX webhook_deliveries_sending_idx ON webhook_deliveries (webhook_id)
            WHERE status = 'sending';
        """
    )
    secure("webhooks", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE")
    secure("webhook_deliveries", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        DROP FUNCTION IF EXISTS fn_claim_deliveries(uuid, uuid, integer, integer);
        DROP TABLE webhook_deliveries, webhooks;
        """
    )
