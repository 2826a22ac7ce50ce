-- Roll-ups are the sum of ticket_facts, and these triggers keep them so, whoever writes facts: a refresh, a ticket that is purged
-- with all that hangs on it, an erasure. What is taken away and what is added is summed up first, so that what stays the same is not
-- touched. One at a time per workspace: see fn_hold_rollups.

-- Whoever counts for a workspace waits here, before it looks at tickets or holds any: so the last to look is the last to write, and
-- nobody waits for a row that another one holds.
CREATE OR REPLACE FUNCTION fn_hold_rollups(p_workspace_id uuid) RETURNS void
LANGUAGE sql
AS $$ SELECT pg_advisory_xact_lock(hashtextextended('rollups of ' || p_workspace_id, 0)) $$;

CREATE OR REPLACE FUNCTION fn_hold_own_rollups() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.fn_hold_rollups(nullif(current_setting('app.workspace_id', true), '')::uuid)
    WHERE nullif(current_setting('app.workspace_id', true), '') IS NOT NULL;
    RETURN NULL;
END $$;

-- A new workspace has counted all that there is.
CREATE OR REPLACE FUNCTION fn_begin_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO public.rollup_generations (workspace_id, generation, timezone, completed_at)
    VALUES (NEW.id, 1, NEW.timezone, now());
    RETURN NULL;
END $$;
ALTER FUNCTION fn_begin_rollups() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_begin_rollups() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_begin_rollups() TO mesa_app;

-- The lane of a histogram for so many seconds: 0 for 0, else n + 1 from 1.04^n on, so that the middle of a lane is within 2 % of
-- all that is in it.
CREATE OR REPLACE FUNCTION fn_lane_of(p_seconds integer) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN p_seconds < 1 THEN 0 ELSE 1 + floor(ln(p_seconds::double precision) / ln(1.04::double precision))::integer END $$;

-- 1 in a lane: lanes are eight decimal digits each, the first the lowest.
CREATE OR REPLACE FUNCTION fn_in_lane(p_lane integer) RETURNS numeric
LANGUAGE sql IMMUTABLE
AS $$ SELECT ('1e' || (8 * p_lane)::text)::numeric $$;

-- A piece of SQL for each of some columns.
CREATE OR REPLACE FUNCTION fn_each(p_columns text[], p_piece text, p_between text DEFAULT ', ') RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT string_agg(format(p_piece, c.name), p_between ORDER BY c.place) FROM unnest(p_columns) WITH ORDINALITY AS c (name, place) $$;

CREATE OR REPLACE FUNCTION fn_keep_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
-- Sums of histograms are large: a group at a time, in their order.
SET enable_hashagg = off
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    v_change text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT 1 AS sign, a.* FROM added a'
        WHEN 'DELETE' THEN 'SELECT -1 AS sign, r.* FROM removed r'
        ELSE 'SELECT 1 AS sign, a.* FROM added a UNION ALL SELECT -1, r.* FROM removed r' END;
    c_columns CONSTANT text[] := ARRAY[
        'created', 'entered', 'departed', 'resolved', 'reopened', 'breached', 'rated', 'rated_good', 'rated_bad', 'score',
        'first_responses', 'first_response_seconds', 'business_first_responses', 'business_first_response_seconds',
        'resolutions', 'resolution_seconds', 'business_resolutions', 'business_resolution_seconds', 'hours'];
    c_lanes CONSTANT text[] := ARRAY['first_response', 'business_first_response', 'resolution', 'business_resolution'];
    v_any boolean;
    v_empty record;
