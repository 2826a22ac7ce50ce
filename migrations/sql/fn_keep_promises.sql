-- Writes targets and their steps, new ones and changed ones, of the ticket that each names or else of p_ticket. What was
-- announced stays announced, and a breach stays a breach, whoever saves over it. `dropped`: a step that the target's policy has
-- no longer. `team_id`, `priority`: for who writes before the ticket is there; else the ticket's.
CREATE OR REPLACE FUNCTION fn_keep_promises(p_workspace uuid, p_ticket uuid, p_targets jsonb, p_steps jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO sla_targets AS g
        (workspace_id, id, ticket_id, metric, cycle, policy_id, calendar_id, minutes, started_at, due_at,
         paused_at, paused_intervals, fulfilled_at, ended_at, breached_at, used_minutes, team_id, priority)
    SELECT p_workspace, given.id, coalesce(given.ticket_id, p_ticket), given.metric, given.cycle, given.policy_id,
           given.calendar_id, given.minutes, given.started_at, given.due_at, given.paused_at,
           given.paused_intervals, given.fulfilled_at, given.ended_at, given.breached_at,
           given.used_minutes, given.team_id, given.priority
    FROM jsonb_to_recordset(p_targets) AS given(
        id uuid, ticket_id uuid, metric text, cycle integer, policy_id uuid, calendar_id uuid, minutes double precision,
        started_at timestamptz, due_at timestamptz, paused_at timestamptz, paused_intervals jsonb,
        fulfilled_at timestamptz, ended_at timestamptz, breached_at timestamptz, used_minutes double precision,
        team_id uuid, priority text)
    ON CONFLICT (workspace_id, id) DO UPDATE SET
        policy_id = excluded.policy_id, calendar_id = excluded.calendar_id, minutes = excluded.minutes,
        due_at = excluded.due_at, paused_at = excluded.paused_at,
        paused_intervals = excluded.paused_intervals, fulfilled_at = excluded.fulfilled_at,
        ended_at = excluded.ended_at, used_minutes = excluded.used_minutes,
        breached_at = coalesce(g.breached_at, excluded.breached_at);
    INSERT INTO sla_steps AS s
        (workspace_id, target_id, kind, step, ticket_id, at, fired_at, offset_minutes, escalation_id)
    SELECT p_workspace, given.target_id, given.kind, given.step, coalesce(given.ticket_id, p_ticket), given.at, given.fired_at,
           given.offset_minutes, given.escalation_id
    FROM jsonb_to_recordset(p_steps) AS given(
        target_id uuid, ticket_id uuid, kind text, step integer, at timestamptz, fired_at timestamptz, offset_minutes integer,
        escalation_id uuid, dropped boolean)
    WHERE given.dropped IS NULL
    ON CONFLICT (workspace_id, target_id, kind, step)
    DO UPDATE SET at = excluded.at, fired_at = excluded.fired_at, offset_minutes = excluded.offset_minutes
    WHERE s.fired_at IS NULL
      AND (s.at, s.fired_at, s.offset_minutes) IS DISTINCT FROM (excluded.at, excluded.fired_at, excluded.offset_minutes);
    IF p_steps @> '[{"dropped": true}]' THEN
        DELETE FROM sla_steps s
        USING jsonb_to_recordset(p_steps) AS given(target_id uuid, kind text, step integer, dropped boolean)
        WHERE given.dropped AND s.workspace_id = p_workspace AND s.target_id = given.target_id AND s.kind = given.kind
          AND s.step = given.step AND s.fired_at IS NULL;
    END IF;
END $$;
