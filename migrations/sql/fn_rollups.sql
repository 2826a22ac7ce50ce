-- Reading the roll-ups: what analytics, exports and dashboards are made of. All of it runs with the rights of its caller, in the
-- workspace that the transaction has entered, and reads as many rows as the days asked for have values, however large the desk is.
--
-- How they are kept. Each ticket has a row of ticket_facts: what it counts for (fn_ticket_facts.sql). Triggers keep the sums of those
-- rows (fn_keep_rollups.sql). sp_rollup_refresh(workspace, tickets) counts tickets anew, whenever an event tells of them; a ticket
-- that is deleted counts for nothing until it is restored. sp_rollup_rebuild(workspace) counts all of them from nothing: call it
-- after writing rows past the rooms; sp_rollup_repair is the schedule's.
--
--   ticket_rollups     a row for each workspace, team, dimension, day and value in which something happened
--     team_id          zeros: all teams together; else those tickets alone that the team has now
--     dimension, value 'all' and ''; 'status', 'priority', 'type', 'source' and a word; 'category' and its name, '' for none;
--                      'team' and its id; 'agent' and the id of the assignee, '' for nobody. They are the ticket's of now, whenever
--                      it happened: who works on it has all of it.
--     day              on the clocks of rollup_generations.timezone
--     created          tickets created that day               resolved   ends of work: resolved, or closed without; not cancelled
--     reopened         reopenings                                        or merged; one that was reopened since still counts
--     entered          became active: created or reopened     departed   active no more: resolved, closed, cancelled, merged
--     breached         promises that were broken              rated, rated_good (4, 5), rated_bad (1, 2), score (their sum)
--     first_responses, first_response_seconds                 how many, and their sum, from creation, whole seconds each
--     business_first_responses, business_first_response_seconds          those with a promise, in time of its calendar
--     resolutions, resolution_seconds                         tickets that were resolved that day and are still: from creation to the
--                                                             last resolution
--     business_resolutions, business_resolution_seconds       of those with a promise: all its cycles, without pauses
--     hours            lanes (below) of `all` alone: 25 hours each of created, entered, departed, resolved, reopened, first responses
--   rollup_histograms  the same keys, of 'all', 'priority', 'type', 'team' and 'agent' alone: first_response, business_first_response,
--                      resolution, business_resolution; lanes of seconds
--   ticket_stocks      the same without days: tickets, and those of them that are active, now
--
-- Lanes are many numbers in one numeric, eight digits each, so that sum() adds each of them. The lane of a duration: fn_lane_of.
-- p_teams everywhere: NULL is the whole desk, else only tickets of these teams. A day is p_first <= day <= p_last. Rows come in no
-- order.

-- By which generation to read: one row. `complete` is false while a desk from before is being counted for the first time: then nothing
-- may be told of it. While it is counted anew, what was counted before holds, in the time zone that is said.
CREATE OR REPLACE FUNCTION fn_rollup_state(p_workspace_id uuid)
RETURNS TABLE (complete boolean, generation integer, timezone text)
LANGUAGE sql STABLE
AS $$
    SELECT g.generation IS NOT NULL, g.generation, coalesce(g.timezone, w.timezone)
    FROM workspaces w
    LEFT JOIN LATERAL (
        SELECT n.generation, n.timezone FROM rollup_generations n
        WHERE n.workspace_id = w.id AND n.completed_at IS NOT NULL ORDER BY n.generation DESC LIMIT 1) AS g ON true
    WHERE w.id = p_workspace_id
$$;

-- The figures of days by dimension: a row for each value of each of p_dimensions, of the period (`previous` false), and of as many days
-- right before it (true).
CREATE OR REPLACE FUNCTION fn_insight_figures(
    p_workspace_id uuid, p_first date, p_last date, p_teams uuid[] DEFAULT NULL, p_dimensions text[] DEFAULT '{all}')
RETURNS TABLE (
    dimension text, value text, previous boolean, created bigint, entered bigint, departed bigint, resolved bigint, reopened bigint,
    breached bigint, rated bigint, rated_good bigint, rated_bad bigint, score bigint,
    first_responses bigint, first_response_seconds numeric,
    business_first_responses bigint, business_first_response_seconds numeric,
    resolutions bigint, resolution_seconds numeric, business_resolutions bigint, business_resolution_seconds numeric)
