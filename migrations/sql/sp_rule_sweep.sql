-- Rules that run by the clock, "a day since the requester wrote": what they count from, when they are due, and handing that over.
-- Whether the conditions hold is for the consumer of `rule.due` to say, when it acts.

-- Whether a workspace has a rule in force that listens to this: the first thing the consumer asks, and mostly the last.
CREATE OR REPLACE FUNCTION fn_rules_listen(p_workspace uuid, p_occasion text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM public.rules r
        WHERE r.workspace_id = p_workspace AND r.enabled_at IS NOT NULL AND p_occasion = ANY(r.occasions))
$$;
ALTER FUNCTION fn_rules_listen(uuid, text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_rules_listen(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_rules_listen(uuid, text) TO mesa_app;

-- The instants that a rule counts from on tickets, null where there is none now. What rules do themselves does not count as a
-- change, nor as a word of the staff; what the requester asked for first is a word of theirs.
CREATE OR REPLACE FUNCTION fn_rule_instants(p_workspace uuid, p_tickets uuid[], p_since text)
RETURNS TABLE (ticket_id uuid, instant timestamptz)
LANGUAGE plpgsql STABLE
-- So that only the one branch is planned, and for these tickets.
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY SELECT t.id, CASE p_since
        WHEN 'created' THEN t.created_at
        WHEN 'updated' THEN coalesce((
            SELECT e.created_at FROM timeline_entries e
            WHERE e.workspace_id = p_workspace AND e.ticket_id = t.id AND e.actor_type <> 'system'
            ORDER BY e.sequence DESC LIMIT 1), t.created_at)
        WHEN 'requester_commented' THEN coalesce((
            SELECT c.created_at FROM comments c
            JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
            WHERE c.workspace_id = p_workspace AND c.ticket_id = t.id AND c.visibility = 'public' AND c.deleted_at IS NULL
              AND (u.id = t.requester_id OR u.role = 'customer')
            ORDER BY c.created_at DESC, c.id DESC LIMIT 1), t.created_at)
        WHEN 'staff_commented' THEN (
            SELECT c.created_at FROM comments c
            LEFT JOIN users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
            WHERE c.workspace_id = p_workspace AND c.ticket_id = t.id AND c.visibility = 'public' AND c.deleted_at IS NULL
              AND (c.api_key_id IS NOT NULL OR (u.role <> 'customer' AND u.id <> t.requester_id))
            ORDER BY c.created_at DESC, c.id DESC LIMIT 1)
        WHEN 'due' THEN t.due_at
        WHEN 'due_in' THEN t.due_at
        WHEN 'assigned' THEN CASE WHEN t.assignee_id IS NOT NULL THEN coalesce((
            SELECT e.created_at FROM timeline_entries e
            WHERE e.workspace_id = p_workspace AND e.ticket_id = t.id AND e.changes ? 'assignee_id'
            ORDER BY e.sequence DESC LIMIT 1), t.created_at) END
        ELSE CASE WHEN p_since <> 'pending' OR t.status = 'pending' THEN coalesce((
            SELECT e.created_at FROM timeline_entries e
            WHERE e.workspace_id = p_workspace AND e.ticket_id = t.id AND e.changes ? 'status'
            ORDER BY e.sequence DESC LIMIT 1), t.created_at) END
        END
    FROM tickets t
    WHERE t.workspace_id = p_workspace AND t.id = ANY(p_tickets);
END $$;

-- The rules that led to the instant that a rule counts from, as the `meta` of that timeline entry names them; [] where people set it.
-- A ticket's due time follows its status, its priority and its promise: whoever changed one of these last is taken to have moved it.
CREATE OR REPLACE FUNCTION fn_rule_chain(p_workspace uuid, p_ticket uuid, p_since text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT coalesce((
        SELECT e.meta -> 'rules' FROM timeline_entries e
        WHERE e.workspace_id = p_workspace AND e.ticket_id = p_ticket AND e.changes ?| CASE
            WHEN p_since IN ('status_changed', 'pending') THEN ARRAY['status']
            WHEN p_since = 'assigned' THEN ARRAY['assignee_id']
            WHEN p_since IN ('due', 'due_in') THEN ARRAY['status', 'priority', 'sla_minutes']
            END
        ORDER BY e.sequence DESC LIMIT 1), '[]')
$$;

-- First it follows: of each rule it looks at the tickets that have changed since it looked last, in the order of their last change,
-- and reckons when the rule is due on them. So a sweep costs what has changed and what is due, not what there is; a rule that is
-- new, or counts something else than before, goes through all tickets once, p_limit at a time. Then it claims what is due, which
-- stands there no longer: one event each, however many sweeps run at once.
-- p_began: rules that were followed after it have had their turn. p_within: no rule is begun with after so long, for all of this is
-- one transaction, which holds each rule that it has passed; so what many rules cost is paid in many calls, and none is lost by a
-- statement_timeout. p_more: whether the next call may find more.
CREATE OR REPLACE PROCEDURE sp_rule_sweep(
    IN p_limit integer, IN p_began timestamptz, IN p_within interval,
    INOUT p_followed integer DEFAULT 0, INOUT p_due integer DEFAULT 0, INOUT p_more boolean DEFAULT false
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    -- A change is seen once its transaction is over, under the time at which that began.
    c_overlap CONSTANT interval := '10 minutes';
    v_rule record;
    v_seen integer;
    v_last timestamptz;
    v_from timestamptz;
    v_until CONSTANT timestamptz := clock_timestamp() + p_within;
BEGIN
    p_followed := 0;
    p_due := 0;
    p_more := false;
    LOOP
        SELECT r.workspace_id, r.id, r.since, r.minutes, r.generation, r.followed_until INTO v_rule
        FROM public.rules r
        WHERE r.since IS NOT NULL AND r.enabled_at IS NOT NULL AND (r.followed_at IS NULL OR r.followed_at < p_began)
        ORDER BY r.followed_at NULLS FIRST, r.followed_until NULLS FIRST LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;

        v_from := coalesce(v_rule.followed_until, '-infinity');
        -- Apart, for each has an index that leads past all that is closed.
        WITH changed AS MATERIALIZED (
            SELECT each.* FROM (
                (SELECT t.id, t.last_sequence, t.updated_at FROM public.tickets t
                 WHERE t.workspace_id = v_rule.workspace_id AND t.deleted_at IS NULL AND t.archived_at IS NULL
                   AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.updated_at >= v_from
                   AND NOT EXISTS (
                       SELECT FROM public.rule_dues d
                       WHERE d.workspace_id = t.workspace_id AND d.rule_id = v_rule.id AND d.ticket_id = t.id
                         AND d.generation = v_rule.generation AND d.seen_sequence = t.last_sequence)
                 ORDER BY t.updated_at, t.id LIMIT p_limit - p_followed)
                UNION ALL
                (SELECT t.id, t.last_sequence, t.updated_at FROM public.tickets t
                 WHERE t.workspace_id = v_rule.workspace_id AND t.deleted_at IS NULL AND t.archived_at IS NULL
                   AND t.status = 'resolved' AND t.updated_at >= v_from
                   AND NOT EXISTS (
                       SELECT FROM public.rule_dues d
                       WHERE d.workspace_id = t.workspace_id AND d.rule_id = v_rule.id AND d.ticket_id = t.id
                         AND d.generation = v_rule.generation AND d.seen_sequence = t.last_sequence)
                 ORDER BY t.updated_at, t.id LIMIT p_limit - p_followed)) AS each
            ORDER BY each.updated_at, each.id LIMIT p_limit - p_followed
        ), reckoned AS (
            SELECT c.id, c.last_sequence, i.instant AS counts_from
            FROM changed c
            JOIN public.fn_rule_instants(
                v_rule.workspace_id, ARRAY(SELECT changed.id FROM changed), v_rule.since) i ON i.ticket_id = c.id
        ), kept AS (
            INSERT INTO public.rule_dues AS d
                (workspace_id, rule_id, ticket_id, generation, seen_sequence, counts_from, at)
            SELECT v_rule.workspace_id, v_rule.id, k.id, v_rule.generation, k.last_sequence, k.counts_from,
                   k.counts_from + make_interval(mins => CASE v_rule.since WHEN 'due_in' THEN -1 ELSE 1 END * v_rule.minutes)
            FROM reckoned k
            ON CONFLICT (workspace_id, rule_id, ticket_id) DO UPDATE SET
                generation = excluded.generation, seen_sequence = excluded.seen_sequence, counts_from = excluded.counts_from,
                at = CASE WHEN excluded.counts_from IS DISTINCT FROM d.fired_from THEN excluded.at END
        )
        SELECT count(*), max(c.updated_at) INTO v_seen, v_last FROM changed c;

        -- What has ended since is reckoned with no longer; that a rule has fired on it is remembered, for it may be reopened.
        DELETE FROM public.rule_dues d USING public.tickets t
        WHERE t.workspace_id = v_rule.workspace_id AND t.deleted_at IS NULL AND t.archived_at IS NULL
          AND t.updated_at >= greatest(v_from, now() - interval '1 hour') AND t.status IN ('closed', 'cancelled')
          AND d.workspace_id = t.workspace_id AND d.rule_id = v_rule.id AND d.ticket_id = t.id AND d.fired_from IS NULL;

        p_followed := p_followed + v_seen;
        UPDATE public.rules r SET
            followed_until = least(CASE WHEN p_followed >= p_limit THEN v_last ELSE now() END, now() - c_overlap),
            -- Whoever is not through comes again in this sweep, behind all others.
            followed_at = CASE WHEN p_followed >= p_limit THEN p_began - interval '1 microsecond'
                               ELSE greatest(clock_timestamp(), p_began) END
        WHERE r.workspace_id = v_rule.workspace_id AND r.id = v_rule.id;
        p_more := p_followed >= p_limit OR clock_timestamp() >= v_until;
        EXIT WHEN p_more;
    END LOOP;

    WITH due AS MATERIALIZED (
        SELECT d.workspace_id, d.rule_id, d.ticket_id, d.at FROM public.rule_dues d
        WHERE d.at <= now() ORDER BY d.at LIMIT p_limit
        FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
        -- What a rule that is off, or counts otherwise by now, once reckoned would stand at the head of the index for ever.
        UPDATE public.rule_dues d SET at = NULL FROM due
        WHERE d.workspace_id = due.workspace_id AND d.rule_id = due.rule_id AND d.ticket_id = due.ticket_id
        RETURNING d.workspace_id, d.rule_id, d.ticket_id, d.generation, d.counts_from, due.at
    ), told AS (
        INSERT INTO public.events (workspace_id, ticket_id, type, internal, payload, leased_until)
        SELECT c.workspace_id, c.ticket_id, 'rule.due', true,
               jsonb_build_object(
                   'rule_id', c.rule_id,
                   'counts_from', to_char(c.counts_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   'at', to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
               now()
        FROM claimed c
        JOIN public.rules r ON r.workspace_id = c.workspace_id AND r.id = c.rule_id
        WHERE r.enabled_at IS NOT NULL AND r.generation = c.generation
        ORDER BY c.at
    )
    SELECT count(*) INTO p_due FROM claimed;
    p_more := p_more OR p_due >= p_limit;
END $$;
ALTER PROCEDURE sp_rule_sweep(integer, timestamptz, interval, integer, integer, boolean) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_rule_sweep(integer, timestamptz, interval, integer, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_rule_sweep(integer, timestamptz, interval, integer, integer, boolean) TO mesa_app;
