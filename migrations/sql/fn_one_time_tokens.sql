-- A one-time token says whose it is by its digest alone, whatever its state.
CREATE OR REPLACE FUNCTION fn_one_time_token_owner(p_digest bytea)
RETURNS TABLE (workspace_id uuid, user_id uuid, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT t.workspace_id, t.user_id, t.purpose FROM public.one_time_tokens t WHERE t.digest = p_digest $$;
ALTER FUNCTION fn_one_time_token_owner(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_one_time_token_owner(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_one_time_token_owner(bytea) TO mesa_app;

-- Somebody forgot a password: an event for each account that has this email and a password, of all workspaces or one, ten at
-- most. Where there is none, as much is written to the log of the database, so that the commit takes as long.
CREATE OR REPLACE FUNCTION fn_forgot_password(p_email text, p_slug text)
RETURNS TABLE (id bigint, created_at timestamptz, workspace_id uuid, payload jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RETURN QUERY
        INSERT INTO public.events AS e (workspace_id, type, internal, payload)
        SELECT u.workspace_id, 'user.password_reset_requested', true, jsonb_build_object(
            'user', jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email, 'role', u.role, 'status', u.status),
            'actor', jsonb_build_object('type', 'contact', 'id', NULL, 'name', ''))
        FROM public.users u JOIN public.workspaces w ON w.id = u.workspace_id
        WHERE u.email = p_email AND u.deleted_at IS NULL AND u.password_hash IS NOT NULL AND u.status = 'active'
          AND (p_slug IS NULL OR w.slug = p_slug)
        ORDER BY u.created_at, u.id
        LIMIT 10
        RETURNING e.id, e.created_at, e.workspace_id, e.payload;
    IF NOT FOUND THEN
        PERFORM pg_logical_emit_message(true, 'mesa', repeat('.', 400));
    END IF;
END $$;
ALTER FUNCTION fn_forgot_password(text, text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_forgot_password(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_forgot_password(text, text) TO mesa_app;