LANGUAGE sql STABLE
AS $$
    SELECT r.dimension, r.value, r.day < p_first, sum(r.created), sum(r.entered), sum(r.departed), sum(r.resolved),
           sum(r.reopened), sum(r.breached), sum(r.rated), sum(r.rated_good), sum(r.rated_bad), sum(r.score),
           sum(r.first_responses), sum(r.first_response_seconds),
           sum(r.business_first_responses), sum(r.business_first_response_seconds),
           sum(r.resolutions), sum(r.resolution_seconds), sum(r.business_resolutions), sum(r.business_resolution_seconds)
    FROM ticket_rollups r
    WHERE r.workspace_id = p_workspace_id
      AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
      AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
      AND r.dimension = ANY(p_dimensions)
      AND r.day BETWEEN p_first - (p_last - p_first + 1) AND p_last
    GROUP BY 1, 2, 3
$$;

-- The same of one value, day by day, week by week (from Monday) or month by month: `first` is the bucket's first day within the period.
-- p_interval: day, week, month. Days on which nothing happened have no row.
CREATE OR REPLACE FUNCTION fn_insight_series(
    p_workspace_id uuid, p_first date, p_last date, p_interval text, p_teams uuid[] DEFAULT NULL,
    p_dimension text DEFAULT 'all', p_value text DEFAULT '')
RETURNS TABLE (
    first date, created bigint, entered bigint, departed bigint, resolved bigint, reopened bigint,
    breached bigint, rated bigint, rated_good bigint, rated_bad bigint, score bigint,
    first_responses bigint, first_response_seconds numeric,
    business_first_responses bigint, business_first_response_seconds numeric,
    resolutions bigint, resolution_seconds numeric, business_resolutions bigint, business_resolution_seconds numeric)
LANGUAGE sql STABLE
AS $$
    SELECT greatest(p_first, date_trunc(p_interval, r.day)::date), sum(r.created), sum(r.entered), sum(r.departed), sum(r.resolved),
           sum(r.reopened), sum(r.breached), sum(r.rated), sum(r.rated_good), sum(r.rated_bad), sum(r.score),
           sum(r.first_responses), sum(r.first_response_seconds),
           sum(r.business_first_responses), sum(r.business_first_response_seconds),
           sum(r.resolutions), sum(r.resolution_seconds), sum(r.business_resolutions), sum(r.business_resolution_seconds)
    FROM ticket_rollups r
    WHERE r.workspace_id = p_workspace_id
      AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
      AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
      AND r.dimension = p_dimension AND r.value = p_value
      AND r.day BETWEEN p_first AND p_last
    GROUP BY 1
$$;

