-- Mails that wait to be sent in one, and whose time has come: an event a person, which the mail is made of. It takes all that
-- waits for them, also what would be due later; what is being written just now has a time of its own, and is found then.
-- Reads at most p_limit mails that are due; answers how many people there were.
CREATE OR REPLACE FUNCTION fn_digests_due(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
-- A plan made for an empty table must not live on in the sandbox's connection.
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_people integer;
BEGIN
    -- Two at once would each take a part of somebody's mails.
    IF NOT pg_try_advisory_xact_lock(hashtextextended('digests', 0)) THEN
        RETURN 0;
    END IF;
    WITH due AS (
        SELECT n.workspace_id, n.user_id FROM public.notifications n
        WHERE n.due_at <= now() ORDER BY n.due_at LIMIT p_limit
    ), event AS (
        INSERT INTO public.events (workspace_id, type, internal, payload, leased_until)
        SELECT DISTINCT d.workspace_id, 'digest.due', true,
               jsonb_build_object('user', jsonb_build_object('id', d.user_id)), now()
        FROM due d
        RETURNING workspace_id, id, CAST(payload #>> '{user,id}' AS uuid) AS user_id
    ), taken AS (
        UPDATE public.notifications n SET due_at = NULL, digest_id = e.id
        FROM event e
        WHERE n.workspace_id = e.workspace_id AND n.user_id = e.user_id AND n.due_at IS NOT NULL
    )
    SELECT count(*) INTO v_people FROM event;
    RETURN v_people;
END $$;
ALTER FUNCTION fn_digests_due(integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_digests_due(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_digests_due(integer) TO mesa_app;