BEGIN
    EXECUTE 'SELECT EXISTS (' || v_change || ')' INTO v_any;
    IF NOT v_any THEN
        RETURN NULL;
    END IF;
    EXECUTE format($sql$
    WITH change AS (
        %1$s
    ), fact AS (
        -- By ticket and day. What is of a generation that is over is not counted any more.
        SELECT c.workspace_id, c.generation, c.team_id, c.assignee_id, c.type, c.priority, c.status, c.source, c.category,
               DATE '2000-01-01' + c.days AS day,
               (sum(c.sign) FILTER (WHERE c.what = 1))::integer AS created,
               (sum(c.sign) FILTER (WHERE c.what = 2))::integer AS entered,
               (sum(c.sign) FILTER (WHERE c.what = 3))::integer AS departed,
               (sum(c.sign) FILTER (WHERE c.what = 4))::integer AS resolved,
               (sum(c.sign) FILTER (WHERE c.what = 5))::integer AS reopened,
               (sum(c.sign) FILTER (WHERE c.what = 11))::integer AS breached,
               (sum(c.sign) FILTER (WHERE c.what = 10))::integer AS rated,
               (sum(c.sign) FILTER (WHERE c.what = 10 AND c.amount >= 4))::integer AS rated_good,
               (sum(c.sign) FILTER (WHERE c.what = 10 AND c.amount <= 2))::integer AS rated_bad,
               (sum(c.sign * c.amount) FILTER (WHERE c.what = 10))::integer AS score,
               (sum(c.sign) FILTER (WHERE c.what = 6))::integer AS first_responses,
               (sum(c.sign * c.amount::bigint) FILTER (WHERE c.what = 6))::bigint AS first_response_seconds,
               (sum(c.sign) FILTER (WHERE c.what = 7))::integer AS business_first_responses,
               (sum(c.sign * c.amount::bigint) FILTER (WHERE c.what = 7))::bigint AS business_first_response_seconds,
               (sum(c.sign) FILTER (WHERE c.what = 8))::integer AS resolutions,
               (sum(c.sign * c.amount::bigint) FILTER (WHERE c.what = 8))::bigint AS resolution_seconds,
               (sum(c.sign) FILTER (WHERE c.what = 9))::integer AS business_resolutions,
               (sum(c.sign * c.amount::bigint) FILTER (WHERE c.what = 9))::bigint AS business_resolution_seconds,
               -- 25 lanes each, for a day has as many hours at the most.
               sum(c.sign * public.fn_in_lane(25 * (c.what - 1) + c.hour)) FILTER (WHERE c.what <= 6) AS hours,
               sum(c.sign * public.fn_in_lane(public.fn_lane_of(c.amount))) FILTER (WHERE c.what = 6) AS first_response,
               sum(c.sign * public.fn_in_lane(public.fn_lane_of(c.amount))) FILTER (WHERE c.what = 7) AS business_first_response,
               sum(c.sign * public.fn_in_lane(public.fn_lane_of(c.amount))) FILTER (WHERE c.what = 8) AS resolution,
               sum(c.sign * public.fn_in_lane(public.fn_lane_of(c.amount))) FILTER (WHERE c.what = 9) AS business_resolution
        FROM (
            SELECT e.*, e.facts[i][1] AS what, e.facts[i][2] AS days, e.facts[i][3] AS hour, e.facts[i][4] AS amount
            FROM change e
            JOIN public.rollup_generations g ON g.workspace_id = e.workspace_id AND g.generation = e.generation
            CROSS JOIN LATERAL generate_subscripts(e.facts, 1) AS i
        ) AS c
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ), cell AS MATERIALIZED (
        SELECT f.workspace_id, f.generation, s.team_id, d.dimension, f.day, d.value,
               %2$s,
               coalesce(sum(f.hours) FILTER (WHERE d.dimension = 'all'), 0) AS hours
        FROM fact f
        CROSS JOIN LATERAL (VALUES ('00000000-0000-0000-0000-000000000000'::uuid), (f.team_id)) AS s (team_id)
        CROSS JOIN LATERAL (VALUES
            ('all', '', true), ('status', f.status, false), ('priority', f.priority, true), ('type', f.type, true),
            ('category', f.category, false), ('team', f.team_id::text, true), ('agent', coalesce(f.assignee_id::text, ''), true),
            ('source', f.source, false)) AS d (dimension, value, is_timed)
        GROUP BY 1, 2, 3, 4, 5, 6
    ), counted AS (
        INSERT INTO public.ticket_rollups AS r (workspace_id, generation, team_id, dimension, day, value, %3$s)
        SELECT c.workspace_id, c.generation, c.team_id, c.dimension, c.day, c.value, %4$s FROM cell c
        WHERE %5$s
        ORDER BY 1, 2, 3, 4, 5, 6
        ON CONFLICT (workspace_id, generation, team_id, dimension, day, value) DO UPDATE SET %6$s
        RETURNING r.workspace_id, r.generation, r.team_id, r.dimension, r.day, r.value, NOT (%7$s) AS is_empty
    ), timed AS (
        INSERT INTO public.rollup_histograms AS r (workspace_id, generation, team_id, dimension, day, value, %8$s)
        SELECT c.workspace_id, c.generation, c.team_id, c.dimension, c.day, c.value, %9$s FROM cell c
        WHERE %10$s
        ORDER BY 1, 2, 3, 4, 5, 6
        ON CONFLICT (workspace_id, generation, team_id, dimension, day, value) DO UPDATE SET %11$s
        RETURNING r.workspace_id, r.generation, r.team_id, r.dimension, r.day, r.value, NOT (%12$s) AS is_empty
    ), stocked AS (
        INSERT INTO public.ticket_stocks AS r (workspace_id, generation, team_id, dimension, value, tickets, active)
        SELECT c.workspace_id, c.generation, c.team_id, c.dimension, c.value, sum(c.created), sum(c.entered - c.departed) FROM cell c
        GROUP BY 1, 2, 3, 4, 5
        HAVING (sum(c.created), sum(c.entered - c.departed)) <> (0, 0)
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (workspace_id, generation, team_id, dimension, value) DO UPDATE
        SET tickets = r.tickets + excluded.tickets, active = r.active + excluded.active
        RETURNING r.workspace_id, r.generation, r.team_id, r.dimension, r.value, (r.tickets, r.active) = (0, 0) AS is_empty
    ), empty AS (
        SELECT 'counted' AS kind, workspace_id, generation, team_id, dimension, day, value FROM counted WHERE is_empty
        UNION ALL
        SELECT 'timed', workspace_id, generation, team_id, dimension, day, value FROM timed WHERE is_empty
        UNION ALL
        SELECT 'stocked', workspace_id, generation, team_id, dimension, NULL, value FROM stocked WHERE is_empty
    )
    SELECT array_agg(e.kind) AS kinds, array_agg(e.workspace_id) AS workspaces, array_agg(e.generation) AS generations,
           array_agg(e.team_id) AS teams, array_agg(e.dimension) AS dimensions, array_agg(e.day) AS days,
           array_agg(e.value) AS values
    FROM empty e
    $sql$, v_change, public.fn_each(array_remove(c_columns, 'hours'), 'coalesce(sum(f.%1$s), 0) AS %1$s') || ', '
            || public.fn_each(c_lanes, 'coalesce(sum(f.%1$s) FILTER (WHERE d.is_timed), 0) AS %1$s'),
        public.fn_each(c_columns, '%1$s'), public.fn_each(c_columns, 'c.%1$s'), public.fn_each(c_columns, 'c.%1$s <> 0', ' OR '), public.fn_each(c_columns, '%1$s = r.%1$s + excluded.%1$s'), public.fn_each(c_columns, 'r.%1$s <> 0', ' OR '),
        public.fn_each(c_lanes, '%1$s'), public.fn_each(c_lanes, 'c.%1$s'), public.fn_each(c_lanes, 'c.%1$s <> 0', ' OR '), public.fn_each(c_lanes, '%1$s = r.%1$s + excluded.%1$s'), public.fn_each(c_lanes, 'r.%1$s <> 0', ' OR '))
    INTO v_empty;
    -- What there is nothing of any more leaves no row, and so no word, behind.
    IF v_empty.kinds IS NOT NULL THEN
        DELETE FROM public.ticket_rollups r
        USING unnest(v_empty.kinds, v_empty.workspaces, v_empty.generations, v_empty.teams, v_empty.dimensions, v_empty.days,
                     v_empty.values) AS e (kind, workspace_id, generation, team_id, dimension, day, value)
        WHERE e.kind = 'counted' AND (r.workspace_id, r.generation, r.team_id, r.dimension, r.day, r.value)
            = (e.workspace_id, e.generation, e.team_id, e.dimension, e.day, e.value);
        DELETE FROM public.rollup_histograms r
        USING unnest(v_empty.kinds, v_empty.workspaces, v_empty.generations, v_empty.teams, v_empty.dimensions, v_empty.days,
                     v_empty.values) AS e (kind, workspace_id, generation, team_id, dimension, day, value)
        WHERE e.kind = 'timed' AND (r.workspace_id, r.generation, r.team_id, r.dimension, r.day, r.value)
            = (e.workspace_id, e.generation, e.team_id, e.dimension, e.day, e.value);
        DELETE FROM public.ticket_stocks r
        USING unnest(v_empty.kinds, v_empty.workspaces, v_empty.generations, v_empty.teams, v_empty.dimensions, v_empty.values)
            AS e (kind, workspace_id, generation, team_id, dimension, value)
        WHERE e.kind = 'stocked' AND (r.workspace_id, r.generation, r.team_id, r.dimension, r.value)
            = (e.workspace_id, e.generation, e.team_id, e.dimension, e.value);
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION fn_keep_rollups() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_keep_rollups() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_keep_rollups() TO mesa_app;
