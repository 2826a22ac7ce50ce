"""What insight counts by day. Nothing is counted here: desks that there are already have no generation, which
the schedule `rollup-repair` begins and fills in small steps."""

from alembic import op

from migrations.tenancy import secure

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("rollup_generations", "ticket_facts", "ticket_rollups", "rollup_histograms", "ticket_stocks")
KEYS = """workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            generation integer NOT NULL,
            team_id uuid NOT NULL,
            dimension text COLLATE "C" NOT NULL CHECK (dimension IN
                ('all', 'status', 'priority', 'type', 'category', 'team', 'agent', 'source'))"""
OFTEN = "WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE rollup_generations (
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            generation integer NOT NULL,
            timezone text NOT NULL,
            begun_at timestamptz NOT NULL DEFAULT now(),
            completed_at timestamptz,
            walked_to uuid,
            checked_at timestamptz NOT NULL DEFAULT now(),
            left_to_check integer NOT NULL DEFAULT 0,
            repaired_to bigint NOT NULL DEFAULT 0,
            swept boolean NOT NULL DEFAULT true,
            PRIMARY KEY (workspace_id, generation)
        );
        CREATE TABLE ticket_facts (
            workspace_id uuid NOT NULL,
            generation integer NOT NULL,
            ticket_id uuid NOT NULL,
            team_id uuid NOT NULL,
            assignee_id uuid,
            type text NOT NULL,
            priority text NOT NULL,
            status text NOT NULL,
            source text NOT NULL,
            category text NOT NULL,
            facts integer[] NOT NULL,
            PRIMARY KEY (workspace_id, generation, ticket_id),
            FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        CREATE INDEX ticket_facts_workspace_id_ticket_id_idx ON ticket_facts (workspace_id, ticket_id);
        """
    )
    op.execute(
        f"""
        CREATE TABLE ticket_rollups (
            {KEYS},
            day date NOT NULL,
            value text COLLATE "C" NOT NULL,
            created integer NOT NULL DEFAULT 0,
            entered integer NOT NULL DEFAULT 0,
            departed integer NOT NULL DEFAULT 0,
            resolved integer NOT NULL DEFAULT 0,
            reopened integer NOT NULL DEFAULT 0,
            breached integer NOT NULL DEFAULT 0,
            rated integer NOT NULL DEFAULT 0,
            rated_good integer NOT NULL DEFAULT 0,
            rated_bad integer NOT NULL DEFAULT 0,
            score integer NOT NULL DEFAULT 0,
            first_responses integer NOT NULL DEFAULT 0,
            first_response_seconds bigint NOT NULL DEFAULT 0,
            business_first_responses integer NOT NULL DEFAULT 0,
            business_first_response_seconds bigint NOT NULL DEFAULT 0,
            resolutions integer NOT NULL DEFAULT 0,
            resolution_seconds bigint NOT NULL DEFAULT 0,
            business_resolutions integer NOT NULL DEFAULT 0,
            business_resolution_seconds bigint NOT NULL DEFAULT 0,
            hours numeric NOT NULL DEFAULT 0,
            PRIMARY KEY (workspace_id, generation, team_id, dimension, day, value)
        ) {OFTEN};
        CREATE TABLE rollup_histograms (
            {KEYS},
            day date NOT NULL,
            value text COLLATE "C" NOT NULL,
            first_response numeric NOT NULL DEFAULT 0,
            business_first_response numeric NOT NULL DEFAULT 0,
            resolution numeric NOT NULL DEFAULT 0,
            business_resolution numeric NOT NULL DEFAULT 0,
            PRIMARY KEY (workspace_id, generation, team_id, dimension, day, value)
        ) {OFTEN};
        CREATE TABLE ticket_stocks (
            {KEYS},
            value text COLLATE "C" NOT NULL,
            tickets integer NOT NULL DEFAULT 0,
            active integer NOT NULL DEFAULT 0,
            PRIMARY KEY (workspace_id, generation, team_id, dimension, value)
        ) {OFTEN};
        """
    )
    for table in TABLES:
        secure(table, app="SELECT", definer="SELECT, INSERT, UPDATE, DELETE")
    op.execute(
        """
        GRANT SELECT ON ratings, comments, timeline_entries, sla_targets, tickets, workspaces, users, events
            TO mesa_definer;

        CREATE OR REPLACE FUNCTION fn_begin_rollups() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE OR REPLACE FUNCTION fn_hold_own_rollups() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE OR REPLACE FUNCTION fn_keep_rollups() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER begin_rollups AFTER INSERT ON workspaces
            FOR EACH ROW EXECUTE FUNCTION fn_begin_rollups();
        CREATE TRIGGER hold_rollups BEFORE INSERT OR UPDATE OR DELETE ON ticket_facts
            FOR EACH STATEMENT EXECUTE FUNCTION fn_hold_own_rollups();
        CREATE TRIGGER keep_rollups_of_new AFTER INSERT ON ticket_facts
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION fn_keep_rollups();
        CREATE TRIGGER keep_rollups_of_changed AFTER UPDATE ON ticket_facts
            REFERENCING OLD TABLE AS removed NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION fn_keep_rollups();
        CREATE TRIGGER keep_rollups_of_gone AFTER DELETE ON ticket_facts
            REFERENCING OLD TABLE AS removed
            FOR EACH STATEMENT EXECUTE FUNCTION fn_keep_rollups();
        """
    )


def downgrade() -> None:
    op.execute(
        f"""
        DROP TRIGGER begin_rollups ON workspaces;
        DROP TABLE {", ".join(TABLES)};
        DROP FUNCTION fn_begin_rollups();
        DROP FUNCTION fn_hold_own_rollups();
        DROP FUNCTION fn_keep_rollups();
        """
    )
