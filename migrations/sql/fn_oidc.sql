-- A sign-in under way says in which workspace it began by the digest of its state alone, whatever became of it.
CREATE OR REPLACE FUNCTION fn_oidc_sign_in_workspace(p_state_digest bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT s.workspace_id FROM public.oidc_sign_ins s WHERE s.state_digest = p_state_digest $$;
ALTER FUNCTION fn_oidc_sign_in_workspace(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_oidc_sign_in_workspace(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_oidc_sign_in_workspace(bytea) TO mesa_app;
