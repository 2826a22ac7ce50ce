-- Announces what has come due: at most p_limit steps, over all workspaces, each once however many sweeps run.
-- Lock order: tickets (FOR NO KEY UPDATE, skipping those that a writer holds: the next sweep takes them), then targets and
-- steps. Each statement sees what was committed before it, so a resolve that came first has disarmed its steps by then.
-- p_announced: steps written. p_due: steps that looked due; once it is less than p_limit there is nothing more to do now.
CREATE OR REPLACE PROCEDURE sp_sla_sweep(IN p_limit integer, INOUT p_announced integer DEFAULT 0, INOUT p_due integer DEFAULT 0)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_steps jsonb;
    v_locked uuid[];
BEGIN
    SELECT count(*), array_agg(DISTINCT due.ticket_id) INTO p_due, v_locked
    FROM (SELECT s.ticket_id FROM public.sla_steps s
          WHERE s.fired_at IS NULL AND s.at < now() ORDER BY s.at LIMIT p_limit) AS due;
    p_announced := 0;
    IF p_due = 0 THEN
        RETURN;
    END IF;

    SELECT array_agg(locked.id) INTO v_locked
    FROM (SELECT t.id FROM public.tickets t WHERE t.id = ANY(v_locked) ORDER BY t.id
          FOR NO KEY UPDATE SKIP LOCKED) AS locked;

    WITH fired AS (
        UPDATE public.sla_steps s SET fired_at = now()
        FROM public.sla_targets g
        WHERE s.ticket_id = ANY(v_locked) AND s.fired_at IS NULL AND s.at < now()
          AND g.workspace_id = s.workspace_id AND g.id = s.target_id
          AND g.fulfilled_at IS NULL AND g.ended_at IS NULL AND g.paused_at IS NULL
        RETURNING s.workspace_id, s.ticket_id, s.target_id, s.kind, s.step, s.at, g.metric, g.cycle, g.due_at
    ), breached AS (
        UPDATE public.sla_targets g SET breached_at = fired.at
        FROM fired
        WHERE fired.kind = 'breach' AND g.workspace_id = fired.workspace_id AND g.id = fired.target_id
          AND g.breached_at IS NULL
        RETURNING g.id
    )
    SELECT count(*), jsonb_agg(jsonb_build_object(
               'workspace_id', fired.workspace_id, 'ticket_id', fired.ticket_id,
               'action', CASE fired.kind WHEN 'breach' THEN 'sla_breached' ELSE 'sla_warned' END,
               'at', fired.at,
               'meta', jsonb_build_object('metric', fired.metric, 'cycle', fired.cycle, 'percent', fired.step,
                                          'due_at', fired.due_at, 'noticed_at', now())))
    INTO p_announced, v_steps
    FROM fired;
    -- A step of a target that no longer runs would stand at the head of the index for ever.
    UPDATE public.sla_steps s SET at = NULL
    WHERE s.ticket_id = ANY(v_locked) AND s.fired_at IS NULL AND s.at < now();
    IF p_announced = 0 THEN
        RETURN;
    END IF;

    WITH step AS (
        SELECT (item ->> 'workspace_id')::uuid AS workspace_id, (item ->> 'ticket_id')::uuid AS ticket_id,
               item ->> 'action' AS action, item -> 'meta' AS meta,
               row_number() OVER (PARTITION BY item ->> 'ticket_id' ORDER BY (item ->> 'at')::timestamptz, item ->> 'action' DESC)
                   AS place
        FROM jsonb_array_elements(v_steps) AS item
    ), ticket AS (
        UPDATE public.tickets t SET last_sequence = t.last_sequence + steps.n
        FROM (SELECT step.workspace_id, step.ticket_id, count(*)::integer AS n FROM step GROUP BY 1, 2) AS steps
        WHERE t.workspace_id = steps.workspace_id AND t.id = steps.ticket_id
        RETURNING t.workspace_id, t.id, t.last_sequence - steps.n AS base, t.label, t.subject, t.status, t.priority
    ), entry AS (
        INSERT INTO public.timeline_entries
            (workspace_id, ticket_id, sequence, action, actor_type, meta, internal)
        SELECT step.workspace_id, step.ticket_id, ticket.base + step.place, step.action, 'system', step.meta, true
        FROM step JOIN ticket ON ticket.workspace_id = step.workspace_id AND ticket.id = step.ticket_id
    )
    INSERT INTO public.events (workspace_id, ticket_id, sequence, type, internal, payload, leased_until)
    SELECT step.workspace_id, step.ticket_id, ticket.base + step.place, 'ticket.' || step.action, true,
           jsonb_build_object(
               'ticket', jsonb_build_object('id', ticket.id, 'label', ticket.label, 'subject', ticket.subject,
                                            'status', ticket.status, 'priority', ticket.priority),
               'actor', jsonb_build_object('type', 'system', 'id', NULL),
               'changes', '{}'::jsonb, 'meta', step.meta),
           now()
    FROM step JOIN ticket ON ticket.workspace_id = step.workspace_id AND ticket.id = step.ticket_id
    ORDER BY step.ticket_id, step.place;
END $$;
ALTER PROCEDURE sp_sla_sweep(integer, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_sla_sweep(integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_sla_sweep(integer, integer, integer) TO mesa_app;
