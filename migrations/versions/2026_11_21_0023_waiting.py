"""Tickets that wait: reminders, resolving and closing by the clock.

What is resolved or pending already waits from then on: resolved tickets past their window are closed by the
first sweeps, some hundred at a time.
"""

from alembic import op

from migrations.tenancy import secure

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEEPERS = ("fn_keep_wait", "fn_wait_anew", "fn_mark_stale_waits")


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces
            ADD COLUMN pending_reminder_days integer[] DEFAULT '{}' NOT NULL,
            ADD COLUMN pending_resolve_days integer,
            ADD COLUMN pending_resolve_text text,
            ADD COLUMN waits_stale_since timestamptz,
            ADD COLUMN waits_reckoned_to uuid,
            ADD COLUMN waits_again_at timestamptz,
            ADD CONSTRAINT workspaces_pending_reminder_days_check CHECK (
                cardinality(pending_reminder_days) <= 5
                AND 1 <= ALL (pending_reminder_days) AND 365 >= ALL (pending_reminder_days)),
            ADD CONSTRAINT workspaces_pending_resolve_days_check CHECK (
                pending_resolve_days BETWEEN 1 AND 365
                AND pending_resolve_days > ALL (pending_reminder_days)),
            ADD CONSTRAINT workspaces_pending_resolve_text_check CHECK (
                char_length(pending_resolve_text) BETWEEN 1 AND 2000);
        CREATE INDEX workspaces_waits_stale_since_idx ON workspaces (waits_stale_since)
            WHERE waits_stale_since IS NOT NULL;
        GRANT UPDATE (waits_stale_since, waits_reckoned_to, waits_again_at) ON workspaces TO mesa_definer;

        CREATE TABLE ticket_waits (
            workspace_id uuid NOT NULL,
            ticket_id uuid NOT NULL,
            status text NOT NULL,
            since timestamptz NOT NULL,
            reminded smallint DEFAULT 0 NOT NULL,
            reminded_at timestamptz,
            wakes_at timestamptz,
            CONSTRAINT ticket_waits_pkey PRIMARY KEY (workspace_id, ticket_id),
            CONSTRAINT ticket_waits_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT ticket_waits_status_check CHECK (status IN ('pending', 'resolved')),
            CONSTRAINT ticket_waits_reminded_check CHECK ((reminded = 0) = (reminded_at IS NULL))
        );
        INSERT INTO ticket_waits (workspace_id, ticket_id, status, since, wakes_at)
        SELECT t.workspace_id, t.id, t.status, t.resolved_at,
            t.resolved_at + w.reopen_window_days * interval '24 hours'
        FROM tickets t JOIN workspaces w ON w.id = t.workspace_id
        WHERE t.status = 'resolved' AND t.deleted_at IS NULL
        UNION ALL
        SELECT t.workspace_id, t.id, t.status, coalesce((
            SELECT e.created_at FROM timeline_entries e
            WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id AND e.changes ? 'status'
            ORDER BY e.sequence DESC LIMIT 1), t.updated_at), NULL
        FROM tickets t
        WHERE t.status = 'pending' AND t.deleted_at IS NULL;
        CREATE INDEX ticket_waits_wakes_at_idx ON ticket_waits (wakes_at) WHERE wakes_at IS NOT NULL;
        """
    )
    secure("ticket_waits", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE")
    for name in KEEPERS:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
    op.execute(
        """
        CREATE TRIGGER keep_wait AFTER UPDATE OF status, resolved_at, deleted_at ON tickets
            FOR EACH ROW WHEN (
                (OLD.status IN ('pending', 'resolved') OR NEW.status IN ('pending', 'resolved'))
                AND (OLD.status, OLD.resolved_at, OLD.deleted_at)
                    IS DISTINCT FROM (NEW.status, NEW.resolved_at, NEW.deleted_at))
            EXECUTE FUNCTION fn_keep_wait();
        CREATE TRIGGER wait_anew AFTER INSERT ON comments
            FOR EACH ROW WHEN (
                NEW.visibility = 'public' AND (NEW.author_id IS NOT NULL OR NEW.api_key_id IS NOT NULL))
            EXECUTE FUNCTION fn_wait_anew();
        CREATE TRIGGER mark_stale_waits
            BEFORE UPDATE OF reopen_window_days, pending_reminder_days, pending_resolve_days ON workspaces
            FOR EACH ROW WHEN (
                (OLD.reopen_window_days, OLD.pending_reminder_days, OLD.pending_resolve_days)
                IS DISTINCT FROM
                (NEW.reopen_window_days, NEW.pending_reminder_days, NEW.pending_resolve_days))
            EXECUTE FUNCTION fn_mark_stale_waits();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TRIGGER keep_wait ON tickets;
        DROP TRIGGER wait_anew ON comments;
        DROP TRIGGER mark_stale_waits ON workspaces;
        DROP FUNCTION IF EXISTS fn_keep_wait(), fn_wait_anew(), fn_mark_stale_waits(),
            fn_take_wait(uuid, uuid);
        DROP PROCEDURE IF EXISTS sp_wait_sweep(integer, integer, integer, integer);
        DROP FUNCTION IF EXISTS
            fn_next_wait(text, timestamptz, integer, timestamptz, integer, integer[], integer);
        DROP TABLE ticket_waits;
        DROP INDEX workspaces_waits_stale_since_idx;
        ALTER TABLE workspaces
            DROP COLUMN pending_reminder_days, DROP COLUMN pending_resolve_days,
            DROP COLUMN pending_resolve_text, DROP COLUMN waits_stale_since,
            DROP COLUMN waits_reckoned_to, DROP COLUMN waits_again_at;
        """
    )
