-- The first statement of every transaction: names the workspace for row-level security, and answers whether the principal is
-- still there and in what role, together with the settings and teams that every verb needs. One round trip. `p_session`: the refresh
-- token that the access token came with: once it is revoked there is no such user here, and it tells whether an identity provider
-- answers for the second step.
-- organisation_id: the one whose tickets the user sees, if it is a member of one, and that shares them. Whom a domain brought in
-- must have proved the mailbox first: before, anybody can have named it.
CREATE OR REPLACE FUNCTION fn_enter(p_workspace uuid, p_user uuid, p_session uuid DEFAULT NULL)
RETURNS TABLE (
    workspace_id uuid, workspace_slug text, workspace_name text, timezone text, language text,
    agent_visibility text, reopen_window_days integer,
    user_id uuid, user_name text, user_email text, user_role text, user_status text, team_ids uuid[], now timestamptz,
    two_step_enabled boolean, two_step_required boolean, session_vouched boolean,
    organisation_id uuid
)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('app.workspace_id', p_workspace::text, true);
    RETURN QUERY
        SELECT w.id, w.slug, w.name, w.timezone, w.language, w.agent_visibility, w.reopen_window_days,
               u.id, u.name, u.email, u.role, u.status,
               ARRAY(SELECT m.team_id FROM team_members m WHERE m.workspace_id = p_workspace AND m.user_id = p_user),
               now(),
               u.two_step_enabled_at IS NOT NULL,
               coalesce(w.two_step_required_of = 'staff' AND u.role <> 'customer', false),
               -- A provider answers for the second step as long as one signs in with it.
               coalesce((SELECT t.vouched AND EXISTS (
                             SELECT FROM oidc_providers p WHERE p.workspace_id = p_workspace AND p.enabled)
                         FROM refresh_tokens t
                         WHERE t.workspace_id = p_workspace AND t.id = p_session AND t.user_id = p_user), false),
               o.id
        FROM workspaces w
        LEFT JOIN users u ON u.workspace_id = p_workspace AND u.id = p_user AND u.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.workspace_id = p_workspace AND t.id = p_session
                            AND t.user_id = p_user AND t.revoked_at IS NOT NULL)
        LEFT JOIN organisations o ON o.workspace_id = p_workspace AND o.id = u.organisation_id AND o.deleted_at IS NULL
            AND coalesce(o.shared_tickets, w.customers_see_organisation)
            AND (u.organisation_by = 'hand' OR u.email_verified_at IS NOT NULL)
        WHERE w.id = p_workspace;
END $$;

-- The same for a caller without an account, who knows the workspace by its slug alone.
CREATE OR REPLACE FUNCTION fn_workspace_by_slug(p_slug text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM public.workspaces WHERE slug = p_slug $$;
ALTER FUNCTION fn_workspace_by_slug(text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_workspace_by_slug(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_workspace_by_slug(text) TO mesa_app;
