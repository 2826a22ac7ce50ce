"""Rules: what a desk does by itself, when what has happened or some time has passed."""

from alembic import op

from migrations.tenancy import secure

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        DROP PROCEDURE IF EXISTS sp_rule_sweep(integer, timestamptz, integer, integer);

        CREATE TABLE rules (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            name text NOT NULL,
            key text NOT NULL,
            description text,
            position integer NOT NULL,
            occasions text[] NOT NULL,
            triggers jsonb NOT NULL,
            conditions jsonb NOT NULL,
            actions jsonb NOT NULL,
            since text,
            minutes integer,
            enabled_at timestamptz,
            generation integer NOT NULL DEFAULT 1,
            followed_until timestamptz,
            followed_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT rules_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT rules_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT rules_workspace_id_key_key UNIQUE (workspace_id, key),
            CONSTRAINT rules_since_check CHECK (since IN ('created', 'updated', 'requester_commented',
                'staff_commented', 'status_changed', 'assigned', 'pending', 'due', 'due_in')),
            CONSTRAINT rules_minutes_check CHECK (minutes BETWEEN 0 AND 525600),
            CONSTRAINT rules_since_has_minutes_check CHECK ((since IS NULL) = (minutes IS NULL))
        );
        CREATE INDEX rules_since_idx ON rules (followed_at)
            WHERE since IS NOT NULL AND enabled_at IS NOT NULL;

        CREATE TABLE rule_dues (
            workspace_id uuid NOT NULL,
            rule_id uuid NOT NULL,
            ticket_id uuid NOT NULL,
            generation integer NOT NULL,
            seen_sequence integer NOT NULL,
            counts_from timestamptz,
            at timestamptz,
            fired_from timestamptz,
            CONSTRAINT rule_dues_pkey PRIMARY KEY (workspace_id, rule_id, ticket_id),
            CONSTRAINT rule_dues_workspace_id_rule_id_fkey FOREIGN KEY (workspace_id, rule_id)
                REFERENCES rules (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT rule_dues_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        CREATE INDEX rule_dues_at_idx ON rule_dues (at) WHERE at IS NOT NULL;
        CREATE INDEX rule_dues_workspace_id_ticket_id_idx ON rule_dues (workspace_id, ticket_id);

        CREATE TABLE rule_events (
            workspace_id uuid NOT NULL,
            event_id bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT rule_events_pkey PRIMARY KEY (workspace_id, event_id),
            CONSTRAINT rule_events_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE
        );
        CREATE INDEX rule_events_created_at_idx ON rule_events (created_at);

        CREATE TABLE rule_firings (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            rule_id uuid NOT NULL,
            ticket_id uuid NOT NULL,
            event_id bigint NOT NULL,
            sequence integer,
            counts_from timestamptz,
            depth smallint NOT NULL,
            outcome text NOT NULL,
            reason text,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT rule_firings_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT rule_firings_workspace_id_rule_id_fkey FOREIGN KEY (workspace_id, rule_id)
                REFERENCES rules (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT rule_firings_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT rule_firings_workspace_id_event_id_rule_id_key
                UNIQUE (workspace_id, event_id, rule_id),
            CONSTRAINT rule_firings_workspace_id_rule_id_ticket_id_counts_from_key
                UNIQUE (workspace_id, rule_id, ticket_id, counts_from),
            CONSTRAINT rule_firings_outcome_check CHECK (outcome IN ('applied', 'unchanged', 'failed'))
        );
        CREATE INDEX rule_firings_workspace_id_rule_id_created_at_id_idx
            ON rule_firings (workspace_id, rule_id, created_at, id);
        CREATE INDEX rule_firings_workspace_id_ticket_id_idx ON rule_firings (workspace_id, ticket_id);
        CREATE INDEX rule_firings_created_at_idx ON rule_firings (created_at);
        """
    )
    secure("rules", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE")
    secure("rule_dues", app="SELECT, UPDATE", definer="SELECT, INSERT, UPDATE, DELETE")
    secure("rule_events", app="SELECT, INSERT", definer="SELECT, UPDATE, DELETE")
    secure("rule_firings", app="SELECT, INSERT", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        DROP PROCEDURE IF EXISTS sp_rule_sweep(integer, timestamptz, integer, integer);
        DROP PROCEDURE IF EXISTS
            sp_rule_sweep(integer, timestamptz, interval, integer, integer, boolean);
        DROP FUNCTION IF EXISTS fn_rules_listen(uuid, text), fn_rule_instants(uuid, uuid[], text),
            fn_rule_chain(uuid, uuid, text);
        DROP TABLE rule_firings, rule_events, rule_dues, rules;
        """
    )
