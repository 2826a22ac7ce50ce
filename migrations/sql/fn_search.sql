-- The tickets of the entered workspace that a search finds, with their rank: of the matching documents the newest 2,000, counted
-- after all that narrows the search. It is the definer's because `@@` is not leakproof: under row-level security no index would
-- serve it. So it takes the workspace from the transaction alone; and whoever calls it asks, under row-level security, which of
-- the tickets that it names may be seen. Who looks is said here only so that the newest are counted among theirs. `p_asked`:
--   words                    what was typed, where there are words in it
--   number, label, prefix    of the one ticket that was named, if any; it is ranked first
--   staff                    whether internal comments, tags and who asked are searched
--   ranked                   whether the rank is wanted; else it is 0, and the newest 2,000 are tickets
--   most                     another number than 2,000
--   person, teams, organisation    who looks, where not everything is theirs: agents have teams
--   only                     filters of the list, by their names there

CREATE OR REPLACE FUNCTION fn_search_texts(p_list jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(p_list)) $$;

-- What narrows a search, as conditions on `tickets t`, every value quoted.
CREATE OR REPLACE FUNCTION fn_search_scope(p_workspace uuid, p_asked jsonb) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT concat_ws(' AND ', format('t.workspace_id = %L AND t.deleted_at IS NULL', p_workspace),
        CASE
            WHEN NOT p_asked ? 'person' THEN NULL
            WHEN p_asked ? 'teams' THEN format(
                '(t.team_id = ANY(%1$L::uuid[]) OR t.assignee_id = %2$L OR t.requester_id = %2$L)',
                public.fn_search_texts(p_asked -> 'teams'), p_asked ->> 'person')
            ELSE format(
                '(t.requester_id = %2$L OR t.organisation_id = %3$L OR t.id = ANY(ARRAY(SELECT w.ticket_id'
                ' FROM public.ticket_watchers w WHERE w.workspace_id = %1$L AND w.user_id = %2$L)))',
                p_workspace, p_asked ->> 'person', p_asked ->> 'organisation')
        END,
        (SELECT string_agg(CASE
            WHEN f.key IN ('status', 'priority', 'type') THEN
                format('t.%I = ANY(%L::text[])', f.key, public.fn_search_texts(f.value))
            WHEN f.key = 'teams' THEN format('t.team_id = ANY(%L::uuid[])', public.fn_search_texts(f.value))
            WHEN f.key IN ('team', 'assignee', 'requester', 'organisation') THEN format('t.%I = %L', f.key || '_id', f.value #>> '{}')
            WHEN f.key = 'unassigned' THEN 't.assignee_id IS NULL'
            WHEN f.key = 'archived' THEN 't.archived_at IS NOT NULL'
            WHEN f.key = 'not_archived' THEN 't.archived_at IS NULL'
            WHEN f.key IN ('created_after', 'updated_after') THEN format('t.%I > %L', left(f.key, 7) || '_at', f.value #>> '{}')
            WHEN f.key IN ('created_before', 'updated_before', 'due_before') THEN
                format('t.%I < %L', replace(f.key, 'before', 'at'), f.value #>> '{}')
            WHEN f.key = 'tag' THEN format(
                'EXISTS (SELECT FROM public.ticket_tags g WHERE g.workspace_id = %L AND g.ticket_id = t.id AND g.tag = %L)',
                p_workspace, f.value #>> '{}')
         END, ' AND ') FROM jsonb_each(p_asked -> 'only') f))
$$;

-- The statement that looks for words: the planner knows each lexeme's share, and takes the index of words for what is rare and
-- walks the tickets from the newest on for what is everywhere. It does not know that a lexeme has its workspace in it, and would
-- read an index of the whole workspace to make sure; so documents are asked for it in words that no index serves. For the same
-- reason it takes what it finds one by one (fn_search's settings), instead of reading all tickets to join them. Null where there
-- is nothing to look for.
CREATE OR REPLACE FUNCTION fn_search_statement(p_workspace uuid, p_asked jsonb, p_named uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT format(
        CASE WHEN (p_asked ->> 'ranked')::boolean THEN $ranked$
            SELECT m.ticket_id, (1000000 * max(ts_rank('{0.5, 0.3, 0.4, 1.0}', m.vector, %2$L)))::integer FROM (
                SELECT d.ticket_id, d.vector %1$s ORDER BY d.ticket_id DESC LIMIT %3$s) AS m
            GROUP BY m.ticket_id $ranked$
        ELSE 'SELECT DISTINCT d.ticket_id, 0 %1$s ORDER BY d.ticket_id DESC LIMIT %3$s' END,
        format(
            $from$ FROM public.search_documents d
            JOIN public.tickets t ON t.id = d.ticket_id
            WHERE d.workspace_id IS NOT DISTINCT FROM %L AND d.vector @@ %L::tsquery AND d.ticket_id IS DISTINCT FROM %L %s AND %s $from$,
            p_workspace, q.query, p_named, CASE WHEN (p_asked ->> 'staff')::boolean THEN '' ELSE 'AND NOT d.internal' END,
            public.fn_search_scope(p_workspace, p_asked)),
        q.query, coalesce((p_asked ->> 'most')::integer, 2000))
    FROM public.workspaces w
    CROSS JOIN LATERAL public.fn_search_query(w.id, w.language, p_asked ->> 'words', (p_asked ->> 'staff')::boolean) AS q(query)
    WHERE w.id = p_workspace AND q.query IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION fn_search(p_asked jsonb) RETURNS TABLE (ticket_id uuid, rank integer)
LANGUAGE plpgsql STABLE ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET random_page_cost = 1.1 SET jit = off SET max_parallel_workers_per_gather = 0
SET enable_mergejoin = off SET enable_hashjoin = off
AS $$
DECLARE
    v_workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    v_named uuid;
    v_statement text;
BEGIN
    IF p_asked ?| ARRAY['number', 'label'] THEN
        EXECUTE format(
            'SELECT t.id FROM public.tickets t WHERE %s AND (t.label = %L OR t.number = %L%s)',
            public.fn_search_scope(v_workspace, p_asked), p_asked ->> 'label', p_asked ->> 'number',
            ' AND t.label LIKE ' || quote_literal((p_asked ->> 'prefix') || '-%'))
        INTO v_named;
        IF v_named IS NOT NULL THEN
            RETURN QUERY SELECT v_named, 2000000000;
        END IF;
    END IF;
    v_statement := public.fn_search_statement(v_workspace, p_asked, v_named);
    IF v_statement IS NOT NULL THEN
        RETURN QUERY EXECUTE v_statement;
    END IF;
END $$;
ALTER FUNCTION fn_search(jsonb) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_search(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_search(jsonb) TO mesa_app;
