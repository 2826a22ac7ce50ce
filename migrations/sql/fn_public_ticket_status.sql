-- The public look-up, all of it: counts the caller's address, then what it asks for, then answers the status of the ticket
-- whose label and requester's email both fit, or nothing. Whatever does not fit, each step is taken all the same: a wrong
-- workspace, label or email cannot be told from another by the answer or by its time.
CREATE OR REPLACE FUNCTION fn_public_ticket_status(
    p_slug text, p_label text, p_email text,
    p_address_bucket text, p_address_limit integer, p_address_seconds integer,
    p_account_bucket text, p_account_limit integer, p_account_seconds integer
)
RETURNS TABLE (allowed boolean, hit_limit integer, remaining integer, reset_seconds integer, answer text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    v_format CONSTANT text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
    v_account record;
    v_workspace record;
    v_ticket record;
    v_target record;
    v_requester uuid;
BEGIN
    SELECT t.allowed, p_address_limit, t.remaining, t.reset_seconds INTO allowed, hit_limit, remaining, reset_seconds
    FROM public.fn_throttle(p_address_bucket, p_address_limit, p_address_seconds) AS t;
    IF allowed THEN
        SELECT t.allowed, t.remaining, t.reset_seconds INTO v_account
        FROM public.fn_throttle(p_account_bucket, p_account_limit, p_account_seconds) AS t;
        IF NOT v_account.allowed OR v_account.remaining < remaining THEN
            allowed := v_account.allowed;
            hit_limit := p_account_limit;
            remaining := v_account.remaining;
            reset_seconds := v_account.reset_seconds;
        END IF;
    END IF;
    IF NOT allowed THEN
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT w.id, w.name INTO v_workspace FROM public.workspaces w WHERE w.slug = p_slug;
    SELECT t.* INTO v_ticket FROM public.tickets t
    WHERE t.workspace_id = coalesce(v_workspace.id, v_nobody) AND t.label = p_label AND t.deleted_at IS NULL;
    SELECT u.id INTO v_requester FROM public.users u
    WHERE u.workspace_id = coalesce(v_workspace.id, v_nobody) AND u.id = coalesce(v_ticket.requester_id, v_nobody)
      AND u.email = p_email AND u.deleted_at IS NULL;
    SELECT g.due_at, g.fulfilled_at, g.ended_at, g.breached_at INTO v_target FROM public.sla_targets g
    WHERE g.workspace_id = coalesce(v_workspace.id, v_nobody) AND g.ticket_id = coalesce(v_ticket.id, v_nobody)
      AND g.metric = 'resolution'
    ORDER BY g.cycle DESC LIMIT 1;

    IF v_requester IS NOT NULL THEN
        answer := json_build_object(
            'label', v_ticket.label, 'subject', v_ticket.subject, 'status', v_ticket.status, 'type', v_ticket.type,
            'priority', v_ticket.priority, 'category', v_ticket.category, 'desk', v_workspace.name,
            'created_at', to_char(v_ticket.created_at AT TIME ZONE 'UTC', v_format),
            'updated_at', to_char(v_ticket.updated_at AT TIME ZONE 'UTC', v_format),
            'resolved_at', to_char(v_ticket.resolved_at AT TIME ZONE 'UTC', v_format),
            'closed_at', to_char(v_ticket.closed_at AT TIME ZONE 'UTC', v_format),
            'due_at', to_char(v_target.due_at AT TIME ZONE 'UTC', v_format),
            'breached', EXISTS (
                SELECT FROM public.sla_targets g
                WHERE g.workspace_id = v_workspace.id AND g.ticket_id = v_ticket.id AND g.metric = 'resolution'
                  AND (g.breached_at IS NOT NULL OR g.due_at < coalesce(g.fulfilled_at, g.ended_at, now()))));
    END IF;
    RETURN NEXT;
END $$;
ALTER FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer, text, integer, integer)
    OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer, text, integer, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer, text, integer, integer)
    TO mesa_app;
