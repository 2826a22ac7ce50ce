-- Takes up what is due to be sent: the oldest first, and of each webhook so many at once that one whose receiver is slow keeps the
-- others waiting nowhere. Of one workspace's webhooks, of one, or (without either) of all, of which those that another claim has
-- in hand are passed over. The webhook is locked before its deliveries, here and wherever one is settled.
CREATE OR REPLACE FUNCTION fn_claim_deliveries(p_workspace uuid, p_webhook uuid, p_limit integer, p_lease_seconds integer)
RETURNS TABLE (
    workspace_id uuid, webhook_id uuid, delivery_id uuid, attempt integer, url text, template text, include_internal boolean,
    secret bytea, previous_secret bytea, language text, event_id bigint, type text, ticket_id uuid, sequence integer,
    internal boolean, created_at timestamptz, payload jsonb, comment jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- At once to one receiver; to one that has failed since it last answered.
    most_of_one CONSTANT integer := 20;
    most_of_failing CONSTANT integer := 2;
    held uuid[];
BEGIN
    IF p_workspace IS NULL THEN
        held := ARRAY(
            SELECT w.id FROM public.webhooks w
            WHERE w.enabled_at IS NOT NULL
              AND EXISTS (SELECT FROM public.webhook_deliveries d WHERE d.webhook_id = w.id AND d.next_attempt_at <= now())
            ORDER BY w.id FOR NO KEY UPDATE SKIP LOCKED);
        -- Nothing was heard of the last attempt, and there is none left.
        UPDATE public.webhook_deliveries d
        SET status = 'failed', error = 'lost', next_attempt_at = NULL, finished_at = now()
        WHERE d.webhook_id = ANY(held) AND d.next_attempt_at <= now() AND d.tries_left = 0;
    ELSE
        held := ARRAY(
            SELECT w.id FROM public.webhooks w
            WHERE w.workspace_id = p_workspace AND (p_webhook IS NULL OR w.id = p_webhook) AND w.enabled_at IS NOT NULL
            ORDER BY w.id FOR NO KEY UPDATE);
    END IF;
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT next.workspace_id, next.id FROM public.webhooks w
        CROSS JOIN LATERAL (
            SELECT d.workspace_id, d.id, d.next_attempt_at FROM public.webhook_deliveries d
            WHERE d.webhook_id = w.id AND d.next_attempt_at <= now() AND d.tries_left > 0
            ORDER BY d.next_attempt_at, d.id
            LIMIT greatest(0, CASE WHEN w.failing_since IS NULL THEN most_of_one ELSE most_of_failing END - (
                SELECT count(*) FROM public.webhook_deliveries s
                WHERE s.webhook_id = w.id AND s.status = 'sending' AND s.next_attempt_at > now()))
        ) AS next
        WHERE w.id = ANY(held)
        ORDER BY next.next_attempt_at, next.id
        LIMIT p_limit
    ), taken AS (
        UPDATE public.webhook_deliveries d
        SET status = 'sending', attempts = d.attempts + 1, tries_left = d.tries_left - 1, last_attempt_at = now(),
            next_attempt_at = now() + make_interval(secs => p_lease_seconds)
        FROM due WHERE d.workspace_id = due.workspace_id AND d.id = due.id
        RETURNING d.workspace_id, d.webhook_id, d.id, d.attempts, d.event_id
    )
    SELECT t.workspace_id, t.webhook_id, t.id, t.attempts, w.url, w.template, w.include_internal, w.secret,
        CASE WHEN w.previous_secret_expires_at > now() THEN w.previous_secret END, s.language, e.id, e.type, e.ticket_id,
        e.sequence, e.internal, e.created_at, e.payload,
        (SELECT jsonb_build_object('id', c.id, 'body', c.body, 'visibility', c.visibility, 'author_id', c.author_id,
            'created_at', to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
         FROM public.comments c
         WHERE e.type IN ('ticket.commented', 'ticket.comment_edited') AND c.workspace_id = e.workspace_id
           AND c.id = (e.payload #>> '{meta,comment_id}')::uuid AND c.deleted_at IS NULL
           AND (w.include_internal OR c.visibility = 'public'))
    FROM taken t
    JOIN public.webhooks w ON w.workspace_id = t.workspace_id AND w.id = t.webhook_id
    JOIN public.workspaces s ON s.id = t.workspace_id
    JOIN public.events e ON e.workspace_id = t.workspace_id AND e.id = t.event_id
    ORDER BY t.id;
END $$;
ALTER FUNCTION fn_claim_deliveries(uuid, uuid, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_claim_deliveries(uuid, uuid, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_claim_deliveries(uuid, uuid, integer, integer) TO mesa_app;
