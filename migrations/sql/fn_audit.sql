-- The audit log: a chain of hashes a workspace. hash = sha256(previous hash, sequence, sha256(facts), digest), where digest is
-- sha256(salt, particulars). Erasing a person destroys salt and particulars; the digest stays, so the chain still verifies, and
-- what stays readable (who, what, whom, when) is still proven. All times and texts are spelled in one way only.

-- What nobody erases: no name, no address, no value.
CREATE OR REPLACE FUNCTION fn_audit_facts(e audit_log) RETURNS bytea
LANGUAGE sql STABLE
AS $$
    SELECT convert_to(jsonb_build_object(
        'id', e.id, 'action', e.action, 'actor_type', e.actor_type, 'actor_id', e.actor_id, 'target_type', e.target_type,
        'target_id', e.target_id, 'request_id', e.request_id,
        'created_at', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, 'UTF8')
$$;

-- What may be a person's.
CREATE OR REPLACE FUNCTION fn_audit_particulars(e audit_log) RETURNS bytea
LANGUAGE sql STABLE
AS $$
    SELECT convert_to(jsonb_build_object('address', e.address, 'before', e.before, 'after', e.after)::text, 'UTF8')
$$;

CREATE OR REPLACE FUNCTION fn_audit_hash(e audit_log) RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(e.previous || int8send(e.sequence) || sha256(fn_audit_facts(e)) || e.digest) $$;

-- Before the first entry: a chain cannot be another workspace's.
CREATE OR REPLACE FUNCTION fn_audit_origin(p_workspace uuid) RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(uuid_send(p_workspace)) $$;

-- Appends one entry. Holds the head from here to the end of the transaction, so writers of one workspace queue; whoever calls
-- this does so last. It runs with the rights of its caller, and the app has none to write: only the functions below do.
CREATE OR REPLACE FUNCTION fn_audit_append(e audit_log) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    v_head public.audit_heads%ROWTYPE;
BEGIN
    LOOP
        SELECT * INTO v_head FROM public.audit_heads h WHERE h.workspace_id = e.workspace_id FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO public.audit_heads (workspace_id, hash) VALUES (e.workspace_id, public.fn_audit_origin(e.workspace_id))
        ON CONFLICT DO NOTHING;
    END LOOP;
    e.id := uuidv7();
    e.sequence := v_head.sequence + 1;
    e.created_at := clock_timestamp();
    e.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    e.digest := sha256(e.salt || public.fn_audit_particulars(e));
    e.previous := v_head.hash;
    e.hash := public.fn_audit_hash(e);
    INSERT INTO public.audit_log SELECT e.*;
    UPDATE public.audit_heads h SET sequence = e.sequence, hash = e.hash WHERE h.workspace_id = e.workspace_id;
END $$;

-- Appends entries, `[{action, actor_type, actor_id, target_type, target_id, before, after}]`, to the log of the workspace that
-- the transaction has entered, and of no other.
CREATE OR REPLACE FUNCTION fn_audit(p_address text, p_request_id text, p_entries jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_own jsonb := jsonb_build_object('workspace_id', nullif(current_setting('app.workspace_id', true), ''),
                                      'address', p_address, 'request_id', p_request_id);
BEGIN
    PERFORM public.fn_audit_append(jsonb_populate_record(NULL::public.audit_log, entry || v_own))
    FROM jsonb_array_elements(p_entries) WITH ORDINALITY AS each (entry, place) ORDER BY place;
END $$;
ALTER FUNCTION fn_audit(text, text, jsonb) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_audit(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_audit(text, text, jsonb) TO mesa_app;

-- A failed sign-in, in the log of each account that the email has. For an email without any the same is done and undone, in
-- some workspace whose head is free: time does not tell who has an account, and the commit waits for the disk either way.
CREATE OR REPLACE FUNCTION fn_audit_failed_sign_in(p_email text, p_slug text, p_address text, p_request_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_account record;
    v_entry public.audit_log;
    v_known boolean := false;
BEGIN
    v_entry.action := 'sign_in.failed';
    v_entry.actor_type := 'anonymous';
    v_entry.target_type := 'user';
    v_entry.address := p_address;
    v_entry.request_id := p_request_id;
    BEGIN
        FOR v_account IN
            SELECT u.workspace_id, u.id, u.status FROM public.users u JOIN public.workspaces w ON w.id = u.workspace_id
            WHERE u.email = p_email AND u.deleted_at IS NULL AND u.password_hash IS NOT NULL
              AND (p_slug IS NULL OR w.slug = p_slug)
            ORDER BY u.workspace_id LIMIT 20
        LOOP
            v_known := true;
            v_entry.workspace_id := v_account.workspace_id;
            v_entry.target_id := v_account.id;
            v_entry.after := jsonb_build_object('status', v_account.status);
            PERFORM public.fn_audit_append(v_entry);
        END LOOP;
        IF NOT v_known THEN
            SELECT h.workspace_id INTO v_entry.workspace_id FROM public.audit_heads h LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
            IF FOUND THEN
                v_entry.target_id := gen_random_uuid();
                v_entry.after := jsonb_build_object('status', 'active');
                PERFORM public.fn_audit_append(v_entry);
                RAISE EXCEPTION USING ERRCODE = 'MA001';
            END IF;
        END IF;
    EXCEPTION WHEN SQLSTATE 'MA001' THEN
        NULL;
    END;
END $$;
ALTER FUNCTION fn_audit_failed_sign_in(text, text, text, text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_audit_failed_sign_in(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_audit_failed_sign_in(text, text, text, text) TO mesa_app;

-- Erasure: destroys salt and particulars of the next p_limit entries of the entered workspace after a sequence that are by a
-- person, about them or name them, by id or by the words of an expression. That they were erased stays readable; of erasures
-- that they made themselves, what was particular to them goes.
CREATE OR REPLACE FUNCTION fn_audit_forget(p_user uuid, p_words text, p_after bigint, p_limit integer)
RETURNS TABLE (last bigint, seen integer, changed integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH batch AS MATERIALIZED (
        SELECT e.workspace_id, e.sequence FROM public.audit_log e
        WHERE e.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid AND e.sequence > p_after
        ORDER BY e.sequence LIMIT p_limit
    ), forgotten AS (
        UPDATE public.audit_log e SET salt = NULL, address = NULL, before = NULL, after = NULL
        FROM batch b
        WHERE e.workspace_id = b.workspace_id AND e.sequence = b.sequence AND e.salt IS NOT NULL
          AND (e.action <> 'user.erased' OR e.actor_id = p_user)
          AND (e.actor_id = p_user OR e.target_id = p_user
               OR concat_ws(' ', e.before::text, e.after::text) ~* p_words
               OR concat_ws(' ', e.before::text, e.after::text) LIKE '%' || p_user || '%')
        RETURNING 1
    )
    SELECT (SELECT max(b.sequence) FROM batch b), (SELECT count(*)::integer FROM batch),
           (SELECT count(*)::integer FROM forgotten)
$$;
ALTER FUNCTION fn_audit_forget(uuid, text, bigint, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_audit_forget(uuid, text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_audit_forget(uuid, text, bigint, integer) TO mesa_app;

-- Heads that have moved since they were anchored, after a workspace in the order of their ids.
CREATE OR REPLACE FUNCTION fn_audit_unanchored(p_after uuid, p_limit integer)
RETURNS TABLE (workspace_id uuid, sequence bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT h.workspace_id, h.sequence, h.hash FROM public.audit_heads h
    WHERE h.sequence <> h.anchored_sequence AND (p_after IS NULL OR h.workspace_id > p_after)
    ORDER BY h.workspace_id LIMIT p_limit
$$;
ALTER FUNCTION fn_audit_unanchored(uuid, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_audit_unanchored(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_audit_unanchored(uuid, integer) TO mesa_app;

-- Notes that the entered workspace's head is anchored so far.
CREATE OR REPLACE FUNCTION fn_audit_anchored(p_sequence bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.audit_heads h SET anchored_sequence = p_sequence, anchored_at = now()
    WHERE h.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
$$;
ALTER FUNCTION fn_audit_anchored(bigint) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_audit_anchored(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_audit_anchored(bigint) TO mesa_app;
