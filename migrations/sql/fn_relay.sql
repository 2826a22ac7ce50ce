-- What is committed but not yet sent, oldest first. The lease keeps two relays from sending the same event twice as a rule;
-- one that dies between sending and marking leaves it to be sent again, and consumers know it by its id.
CREATE OR REPLACE FUNCTION fn_lease_unsent_events(p_limit integer, p_lease_seconds integer)
RETURNS TABLE (
    id bigint, workspace_id uuid, ticket_id uuid, sequence integer, type text, internal boolean, payload jsonb,
    created_at timestamptz
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS (
        SELECT e.workspace_id, e.id FROM public.events e
        WHERE e.sent_at IS NULL AND e.leased_until <= now()
        ORDER BY e.id
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    )
    UPDATE public.events e SET leased_until = now() + make_interval(secs => p_lease_seconds)
    FROM due
    WHERE e.workspace_id = due.workspace_id AND e.id = due.id
    RETURNING e.id, e.workspace_id, e.ticket_id, e.sequence, e.type, e.internal, e.payload, e.created_at
$$;
ALTER FUNCTION fn_lease_unsent_events(integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_lease_unsent_events(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_lease_unsent_events(integer, integer) TO mesa_app;

CREATE OR REPLACE FUNCTION fn_events_sent(p_ids bigint[]) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH marked AS (
        UPDATE public.events SET sent_at = now() WHERE id = ANY(p_ids) AND sent_at IS NULL RETURNING 1
    )
    SELECT count(*)::integer FROM marked
$$;
ALTER FUNCTION fn_events_sent(bigint[]) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_events_sent(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_events_sent(bigint[]) TO mesa_app;

-- How many seconds the oldest unsent event waits: what an alarm watches.
CREATE OR REPLACE FUNCTION fn_oldest_unsent_event_age() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce((
        SELECT greatest(extract(epoch FROM clock_timestamp() - e.created_at), 0)
        FROM public.events e WHERE e.sent_at IS NULL ORDER BY e.id LIMIT 1), 0)
$$;
ALTER FUNCTION fn_oldest_unsent_event_age() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_oldest_unsent_event_age() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_oldest_unsent_event_age() TO mesa_app;
