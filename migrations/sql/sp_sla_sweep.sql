-- Announces what has come due: at most p_limit steps, over all workspaces, each once however many sweeps run.
-- Lock order as everywhere: tickets (FOR NO KEY UPDATE), then targets and steps. It waits for nobody: tickets that a writer or
-- another sweep holds are passed over, for the next sweep to take. The second statement sees what was committed before the
-- locks, so a resolve that came first has disarmed its steps by then.
-- An escalation is told as the policy of its target says it now, for whoever carries it out; one that the policy has no longer is
-- disarmed in silence.
-- p_announced: steps written. p_due: steps taken up; once it is less than p_limit there is nothing more to do now.
CREATE OR REPLACE PROCEDURE sp_sla_sweep(IN p_limit integer, INOUT p_announced integer DEFAULT 0, INOUT p_due integer DEFAULT 0)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
-- A plan made for an empty table, or for arrays of any size, must not live on in the sandbox's connection.
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_workspaces uuid[];
    v_targets uuid[];
    v_kinds text[];
    v_steps integer[];
    v_escalations uuid[];
BEGIN
    p_announced := 0;
    -- It looks further than it takes, so that what others hold does not keep it from the rest. Of each ticket it asks once: one that
    -- is let go of meanwhile would be told a breach before its warnings.
    WITH due AS MATERIALIZED (
        SELECT s.workspace_id, s.ticket_id, s.target_id, s.kind, s.step, s.escalation_id, s.at FROM public.sla_steps s
        WHERE s.fired_at IS NULL AND s.at < now() ORDER BY s.at LIMIT 4 * p_limit
    ), held AS MATERIALIZED (
        SELECT late.workspace_id, late.ticket_id
        FROM (SELECT due.workspace_id, due.ticket_id, min(due.at) AS since FROM due GROUP BY 1, 2 ORDER BY since) AS late
        CROSS JOIN LATERAL (SELECT FROM public.tickets t WHERE t.workspace_id = late.workspace_id AND t.id = late.ticket_id
                            FOR NO KEY UPDATE SKIP LOCKED) AS locked
        LIMIT p_limit
    )
    SELECT count(*), array_agg(claimed.workspace_id), array_agg(claimed.target_id), array_agg(claimed.kind), array_agg(claimed.step),
           array_agg(claimed.escalation_id)
    INTO p_due, v_workspaces, v_targets, v_kinds, v_steps, v_escalations
    FROM (SELECT due.* FROM due JOIN held ON held.workspace_id = due.workspace_id AND held.ticket_id = due.ticket_id
          ORDER BY due.at, due.kind = 'escalation' LIMIT p_limit) AS claimed;
    IF p_due = 0 THEN
        RETURN;
    END IF;

    WITH claimed AS (
        SELECT g.workspace_id, g.ticket_id, g.id AS target_id, g.metric, g.cycle, g.due_at, g.minutes, c.kind, c.step,
               said.escalation, p.id AS policy_id, p.name AS policy,
               g.fulfilled_at IS NULL AND g.ended_at IS NULL AND g.paused_at IS NULL
                   AND (c.kind <> 'escalation' OR said.escalation IS NOT NULL) AS runs
        FROM unnest(v_workspaces, v_targets, v_kinds, v_steps, v_escalations)
            AS c(workspace_id, target_id, kind, step, escalation_id)
        JOIN public.sla_targets g ON g.workspace_id = c.workspace_id AND g.id = c.target_id
        LEFT JOIN public.sla_policies p
            ON c.kind = 'escalation' AND p.workspace_id = g.workspace_id AND p.id = g.policy_id
        LEFT JOIN LATERAL (SELECT e.value AS escalation FROM jsonb_array_elements(p.escalations) e
                           WHERE e.value ->> 'id' = c.escalation_id::text) AS said ON true
    ), taken AS (
        -- A step of a target that does not run would stand at the head of the index for ever: it is disarmed.
        UPDATE public.sla_steps s
        SET fired_at = CASE WHEN c.runs THEN now() END, at = CASE WHEN c.runs THEN s.at END
        FROM claimed c
        WHERE s.workspace_id = c.workspace_id AND s.target_id = c.target_id AND s.kind = c.kind AND s.step = c.step
          AND s.fired_at IS NULL AND s.at < now()
        RETURNING c.workspace_id, c.ticket_id, c.target_id, c.metric, c.cycle, c.due_at, c.minutes, c.kind, c.step, c.runs, s.at,
                  s.offset_minutes, c.escalation, c.policy_id, c.policy
    ), breached AS (
        UPDATE public.sla_targets g SET breached_at = taken.at
        FROM taken
        WHERE taken.runs AND taken.kind = 'breach' AND g.workspace_id = taken.workspace_id AND g.id = taken.target_id
          AND g.breached_at IS NULL
    ), step AS (
        SELECT taken.workspace_id, taken.ticket_id,
               CASE taken.kind WHEN 'breach' THEN 'sla_breached' WHEN 'escalation' THEN 'escalated' ELSE 'sla_warned' END
                   AS action,
               CASE WHEN taken.kind = 'escalation' THEN jsonb_build_object(
                        'target_id', taken.target_id, 'escalation', taken.escalation,
                        'policy', jsonb_build_object('id', taken.policy_id, 'name', taken.policy))
                    WHEN taken.offset_minutes IS NULL THEN jsonb_build_object('percent', taken.step)
                    ELSE jsonb_build_object(
                        'minutes_before', -taken.offset_minutes,
                        'percent', round(100 * greatest(0, 1 + taken.offset_minutes / nullif(taken.minutes, 0))))
               END || jsonb_build_object(
                   'metric', taken.metric, 'cycle', taken.cycle,
                   'at', to_char(taken.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   'due_at', to_char(taken.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   'noticed_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS meta,
               row_number() OVER (PARTITION BY taken.workspace_id, taken.ticket_id ORDER BY taken.at, taken.kind = 'escalation', taken.step,
                                  taken.target_id)
                   AS place
        FROM taken WHERE taken.runs
    ), ticket AS (
        UPDATE public.tickets t SET last_sequence = t.last_sequence + steps.n
        FROM (SELECT step.workspace_id, step.ticket_id, count(*)::integer AS n FROM step GROUP BY 1, 2) AS steps
        WHERE t.workspace_id = steps.workspace_id AND t.id = steps.ticket_id
        RETURNING t.workspace_id, t.id, t.last_sequence - steps.n AS base, public.fn_told(t) AS told
    ), entry AS (
        INSERT INTO public.timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, meta, internal)
        SELECT step.workspace_id, step.ticket_id, ticket.base + step.place, step.action, 'system', step.meta, true
        FROM step JOIN ticket ON ticket.workspace_id = step.workspace_id AND ticket.id = step.ticket_id
    ), event AS (
        INSERT INTO public.events (workspace_id, ticket_id, sequence, type, internal, payload, leased_until)
        SELECT step.workspace_id, step.ticket_id, ticket.base + step.place, 'ticket.' || step.action, true,
               jsonb_build_object(
                   'ticket', ticket.told,
                   'actor', jsonb_build_object('type', 'system', 'id', NULL),
                   'changes', '{}'::jsonb, 'meta', step.meta),
               now()
        FROM step JOIN ticket ON ticket.workspace_id = step.workspace_id AND ticket.id = step.ticket_id
        ORDER BY step.ticket_id, step.place
    )
    SELECT count(*) INTO p_announced FROM step;
END $$;
ALTER PROCEDURE sp_sla_sweep(integer, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_sla_sweep(integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_sla_sweep(integer, integer, integer) TO mesa_app;

-- How many seconds the oldest step that is due waits: what an alarm watches.
CREATE OR REPLACE FUNCTION fn_oldest_due_step_age() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce((
        SELECT extract(epoch FROM clock_timestamp() - s.at)
        FROM public.sla_steps s WHERE s.fired_at IS NULL AND s.at < now() ORDER BY s.at LIMIT 1), 0)
$$;
ALTER FUNCTION fn_oldest_due_step_age() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_oldest_due_step_age() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_oldest_due_step_age() TO mesa_app;
