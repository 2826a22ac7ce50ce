-- One step of keeping the roll-ups of all workspaces right, p_limit tickets at the most: what is called for first.
--   * a generation that is to be begun (a desk from before there were any, or with other clocks), or is not complete: goes on;
--   * rows of generations that are over go;
--   * once a day, tickets that events have told of since, for a message may have been lost; then the next p_portion of all tickets, in
--     the order of their ids; at last whether the roll-ups add up. Where they do not, all is counted anew, in a new generation.
-- Others may do the same at once: each takes up another workspace.
-- p_counted: tickets looked at. p_mended: of those of a complete generation, how many had been counted otherwise. p_anew: whether
-- something did not add up. p_rest: false once there is nothing to do.
CREATE OR REPLACE PROCEDURE sp_rollup_repair(
    IN p_limit integer, IN p_portion integer, INOUT p_counted integer DEFAULT 0, INOUT p_mended integer DEFAULT 0,
    INOUT p_anew boolean DEFAULT false, INOUT p_rest boolean DEFAULT false)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    c_every CONSTANT interval := '20 hours';
    v_workspace uuid;
    v_held public.rollup_generations;
    v_ids uuid[];
    v_to bigint;
BEGIN
    p_counted := 0;
    p_mended := 0;
    p_anew := false;
    p_rest := false;
    -- What is to be begun, or begun. Looked for first: else the lock of each desk there is would be taken on the way.
    WITH unfinished AS MATERIALIZED (
        SELECT w.id FROM public.workspaces w
        LEFT JOIN LATERAL (
            SELECT g.timezone, g.completed_at FROM public.rollup_generations g
            WHERE g.workspace_id = w.id ORDER BY g.generation DESC LIMIT 1) AS last ON true
        WHERE last.completed_at IS NULL OR last.timezone <> w.timezone
    )
    SELECT u.id INTO v_workspace FROM unfinished u
    WHERE pg_try_advisory_xact_lock(hashtextextended('repair of ' || u.id, 0))
    LIMIT 1;
    IF FOUND THEN
        PERFORM public.fn_hold_rollups(v_workspace);
        PERFORM public.fn_begin_generation(v_workspace);
        p_counted := public.fn_walk_on(v_workspace, p_limit);
        p_rest := true;
        RETURN;
    END IF;

    SELECT * INTO v_held FROM public.rollup_generations g
    WHERE g.completed_at IS NOT NULL AND NOT g.swept LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        PERFORM public.fn_hold_rollups(v_held.workspace_id);
        PERFORM public.fn_sweep_generations(v_held.workspace_id, 10 * p_limit);
        p_rest := true;
        RETURN;
    END IF;

    SELECT * INTO v_held FROM public.rollup_generations g
    WHERE g.completed_at IS NOT NULL AND g.checked_at < now() - c_every
    ORDER BY g.checked_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    p_rest := true;
    PERFORM public.fn_hold_rollups(v_held.workspace_id);
    -- Younger events may have been passed by others that are not committed yet.
    SELECT array_agg(DISTINCT e.ticket_id) FILTER (WHERE e.ticket_id IS NOT NULL), max(e.id) INTO v_ids, v_to
    FROM (SELECT n.id, n.ticket_id FROM public.events n
          WHERE n.workspace_id = v_held.workspace_id AND n.id > v_held.repaired_to
            AND n.created_at < now() - interval '10 minutes'
          ORDER BY n.id LIMIT p_limit) AS e;
    IF v_to IS NOT NULL THEN
        v_ids := coalesce(v_ids, '{}');
        p_counted := cardinality(v_ids);
        p_mended := public.fn_count_what_can_be(v_held.workspace_id, v_held.generation, v_held.timezone, v_ids);
        UPDATE public.rollup_generations g SET repaired_to = v_to
        WHERE g.workspace_id = v_held.workspace_id AND g.generation = v_held.generation;
        RETURN;
    END IF;
    IF v_held.left_to_check = 0 THEN
        v_held.left_to_check := p_portion;
    END IF;
    v_ids := ARRAY(
        SELECT t.id FROM public.tickets t
        WHERE t.workspace_id = v_held.workspace_id
          AND t.id > coalesce(v_held.walked_to, '00000000-0000-0000-0000-000000000000')
        ORDER BY t.id LIMIT least(p_limit, v_held.left_to_check));
    p_counted := cardinality(v_ids);
    p_mended := public.fn_count_what_can_be(v_held.workspace_id, v_held.generation, v_held.timezone, v_ids);
    IF p_counted = least(p_limit, v_held.left_to_check) THEN
        v_held.walked_to := v_ids[p_counted];
        v_held.left_to_check := v_held.left_to_check - p_counted;
    ELSE
        v_held.walked_to := NULL;
        v_held.left_to_check := 0;
    END IF;
    UPDATE public.rollup_generations g
    SET walked_to = v_held.walked_to, left_to_check = v_held.left_to_check,
        checked_at = CASE WHEN v_held.left_to_check = 0 THEN now() ELSE g.checked_at END
    WHERE g.workspace_id = v_held.workspace_id AND g.generation = v_held.generation;
    IF v_held.left_to_check = 0 AND NOT public.fn_rollups_add_up(v_held.workspace_id, v_held.generation) THEN
        p_anew := true;
        PERFORM public.fn_begin_generation(v_held.workspace_id, true);
    END IF;
