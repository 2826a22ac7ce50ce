-- Each view reads with the rights of who asks, and so under row-level security; deleted tickets are nowhere in them.

CREATE VIEW reporting.workspace WITH (security_invoker = true) AS
SELECT w.slug, w.name, w.timezone FROM workspaces w;

CREATE VIEW reporting.teams WITH (security_invoker = true) AS
SELECT t.id, t.name, t.deleted_at IS NOT NULL AS deleted FROM teams t;

CREATE VIEW reporting.agents WITH (security_invoker = true) AS
SELECT u.id, u.name, u.role, u.status = 'active' AND u.deleted_at IS NULL AS active FROM users u;

CREATE VIEW reporting.organisations WITH (security_invoker = true) AS
SELECT o.id, o.name FROM organisations o WHERE o.deleted_at IS NULL;

CREATE VIEW reporting.tickets WITH (security_invoker = true) AS
SELECT t.id, t.number, t.label, t.type, t.priority, t.status,
       t.status IN ('new', 'open', 'pending', 'on_hold') AS active,
       t.category, t.subcategory, t.source, t.tags, t.team_id, m.name AS team, t.assignee_id, u.name AS assignee,
       t.organisation_id, o.name AS organisation, p.name AS policy, t.merged_into,
       t.created_at, t.updated_at, t.due_at, t.resolved_at, t.closed_at, t.archived_at
FROM tickets t
LEFT JOIN teams m ON m.workspace_id = t.workspace_id AND m.id = t.team_id
LEFT JOIN users u ON u.workspace_id = t.workspace_id AND u.id = t.assignee_id
LEFT JOIN organisations o ON o.workspace_id = t.workspace_id AND o.id = t.organisation_id AND o.deleted_at IS NULL
LEFT JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
WHERE t.deleted_at IS NULL;

-- The promises: see docs/insight.md for what counts as met. Late is what is past its due time, noticed or not.
CREATE VIEW reporting.targets WITH (security_invoker = true) AS
SELECT g.id, g.ticket_id, g.metric, g.cycle, g.priority, g.team_id, m.name AS team, p.name AS policy,
       g.minutes, g.used_minutes,
       g.started_at, g.due_at, g.paused_at IS NOT NULL AS paused, g.fulfilled_at, g.ended_at, g.breached_at, g.decided_at,
       CASE WHEN g.breached_at IS NOT NULL THEN 'breached'
            WHEN g.decided_at IS NOT NULL THEN 'met'
            WHEN g.fulfilled_at IS NOT NULL OR g.ended_at IS NOT NULL THEN 'ended'
            WHEN g.due_at < now() THEN 'breached'
            ELSE 'running' END AS outcome
FROM sla_targets g
LEFT JOIN teams m ON m.workspace_id = g.workspace_id AND m.id = g.team_id
LEFT JOIN sla_policies p ON p.workspace_id = g.workspace_id AND p.id = g.policy_id
WHERE NOT EXISTS (SELECT FROM tickets d
                  WHERE d.workspace_id = g.workspace_id AND d.id = g.ticket_id AND d.deleted_at IS NOT NULL);

CREATE VIEW reporting.status_changes WITH (security_invoker = true) AS
SELECT e.id, e.ticket_id, e.action, e.actor_type, e.status_from, e.status_to, e.created_at
FROM timeline_entries e
WHERE e.status_to IS NOT NULL
  AND NOT EXISTS (SELECT FROM tickets d
                  WHERE d.workspace_id = e.workspace_id AND d.id = e.ticket_id AND d.deleted_at IS NOT NULL);

CREATE VIEW reporting.ratings WITH (security_invoker = true) AS
SELECT r.id, r.ticket_id, r.cycle, r.team_id, m.name AS team, r.assignee_id, u.name AS assignee, r.asked_at, r.score,
       r.rated_at, r.ended_at
FROM ratings r
LEFT JOIN teams m ON m.workspace_id = r.workspace_id AND m.id = r.team_id
LEFT JOIN users u ON u.workspace_id = r.workspace_id AND u.id = r.assignee_id
WHERE NOT EXISTS (SELECT FROM tickets d
                  WHERE d.workspace_id = r.workspace_id AND d.id = r.ticket_id AND d.deleted_at IS NOT NULL);

CREATE VIEW reporting.time_entries WITH (security_invoker = true) AS
SELECT e.id, e.ticket_id, e.user_id AS agent_id, u.name AS agent, e.minutes, e.spent_on, e.created_at
FROM time_entries e
LEFT JOIN users u ON u.workspace_id = e.workspace_id AND u.id = e.user_id
WHERE NOT EXISTS (SELECT FROM tickets d
                  WHERE d.workspace_id = e.workspace_id AND d.id = e.ticket_id AND d.deleted_at IS NOT NULL);

-- The roll-up by day, team and one dimension (`all`, `status`, `priority`, `type`, `category`, `agent`, `source`): sums over teams are
-- those of the desk. See migrations/sql/fn_rollups.sql for what is counted.
CREATE VIEW reporting.days WITH (security_invoker = true) AS
SELECT r.day, r.day::timestamp AT TIME ZONE g.timezone AS begins_at, r.team_id, m.name AS team, r.dimension,
       nullif(r.value, '') AS value, CASE WHEN r.dimension = 'agent' THEN u.name ELSE nullif(r.value, '') END AS name,
       r.created, r.entered AS became_active, r.departed AS ended, r.resolved, r.reopened, r.breached,
       r.rated, r.rated_good, r.rated_bad, r.score,
       r.first_responses, r.first_response_seconds, r.business_first_responses, r.business_first_response_seconds,
       r.resolutions, r.resolution_seconds, r.business_resolutions, r.business_resolution_seconds
FROM rollup_generations g
JOIN ticket_rollups r ON r.workspace_id = g.workspace_id AND r.generation = g.generation
LEFT JOIN teams m ON m.workspace_id = r.workspace_id AND m.id = r.team_id
LEFT JOIN users u ON u.workspace_id = r.workspace_id
    AND u.id = CASE WHEN r.dimension = 'agent' AND r.value <> '' THEN r.value::uuid END
WHERE r.team_id <> '00000000-0000-0000-0000-000000000000'
  AND g.generation = (SELECT max(n.generation) FROM rollup_generations n
                      WHERE n.workspace_id = g.workspace_id AND n.completed_at IS NOT NULL);

GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO mesa_reporting;
