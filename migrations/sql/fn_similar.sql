-- Tickets of the entered workspace whose texts have words of another ticket's subject and description, at most p_limit, the most
-- similar first. A word weighs the more the fewer of the newest 300 documents have it, twice in a subject; what half of them have
-- does not count. To customers all words weigh the same, for a weight would tell what others write. `score` is the weight of the
-- words that both have in that of all, 1 where none is missing. Of the documents that have any of the 24 weightiest words the
-- newest 1,000 are looked at. `p_asked` says who looks, as for fn_search, and like there whoever calls it asks again what may be
-- seen.
CREATE OR REPLACE FUNCTION fn_similar(p_ticket uuid, p_asked jsonb, p_limit integer) RETURNS TABLE (ticket_id uuid, score double precision)
LANGUAGE plpgsql STABLE ROWS 20 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET random_page_cost = 1.1 SET jit = off SET max_parallel_workers_per_gather = 0
SET enable_mergejoin = off SET enable_hashjoin = off
AS $$
DECLARE
    v_workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    v_own tsvector := (
        SELECT ts_filter(d.vector, '{a,b}') FROM public.search_documents d
        WHERE d.workspace_id = v_workspace AND d.id = p_ticket);
    v_words text[];
    v_weights double precision[];
BEGIN
    WITH newest AS MATERIALIZED (
        SELECT d.vector FROM public.search_documents d
        WHERE d.workspace_id = v_workspace AND d.ticket_id <> p_ticket AND (p_asked ->> 'staff')::boolean
        ORDER BY d.id DESC LIMIT 300
    ), known AS (
        SELECT w.lexeme, count(*) AS documents FROM newest n CROSS JOIN LATERAL unnest(n.vector) w
        WHERE w.lexeme = ANY(tsvector_to_array(v_own)) GROUP BY w.lexeme
    ), weighed AS (
        SELECT w.lexeme, ln((n.documents + 2) / (coalesce(k.documents, 0) + 0.5)) * CASE WHEN 'A' = ANY(w.weights) THEN 2 ELSE 1 END
                   AS weight
        FROM unnest(v_own) w CROSS JOIN (SELECT count(*) AS documents FROM newest) n
        LEFT JOIN known k ON k.lexeme = w.lexeme
        WHERE n.documents < 10 OR coalesce(k.documents, 0) * 2 <= n.documents
        ORDER BY weight DESC, w.lexeme LIMIT 24
    )
    SELECT array_agg(w.lexeme), array_agg(w.weight) INTO v_words, v_weights FROM weighed w;
    IF v_words IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        $sql$
        WITH word AS MATERIALIZED (
            SELECT * FROM unnest($1, $2) AS w (lexeme, weight)
        ), found AS MATERIALIZED (
            SELECT d.id, d.ticket_id, d.vector FROM public.search_documents d
            JOIN public.tickets t ON t.id = d.ticket_id
            WHERE d.workspace_id IS NOT DISTINCT FROM %L AND d.vector @@ %L::tsquery AND d.ticket_id <> %L %s
              AND t.merged_into IS DISTINCT FROM %3$L
              AND t.id IS DISTINCT FROM (SELECT o.merged_into FROM public.tickets o WHERE o.workspace_id = %1$L AND o.id = %3$L)
              AND %5$s
            ORDER BY d.ticket_id DESC LIMIT 1000
        ), scored AS (
            SELECT f.ticket_id, sum(word.weight) AS score
            FROM found f CROSS JOIN LATERAL unnest(f.vector) w
            JOIN word ON word.lexeme = w.lexeme
            WHERE w.weights && '{A,B,C}' GROUP BY f.id, f.ticket_id
        )
        SELECT s.ticket_id, max(s.score) / (SELECT sum(word.weight) FROM word) AS score FROM scored s
        GROUP BY s.ticket_id HAVING max(s.score) > 0.1 * (SELECT sum(word.weight) FROM word)
        ORDER BY score DESC, s.ticket_id DESC LIMIT $3
        $sql$,
        v_workspace,
        (SELECT string_agg('''' || replace(word, '''', '''''') || ''':ABC', ' | ') FROM unnest(v_words) AS word)::tsquery,
        p_ticket, CASE WHEN (p_asked ->> 'staff')::boolean THEN '' ELSE 'AND NOT d.internal' END,
        public.fn_search_scope(v_workspace, p_asked))
    USING v_words, v_weights, p_limit;
END $$;
ALTER FUNCTION fn_similar(uuid, jsonb, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_similar(uuid, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_similar(uuid, jsonb, integer) TO mesa_app;
