-- What tickets count for, as they and their history stand now: the definition that roll-ups are held to. The formulas, in words,
-- are in docs/insight.md.

-- The moment at which a day begins on the clocks of a zone, as chalicelib/analytics/periods.py has it: of a midnight that the
-- clocks skip the moment of the change, of one that they repeat the first.
CREATE OR REPLACE FUNCTION fn_day_begin(p_day date, p_timezone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$
    SELECT (p_day::timestamp AT TIME ZONE p_timezone)
        - CASE WHEN (((p_day::timestamp AT TIME ZONE p_timezone) - interval '1 hour') AT TIME ZONE p_timezone)::date = p_day
               THEN interval '1 hour' ELSE interval '0' END
$$;

-- A row for each of these tickets that is there and not deleted. `facts` are rows of four numbers: what, the day (from 2000-01-01
-- on), the hour since the day began (from 0 to 24, for a day has 23 to 25), an amount. What:
--   1 created   2 became active   3 active no more   4 resolved   5 reopened
--   6 first response (in whole seconds)   7 the same in business time   8 resolution (seconds)   9 in business time
--   10 rated (the score)   11 a promise was broken
-- What became active leaves as often, unless it is active: so their difference, summed up, is the backlog.
CREATE OR REPLACE FUNCTION fn_ticket_facts(p_workspace_id uuid, p_ticket_ids uuid[], p_timezone text)
RETURNS TABLE (
    ticket_id uuid, team_id uuid, assignee_id uuid, type text, priority text, status text, source text, category text,
    facts integer[])
LANGUAGE sql STABLE
AS $$
    SELECT t.id, t.team_id, t.assignee_id, t.type, t.priority, t.status, t.source, coalesce(t.category, ''), told.facts
    FROM public.tickets t
    -- The end of its work, as it stands now.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.status IN ('resolved', 'closed') THEN coalesce(t.resolved_at, t.closed_at)
                    WHEN t.status = 'cancelled' THEN coalesce(t.finished_at, t.updated_at) END AS at,
               t.status IN ('resolved', 'closed') AND t.merged_into IS NULL AS is_resolution) AS ended
    CROSS JOIN LATERAL (
        SELECT min(g.fulfilled_at) FILTER (WHERE g.metric = 'first_response') AS answered_at,
               (array_agg(g.used_minutes ORDER BY g.fulfilled_at)
                   FILTER (WHERE g.metric = 'first_response' AND g.fulfilled_at IS NOT NULL))[1] AS answer_minutes,
               sum(g.used_minutes) FILTER (WHERE g.metric = 'resolution') AS resolution_minutes,
               (array_agg(g.fulfilled_at ORDER BY g.cycle DESC) FILTER (WHERE g.metric = 'resolution'))[1] IS NOT NULL
                   AS is_kept,
               array_agg(g.breached_at) FILTER (WHERE g.breached_at IS NOT NULL) AS breaches
        FROM public.sla_targets g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id) AS promises
    -- Where nothing promised an answer, the first public word of the staff, or of a program of theirs, to somebody else.
    LEFT JOIN LATERAL (
        SELECT c.created_at AS at FROM public.comments c
        LEFT JOIN public.users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE promises.answered_at IS NULL AND c.workspace_id = t.workspace_id AND c.ticket_id = t.id
          AND c.visibility = 'public' AND c.deleted_at IS NULL AND c.created_at >= t.created_at
          AND (c.api_key_id IS NOT NULL OR (u.role <> 'customer' AND u.id <> t.requester_id))
        ORDER BY c.created_at LIMIT 1) AS word ON true
    CROSS JOIN LATERAL (SELECT coalesce(promises.answered_at, word.at) AS at) AS answer
    CROSS JOIN LATERAL (
        SELECT array_agg(
                   ARRAY[each.what, on_day.day - DATE '2000-01-01',
                         least(24, greatest(0, floor(date_part('epoch', each.at - fn_day_begin(on_day.day, p_timezone)) / 3600)))
                             ::integer,
                         least(2147483647, greatest(0, each.amount))::integer]
                   ORDER BY each.what, each.at, each.amount) AS facts
        FROM (
            SELECT n.what, t.created_at AS at, 0::double precision AS amount FROM unnest(ARRAY[1, 2]) AS n (what)
            UNION ALL
            SELECT n.what, ended.at, 0 FROM unnest(ARRAY[3, 4]) AS n (what)
            WHERE ended.at IS NOT NULL AND (n.what = 3 OR ended.is_resolution)
            UNION ALL
            SELECT 8, ended.at, floor(date_part('epoch', ended.at - t.created_at)) WHERE ended.is_resolution
            UNION ALL
            SELECT 9, ended.at, floor(promises.resolution_minutes * 60)
            WHERE ended.is_resolution AND promises.is_kept AND promises.resolution_minutes IS NOT NULL
            UNION ALL
            SELECT 6, answer.at, floor(date_part('epoch', answer.at - t.created_at)) WHERE answer.at IS NOT NULL
            UNION ALL
            SELECT 7, answer.at, floor(promises.answer_minutes * 60)
            WHERE promises.answered_at IS NOT NULL AND promises.answer_minutes IS NOT NULL
            UNION ALL
            SELECT 10, r.rated_at, r.score FROM public.ratings r
            WHERE r.workspace_id = t.workspace_id AND r.ticket_id = t.id AND r.score IS NOT NULL
            UNION ALL
            SELECT 11, b.at, 0 FROM unnest(promises.breaches) AS b (at)
            UNION ALL
            -- Each reopening, and the end before it.
            SELECT n.what, CASE WHEN n.what IN (2, 5) THEN e.created_at ELSE coalesce(before.at, e.created_at) END, 0
            FROM public.timeline_entries e
            LEFT JOIN LATERAL (
                -- What was over when it came from another desk says when it ended there.
                SELECT CASE l.action WHEN 'imported' THEN coalesce((l.meta ->> 'ended_at')::timestamptz, l.created_at)
                                     ELSE l.created_at END AS at,
                       l.changes #>> '{status,to}' AS became
                FROM public.timeline_entries l
                WHERE l.workspace_id = e.workspace_id AND l.ticket_id = e.ticket_id AND l.sequence < e.sequence
                  AND l.changes #>> '{status,to}' IN ('resolved', 'closed', 'cancelled')
                  AND (l.changes #>> '{status,from}' IN ('new', 'open', 'pending', 'on_hold') OR l.action = 'imported')
                ORDER BY l.sequence DESC LIMIT 1) AS before ON true
            CROSS JOIN unnest(ARRAY[2, 3, 4, 5]) AS n (what)
            WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id AND e.action = 'reopened'
              AND (n.what <> 4 OR coalesce(before.became, e.changes #>> '{status,from}', '') <> 'cancelled')
        ) AS each
        CROSS JOIN LATERAL (SELECT (each.at AT TIME ZONE p_timezone)::date AS day) AS on_day
    ) AS told
    WHERE t.workspace_id = p_workspace_id AND t.id = ANY(p_ticket_ids) AND t.deleted_at IS NULL
$$;
