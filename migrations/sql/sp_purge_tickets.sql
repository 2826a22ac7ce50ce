-- Deletes for good what was closed, cancelled or deleted longer ago than its workspace keeps tickets, with all that hangs on it,
-- at most p_limit tickets; one entry a workspace says how many. Answers how many went: 0 once nothing is due. The order of
-- their end is an index, so what is not due is not looked at. A ticket that others were merged into waits until those are gone,
-- and they wait until it is due, for what was said on them shows on it.
CREATE OR REPLACE PROCEDURE sp_purge_tickets(IN p_limit integer, INOUT p_deleted integer DEFAULT 0)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_tenant record;
    v_entry public.audit_log;
    v_ids uuid[];
    v_counts jsonb := '{}';
BEGIN
    p_deleted := 0;
    FOR v_tenant IN
        SELECT w.id, now() - make_interval(days => w.retention_days) AS until FROM public.workspaces w
        WHERE w.retention_days IS NOT NULL ORDER BY w.id
    LOOP
        CONTINUE WHEN NOT EXISTS (
            SELECT FROM public.tickets t WHERE t.workspace_id = v_tenant.id AND t.finished_at < v_tenant.until);
        -- Before any ticket is held: see fn_keep_rollups.sql.
        PERFORM public.fn_hold_rollups(v_tenant.id);
        v_ids := ARRAY(
            SELECT t.id FROM public.tickets t
            WHERE t.workspace_id = v_tenant.id AND t.finished_at < v_tenant.until
              AND NOT EXISTS (SELECT FROM public.tickets m WHERE m.workspace_id = t.workspace_id AND m.merged_into = t.id)
              AND (t.merged_into IS NULL OR EXISTS (SELECT FROM public.tickets i WHERE i.workspace_id = t.workspace_id
                   AND i.id = t.merged_into AND i.finished_at < v_tenant.until))
            ORDER BY t.finished_at LIMIT p_limit - p_deleted
            FOR UPDATE OF t SKIP LOCKED);
        CONTINUE WHEN v_ids = '{}';
        DELETE FROM public.events e WHERE e.workspace_id = v_tenant.id AND e.ticket_id = ANY(v_ids);
        -- All at once: with their tickets they would be taken off the roll-ups one by one.
        DELETE FROM public.ticket_facts f WHERE f.workspace_id = v_tenant.id AND f.ticket_id = ANY(v_ids);
        DELETE FROM public.tickets t WHERE t.workspace_id = v_tenant.id AND t.id = ANY(v_ids);
        p_deleted := p_deleted + cardinality(v_ids);
        v_counts := v_counts || jsonb_build_object(v_tenant.id::text, cardinality(v_ids));
        EXIT WHEN p_deleted >= p_limit;
    END LOOP;
    -- Last, for whoever appends holds the head of the chain until the commit.
    v_entry.action := 'tickets.purged';
    v_entry.actor_type := 'system';
    v_entry.target_type := 'workspace';
    FOR v_entry.workspace_id, v_entry.after IN
        SELECT key::uuid, jsonb_build_object('count', value) FROM jsonb_each(v_counts) ORDER BY key
    LOOP
        v_entry.target_id := v_entry.workspace_id;
        PERFORM public.fn_audit_append(v_entry);
    END LOOP;
END $$;
ALTER PROCEDURE sp_purge_tickets(integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_purge_tickets(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_purge_tickets(integer, integer) TO mesa_app;
