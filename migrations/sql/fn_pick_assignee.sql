-- Whom a team gives its next ticket by itself, and by which of its rules; null where it gives none, or has nobody to give it to.
-- Who may get it: active staff of the team, not away, with fewer new and open tickets than its cap (all those of the workspace).
--
-- Whoever picks holds the workspace's ticket counter until COMMIT, as whoever creates a ticket does anyway, so no two pick at
-- once: each sees what the one before gave, in whatever team. It waits for nobody's person or membership (SKIP LOCKED): whose
-- membership is held is just leaving, see HOLD_MEMBERSHIPS. So lock tickets before you pick, never after.
CREATE OR REPLACE FUNCTION fn_pick_assignee(
    p_workspace uuid, p_team uuid, p_ticket uuid, OUT assignee_id uuid, OUT assigned_by text)
LANGUAGE plpgsql
AS $$
DECLARE
    v_rule text;
    v_cap integer;
    v_candidate uuid;
    v_gone uuid[] := '{}';
BEGIN
    PERFORM FROM teams t
    WHERE t.workspace_id = p_workspace AND t.id = p_team AND t.assignment <> 'manual' AND t.deleted_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('number ' || p_workspace, 0)); -- see fn_next_ticket_label.sql
    PERFORM FROM ticket_counters c WHERE c.workspace_id = p_workspace FOR NO KEY UPDATE;
    SELECT t.assignment, t.assignment_cap INTO v_rule, v_cap FROM teams t
    WHERE t.workspace_id = p_workspace AND t.id = p_team AND t.assignment <> 'manual' AND t.deleted_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    LOOP
        SELECT m.user_id INTO v_candidate
        FROM team_members m
        JOIN users u ON u.workspace_id = m.workspace_id AND u.id = m.user_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS load FROM tickets t
            WHERE (v_rule = 'least_loaded' OR v_cap IS NOT NULL)
              AND t.workspace_id = p_workspace AND t.assignee_id = m.user_id AND t.deleted_at IS NULL
              AND t.status IN ('new', 'open') AND t.id IS DISTINCT FROM p_ticket
        ) work
        CROSS JOIN LATERAL (
            SELECT max(o.last_assigned_at) AS at FROM team_members o
            WHERE o.workspace_id = p_workspace AND o.user_id = m.user_id
              AND (v_rule = 'least_loaded' OR o.team_id = p_team)
        ) last
        WHERE m.workspace_id = p_workspace AND m.team_id = p_team AND m.user_id <> ALL (v_gone)
          AND u.status = 'active' AND u.role <> 'customer' AND u.away_since IS NULL AND u.deleted_at IS NULL
          AND (v_cap IS NULL OR work.load < v_cap)
        ORDER BY CASE v_rule WHEN 'least_loaded' THEN work.load END, last.at NULLS FIRST, m.user_id
        LIMIT 1
        FOR NO KEY UPDATE OF m SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        -- What was read a moment ago may be over by now; what is read here stays, for whoever leaves now waits.
        PERFORM FROM users u
        WHERE u.workspace_id = p_workspace AND u.id = v_candidate
          AND u.status = 'active' AND u.role <> 'customer' AND u.away_since IS NULL AND u.deleted_at IS NULL;
        IF FOUND THEN
            UPDATE team_members m SET last_assigned_at = clock_timestamp()
            WHERE m.workspace_id = p_workspace AND m.team_id = p_team AND m.user_id = v_candidate;
            assignee_id := v_candidate;
            assigned_by := v_rule;
            EXIT;
        END IF;
        v_gone := v_gone || v_candidate;
    END LOOP;
END $$;
