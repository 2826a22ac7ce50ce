-- The tickets at work that somebody sees, of those that are due by p_before (of all: infinity) the p_most that are due soonest, or as
-- many of those that each reason shows. `p_reasons` null sees the desk; else any of `teams` (those of p_teams), `assigned`, `asked`
-- and `watched` (p_person's) and `organisation` (p_organisation's), as tickets/visibility.py has them: a test holds both equal. Each
-- reason has an index, and leaves out what those before it show.
CREATE OR REPLACE FUNCTION fn_at_work(
    p_workspace uuid, p_reasons text[], p_person uuid, p_teams uuid[], p_organisation uuid, p_before timestamptz, p_most integer
) RETURNS TABLE (id uuid, status text, priority text, team_id uuid, assignee_id uuid, due_at timestamptz)
LANGUAGE sql STABLE
AS $$
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM tickets t
     WHERE p_reasons IS NULL
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most)
    UNION ALL
    SELECT each.* FROM unnest(p_teams) AS own (team_id) CROSS JOIN LATERAL
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM tickets t
     WHERE t.team_id = own.team_id
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most) AS each
    WHERE 'teams' = ANY(p_reasons)
    UNION ALL
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM tickets t
     WHERE 'assigned' = ANY(p_reasons) AND t.assignee_id = p_person AND t.team_id <> ALL(p_teams)
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most)
    UNION ALL
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM tickets t
     WHERE 'asked' = ANY(p_reasons) AND t.requester_id = p_person AND t.team_id <> ALL(p_teams)
       AND (t.assignee_id IS DISTINCT FROM p_person OR 'assigned' <> ALL(p_reasons))
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most)
    UNION ALL
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM tickets t
     WHERE 'organisation' = ANY(p_reasons) AND t.organisation_id = p_organisation AND t.requester_id <> p_person
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most)
    UNION ALL
    (SELECT t.id, t.status, t.priority, t.team_id, t.assignee_id, t.due_at FROM ticket_watchers w JOIN tickets t ON t.workspace_id = w.workspace_id AND t.id = w.ticket_id
     WHERE 'watched' = ANY(p_reasons) AND w.workspace_id = p_workspace AND w.user_id = p_person AND t.requester_id <> p_person
       AND (p_organisation IS NULL OR t.organisation_id IS DISTINCT FROM p_organisation)
       AND t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
       AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END <= p_before
     ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_most)
$$;

-- What a desk has at work, as somebody sees it: counts by status, priority and team, and the p_limit tickets that need attention
-- first. Sight as for fn_at_work, of which at most p_most are looked at. Due today is what is due from p_since to before p_until.
--   groups      [team, status, priority, tickets]
--   pressing    [team, unassigned, due today, breached], of teams that have any
--   teams       their names by id
--   attention   [ticket, reason], in order: breached, due_today, urgent_unassigned, due_later, not_due, each by due time
-- A ticket is breached once its promise of resolution ran late, whatever became of that since. One that is not overdue now was
-- promised anew, to a later time or in another cycle, or had its promise withdrawn: those are few, and have an index. Or it came
-- back where nothing is promised any more: among those that are worked on with no due time, of which a thousand are looked at.
CREATE OR REPLACE FUNCTION fn_dashboard(
    p_workspace uuid, p_reasons text[], p_person uuid, p_teams uuid[], p_organisation uuid,
    p_since timestamptz, p_until timestamptz, p_limit integer, p_most integer
) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_now timestamptz := now();
    v_broken uuid[];
    v_any_broken boolean;
    v_unassigned jsonb;
    v_groups jsonb;
    v_pressing jsonb;
    v_first integer;
    v_urgent uuid[];
    v_attention jsonb;