END $$;
ALTER PROCEDURE sp_rollup_repair(integer, integer, integer, integer, boolean, boolean) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_rollup_repair(integer, integer, integer, integer, boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_rollup_repair(integer, integer, integer, integer, boolean, boolean) TO mesa_app;

-- Whether there are as many tickets in the stock as have facts, and as the days have created; whether the days' backlog is the
-- stock's; and whether the teams make the whole.
CREATE OR REPLACE FUNCTION fn_rollups_add_up(p_workspace_id uuid, p_generation integer) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT stock.all_tickets = facts.tickets AND stock.team_tickets = facts.tickets
        AND days.all_created = facts.tickets AND days.team_created = facts.tickets
        AND stock.all_active = days.all_active AND stock.team_active = days.team_active AND stock.all_active = stock.team_active
    FROM (SELECT count(*) AS tickets FROM public.ticket_facts f
          WHERE f.workspace_id = p_workspace_id AND f.generation = p_generation) AS facts
    CROSS JOIN (
        SELECT coalesce(sum(s.tickets) FILTER (WHERE s.team_id = z.id), 0) AS all_tickets,
               coalesce(sum(s.tickets) FILTER (WHERE s.team_id <> z.id), 0) AS team_tickets,
               coalesce(sum(s.active) FILTER (WHERE s.team_id = z.id), 0) AS all_active,
               coalesce(sum(s.active) FILTER (WHERE s.team_id <> z.id), 0) AS team_active
        FROM (VALUES ('00000000-0000-0000-0000-000000000000'::uuid)) AS z (id)
        LEFT JOIN public.ticket_stocks s
            ON s.workspace_id = p_workspace_id AND s.generation = p_generation AND s.dimension = 'all') AS stock
    CROSS JOIN (
        SELECT coalesce(sum(r.created) FILTER (WHERE r.team_id = z.id), 0) AS all_created,
               coalesce(sum(r.created) FILTER (WHERE r.team_id <> z.id), 0) AS team_created,
               coalesce(sum(r.entered - r.departed) FILTER (WHERE r.team_id = z.id), 0) AS all_active,
               coalesce(sum(r.entered - r.departed) FILTER (WHERE r.team_id <> z.id), 0) AS team_active
        FROM (VALUES ('00000000-0000-0000-0000-000000000000'::uuid)) AS z (id)
        LEFT JOIN public.ticket_rollups r
            ON r.workspace_id = p_workspace_id AND r.generation = p_generation AND r.dimension = 'all') AS days
$$;
