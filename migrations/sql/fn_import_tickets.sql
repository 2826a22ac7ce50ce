-- Tickets and comments of another desk, many at once. What a system's id stands for is written first: who writes it has the
-- ticket, and of two that bring the same one the second finds it there. Ids are written in their order, so nobody waits in a circle.
--
-- A plan that was made while the desk was empty must not be kept while it fills.
--
-- A ticket begins as the guard has it, and then becomes what it was: closed, pending. Its events are for the change feed and for
-- no queue: see docs/decisions.md.

-- Comments of tickets of their own, which the caller has just written or holds. `comments` of each row are
-- {id, external_id, author_id, visibility, body, source, created_at}. Answers how many are new, by the ticket.
CREATE OR REPLACE FUNCTION fn_import_comments(p_workspace uuid, p_system text, p_rows jsonb)
RETURNS TABLE (ticket_id uuid, comments integer)
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT (r.value ->> 'id')::uuid AS of_ticket, c.*
        FROM jsonb_array_elements(p_rows) AS r
        CROSS JOIN LATERAL jsonb_to_recordset(r.value -> 'comments') AS c(
            id uuid, external_id text, author_id uuid, visibility text, body text, source text, created_at timestamptz)
    ), known AS (
        INSERT INTO external_ids AS x (workspace_id, system, kind, external_id, ticket_id, comment_id)
        SELECT p_workspace, p_system, 'comment', g.external_id, g.of_ticket, g.id FROM given g ORDER BY g.external_id
        ON CONFLICT DO NOTHING
        RETURNING x.comment_id
    ), written AS (
        INSERT INTO comments AS c (workspace_id, id, ticket_id, author_id, visibility, body, source, created_at)
        SELECT p_workspace, g.id, g.of_ticket, g.author_id, g.visibility, g.body, g.source, g.created_at
        FROM given g JOIN known k ON k.comment_id = g.id
        ORDER BY g.created_at, g.id
        RETURNING c.ticket_id AS of_ticket
    )
    SELECT w.of_ticket, count(*)::integer FROM written w GROUP BY w.of_ticket;
END $$;

-- New tickets, in their order: columns of tickets by their names, with `external_id`, `comments`, `watcher_ids` and `rating`.
-- p_meta is what the timeline says of all of them. Answers those that are taken, and how many comments with each.
CREATE OR REPLACE FUNCTION fn_import_tickets(p_workspace uuid, p_system text, p_rows jsonb, p_actor jsonb, p_meta jsonb)
RETURNS TABLE (ticket_id uuid, comments integer)
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_taken uuid[];
    v_rows jsonb;
    v_last bigint;
    v_prefix text;
    v_year text;
