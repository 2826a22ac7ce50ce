"""How promises were kept, counted: when each was decided, and whose it was then."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# As they were when it was decided: what the first change from then on says that they were before.
THEN = """coalesce((
        SELECT e.changes #>> '{{{0},from}}' FROM timeline_entries e
        WHERE e.workspace_id = g.workspace_id AND e.ticket_id = g.ticket_id AND e.changes ? '{0}'
          AND e.created_at > g.started_at AND e.created_at >= coalesce(g.decided_at, g.ended_at)
        ORDER BY e.sequence LIMIT 1), t.{0}::text)"""


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE sla_targets
            ADD COLUMN team_id uuid,
            ADD COLUMN priority text,
            ADD COLUMN decided_at timestamptz GENERATED ALWAYS AS (
                CASE WHEN breached_at IS NOT NULL OR due_at IS NOT NULL
                    THEN least(breached_at, fulfilled_at) END
            ) STORED;
        """
    )
    op.execute(
        f"""
        UPDATE sla_targets g SET team_id = {THEN.format("team_id")}::uuid,
            priority = {THEN.format("priority")}
        FROM tickets t WHERE t.workspace_id = g.workspace_id AND t.id = g.ticket_id;
        """
    )
    op.execute(
        """
        ALTER TABLE sla_targets
            SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02),
            ALTER COLUMN team_id SET NOT NULL,
            ALTER COLUMN priority SET NOT NULL,
            ADD CONSTRAINT sla_targets_priority_check
                CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
            ADD CONSTRAINT sla_targets_workspace_id_team_id_fkey
                FOREIGN KEY (workspace_id, team_id) REFERENCES teams (workspace_id, id);
        CREATE INDEX sla_targets_decided_idx ON sla_targets (workspace_id, decided_at)
            INCLUDE (metric, policy_id, team_id, priority, ticket_id, started_at, fulfilled_at, breached_at,
                used_minutes)
            WHERE decided_at IS NOT NULL;
        CREATE INDEX sla_targets_late_idx ON sla_targets (workspace_id, fulfilled_at)
            WHERE breached_at IS NOT NULL AND fulfilled_at IS NOT NULL;
        CREATE INDEX tickets_deleted_idx ON tickets (workspace_id, id) WHERE deleted_at IS NOT NULL;

        CREATE OR REPLACE FUNCTION fn_take_target_facts() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE OR REPLACE FUNCTION fn_move_target_facts() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER take_facts_of_new BEFORE INSERT ON sla_targets
            FOR EACH ROW WHEN (NEW.team_id IS NULL OR NEW.priority IS NULL)
            EXECUTE FUNCTION fn_take_target_facts();
        CREATE TRIGGER take_facts BEFORE UPDATE OF ended_at ON sla_targets
            FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL AND NEW.fulfilled_at IS NULL
                AND NEW.breached_at IS NULL)
            EXECUTE FUNCTION fn_take_target_facts();
        CREATE TRIGGER move_target_facts AFTER UPDATE OF team_id, priority ON tickets
            FOR EACH ROW WHEN ((NEW.team_id, NEW.priority) IS DISTINCT FROM (OLD.team_id, OLD.priority))
            EXECUTE FUNCTION fn_move_target_facts();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TRIGGER move_target_facts ON tickets;
        DROP TRIGGER take_facts ON sla_targets;
        DROP TRIGGER take_facts_of_new ON sla_targets;
        DROP FUNCTION fn_take_target_facts();
        DROP FUNCTION fn_move_target_facts();
        DROP INDEX tickets_deleted_idx, sla_targets_late_idx, sla_targets_decided_idx;
        ALTER TABLE sla_targets
            RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor),
            DROP COLUMN decided_at, DROP COLUMN team_id, DROP COLUMN priority;
        """
    )
