-- Hands over what the clock has to do with tickets that wait: an event each, at most p_limit, over all workspaces. It is the
-- consumer of `waiting.due` that looks, under the ticket's lock, whether that is still so, and does it by the verbs. Until it has,
-- and for an hour at most, nobody hands over the same again: what a lost message would have done is done an hour later.
--
-- Before that, what waits in workspaces whose settings have changed is reckoned anew, p_batch tickets a call in the order of their
-- ids, and all of it once more a minute later. By then no transaction is open that had read the old settings, and whoever holds a
-- wait that is passed over writes it by the new ones.
-- Neither waits for anybody, nor holds a ticket: who changes one changes its wait last.
-- p_reckoned, p_due: how many. It is through once p_reckoned is 0 and p_due less than p_limit.
CREATE OR REPLACE PROCEDURE sp_wait_sweep(
    IN p_limit integer, IN p_batch integer, INOUT p_reckoned integer DEFAULT 0, INOUT p_due integer DEFAULT 0)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
-- A plan made for an empty table must not live on in the sandbox's connection.
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    c_lease CONSTANT interval := '1 hour';
    c_longest CONSTANT interval := '1 minute';
    v_workspace record;
    v_tickets uuid[];
BEGIN
    p_reckoned := 0;
    FOR v_workspace IN
        SELECT s.id, s.reopen_window_days AS window_days, s.pending_reminder_days AS reminders,
               s.pending_resolve_days AS resolve, s.waits_reckoned_to AS reckoned_to
        FROM public.workspaces s
        WHERE s.waits_stale_since IS NOT NULL AND (s.waits_again_at IS NULL OR s.waits_again_at < now())
        ORDER BY s.waits_stale_since LIMIT 100
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        v_tickets := ARRAY(
            SELECT w.ticket_id FROM public.ticket_waits w
            WHERE w.workspace_id = v_workspace.id
              AND (v_workspace.reckoned_to IS NULL OR w.ticket_id > v_workspace.reckoned_to)
            ORDER BY w.ticket_id LIMIT p_batch - p_reckoned);
        UPDATE public.ticket_waits w SET wakes_at = anew.at
        FROM (
            SELECT held.ticket_id, n.at
            FROM (SELECT h.* FROM public.ticket_waits h
                  WHERE h.workspace_id = v_workspace.id AND h.ticket_id = ANY(v_tickets)
                  FOR NO KEY UPDATE SKIP LOCKED) AS held
            CROSS JOIN LATERAL public.fn_next_wait(
                held.status, held.since, held.reminded, held.reminded_at,
                v_workspace.window_days, v_workspace.reminders, v_workspace.resolve) n
            -- What was handed over just now is not handed over again.
            WHERE held.wakes_at IS DISTINCT FROM n.at
              AND NOT coalesce(n.at < now() AND held.wakes_at = held.handed_at + c_lease, false)) AS anew
        WHERE w.workspace_id = v_workspace.id AND w.ticket_id = anew.ticket_id;
        p_reckoned := p_reckoned + cardinality(v_tickets);
        IF p_reckoned >= p_batch THEN
            UPDATE public.workspaces s SET waits_reckoned_to = v_tickets[cardinality(v_tickets)]
            WHERE s.id = v_workspace.id AND cardinality(v_tickets) > 0;
            EXIT;
        END IF;
        UPDATE public.workspaces s
        SET waits_reckoned_to = NULL,
            waits_again_at = CASE WHEN s.waits_again_at IS NULL THEN s.waits_stale_since + c_longest END,
            waits_stale_since = CASE WHEN s.waits_again_at IS NULL THEN s.waits_stale_since END
        WHERE s.id = v_workspace.id;
    END LOOP;

    WITH due AS MATERIALIZED (
        SELECT w.workspace_id, w.ticket_id FROM public.ticket_waits w
        WHERE w.wakes_at < now() ORDER BY w.wakes_at LIMIT p_limit
        FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE public.ticket_waits w SET wakes_at = now() + c_lease, handed_at = now() FROM due
        WHERE w.workspace_id = due.workspace_id AND w.ticket_id = due.ticket_id
        RETURNING w.workspace_id, w.ticket_id, w.status, w.since
    ), told AS (
        INSERT INTO public.events (workspace_id, ticket_id, type, internal, payload, leased_until)
        SELECT c.workspace_id, c.ticket_id, 'waiting.due', true,
               jsonb_build_object(
                   'status', c.status, 'since', to_char(c.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
               now()
        FROM claimed c ORDER BY c.since
    )
    SELECT count(*) INTO p_due FROM claimed;
END $$;
ALTER PROCEDURE sp_wait_sweep(integer, integer, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_wait_sweep(integer, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_wait_sweep(integer, integer, integer, integer) TO mesa_app;
