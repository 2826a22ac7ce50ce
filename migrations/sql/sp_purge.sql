-- Deletes what has outlived its time, a bounded batch of each: idempotency keys after 48 h, events after 30 days,
-- rate-limit windows, refresh tokens and challenges once they are over, what comments said 30 days after they were taken back, mail that became
-- nothing 30 days after it came.
-- Answers how many rows went, so the caller knows when to stop.
CREATE OR REPLACE PROCEDURE sp_purge(IN p_limit integer, INOUT p_deleted integer DEFAULT 0)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    gone integer;
BEGIN
    p_deleted := 0;
    DELETE FROM public.idempotency_keys WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.idempotency_keys WHERE expires_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.events WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.events WHERE created_at < now() - interval '30 days' AND sent_at IS NOT NULL
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.rate_limits WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.rate_limits WHERE window_ends_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.refresh_tokens WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.refresh_tokens WHERE expires_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.sign_in_challenges WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.sign_in_challenges WHERE expires_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- Kept a while past their end: whoever comes late hears that the link is over, not that there never was one.
    DELETE FROM public.one_time_tokens WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.one_time_tokens WHERE expires_at < now() - interval '30 days'
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.sign_ups WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.sign_ups WHERE expires_at < now() - interval '30 days'
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- Announced and never sent: nobody can be given leave to send them any more, as the keys of requests are gone.
    DELETE FROM public.attachments WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.attachments WHERE state = 'awaiting' AND created_at < now() - interval '48 hours'
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.oidc_sign_ins WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.oidc_sign_ins WHERE expires_at < now() - interval '1 day' LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- What a comment said that was taken back, and its files. That there was one stays.
    WITH said AS (
        UPDATE public.comments SET body = '…' WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM public.comments WHERE deleted_at < now() - interval '30 days' AND body <> '…'
            LIMIT p_limit FOR UPDATE SKIP LOCKED))
        RETURNING workspace_id, id
    ), mails AS (
        UPDATE public.inbound_messages m SET body = NULL FROM said
        WHERE m.workspace_id = said.workspace_id AND m.comment_id = said.id AND m.body IS NOT NULL
    ), files AS (
        DELETE FROM public.attachments f USING said
        WHERE f.workspace_id = said.workspace_id AND f.comment_id = said.id
    )
    SELECT count(*) INTO gone FROM said;
    p_deleted := p_deleted + gone;
    -- The sender's own ids: what is older is refused for its time alone.
    DELETE FROM public.integration_calls WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.integration_calls WHERE received_at < now() - interval '7 days'
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.rule_firings WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.rule_firings WHERE created_at < now() - interval '30 days' LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.rule_events WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.rule_events WHERE created_at < now() - interval '30 days' LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    UPDATE public.webhooks SET previous_secret = NULL, previous_secret_expires_at = NULL WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.webhooks WHERE previous_secret_expires_at < now() LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- Mail of which nothing else came, and what it was kept for: its objects go after the rows (fn_discard_mail).
    DELETE FROM public.inbound_messages WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.inbound_messages
        WHERE outcome IN ('quarantined', 'dropped', 'kept', 'duplicate') AND received_at < now() - interval '30 days'
        LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- What was reported of mails: an address is marked by then, or was not failing often enough.
    DELETE FROM public.mail_reports WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.mail_reports WHERE created_at < now() - interval '30 days' LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    DELETE FROM public.imports WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.imports WHERE expires_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
    -- A file that one made is gone by then, by the bucket's own rule.
    DELETE FROM public.jobs WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.jobs WHERE expires_at < now() LIMIT p_limit FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS gone = ROW_COUNT; p_deleted := p_deleted + gone;
END $$;
ALTER PROCEDURE sp_purge(integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON PROCEDURE sp_purge(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE sp_purge(integer, integer) TO mesa_app;
