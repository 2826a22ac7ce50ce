-- Counting: what writes ticket_facts, and with them the roll-ups (fn_keep_rollups.sql). All of it may be called again, in any
-- order, by several at once: what is counted is what the tickets say when it is their turn.

-- Counts these tickets in one generation. Answers how many of them counted for something else until now.
CREATE OR REPLACE FUNCTION fn_count_tickets(p_workspace_id uuid, p_generation integer, p_timezone text, p_ticket_ids uuid[])
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_gone integer;
    v_counted integer;
BEGIN
    DELETE FROM public.ticket_facts f
    WHERE f.workspace_id = p_workspace_id AND f.generation = p_generation AND f.ticket_id = ANY(p_ticket_ids)
      AND NOT EXISTS (SELECT FROM public.tickets t
                      WHERE t.workspace_id = f.workspace_id AND t.id = f.ticket_id AND t.deleted_at IS NULL);
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    INSERT INTO public.ticket_facts AS f (
        workspace_id, generation, ticket_id, team_id, assignee_id, type, priority, status, source, category, facts)
    SELECT p_workspace_id, p_generation, n.ticket_id, n.team_id, n.assignee_id, n.type, n.priority, n.status, n.source,
           n.category, n.facts
    FROM public.fn_ticket_facts(p_workspace_id, p_ticket_ids, p_timezone) n
    ORDER BY n.ticket_id
    ON CONFLICT (workspace_id, generation, ticket_id) DO UPDATE
    SET team_id = excluded.team_id, assignee_id = excluded.assignee_id, type = excluded.type, priority = excluded.priority,
        status = excluded.status, source = excluded.source, category = excluded.category, facts = excluded.facts
    WHERE (f.team_id, f.assignee_id, f.type, f.priority, f.status, f.source, f.category, f.facts) IS DISTINCT FROM
        (excluded.team_id, excluded.assignee_id, excluded.type, excluded.priority, excluded.status, excluded.source,
         excluded.category, excluded.facts);
    GET DIAGNOSTICS v_counted = ROW_COUNT;
    RETURN v_gone + v_counted;
END $$;

-- The same for those who count on their own accord: a ticket that cannot be counted is told of and left out, for behind it waits
-- all that is to be counted, of other workspaces too.
CREATE OR REPLACE FUNCTION fn_count_what_can_be(p_workspace_id uuid, p_generation integer, p_timezone text, p_ticket_ids uuid[])
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_ticket uuid;
    v_counted integer := 0;
BEGIN
    BEGIN
        RETURN public.fn_count_tickets(p_workspace_id, p_generation, p_timezone, p_ticket_ids);
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'tickets of workspace % are counted one by one: %', p_workspace_id, SQLERRM;
    END;
    FOREACH v_ticket IN ARRAY p_ticket_ids LOOP
        BEGIN
            v_counted := v_counted + public.fn_count_tickets(p_workspace_id, p_generation, p_timezone, ARRAY[v_ticket]);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'ticket % cannot be counted: %', v_ticket, SQLERRM;
        END;
    END LOOP;
    RETURN v_counted;
END $$;

