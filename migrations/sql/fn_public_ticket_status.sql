-- The public look-up, all of it: counts the caller, then answers the status of the ticket whose label and requester's email
-- both fit, or nothing. Every wrong guess takes the same way through, so none can be told from another.
CREATE OR REPLACE FUNCTION fn_public_ticket_status(
    p_slug text, p_label text, p_email text, p_bucket text, p_limit integer, p_window_seconds integer
)
RETURNS TABLE (allowed boolean, remaining integer, reset_seconds integer, answer json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    SELECT t.allowed, t.remaining, t.reset_seconds INTO allowed, remaining, reset_seconds
    FROM public.fn_throttle(p_bucket, p_limit, p_window_seconds) AS t;
    IF allowed THEN
        SELECT json_build_object(
            'label', t.label, 'subject', t.subject, 'status', t.status, 'type', t.type, 'priority', t.priority,
            'category', t.category, 'desk', w.name,
            'created_at', t.created_at, 'updated_at', t.updated_at,
            'resolved_at', t.resolved_at, 'closed_at', t.closed_at, 'due_at', t.due_at)
        INTO answer
        FROM public.workspaces w
        JOIN public.tickets t ON t.workspace_id = w.id AND t.label = p_label AND t.deleted_at IS NULL
        JOIN public.users u ON u.workspace_id = w.id AND u.id = t.requester_id AND u.email = p_email
        WHERE w.slug = p_slug;
    END IF;
    RETURN NEXT;
END $$;
ALTER FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_public_ticket_status(text, text, text, text, integer, integer) TO mesa_app;
