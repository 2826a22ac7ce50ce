"""What was withdrawn from a ticket knows when that was over, and what cannot come back has ended for good; a
wait says when it was handed over, and counts from the last word of the staff."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# The promises that were withdrawn, and from when to when their ticket has been over since: finished, or
# deleted, which is no status. What is not over yet has no end.
WITHDRAWN = """
    WITH withdrawn AS (
        SELECT g.workspace_id, g.id, g.ticket_id, g.metric, g.ended_at FROM sla_targets g
        WHERE g.ended_at IS NOT NULL AND g.fulfilled_at IS NULL AND g.due_at IS NULL
    ), turn AS (
        SELECT w.workspace_id, w.id, w.ended_at, e.created_at AS since, turned.kind, turned.leaves,
            lead(e.created_at) OVER (PARTITION BY w.id, turned.kind ORDER BY e.sequence) AS until
        FROM withdrawn w
        JOIN timeline_entries e ON e.workspace_id = w.workspace_id AND e.ticket_id = w.ticket_id
            AND e.created_at >= w.ended_at
        CROSS JOIN LATERAL (
            SELECT 'status' AS kind,
                e.changes #>> '{status,to}' IN ('resolved', 'closed', 'cancelled') AS leaves
            WHERE e.changes ? 'status'
            UNION ALL SELECT 'deleted', e.action = 'deleted' WHERE e.action IN ('deleted', 'restored')
        ) AS turned
    ), over AS (
        SELECT workspace_id, id, since, until FROM turn WHERE leaves AND (until IS NULL OR since < until)
    )
"""
STAND_STILL = """
    UPDATE sla_targets g SET
        paused_intervals = g.paused_intervals || gone.intervals,
        paused_at = coalesce(g.paused_at, gone.since)
    FROM (
        SELECT workspace_id, id, min(since) FILTER (WHERE until IS NULL) AS since,
            coalesce(jsonb_agg(jsonb_build_array(since, until) ORDER BY since)
                FILTER (WHERE until IS NOT NULL), '[]') AS intervals
        FROM over GROUP BY workspace_id, id
    ) AS gone
    WHERE g.workspace_id = gone.workspace_id AND g.id = gone.id
      AND g.metric IN ('resolution', 'first_response')
"""
# A team that handed the ticket on, a question that was answered, and either where the ticket was over.
GIVE_UP = """
    UPDATE sla_targets g SET due_at = g.ended_at, paused_at = NULL
    FROM withdrawn w
    WHERE g.workspace_id = w.workspace_id AND g.id = w.id
      AND w.metric IN ('next_response', 'team_resolution')
      AND (EXISTS (SELECT FROM over o WHERE o.workspace_id = w.workspace_id AND o.id = w.id)
        OR w.metric = 'team_resolution' AND EXISTS (
            SELECT FROM timeline_entries e
            WHERE e.workspace_id = w.workspace_id AND e.ticket_id = w.ticket_id AND e.changes ? 'team_id'
              AND e.created_at >= w.ended_at)
        OR w.metric = 'next_response' AND EXISTS (
            SELECT FROM comments c
            JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id
            LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
            WHERE c.workspace_id = w.workspace_id AND c.ticket_id = w.ticket_id AND c.visibility = 'public'
              AND c.created_at >= w.ended_at
              AND (c.api_key_id IS NOT NULL OR (u.role <> 'customer' AND u.id <> t.requester_id))))
"""
# Who was pending when waits began to be counted had been written to since, perhaps. The sweep reckons them.
SINCE = """
    WITH said AS (
        SELECT w.workspace_id, w.ticket_id, max(c.created_at) AS at
        FROM ticket_waits w
        JOIN comments c ON c.workspace_id = w.workspace_id AND c.ticket_id = w.ticket_id
            AND c.visibility = 'public' AND c.created_at > w.since
        LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE w.status = 'pending' AND (c.api_key_id IS NOT NULL OR u.role <> 'customer')
        GROUP BY w.workspace_id, w.ticket_id
    ), later AS (
        UPDATE ticket_waits w SET since = said.at FROM said
        WHERE w.workspace_id = said.workspace_id AND w.ticket_id = said.ticket_id
        RETURNING w.workspace_id
    )
    UPDATE workspaces s SET waits_stale_since = now(), waits_reckoned_to = NULL, waits_again_at = NULL
    WHERE s.id IN (SELECT workspace_id FROM later)
"""


def upgrade() -> None:
    op.execute(WITHDRAWN + STAND_STILL)
    op.execute(WITHDRAWN + GIVE_UP)
    op.execute("ALTER TABLE ticket_waits ADD COLUMN handed_at timestamptz")
    op.execute(SINCE)


def downgrade() -> None:
    op.execute("ALTER TABLE ticket_waits DROP COLUMN handed_at")
