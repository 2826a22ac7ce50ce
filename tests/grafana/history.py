"""Years of two desks, written past the app in a moment: rows as large desks have them, for plans."""

from tests.support.cast import Cast
from tests.support.database import Database

TICKETS = """
    INSERT INTO tickets (workspace_id, number, label, subject, description, type, priority, status, source,
        requester_id, assignee_id, team_id, created_at, updated_at, resolved_at, closed_at, due_at)
    SELECT :w, n, 'T-' || n, 's', 'd', (ARRAY['incident', 'question', 'complaint'])[1 + n % 3],
        (ARRAY['low', 'medium', 'high', 'urgent'])[1 + n % 4],
        (ARRAY['new', 'open', 'pending', 'on_hold', 'resolved', 'closed'])
            [least(6, 1 + n % CAST(:of AS integer))],
        (ARRAY['api', 'public', 'email', 'webhook'])[1 + n % 4],
        CAST(:requester AS uuid), (CAST(:staff AS uuid[]))[1 + n % 4], (CAST(:teams AS uuid[]))[1 + n % 2],
        at, at, CASE WHEN n % CAST(:of AS integer) >= 4 THEN at + n % 30 * interval '1 hour' END,
        CASE WHEN n % CAST(:of AS integer) >= 5 THEN at + n % 30 * interval '1 hour' END,
        CASE WHEN n % CAST(:of AS integer) IN (0, 1) THEN at + interval '1 day' END
    FROM generate_series(1, CAST(:count AS integer)) AS n,
        LATERAL (SELECT now() - n % CAST(:days AS integer) * interval '1 day'
            - (36 + n % 24) * interval '1 hour') AS a (at)
"""
TIMELINE = """
    INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, changes, created_at)
    SELECT t.workspace_id, t.id, s.sequence, s.action, 'user',
        jsonb_build_object('status', jsonb_build_object('from', s.was, 'to', s.became)), s.at
    FROM tickets t, LATERAL (VALUES
        (1, 'assigned', 'new', 'open', t.created_at + interval '10 minutes', t.status <> 'new'),
        (2, 'resolved', 'open', 'resolved', t.resolved_at, t.resolved_at IS NOT NULL),
        (3, 'closed', 'resolved', 'closed', t.closed_at, t.closed_at IS NOT NULL)
    ) AS s (sequence, action, was, became, at, happened)
    WHERE t.workspace_id = :w AND s.happened
"""
TARGETS = """
    INSERT INTO sla_targets (workspace_id, ticket_id, metric, calendar_id, policy_id, minutes, started_at,
        due_at, fulfilled_at, breached_at, used_minutes, team_id, priority)
    SELECT t.workspace_id, t.id, g.metric, c.id, p.id, g.minutes, t.created_at, g.due, g.done,
        CASE WHEN coalesce(g.done, now()) > g.due THEN g.due END,
        date_part('epoch', g.done - t.created_at) / 60, t.team_id, t.priority
    FROM tickets t
    JOIN calendars c ON c.workspace_id = t.workspace_id
    JOIN sla_policies p ON p.workspace_id = t.workspace_id,
    LATERAL (VALUES
        ('first_response', 60, t.created_at + interval '1 hour',
            CASE WHEN t.status <> 'new' THEN t.created_at + t.number % 100 * interval '1 minute' END),
        ('resolution', 1440, t.created_at + interval '1 day', t.resolved_at)
    ) AS g (metric, minutes, due, done)
    WHERE t.workspace_id = :w
"""
RATINGS = """
    INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id, score,
        rated_at)
    SELECT t.workspace_id, t.id, 1, t.resolved_at, t.requester_id, t.assignee_id, t.team_id, 1 + t.number % 5,
        t.resolved_at + interval '1 hour'
    FROM tickets t WHERE t.workspace_id = :w AND t.resolved_at IS NOT NULL AND t.number % 2 = 0
"""
TIME = """
    INSERT INTO time_entries (workspace_id, ticket_id, user_id, minutes, spent_on)
    SELECT t.workspace_id, t.id, t.assignee_id, 1 + t.number % 60, t.created_at::date
    FROM tickets t WHERE t.workspace_id = :w AND t.assignee_id IS NOT NULL
"""


def write(database: Database, cast: Cast, count: int, days: int, of: int) -> None:
    """Acme's history of some days, and a shorter one of Globex. Four of so many (`of`) tickets are active."""
    staff = [cast.ana.id, cast.ben.id, cast.dario.id, None]
    other = database.value("SELECT id FROM teams WHERE workspace_id = :w AND is_default", w=cast.globex)
    sizes = {"days": days, "of": of}
    acme = {"requester": cast.carol.id, "staff": staff, "teams": list(cast.teams.values())[1:]}
    globex = {"requester": cast.mallory.id, "staff": [cast.mallory.id] * 4, "teams": [other] * 2}
    with database.past_triggers():  # tickets that began as they are now
        for workspace, number, people in ((cast.acme, count, acme), (cast.globex, 24, globex)):
            arrays = {
                name: "{" + ",".join(str(each or "NULL") for each in value) + "}"
                if isinstance(value, list)
                else value
                for name, value in people.items()
            }
            values = {"w": workspace, "count": number, **sizes, **arrays}
            for statement in (TICKETS, TIMELINE, TARGETS, RATINGS, TIME):
                known = {name: value for name, value in values.items() if f":{name}" in statement}
                database.run(statement, **known)
    for workspace in (cast.acme, cast.globex):
        database.run("CALL sp_rollup_rebuild(:w)", w=workspace)
    database.run("ANALYZE")
