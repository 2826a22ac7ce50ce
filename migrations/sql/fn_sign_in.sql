-- Sign-in knows an email, and perhaps a workspace: whoever may sign in with it. An email that nobody may sign in with,
-- an unknown one, a deactivated one: all the same empty answer. One password is checked against all of them at once,
-- so the limit only bounds what a stranger can pile up under somebody else's email.
CREATE OR REPLACE FUNCTION fn_sign_in_candidates(p_email text, p_slug text)
RETURNS TABLE (workspace_id uuid, workspace_slug text, user_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT u.workspace_id, w.slug, u.id, u.password_hash
    FROM public.users u JOIN public.workspaces w ON w.id = u.workspace_id
    WHERE u.email = p_email AND u.deleted_at IS NULL AND u.password_hash IS NOT NULL AND u.status = 'active'
      AND (p_slug IS NULL OR w.slug = p_slug)
    ORDER BY u.created_at, u.id
    LIMIT 100
$$;
ALTER FUNCTION fn_sign_in_candidates(text, text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_sign_in_candidates(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_sign_in_candidates(text, text) TO mesa_app;

-- A refresh token says whose it is by its digest alone.
CREATE OR REPLACE FUNCTION fn_refresh_token_owner(p_digest bytea)
RETURNS TABLE (workspace_id uuid, user_id uuid, family_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT t.workspace_id, t.user_id, t.family_id FROM public.refresh_tokens t WHERE t.digest = p_digest $$;
ALTER FUNCTION fn_refresh_token_owner(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_refresh_token_owner(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_refresh_token_owner(bytea) TO mesa_app;

-- So does the token of a sign-in that waits for its second step.
CREATE OR REPLACE FUNCTION fn_sign_in_challenge_owner(p_digest bytea)
RETURNS TABLE (workspace_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.workspace_id, c.user_id FROM public.sign_in_challenges c
    WHERE c.digest = p_digest
$$;
ALTER FUNCTION fn_sign_in_challenge_owner(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_sign_in_challenge_owner(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_sign_in_challenge_owner(bytea) TO mesa_app;

-- A slug that is free now: acme, acme-2 … acme-20, then acme-4f1c09. Who inserts it finds out whether it still is.
CREATE OR REPLACE FUNCTION fn_free_slug(p_wanted text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_base text := rtrim(left(p_wanted, 55), '-');
    v_candidate text := p_wanted;
BEGIN
    FOR n IN 2..20 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM public.workspaces w WHERE w.slug = v_candidate);
        v_candidate := v_base || '-' || n;
    END LOOP;
    WHILE EXISTS (SELECT FROM public.workspaces w WHERE w.slug = v_candidate) LOOP
        v_candidate := v_base || '-' || right(gen_random_uuid()::text, 6);
    END LOOP;
    RETURN v_candidate;
END $$;
ALTER FUNCTION fn_free_slug(text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_free_slug(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_free_slug(text) TO mesa_app;
