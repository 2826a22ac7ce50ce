-- A ticket as its events tell of it; tickets/queries.py says the same of one that it holds already.
CREATE OR REPLACE FUNCTION fn_told(t tickets) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'id', t.id, 'label', t.label, 'subject', t.subject, 'type', t.type, 'status', t.status, 'priority', t.priority,
        'team_id', t.team_id, 'assignee_id', t.assignee_id,
        'created_at', to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
$$;
