-- Where a dump was restored into another cluster, whose count of transactions is behind: what it brought along stands beyond all
-- that this cluster can write, and would wait for it there. Here it is put behind what was written so far, in its order.
CREATE OR REPLACE FUNCTION fn_place_events_anew(p_workspace uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    -- Ids are unique and drawn in order, so that they alone say the order within one place.
    UPDATE public.events e SET xact_id = pg_current_xact_id()
    WHERE e.workspace_id = p_workspace AND e.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      AND e.xact_id >= pg_snapshot_xmax(pg_current_snapshot())
$$;
ALTER FUNCTION fn_place_events_anew(uuid) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_place_events_anew(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_place_events_anew(uuid) TO mesa_app;
