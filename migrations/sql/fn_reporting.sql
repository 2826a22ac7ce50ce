-- Logins for reports: each reads the views of the schema `reporting`, of one workspace, and nothing else.

-- Whose rows this session may see: nobody can choose it, for a session's user is who signed in, whatever is SET since then.
-- Which login is whose stands in a table that only the owner writes.
CREATE OR REPLACE FUNCTION fn_reporting_workspace() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT r.workspace_id FROM public.reporting_roles r WHERE r.role_name = session_user $$;
ALTER FUNCTION fn_reporting_workspace() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_reporting_workspace() FROM PUBLIC;

-- Makes the login of a workspace, or gives the one that it has another password; answers its name, null where there is no
-- such workspace. The name says nothing of the workspace: every login of a server can read the names of all.
-- p_password: as PostgreSQL stores it (SCRAM-SHA-256$…), so that no log of statements ever holds one that opens something.
CREATE OR REPLACE FUNCTION fn_make_reporting_role(p_slug text, p_password text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_workspace uuid;
    v_role text;
    v_known boolean;
BEGIN
    IF coalesce(p_password !~ '^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$', true) THEN
        RAISE EXCEPTION 'the password is not a SCRAM-SHA-256 verifier' USING ERRCODE = 'invalid_password';
    END IF;
    SELECT w.id INTO v_workspace FROM public.workspaces w WHERE w.slug = p_slug FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- One after another, or two would make two.
    PERFORM pg_advisory_xact_lock(hashtextextended('reporting ' || v_workspace, 0));
    SELECT r.role_name INTO v_role FROM public.reporting_roles r WHERE r.workspace_id = v_workspace;
    v_known := FOUND;
    IF NOT v_known THEN
        v_role := 'mesa_report_' || left(replace(gen_random_uuid()::text, '-', ''), 16);
        INSERT INTO public.reporting_roles (workspace_id, role_name) VALUES (v_workspace, v_role);
    END IF;
    -- A known one is not there where the database came here from another server: roles are the server's.
    IF NOT v_known OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
        EXECUTE format('CREATE ROLE %I LOGIN', v_role);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT 10 PASSWORD %L', v_role, p_password);
    EXECUTE format('GRANT mesa_reporting TO %I WITH INHERIT TRUE, SET FALSE', v_role);
    -- For fn_end_long_reports: who ends somebody's session has that one's rights.
    EXECUTE format('GRANT %I TO mesa_definer WITH INHERIT TRUE, SET FALSE', v_role);
    EXECUTE format('ALTER ROLE %I SET search_path = reporting', v_role);
    EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', v_role);
    EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', v_role);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''15s''', v_role);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''5s''', v_role);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''20s''', v_role);
    PERFORM public.fn_note_reporting_role(v_workspace, CASE WHEN v_known THEN 'renewed' ELSE 'made' END, v_role);
    RETURN v_role;
END $$;
REVOKE ALL ON FUNCTION fn_make_reporting_role(text, text) FROM PUBLIC;

-- Ends the sessions of logins for reports that have had a transaction open for longer than p_longest, or hold a lock of ours; answers how
-- many. Time-outs a login may SET otherwise, and with a transaction open for ever it would hold up the cleaning of all tables, migrations,
-- and (once it has drawn a number, which needs no right) the change feeds of all workspaces. An advisory lock needs no right either, pg_locks
-- shows which ones others take, and a report has no use for any.
CREATE OR REPLACE FUNCTION fn_end_long_reports(p_longest interval) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(sum(pg_terminate_backend(a.pid)::integer), 0)::integer
    FROM public.reporting_roles r JOIN pg_stat_activity a ON a.usename = r.role_name
    WHERE a.xact_start < clock_timestamp() - p_longest
       OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')
$$;
ALTER FUNCTION fn_end_long_reports(interval) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_end_long_reports(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_end_long_reports(interval) TO mesa_app;

-- Takes the login of a workspace away; answers its name, null where it has none. Who is connected with it sees nothing more.
CREATE OR REPLACE FUNCTION fn_drop_reporting_role(p_slug text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_workspace uuid;
    v_role text;
BEGIN
    DELETE FROM public.reporting_roles r USING public.workspaces w
    WHERE w.slug = p_slug AND r.workspace_id = w.id RETURNING r.workspace_id, r.role_name INTO v_workspace, v_role;
    IF FOUND THEN
        EXECUTE format('DROP ROLE IF EXISTS %I', v_role);
        PERFORM public.fn_note_reporting_role(v_workspace, 'dropped', v_role);
    END IF;
    RETURN v_role;
END $$;
REVOKE ALL ON FUNCTION fn_drop_reporting_role(text) FROM PUBLIC;

-- The workspace's administrators read in their audit log that somebody can read their figures.
CREATE OR REPLACE FUNCTION fn_note_reporting_role(p_workspace uuid, p_what text, p_role text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT public.fn_audit_append(jsonb_populate_record(NULL::public.audit_log, jsonb_build_object(
        'workspace_id', p_workspace, 'action', 'reporting_role.' || p_what, 'actor_type', 'system',
        'target_type', 'workspace', 'target_id', p_workspace, 'after', jsonb_build_object('role', p_role))))
$$;
REVOKE ALL ON FUNCTION fn_note_reporting_role(uuid, text, text) FROM PUBLIC;
