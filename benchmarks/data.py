"""A desk that has worked for a while, made by a few set-based statements, as large as a figure wants it."""

from benchmarks.figure import progress
from tests.support.cast import Cast
from tests.support.database import Database

PEOPLE = """
    INSERT INTO users (workspace_id, email, name, role, status)
    SELECT :workspace, 'customer' || n || '@customers.example', 'Customer ' || n, 'customer', 'active'
    FROM generate_series(1, :count) AS n
"""
# Three of five closed, the newest last; what an agent sees is its team's half.
TICKETS = """
    WITH people AS (
        SELECT array_agg(id) AS ids FROM users WHERE workspace_id = :workspace AND role = 'customer'
    ), made AS (
        SELECT n, now() - (:count - n) * interval '7 minutes' AS at,
            (ARRAY['closed', 'closed', 'closed', 'open', 'closed', 'new', 'closed', 'pending', 'closed',
                'resolved'])[1 + n % 10] AS status,
            (ARRAY['medium', 'low', 'medium', 'high', 'urgent'])[1 + n / 10 % 5] AS priority
        FROM generate_series(1, CAST(:count AS integer)) AS n
    )
    INSERT INTO tickets (workspace_id, id, number, label, subject, description, type, priority, status,
        requester_id, assignee_id, team_id, last_sequence, tags, sla_policy_id, due_at,
        created_at, updated_at, resolved_at, closed_at)
    SELECT :workspace, uuidv7(at - now()), n, 'TKT-' || to_char(at, 'YYYY') || '-' || lpad(n::text, 7, '0'),
        'The link of floor ' || n || ' drops every hour', repeat('It began after the last update. ', 10),
        (ARRAY['incident', 'question', 'service_request', 'complaint'])[1 + n % 4], priority, status,
        people.ids[1 + n % array_length(people.ids, 1)],
        CASE WHEN status <> 'new' THEN (CASE WHEN n % 2 = 0 THEN :ana ELSE :ben END)::uuid END,
        (CASE WHEN n % 2 = 0 THEN :networks ELSE :apps END)::uuid,
        3, ARRAY['floor-' || n % 40], p.id,
        CASE WHEN status IN ('new', 'open') THEN at + interval '30 days' END, at, at,
        CASE WHEN status IN ('resolved', 'closed') THEN at END, CASE WHEN status = 'closed' THEN at END
    FROM made, people, sla_policies p
    WHERE p.workspace_id = :workspace
"""
TARGETS = """
    WITH targets AS (
        INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, policy_id, calendar_id, minutes,
            team_id, priority, started_at, due_at, paused_at, fulfilled_at)
        SELECT t.workspace_id, uuidv7(), t.id, m.metric, p.id, p.calendar_id, 43200,
            t.team_id, t.priority, t.created_at,
            CASE WHEN t.status <> 'pending' OR m.metric = 'first_response'
                THEN t.created_at + interval '30 days' END,
            CASE WHEN t.status = 'pending' AND m.metric = 'resolution' THEN t.created_at END,
            CASE WHEN m.metric = 'first_response' AND t.status <> 'new' THEN t.created_at
                ELSE t.resolved_at END
        FROM tickets t JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
        CROSS JOIN (VALUES ('first_response'), ('resolution')) AS m (metric)
        WHERE t.workspace_id = :workspace
        RETURNING workspace_id, id, ticket_id, due_at, fulfilled_at
    )
    INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id, at)
    SELECT workspace_id, id, 'breach', 100, ticket_id, due_at FROM targets
    WHERE fulfilled_at IS NULL
"""
COMMENTS = """
    INSERT INTO comments (workspace_id, ticket_id, author_id, body, body_html, html_version, created_at)
    SELECT t.workspace_id, t.id, CASE WHEN n = 1 THEN :dario ELSE t.requester_id END,
        repeat('The gateway was restarted, please try again. ', 4),
        '<p>' || repeat('The gateway was restarted, please try again. ', 4) || '</p>', 1,
        t.created_at + n * interval '1 minute'
    FROM tickets t, generate_series(1, 2) AS n
    WHERE t.workspace_id = :workspace
"""
TIMELINE = """
    INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, actor_id, created_at)
    SELECT t.workspace_id, t.id, n, CASE WHEN n = 1 THEN 'created' ELSE 'commented' END, 'user',
        CASE WHEN n = 2 THEN :dario ELSE t.requester_id END, t.created_at + (n - 1) * interval '1 minute'
    FROM tickets t, generate_series(1, 3) AS n
    WHERE t.workspace_id = :workspace
"""
NUMBERS = "UPDATE ticket_counters SET last_number = :count WHERE workspace_id = :workspace"


def fill(database: Database, cast: Cast, tickets: int) -> None:
    """Gives the empty Acme so many tickets, with promises, comments, timelines, a fifth as many people."""
    progress(f"filling a desk with {tickets:,} tickets")
    workspace = cast.acme
    database.run("SET session_replication_role = replica")  # no ticket may begin as closed, but for this
    database.run(PEOPLE, workspace=workspace, count=tickets // 5)
    database.run(
        TICKETS,
        workspace=workspace,
        count=tickets,
        ana=cast.ana.id,
        ben=cast.ben.id,
        networks=cast.teams["Networks"],
        apps=cast.teams["Apps"],
    )
    database.run(TARGETS, workspace=workspace)
    database.run(COMMENTS, workspace=workspace, dario=cast.dario.id)
    database.run(TIMELINE, workspace=workspace, dario=cast.dario.id)
    database.run(NUMBERS, workspace=workspace, count=tickets)
    database.run("RESET session_replication_role")
    database.run("VACUUM ANALYZE")