-- The numbers in p_count lanes.
CREATE OR REPLACE FUNCTION fn_lanes(p_lanes numeric, p_count integer) RETURNS integer[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT array_agg(encode(substr(d.digits, 8 * (p_count - n) + 1, 8), 'escape')::integer ORDER BY n)
    FROM (SELECT lpad(p_lanes::text, 8 * p_count, '0')::bytea AS digits) AS d, generate_series(1, p_count) AS n
$$;

-- How many a histogram holds, and of each of p_fractions the value below which so many are, between two of them linearly, as
-- percentile_cont has it: within 2 %. Seconds; NULL where there are none.
CREATE OR REPLACE FUNCTION fn_percentiles(p_histogram numeric, p_fractions double precision[]) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_lanes integer[] := public.fn_lanes(p_histogram, 1 + length(p_histogram::text) / 8);
    v_found double precision[];
    v_fraction double precision;
    v_place double precision;
    v_below bigint;
    v_low double precision;
    v_middle double precision;
    v_all bigint := (SELECT sum(n) FROM unnest(v_lanes) AS n);
BEGIN
    IF coalesce(v_all, 0) = 0 THEN
        RETURN NULL;
    END IF;
    FOREACH v_fraction IN ARRAY p_fractions LOOP
        v_place := v_fraction * (v_all - 1);
        v_below := 0;
        v_low := NULL;
        FOR v_lane IN 1..cardinality(v_lanes) LOOP
            CONTINUE WHEN v_lanes[v_lane] = 0;
            v_below := v_below + v_lanes[v_lane];
            v_middle := CASE v_lane WHEN 1 THEN 0 ELSE 1.04::double precision ^ (v_lane - 1.5) END;
            IF v_low IS NULL AND v_below > floor(v_place) THEN
                v_low := v_middle;
            END IF;
            IF v_below > ceil(v_place) THEN
                v_found := v_found || (v_low + (v_middle - v_low) * (v_place - floor(v_place)));
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
    RETURN v_found;
END $$;

-- How long it took, by dimension, in the period and in as many days before: percentiles of p_fractions, in seconds. Each row costs about
-- a millisecond: ask for few values.
CREATE OR REPLACE FUNCTION fn_insight_percentiles(
    p_workspace_id uuid, p_first date, p_last date, p_teams uuid[] DEFAULT NULL, p_dimensions text[] DEFAULT '{all}',
    p_values text[] DEFAULT NULL, p_fractions double precision[] DEFAULT '{0.5,0.9}')
RETURNS TABLE (
    dimension text, value text, previous boolean, first_response double precision[], business_first_response double precision[],
    resolution double precision[], business_resolution double precision[])
LANGUAGE sql STABLE
AS $$
    SELECT h.dimension, h.value, h.previous,
           public.fn_percentiles(h.first_response, p_fractions), public.fn_percentiles(h.business_first_response, p_fractions),
           public.fn_percentiles(h.resolution, p_fractions), public.fn_percentiles(h.business_resolution, p_fractions)
    FROM (
        SELECT r.dimension, r.value, r.day < p_first AS previous, sum(r.first_response) AS first_response,
               sum(r.business_first_response) AS business_first_response, sum(r.resolution) AS resolution,
               sum(r.business_resolution) AS business_resolution
        FROM rollup_histograms r
        WHERE r.workspace_id = p_workspace_id
          AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
          AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
          AND r.dimension = ANY(p_dimensions) AND (p_values IS NULL OR r.value = ANY(p_values))
          AND r.day BETWEEN p_first - (p_last - p_first + 1) AND p_last
        GROUP BY 1, 2, 3) AS h
$$;

-- The same of one value, as a series.
CREATE OR REPLACE FUNCTION fn_insight_percentile_series(
    p_workspace_id uuid, p_first date, p_last date, p_interval text, p_teams uuid[] DEFAULT NULL,
    p_dimension text DEFAULT 'all', p_value text DEFAULT '', p_fractions double precision[] DEFAULT '{0.5,0.9}')
RETURNS TABLE (
    first date, first_response double precision[], business_first_response double precision[],
    resolution double precision[], business_resolution double precision[])
LANGUAGE sql STABLE
AS $$
    SELECT h.first,
           public.fn_percentiles(h.first_response, p_fractions), public.fn_percentiles(h.business_first_response, p_fractions),
           public.fn_percentiles(h.resolution, p_fractions), public.fn_percentiles(h.business_resolution, p_fractions)
    FROM (
        SELECT greatest(p_first, date_trunc(p_interval, r.day)::date) AS first, sum(r.first_response) AS first_response,
               sum(r.business_first_response) AS business_first_response, sum(r.resolution) AS resolution,
               sum(r.business_resolution) AS business_resolution
        FROM rollup_histograms r
        WHERE r.workspace_id = p_workspace_id
          AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
          AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
          AND r.dimension = p_dimension AND r.value = p_value
          AND r.day BETWEEN p_first AND p_last
        GROUP BY 1) AS h
$$;

-- What there is now, by dimension: tickets, and those that are active.
CREATE OR REPLACE FUNCTION fn_insight_stock(
    p_workspace_id uuid, p_teams uuid[] DEFAULT NULL, p_dimensions text[] DEFAULT '{all}')
RETURNS TABLE (dimension text, value text, tickets bigint, active bigint)
LANGUAGE sql STABLE
AS $$
    SELECT r.dimension, r.value, sum(r.tickets), sum(r.active)
    FROM ticket_stocks r
    WHERE r.workspace_id = p_workspace_id
      AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
      AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
      AND r.dimension = ANY(p_dimensions)
    GROUP BY 1, 2
$$;

-- The backlog: tickets that were active when each of p_days (in their order) ended, by dimension; what is now less what has changed
-- since. A value has a row for each day, or none where it has no ticket at all.
CREATE OR REPLACE FUNCTION fn_insight_backlog(
    p_workspace_id uuid, p_days date[], p_teams uuid[] DEFAULT NULL, p_dimensions text[] DEFAULT '{all}')
RETURNS TABLE (dimension text, value text, day date, active bigint)
LANGUAGE sql STABLE
AS $$
    WITH stock AS (
        SELECT s.* FROM fn_insight_stock(p_workspace_id, p_teams, p_dimensions) s
    ), change AS (
        SELECT r.dimension, r.value, width_bucket(r.day - 1, p_days) AS place, sum(r.entered - r.departed) AS more
        FROM ticket_rollups r
        WHERE r.workspace_id = p_workspace_id
          AND r.generation = (SELECT s.generation FROM fn_rollup_state(p_workspace_id) s)
          AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
          AND r.dimension = ANY(p_dimensions)
          AND r.day > p_days[1]
        GROUP BY 1, 2, 3
    )
    SELECT s.dimension, s.value, d.day,
           (s.active - sum(coalesce(c.more, 0)) OVER (
               PARTITION BY s.dimension, s.value ORDER BY d.place DESC ROWS UNBOUNDED PRECEDING))::bigint
    FROM stock s
    CROSS JOIN unnest(p_days) WITH ORDINALITY AS d (day, place)
    LEFT JOIN change c ON c.dimension = s.dimension AND c.value = s.value AND c.place = d.place
$$;

-- Hour by hour: a row for each hour that begins on one of the days, at most 31 of them.
CREATE OR REPLACE FUNCTION fn_insight_hours(p_workspace_id uuid, p_first date, p_last date, p_teams uuid[] DEFAULT NULL)
RETURNS TABLE (
    at timestamptz, created integer, entered integer, departed integer, resolved integer, reopened integer, first_responses integer)
LANGUAGE sql STABLE
AS $$
    -- Taken apart once a day, not once a figure.
    WITH day AS MATERIALIZED (
        SELECT fn_day_begin(k.day::date, s.timezone) AS begin, fn_day_begin(k.day::date + 1, s.timezone) AS until,
               fn_lanes(coalesce((
                   SELECT sum(r.hours) FROM ticket_rollups r
                   WHERE r.workspace_id = p_workspace_id AND r.generation = s.generation
                     AND r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
                     AND r.dimension = 'all' AND r.day = k.day::date), 0), 150) AS lanes
        FROM fn_rollup_state(p_workspace_id) s
        CROSS JOIN generate_series(p_first::timestamp, least(p_last, p_first + 30)::timestamp, interval '1 day') AS k (day)
    )
    SELECT d.begin + (n.hour - 1) * interval '1 hour', d.lanes[n.hour], d.lanes[25 + n.hour], d.lanes[50 + n.hour],
           d.lanes[75 + n.hour], d.lanes[100 + n.hour], d.lanes[125 + n.hour]
    FROM day d
    CROSS JOIN generate_series(1, 25) AS n (hour)
    WHERE d.begin + (n.hour - 1) * interval '1 hour' < d.until
$$;

-- The week as a map: what was created, resolved, reopened and answered first, by weekday (0 is Monday) and by hour on the clock: 168
-- rows. Of a day on which the clocks change an hour is missing, or there twice.
CREATE OR REPLACE FUNCTION fn_insight_week(p_workspace_id uuid, p_first date, p_last date, p_teams uuid[] DEFAULT NULL)
RETURNS TABLE (weekday integer, hour integer, created bigint, resolved bigint, reopened bigint, first_responses bigint)
LANGUAGE sql STABLE
AS $$
    WITH day AS MATERIALIZED (
        SELECT extract(isodow FROM r.day)::integer - 1 AS weekday, s.timezone,
               CASE WHEN fn_day_begin(r.day + 1, s.timezone) - fn_day_begin(r.day, s.timezone) <> interval '24 hours' THEN r.day END
                   AS odd,
               fn_lanes(sum(r.hours), 150) AS lanes
        FROM fn_rollup_state(p_workspace_id) s
        JOIN ticket_rollups r ON r.workspace_id = p_workspace_id AND r.generation = s.generation
        WHERE r.team_id = ANY(coalesce(p_teams, '{00000000-0000-0000-0000-000000000000}'))
          AND r.dimension = 'all' AND r.day BETWEEN p_first AND p_last
        GROUP BY 1, 2, 3
    ), told AS (
        SELECT d.weekday,
               CASE WHEN d.odd IS NULL THEN n.hour - 1 ELSE extract(hour FROM
                   (fn_day_begin(d.odd, d.timezone) + (n.hour - 1) * interval '1 hour') AT TIME ZONE d.timezone) END AS hour,
               d.lanes[n.hour] AS created, d.lanes[75 + n.hour] AS resolved, d.lanes[100 + n.hour] AS reopened,
               d.lanes[125 + n.hour] AS first_responses
        FROM day d CROSS JOIN generate_series(1, 25) AS n (hour)
    )
    SELECT w.weekday, h.hour, coalesce(sum(t.created), 0), coalesce(sum(t.resolved), 0), coalesce(sum(t.reopened), 0),
           coalesce(sum(t.first_responses), 0)
    FROM generate_series(0, 6) AS w (weekday) CROSS JOIN generate_series(0, 23) AS h (hour)
    LEFT JOIN told t ON t.weekday = w.weekday AND t.hour = h.hour
    GROUP BY 1, 2
$$;
