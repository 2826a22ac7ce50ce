-- A file's object goes after its row, whichever way the row went: by its own removal, with its comment, ticket or workspace.
-- The definer writes it down, for a cascade runs as the table's owner, whom row-level security filters too.
CREATE OR REPLACE FUNCTION fn_discard_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO public.discarded_files (workspace_id, id) VALUES (OLD.workspace_id, OLD.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
ALTER FUNCTION fn_discard_file() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_discard_file() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_discard_file() TO mesa_app;

-- The oldest objects to delete. The lease keeps two purges from the same ones; whoever dies in between leaves them to the next.
CREATE OR REPLACE FUNCTION fn_lease_discarded_files(p_limit integer, p_lease_seconds integer)
RETURNS TABLE (workspace_id uuid, id uuid, object_key text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS (
        SELECT d.workspace_id, d.id FROM public.discarded_files d
        WHERE d.leased_until <= now()
        ORDER BY d.leased_until
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    )
    UPDATE public.discarded_files d SET leased_until = now() + make_interval(secs => p_lease_seconds)
    FROM due
    WHERE d.workspace_id = due.workspace_id AND d.id = due.id
    RETURNING d.workspace_id, d.id, d.object_key
$$;
ALTER FUNCTION fn_lease_discarded_files(integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_lease_discarded_files(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_lease_discarded_files(integer, integer) TO mesa_app;

CREATE OR REPLACE FUNCTION fn_files_are_gone(p_ids uuid[]) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH gone AS (DELETE FROM public.discarded_files WHERE id = ANY(p_ids) RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;
ALTER FUNCTION fn_files_are_gone(uuid[]) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_files_are_gone(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_files_are_gone(uuid[]) TO mesa_app;
