"""The rows of a desk whose every ticket has an open promise, none of them due for days."""

# One workspace with its default policy, around the clock; whoever recounts gives its calendar office hours.
PLACE = """
    CREATE TABLE bench.made AS SELECT workspace_id, team_id FROM fn_make_workspace('desk', 'Desk');
    CREATE TABLE bench.desk AS
    SELECT made.*, p.id AS policy_id, p.calendar_id, uuidv7() AS requester_id
    FROM bench.made made JOIN sla_policies p ON p.workspace_id = made.workspace_id;
    INSERT INTO users (workspace_id, id, email, name, role)
    SELECT workspace_id, requester_id, 'carol@customers.example', 'Carol', 'customer' FROM bench.desk;
"""
TICKETS = """
    INSERT INTO tickets (workspace_id, id, number, label, subject, description, status, requester_id, team_id,
        last_sequence, sla_policy_id, due_at, created_at, updated_at)
    SELECT d.workspace_id, uuidv7(at.opened - now()), n, 'TKT-2026-' || lpad(n::text, 7, '0'), 'No link',
        'The switch in rack 4 is dark.', 'open', d.requester_id, d.team_id, 1, d.policy_id, at.due,
        at.opened, at.opened
    FROM bench.desk d, generate_series(1, {tickets}) AS n
    CROSS JOIN LATERAL (SELECT now() - interval '9 days' * n / {tickets} AS opened,
                               now() + interval '5 days' + interval '9 days' * n / {tickets} AS due) AS at
"""
TARGETS = """
    INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, policy_id, calendar_id, minutes, team_id,
        priority, started_at, due_at)
    SELECT t.workspace_id, uuidv7(t.created_at - now()), t.id, 'resolution', d.policy_id, d.calendar_id,
        extract(epoch FROM t.due_at - t.created_at) / 60, t.team_id, t.priority, t.created_at, t.due_at
    FROM tickets t, bench.desk d
"""
STEPS = """
    INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id, at)
    SELECT g.workspace_id, g.id, CASE s.step WHEN 100 THEN 'breach' ELSE 'warning' END, s.step, g.ticket_id,
        greatest(g.started_at + (g.due_at - g.started_at) * s.step / 100, now() + interval '1 day')
    FROM sla_targets g, (VALUES (75), (90), (100)) AS s (step)
"""
ROWS = {"tickets": TICKETS, "sla_targets": TARGETS, "sla_steps": STEPS}
# The first so many were warned of, and all of these are due now.
FALL_DUE = """
    BEGIN;
    UPDATE tickets SET due_at = now() WHERE number <= {due};
    UPDATE sla_targets g SET due_at = t.due_at FROM tickets t WHERE t.id = g.ticket_id AND t.number <= {due};
    UPDATE sla_steps s SET fired_at = CASE WHEN s.kind = 'warning' THEN now() END, at = t.due_at
    FROM tickets t WHERE t.id = s.ticket_id AND t.number <= {due};
    COMMIT
"""
