-- The key that a token names by its subject and its own id, if it is neither revoked nor over: no row else. The caller has
-- entered the workspace, as in `SELECT … FROM fn_enter(w, NULL) e LEFT JOIN LATERAL fn_use_api_key(e.workspace_id, …) k ON true`.
-- That it was used is written down once an hour, by whoever finds the row free: nobody waits for another's request.
CREATE OR REPLACE FUNCTION fn_use_api_key(p_workspace uuid, p_key uuid, p_token uuid)
RETURNS TABLE (key_id uuid, key_name text, key_role text, key_scopes text[], key_team_ids uuid[])
LANGUAGE plpgsql
AS $$
DECLARE
    v_key api_keys;
BEGIN
    SELECT * INTO v_key FROM api_keys k
    WHERE k.workspace_id = p_workspace AND k.id = p_key AND k.token_id = p_token
      AND k.revoked_at IS NULL AND k.expires_at > now();
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF v_key.last_used_at IS NULL OR v_key.last_used_at < now() - interval '1 hour' THEN
        UPDATE api_keys SET last_used_at = now()
        WHERE (workspace_id, id) IN (
            SELECT k.workspace_id, k.id FROM api_keys k WHERE k.workspace_id = p_workspace AND k.id = p_key
            FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    RETURN QUERY SELECT v_key.id, v_key.name, v_key.role, v_key.scopes, ARRAY(
        SELECT t.team_id FROM api_key_teams t WHERE t.workspace_id = p_workspace AND t.api_key_id = p_key);
END $$;
