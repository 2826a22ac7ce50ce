-- The tickets of the entered workspace that a search finds, with their rank: of the matching documents the newest 2,000, counted
-- after all that narrows the search. It is the definer's because `@@` is not leakproof: under row-level security no index would
-- serve it. So it takes the workspace from the transaction alone; and whoever calls it asks, under row-level security, which of
-- the tickets that it names may be seen. Who looks is said here only so that the newest are counted among theirs. `p_asked`:
--   words                    what was typed, where there are words in it
--   number, label, prefix    of the one ticket that was named, if any; it is ranked first
--   staff                    whether internal comments, tags and who asked are searched
--   ranked                   whether the rank is wanted; else it is 0, and the newest 2,000 are tickets
--   most, often, newest      other numbers than 2,000, 5,000 and 30,000: see fn_search
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

-- The statement that looks for words: `ticket_id, rank, documents`. With p_newest among that many of the newest tickets in scope,
-- one after another until there is enough, for what is said everywhere; else by the index of words, for what is rarer. The planner
-- does not know that a lexeme has its workspace in it, and would read an index of the whole workspace to make sure; so documents
-- are asked for it in words that no index serves.
CREATE OR REPLACE FUNCTION fn_search_statement(
    p_workspace uuid, p_asked jsonb, p_query tsquery, p_named uuid, p_newest integer
) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT format(
        CASE
            WHEN p_newest IS NULL AND w.ranked THEN
                'WITH found AS MATERIALIZED (SELECT d.id, d.ticket_id FROM public.search_documents d'
                ' JOIN public.tickets t ON t.id = d.ticket_id WHERE %1$s AND %2$s),'
                ' newest AS (SELECT f.id FROM found f ORDER BY f.ticket_id DESC LIMIT %3$s) '
            WHEN p_newest IS NULL THEN
                'WITH found AS MATERIALIZED (SELECT DISTINCT d.ticket_id FROM public.search_documents d'
                ' JOIN public.tickets t ON t.id = d.ticket_id WHERE %1$s AND %2$s),'
                ' newest AS (SELECT f.ticket_id FROM found f ORDER BY f.ticket_id DESC LIMIT %3$s) '
            ELSE
                'WITH newest AS (SELECT ' || CASE WHEN w.ranked THEN 'd.id' ELSE 'DISTINCT d.ticket_id' END ||
                ' FROM (SELECT t.id FROM public.tickets t WHERE %2$s ORDER BY t.id DESC LIMIT %4$s) AS t'
                ' JOIN public.search_documents d ON d.ticket_id = t.id WHERE %1$s ORDER BY d.ticket_id DESC LIMIT %3$s) '
        END || CASE
            WHEN w.ranked THEN
                'SELECT d.ticket_id, (1000000 * max(ts_rank(''{0.5, 0.3, 0.4, 1.0}'', d.vector, %5$L)))::integer AS rank,'
                ' count(*) AS documents FROM newest n JOIN public.search_documents d'
                ' ON d.workspace_id = %6$L AND d.id = n.id GROUP BY d.ticket_id'
            ELSE 'SELECT n.ticket_id, 0 AS rank, 1 AS documents FROM newest n'
        END,
        format(
            'd.workspace_id IS NOT DISTINCT FROM %L AND d.vector @@ %L::tsquery AND d.ticket_id IS DISTINCT FROM %L%s',
            p_workspace, p_query, p_named, CASE WHEN (p_asked ->> 'staff')::boolean THEN '' ELSE ' AND NOT d.internal' END),
        public.fn_search_scope(p_workspace, p_asked), coalesce((p_asked ->> 'most')::integer, 2000), p_newest, p_query, p_workspace)
    FROM (SELECT coalesce((p_asked ->> 'ranked')::boolean, false) AS ranked) AS w
$$;

-- How many documents are so, as far as the planner knows.
CREATE OR REPLACE FUNCTION fn_search_expected(p_condition text) RETURNS double precision
LANGUAGE plpgsql
AS $$
DECLARE
    v_plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM public.search_documents d WHERE ' || p_condition INTO v_plan;
    RETURN v_plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;

-- Where more than 5,000 documents match, and 2,000 of the newest 30,000 tickets can be expected to, those are asked first; the index of words would name hundreds
-- of thousands. Where they do not, the words are of former times. (Volatile for EXPLAIN's sake; it writes nothing.)
CREATE OR REPLACE FUNCTION fn_search(p_asked jsonb) RETURNS TABLE (ticket_id uuid, rank integer)
LANGUAGE plpgsql ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET random_page_cost = 1.1 SET jit = off SET max_parallel_workers_per_gather = 0
SET enable_mergejoin = off SET enable_hashjoin = off
AS $$
DECLARE
    v_most integer := coalesce((p_asked ->> 'most')::integer, 2000);
    v_often integer := coalesce((p_asked ->> 'often')::integer, 5000);
    v_newest integer := coalesce((p_asked ->> 'newest')::integer, 30000);
    v_workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    v_query tsquery := (
        SELECT public.fn_search_query(w.id, w.language, p_asked ->> 'words', (p_asked ->> 'staff')::boolean)
        FROM public.workspaces w WHERE w.id = v_workspace);
    v_scope text := public.fn_search_scope(v_workspace, p_asked);
    v_named uuid;
    v_documents double precision;
    v_tickets uuid[];
    v_ranks integer[];
    v_enough boolean;
BEGIN
    IF p_asked ?| ARRAY['number', 'label'] THEN
        EXECUTE format(
            'SELECT t.id FROM public.tickets t WHERE %s AND (t.label = %L OR t.number = %L%s)',
            v_scope, p_asked ->> 'label', p_asked ->> 'number',
            ' AND t.label LIKE ' || quote_literal((p_asked ->> 'prefix') || '-%'))
        INTO v_named;
        IF v_named IS NOT NULL THEN
            RETURN QUERY SELECT v_named, 2000000000;
        END IF;
    END IF;
    IF v_query IS NULL THEN
        RETURN;
    END IF;
    v_documents := public.fn_search_expected(format('d.vector @@ %L::tsquery', v_query));
    IF v_documents > v_often
       AND v_documents * v_newest > v_most * public.fn_search_expected(format('d.workspace_id = %L', v_workspace)) THEN
        EXECUTE format(
            'SELECT array_agg(s.ticket_id), array_agg(s.rank), coalesce(sum(s.documents), 0) >= %s FROM (%s) AS s',
            v_most, public.fn_search_statement(v_workspace, p_asked, v_query, v_named, v_newest))
        INTO v_tickets, v_ranks, v_enough;
        IF NOT v_enough THEN
            EXECUTE format(
                'SELECT NOT EXISTS (SELECT FROM public.tickets t WHERE %s ORDER BY t.id DESC OFFSET %s)', v_scope, v_newest)
            INTO v_enough;
        END IF;
        IF v_enough THEN
            RETURN QUERY SELECT * FROM unnest(v_tickets, v_ranks);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY EXECUTE 'SELECT s.ticket_id, s.rank FROM ('
        || public.fn_search_statement(v_workspace, p_asked, v_query, v_named, NULL) || ') AS s';
END $$;
ALTER FUNCTION fn_search(jsonb) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_search(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_search(jsonb) TO mesa_app;
