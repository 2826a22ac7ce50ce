"""Readers of reports: what a desk's Grafana, or another tool that speaks SQL, sees of it."""

from pathlib import Path

from alembic import op

from migrations.tenancy import report, secure

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# No text that people wrote, no address, no secret; of people, the staff's names.
COLUMNS = {
    "workspaces": "id, slug, name, timezone",
    "users": "workspace_id, id, name, role, status, deleted_at",
    "teams": "workspace_id, id, name, deleted_at",
    "organisations": "workspace_id, id, name, deleted_at",
    "sla_policies": "workspace_id, id, name, deleted_at",
    "tickets": "workspace_id, id, number, label, type, priority, status, category, subcategory, source, "
    "tags, team_id, assignee_id, organisation_id, sla_policy_id, merged_into, created_at, updated_at, "
    "due_at, resolved_at, closed_at, archived_at, deleted_at",
    "sla_targets": "workspace_id, id, ticket_id, metric, cycle, policy_id, team_id, priority, minutes, "
    "started_at, due_at, paused_at, fulfilled_at, ended_at, breached_at, decided_at, used_minutes",
    "timeline_entries": "workspace_id, id, ticket_id, sequence, action, actor_type, status_from, status_to, "
    "created_at",
    "ratings": "workspace_id, id, ticket_id, cycle, team_id, assignee_id, asked_at, score, rated_at, "
    "ended_at",
    "rollup_generations": "workspace_id, generation, timezone, completed_at",
    "ticket_rollups": "workspace_id, generation, team_id, dimension, day, value, created, entered, departed, "
    "resolved, reopened, breached, rated, rated_good, rated_bad, score, first_responses, "
    "first_response_seconds, business_first_responses, business_first_response_seconds, resolutions, "
    "resolution_seconds, business_resolutions, business_resolution_seconds",
    "time_entries": "workspace_id, id, ticket_id, user_id, minutes, spent_on, created_at",
}
ROWS = {"users": "role <> 'customer'"}


def upgrade() -> None:
    # First, while everybody may still read the table: what comes after locks it whole, for a moment.
    op.execute(
        """
        CREATE INDEX timeline_entries_status_idx ON timeline_entries (workspace_id, created_at)
            WHERE (changes #>> '{status,to}') IS NOT NULL
        """
    )
    op.execute(
        """
        CREATE TABLE reporting_roles (
            workspace_id uuid NOT NULL,
            role_name text NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT reporting_roles_pkey PRIMARY KEY (workspace_id),
            CONSTRAINT reporting_roles_workspace_id_fkey FOREIGN KEY(workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE
        );
        -- What a change of status is, apart from the texts that stand in `changes` too.
        ALTER TABLE timeline_entries
            ADD COLUMN status_from text GENERATED ALWAYS AS (changes #>> '{status,from}') VIRTUAL,
            ADD COLUMN status_to text GENERATED ALWAYS AS (changes #>> '{status,to}') VIRTUAL;
        """
    )
    secure("reporting_roles", app="SELECT", definer="SELECT")
    make_role()
    for table, columns in COLUMNS.items():
        report(table, columns, only=ROWS.get(table, ""))
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.execute("DROP SCHEMA reporting CASCADE")
    for table in COLUMNS:
        op.execute(f"DROP POLICY reporting ON {table}")
        op.execute(f"REVOKE ALL ON {table} FROM mesa_reporting")
    op.execute(
        """
        DROP INDEX timeline_entries_status_idx;
        ALTER TABLE timeline_entries DROP COLUMN status_to, DROP COLUMN status_from;
        DROP TABLE reporting_roles;
        DROP FUNCTION fn_reporting_workspace();
        DO $$
        BEGIN
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
        END $$;
        """
    )


def make_role() -> None:
    """What every login for reports is a member of. Roles are the cluster's: it may be there already."""
    op.execute(
        """
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mesa_reporting') THEN
                CREATE ROLE mesa_reporting NOLOGIN;
            END IF;
            -- Nobody but the app and its owner makes tables, not even for a session.
            EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO mesa_app', current_database());
        END $$;
        CREATE OR REPLACE FUNCTION fn_reporting_workspace() RETURNS uuid
            LANGUAGE sql STABLE AS $$ SELECT NULL::uuid $$;
        GRANT EXECUTE ON FUNCTION fn_reporting_workspace() TO mesa_reporting;
        CREATE SCHEMA reporting;
        GRANT USAGE ON SCHEMA reporting TO mesa_reporting;
        """
    )
