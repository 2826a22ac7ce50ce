-- Sign-in knows an email, and perhaps a workspace: whoever may sign in with it, in any workspace.
CREATE OR REPLACE FUNCTION fn_sign_in_candidates(p_email text, p_slug text)
RETURNS TABLE (workspace_id uuid, workspace_slug text, user_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT u.workspace_id, w.slug, u.id, u.password_hash
    FROM public.users u JOIN public.workspaces w ON w.id = u.workspace_id
    WHERE u.email = p_email AND u.deleted_at IS NULL AND u.password_hash IS NOT NULL AND u.status = 'active'
      AND (p_slug IS NULL OR w.slug = p_slug)
    ORDER BY u.created_at, u.id
    LIMIT 10
$$;
ALTER FUNCTION fn_sign_in_candidates(text, text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_sign_in_candidates(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_sign_in_candidates(text, text) TO mesa_app;

-- A refresh token names its workspace by its digest alone.
CREATE OR REPLACE FUNCTION fn_workspace_by_refresh_digest(p_digest bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT workspace_id FROM public.refresh_tokens WHERE digest = p_digest $$;
ALTER FUNCTION fn_workspace_by_refresh_digest(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_workspace_by_refresh_digest(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_workspace_by_refresh_digest(bytea) TO mesa_app;

-- The first free slug for a name: acme, acme-2, acme-3, … A race is settled by the unique constraint.
CREATE OR REPLACE FUNCTION fn_free_slug(p_wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT candidate
    FROM (SELECT 0 AS n, p_wanted AS candidate
          UNION ALL SELECT n, left(p_wanted, 55) || '-' || n FROM generate_series(2, 2000) AS n) AS candidates
    WHERE NOT EXISTS (SELECT FROM public.workspaces WHERE slug = candidate)
    ORDER BY n
    LIMIT 1
$$;
ALTER FUNCTION fn_free_slug(text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_free_slug(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_free_slug(text) TO mesa_app;