BEGIN
    WITH known AS (
        INSERT INTO external_ids AS x (workspace_id, system, kind, external_id, ticket_id)
        SELECT p_workspace, p_system, 'ticket', given.external_id, given.id
        FROM jsonb_to_recordset(p_rows) AS given(id uuid, external_id text) ORDER BY given.external_id
        ON CONFLICT DO NOTHING
        RETURNING x.ticket_id
    )
    SELECT array_agg(known.ticket_id) INTO v_taken FROM known;
    IF v_taken IS NULL THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(r.value ORDER BY r.place) INTO v_rows
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS r(value, place)
    WHERE (r.value ->> 'id')::uuid = ANY(v_taken);

    -- From here to the commit nobody else opens a ticket.
    SELECT w.label_prefix, to_char(now() AT TIME ZONE w.timezone, 'YYYY') INTO v_prefix, v_year
    FROM workspaces w WHERE w.id = p_workspace;
    PERFORM pg_advisory_xact_lock(hashtextextended('number ' || p_workspace, 0));
    UPDATE ticket_counters c SET last_number = c.last_number + cardinality(v_taken)
    WHERE c.workspace_id = p_workspace RETURNING c.last_number INTO v_last;

    WITH made AS (
        INSERT INTO tickets AS t (
            workspace_id, id, number, label, subject, description, type, priority, status, category, subcategory,
            requester_id, assignee_id, team_id, organisation_id, source, tags, custom_fields, sla_policy_id, due_at,
            created_at, updated_at, last_sequence)
        SELECT p_workspace, given.id, n.number,
            v_prefix || '-' || v_year || '-' || lpad(n.number::text, greatest(5, length(n.number::text)), '0'),
            given.subject, given.description, given.type, given.priority,
            CASE given.status WHEN 'new' THEN 'new' ELSE 'open' END, given.category, given.subcategory,
            given.requester_id, given.assignee_id, given.team_id, given.organisation_id, given.source,
            given.tags, given.custom_fields, given.sla_policy_id, given.due_at, given.created_at, given.updated_at, 1
        FROM ROWS FROM (jsonb_to_recordset(v_rows) AS (
            id uuid, subject text, description text, type text, priority text, status text, category text, subcategory text,
            requester_id uuid, assignee_id uuid, team_id uuid, organisation_id uuid, source text, tags text[],
            custom_fields jsonb, sla_policy_id uuid, due_at timestamptz, created_at timestamptz, updated_at timestamptz
            )) WITH ORDINALITY AS given
        CROSS JOIN LATERAL (SELECT v_last - cardinality(v_taken) + given.ordinality AS number) AS n
        ORDER BY n.number
        RETURNING t.id, fn_told(t) AS facts
    ), told AS (
        -- When its work ended there: figures of days look it up once it is reopened here.
        SELECT made.id, given.status, p_meta || jsonb_strip_nulls(jsonb_build_object('external_id', given.external_id,
                'ended_at', coalesce(given.resolved_at, given.closed_at, given.finished_at))) AS meta,
            made.facts || jsonb_build_object('status', given.status) AS facts,
            jsonb_build_object('status', jsonb_build_object('from', NULL, 'to', given.status)) AS changes
        FROM made JOIN jsonb_to_recordset(v_rows) AS given(
            id uuid, external_id text, status text, resolved_at text, closed_at text, finished_at text) ON given.id = made.id
    ), entry AS (
        INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, actor_id, changes, meta)
        SELECT p_workspace, told.id, 1, 'imported', p_actor ->> 'type', (p_actor ->> 'id')::uuid, told.changes, told.meta
        FROM told
    )
    INSERT INTO events (workspace_id, ticket_id, sequence, type, payload, sent_at)
    SELECT p_workspace, told.id, 1, 'ticket.imported',
        jsonb_build_object('ticket', told.facts, 'actor', p_actor, 'changes', told.changes, 'meta', told.meta), now()
    FROM told;

    UPDATE tickets t
    SET status = given.status, resolved_at = given.resolved_at, closed_at = given.closed_at, finished_at = given.finished_at
    FROM jsonb_to_recordset(v_rows) AS given(
        id uuid, status text, resolved_at timestamptz, closed_at timestamptz, finished_at timestamptz)
    WHERE t.workspace_id = p_workspace AND t.id = given.id AND given.status NOT IN ('new', 'open');

    INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id)
    SELECT p_workspace, given.id, w.user_id::uuid
    FROM jsonb_to_recordset(v_rows) AS given(id uuid, watcher_ids jsonb)
    CROSS JOIN LATERAL jsonb_array_elements_text(given.watcher_ids) AS w(user_id)
    ON CONFLICT DO NOTHING;

    INSERT INTO ratings (
        workspace_id, ticket_id, cycle, ended_at, user_id, assignee_id, team_id, score, comment, rated_at, created_at)
    SELECT p_workspace, given.id, 1, r.ended_at, given.requester_id, given.assignee_id, given.team_id, r.score, r.comment,
        r.rated_at, r.rated_at
    FROM jsonb_to_recordset(v_rows) AS given(id uuid, requester_id uuid, assignee_id uuid, team_id uuid, rating jsonb)
    CROSS JOIN LATERAL jsonb_to_record(given.rating) AS r(
        score smallint, comment text, ended_at timestamptz, rated_at timestamptz)
    WHERE jsonb_typeof(given.rating) = 'object';

    RETURN QUERY
    SELECT taken.id, coalesce(c.comments, 0)
    FROM unnest(v_taken) AS taken(id)
    LEFT JOIN fn_import_comments(p_workspace, p_system, v_rows) AS c ON c.ticket_id = taken.id;
END $$;

-- What is new on tickets that were taken before: their comments, and nothing else, for the desk has worked on them since. What
-- is archived, merged or deleted stays as it is. Answers the tickets that have got any.
CREATE OR REPLACE FUNCTION fn_import_again(p_workspace uuid, p_system text, p_rows jsonb, p_actor jsonb, p_meta jsonb)
RETURNS TABLE (ticket_id uuid, comments integer)
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_ids uuid[];
    v_got jsonb;
BEGIN
    WITH held AS (
        SELECT t.id FROM tickets t
        WHERE t.workspace_id = p_workspace
          AND t.id = ANY(ARRAY(SELECT (r.value ->> 'id')::uuid FROM jsonb_array_elements(p_rows) AS r))
          AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.merged_into IS NULL
        ORDER BY t.id FOR NO KEY UPDATE
    )
    SELECT array_agg(held.id) INTO v_ids FROM held;
    SELECT jsonb_object_agg(c.ticket_id, c.comments) INTO v_got
    FROM fn_import_comments(p_workspace, p_system, (
        SELECT coalesce(jsonb_agg(r.value), '[]') FROM jsonb_array_elements(p_rows) AS r
        WHERE (r.value ->> 'id')::uuid = ANY(v_ids))) AS c;
    IF v_got IS NULL THEN
        RETURN;
    END IF;
    WITH changed AS (
        UPDATE tickets t SET last_sequence = t.last_sequence + 1, updated_at = now()
        WHERE t.workspace_id = p_workspace AND v_got ? t.id::text AND t.id = ANY(v_ids)
        RETURNING t.id, t.last_sequence, p_meta || jsonb_build_object('comments', v_got -> t.id::text) AS meta,
            fn_told(t) AS facts
    ), entry AS (
        INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, actor_id, meta)
        SELECT p_workspace, changed.id, changed.last_sequence, 'imported', p_actor ->> 'type', (p_actor ->> 'id')::uuid,
            changed.meta
        FROM changed
    )
    INSERT INTO events (workspace_id, ticket_id, sequence, type, payload, sent_at)
    SELECT p_workspace, changed.id, changed.last_sequence, 'ticket.imported',
        jsonb_build_object('ticket', changed.facts, 'actor', p_actor, 'changes', '{}'::jsonb, 'meta', changed.meta), now()
    FROM changed;
    RETURN QUERY SELECT g.key::uuid, g.value::integer FROM jsonb_each_text(v_got) AS g;
END $$;
