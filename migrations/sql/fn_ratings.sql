-- A link in a mail says which ticket's question it answers by its digest alone, whatever its state.
CREATE OR REPLACE FUNCTION fn_rating_of_link(p_digest bytea) RETURNS TABLE (workspace_id uuid, ticket_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT r.workspace_id, r.ticket_id FROM public.ratings r WHERE r.digest = p_digest $$;
ALTER FUNCTION fn_rating_of_link(bytea) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_rating_of_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_rating_of_link(bytea) TO mesa_app;

-- Questions that wait for some time after the end of the work, and whose time has come: an event each, which the mail is made
-- of; what it finds then decides whether there is still something to ask. At most p_limit; answers how many.
CREATE OR REPLACE FUNCTION fn_ask_for_ratings(p_limit integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH due AS (
        SELECT r.workspace_id, r.id FROM public.ratings r
        WHERE r.due_at <= now() ORDER BY r.due_at LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE public.ratings r SET due_at = NULL FROM due
        WHERE r.workspace_id = due.workspace_id AND r.id = due.id
        RETURNING r.workspace_id, r.ticket_id, r.cycle
    ), event AS (
        INSERT INTO public.events (workspace_id, ticket_id, type, payload, leased_until)
        SELECT t.workspace_id, t.id, 'rating.due',
               jsonb_build_object(
                   'ticket', public.fn_told(t),
                   'actor', jsonb_build_object('type', 'system', 'id', NULL),
                   'changes', '{}'::jsonb, 'meta', jsonb_build_object('cycle', taken.cycle)),
               now()
        FROM taken JOIN public.tickets t ON t.workspace_id = taken.workspace_id AND t.id = taken.ticket_id
        ORDER BY t.id
    )
    SELECT count(*)::integer FROM taken
$$;
ALTER FUNCTION fn_ask_for_ratings(integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_ask_for_ratings(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_ask_for_ratings(integer) TO mesa_app;