-- Begins a generation where there is none, or none by the workspace's clocks of now; one that was begun by others is given up.
CREATE OR REPLACE FUNCTION fn_begin_generation(p_workspace_id uuid, p_anew boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    v_timezone text;
    v_last record;
BEGIN
    SELECT w.timezone INTO v_timezone FROM public.workspaces w WHERE w.id = p_workspace_id;
    SELECT g.generation, g.timezone INTO v_last FROM public.rollup_generations g
    WHERE g.workspace_id = p_workspace_id ORDER BY g.generation DESC LIMIT 1;
    IF v_timezone IS NULL OR (v_last.timezone = v_timezone AND NOT p_anew) THEN
        RETURN;
    END IF;
    DELETE FROM public.rollup_generations g WHERE g.workspace_id = p_workspace_id AND g.completed_at IS NULL;
    INSERT INTO public.rollup_generations (workspace_id, generation, timezone, repaired_to)
    VALUES (p_workspace_id, coalesce(v_last.generation, 0) + 1, v_timezone, coalesce((
        SELECT e.id FROM public.events e
        WHERE e.workspace_id = p_workspace_id AND e.created_at < now() - interval '10 minutes' ORDER BY e.id DESC LIMIT 1), 0));
END $$;

-- Goes on with a generation that is not complete, p_limit tickets in the order of their ids. Answers how many it has counted. Once
-- it is through it is complete, and what was read before is over.
CREATE OR REPLACE FUNCTION fn_walk_on(p_workspace_id uuid, p_limit integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_open public.rollup_generations;
    v_ids uuid[];
BEGIN
    SELECT * INTO v_open FROM public.rollup_generations g
    WHERE g.workspace_id = p_workspace_id AND g.completed_at IS NULL;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    v_ids := ARRAY(
        SELECT t.id FROM public.tickets t
        WHERE t.workspace_id = p_workspace_id AND t.id > coalesce(v_open.walked_to, '00000000-0000-0000-0000-000000000000')
        ORDER BY t.id LIMIT p_limit);
    PERFORM public.fn_count_what_can_be(p_workspace_id, v_open.generation, v_open.timezone, v_ids);
    UPDATE public.rollup_generations g
    SET walked_to = CASE WHEN cardinality(v_ids) = p_limit THEN v_ids[p_limit] END,
        completed_at = CASE WHEN cardinality(v_ids) < p_limit THEN now() END,
        checked_at = now()
    WHERE g.workspace_id = p_workspace_id AND g.generation = v_open.generation;
    IF cardinality(v_ids) < p_limit THEN
        DELETE FROM public.rollup_generations g
        WHERE g.workspace_id = p_workspace_id AND g.generation < v_open.generation;
        UPDATE public.rollup_generations g SET swept = v_open.generation = 1
        WHERE g.workspace_id = p_workspace_id AND g.generation = v_open.generation;
    END IF;
    RETURN cardinality(v_ids);
END $$;

-- Deletes up to p_limit rows a table of generations that are over. Answers how many went.
CREATE OR REPLACE FUNCTION fn_sweep_generations(p_workspace_id uuid, p_limit integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_table text;
    v_some integer;
    v_all integer := 0;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['ticket_facts', 'ticket_rollups', 'rollup_histograms', 'ticket_stocks'] LOOP
        EXECUTE format($sql$
            DELETE FROM public.%1$I r WHERE r.ctid = ANY(ARRAY(
                SELECT o.ctid FROM public.%1$I o
                WHERE o.workspace_id = $1 AND o.generation < (
                    SELECT min(g.generation) FROM public.rollup_generations g WHERE g.workspace_id = $1)
                LIMIT $2))
            $sql$, v_table) USING p_workspace_id, p_limit;
        GET DIAGNOSTICS v_some = ROW_COUNT;
        v_all := v_all + v_some;
    END LOOP;
    UPDATE public.rollup_generations g SET swept = true
    WHERE g.workspace_id = p_workspace_id AND g.completed_at IS NOT NULL AND v_all = 0;
    RETURN v_all;
END $$;

-- Brings the roll-ups up to what these tickets say now; ids of others, or of none, do nothing. Cheap where nothing has changed.
-- Small desks whose clocks were changed are counted anew at once, larger ones by sp_rollup_repair.
CREATE OR REPLACE PROCEDURE sp_rollup_refresh(IN p_workspace_id uuid, IN p_ticket_ids uuid[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
-- A plan made for an empty table, or for arrays of any size, must not live on in the sandbox's connection.
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    c_at_once CONSTANT integer := 500;
    v_open record;
BEGIN
    PERFORM public.fn_hold_rollups(p_workspace_id);
    PERFORM public.fn_begin_generation(p_workspace_id);
    FOR v_open IN
        SELECT g.generation, g.timezone FROM public.rollup_generations g WHERE g.workspace_id = p_workspace_id ORDER BY 1
    LOOP
        PERFORM public.fn_count_tickets(p_workspace_id, v_open.generation, v_open.timezone, p_ticket_ids);
    END LOOP;
    PERFORM public.fn_walk_on(p_workspace_id, c_at_once);
END $$;
ALTER PROCEDURE sp_rollup_refresh(uuid, uuid[]) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_rollup_refresh(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_rollup_refresh(uuid, uuid[]) TO mesa_app;

-- Counts a workspace from nothing, in one transaction: for rows that were written past the rooms, and for tests. 10,000 tickets
-- take some seconds; what may not wait so long begins a generation, which sp_rollup_repair fills.
CREATE OR REPLACE PROCEDURE sp_rollup_rebuild(IN p_workspace_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    PERFORM public.fn_hold_rollups(p_workspace_id);
    PERFORM public.fn_begin_generation(p_workspace_id, true);
    WHILE public.fn_walk_on(p_workspace_id, 5000) = 5000 LOOP
    END LOOP;
    WHILE public.fn_sweep_generations(p_workspace_id, 100000) > 0 LOOP
    END LOOP;
END $$;
ALTER PROCEDURE sp_rollup_rebuild(uuid) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_rollup_rebuild(uuid) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_rollup_rebuild(uuid) TO mesa_app;
