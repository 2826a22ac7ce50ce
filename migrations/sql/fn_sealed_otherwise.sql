-- Webhooks of all workspaces whose secrets another key has sealed than the one whose seals begin with p_mark: see
-- accounts/sealing.py. In no order, so that one that nobody can open keeps no other waiting.
CREATE OR REPLACE FUNCTION fn_sealed_otherwise(p_mark bytea, p_limit integer)
RETURNS TABLE (workspace_id uuid, webhook_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT w.workspace_id, w.id FROM public.webhooks w
    WHERE substring(w.secret FROM 1 FOR length(p_mark)) <> p_mark
       OR substring(w.previous_secret FROM 1 FOR length(p_mark)) <> p_mark
    ORDER BY random() LIMIT p_limit
$$;
ALTER FUNCTION fn_sealed_otherwise(bytea, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_sealed_otherwise(bytea, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_sealed_otherwise(bytea, integer) TO mesa_app;