BEGIN
    -- Ticket by ticket, for the planner would rather read all that are at work.
    WITH maybe AS MATERIALIZED (
        SELECT g.ticket_id FROM sla_targets g
        WHERE g.workspace_id = p_workspace AND g.metric = 'resolution' AND g.fulfilled_at IS NULL
          AND (g.ended_at IS NULL OR g.due_at IS NULL) AND (g.breached_at IS NOT NULL OR g.cycle > 1)
          AND (g.due_at IS NULL OR g.due_at >= v_now)
        UNION
        (SELECT t.id FROM tickets t
         WHERE t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL
           AND t.status IN ('new', 'open') AND t.due_at IS NULL
         LIMIT 1000)
    )
    SELECT coalesce(array_agg(t.id), '{}') INTO v_broken
    FROM maybe m CROSS JOIN LATERAL (
        SELECT t.id FROM tickets t
        WHERE t.workspace_id = p_workspace AND t.id = m.ticket_id
          AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
          AND CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END >= v_now
        OFFSET 0) AS t
    WHERE EXISTS (
        SELECT FROM sla_targets b
        WHERE b.workspace_id = p_workspace AND b.ticket_id = t.id AND b.metric = 'resolution' AND b.breached_at IS NOT NULL);
    v_any_broken := cardinality(v_broken) > 0;

    -- The desk in the order of an index, in half of the time that hashing takes.
    IF p_reasons IS NULL THEN
        SELECT coalesce(jsonb_agg(jsonb_build_array(c.team_id, c.status, c.priority, c.tickets)), '[]') INTO v_groups
        FROM (
            SELECT a.team_id, a.status, a.priority, count(*) AS tickets FROM (
                SELECT t.team_id, t.status, t.priority FROM tickets t
                WHERE t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL
                  AND t.status IN ('new', 'open', 'pending', 'on_hold')
                ORDER BY t.team_id, t.status, t.priority LIMIT p_most) AS a
            GROUP BY a.team_id, a.status, a.priority
        ) AS c;
        SELECT coalesce(jsonb_object_agg(c.team_id, c.tickets), '{}') INTO v_unassigned
        FROM (
            SELECT a.team_id, count(*) AS tickets FROM (
                SELECT t.team_id FROM tickets t
                WHERE t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL
                  AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.assignee_id IS NULL
                LIMIT p_most) AS a
            GROUP BY a.team_id
        ) AS c;
    ELSE
        WITH counted AS MATERIALIZED (
            SELECT a.team_id, a.status, a.priority, count(*) AS tickets, count(*) - count(a.assignee_id) AS unassigned,
                array_agg(a.id) FILTER (WHERE v_any_broken AND a.id IN (SELECT unnest(v_broken))) AS broken
            FROM fn_at_work(p_workspace, p_reasons, p_person, p_teams, p_organisation, 'infinity', p_most) AS a
            GROUP BY a.team_id, a.status, a.priority
        )
        SELECT coalesce(jsonb_agg(jsonb_build_array(c.team_id, c.status, c.priority, c.tickets)), '[]'),
            (SELECT coalesce(jsonb_object_agg(u.team_id, u.unassigned), '{}')
             FROM (SELECT d.team_id, sum(d.unassigned) AS unassigned FROM counted d GROUP BY d.team_id) AS u),
            ARRAY(SELECT unnest(d.broken) FROM counted d)
        INTO v_groups, v_unassigned, v_broken
        FROM counted c;
    END IF;

    SELECT coalesce(jsonb_agg(jsonb_build_array(p.team_id, p.unassigned, p.due_today, p.breached)), '[]'), coalesce(sum(p.first), 0)
    INTO v_pressing, v_first
    FROM (
        SELECT u.team_id, sum(u.unassigned) AS unassigned, sum(u.due_today) AS due_today, sum(u.breached) AS breached,
            sum(u.first) AS first
        FROM (
            SELECT a.team_id, 0 AS unassigned, count(*) FILTER (WHERE a.due_at >= p_since) AS due_today,
                count(*) FILTER (WHERE a.due_at < v_now) AS breached, count(*) AS first
            FROM fn_at_work(p_workspace, p_reasons, p_person, p_teams, p_organisation, p_until, p_most) AS a
            WHERE a.due_at < p_until GROUP BY a.team_id
            UNION ALL
            SELECT t.team_id, 0, 0, count(*), 0 FROM tickets t
            WHERE t.workspace_id = p_workspace AND t.id = ANY(v_broken) GROUP BY t.team_id
            UNION ALL
            SELECT n.key::uuid, n.value::bigint, 0, 0, 0 FROM jsonb_each_text(v_unassigned) AS n
        ) AS u GROUP BY u.team_id
    ) AS p;

    IF v_first < p_limit THEN
        IF p_reasons IS NULL THEN
            v_urgent := ARRAY(
                SELECT t.id FROM tickets t
                WHERE t.workspace_id = p_workspace AND t.deleted_at IS NULL AND t.archived_at IS NULL
                  AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.assignee_id IS NULL AND t.priority = 'urgent'
                ORDER BY CASE WHEN t.due_at IS NULL THEN 'infinity' ELSE t.due_at END, t.id LIMIT p_limit);
        ELSE
            v_urgent := ARRAY(
                SELECT a.id FROM fn_at_work(p_workspace, p_reasons, p_person, p_teams, p_organisation, 'infinity', p_most) AS a
                WHERE a.assignee_id IS NULL AND a.priority = 'urgent'
                ORDER BY a.due_at, a.id LIMIT p_limit);
        END IF;
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_array(
               r.id, (ARRAY['breached', 'due_today', 'urgent_unassigned', 'due_later', 'not_due'])[r.rank])
               ORDER BY r.rank, r.due_at, r.id), '[]')
    INTO v_attention
    FROM (
        SELECT f.id, f.due_at, CASE
                WHEN f.due_at < v_now OR f.id IN (SELECT unnest(v_broken)) THEN 1
                WHEN f.due_at < p_until THEN 2
                WHEN f.priority = 'urgent' AND f.assignee_id IS NULL THEN 3
                WHEN f.due_at IS NOT NULL THEN 4
                ELSE 5 END AS rank
        FROM (
            SELECT a.id, a.priority, a.assignee_id, a.due_at
            FROM fn_at_work(p_workspace, p_reasons, p_person, p_teams, p_organisation, 'infinity', p_limit) AS a
            UNION
            SELECT t.id, t.priority, t.assignee_id, t.due_at FROM tickets t
            WHERE t.workspace_id = p_workspace AND t.id = ANY(v_broken || v_urgent)
        ) AS f
        ORDER BY 3, f.due_at, f.id LIMIT p_limit
    ) AS r;
    RETURN jsonb_build_object(
        'groups', v_groups, 'pressing', v_pressing, 'attention', v_attention,
        'teams', (
            SELECT coalesce(jsonb_object_agg(m.id, m.name), '{}') FROM teams m
            WHERE m.workspace_id = p_workspace
              AND m.id = ANY(ARRAY(SELECT (c.value ->> 0)::uuid FROM jsonb_array_elements(v_groups) AS c))));
END $$;
