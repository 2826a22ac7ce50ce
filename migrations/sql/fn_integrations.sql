-- Whose integration this is: the caller of a webhook in knows its id alone. Null where there is none, or it is off.
CREATE OR REPLACE FUNCTION fn_integration_workspace(p_integration uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT workspace_id FROM public.integrations WHERE id = p_integration AND enabled $$;
ALTER FUNCTION fn_integration_workspace(uuid) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_integration_workspace(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_integration_workspace(uuid) TO mesa_app;
