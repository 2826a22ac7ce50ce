-- Tickets of the entered workspace whose texts have words of another ticket's subject and description, at most p_limit, the most
-- similar first. A word weighs the more the fewer of the newest 300 documents have it, twice in a subject; what half of them have
-- does not count, and what more than 10 of them have finds nothing, but for the rarest three. To customers all words weigh the
-- same, for a weight would tell what others write. `score` is the weight of the words that both have in that of all, 1 where none
-- is missing. Looked at are at most 2,000 documents of the newest 2,000 tickets in scope, and for staff 3,000 that the index of
-- words names, of each word as many: however many there are, no more are read. (In a scope of their own customers' cut-offs tell
-- nothing of others.) `p_asked` says who looks, as for fn_search, and like there whoever calls it asks again what may be seen.
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
    v_finding tsquery[];
    v_any tsquery;
BEGIN
    WITH newest AS MATERIALIZED (
        SELECT d.vector FROM public.search_documents d
        WHERE d.workspace_id = v_workspace AND d.ticket_id <> p_ticket AND (p_asked ->> 'staff')::boolean
        ORDER BY d.id DESC LIMIT 300
    ), known AS (
        SELECT w.lexeme, count(*) AS documents FROM newest n CROSS JOIN LATERAL unnest(n.vector) w
        WHERE w.lexeme = ANY(tsvector_to_array(v_own)) GROUP BY w.lexeme
    ), weighed AS (
        SELECT w.lexeme, coalesce(k.documents, 0) AS documents,
            ln((n.documents + 2) / (coalesce(k.documents, 0) + 0.5)) * CASE WHEN 'A' = ANY(w.weights) THEN 2 ELSE 1 END AS weight
        FROM unnest(v_own) w CROSS JOIN (SELECT count(*) AS documents FROM newest) n
        LEFT JOIN known k ON k.lexeme = w.lexeme
        WHERE n.documents < 10 OR coalesce(k.documents, 0) * 2 <= n.documents
        ORDER BY weight DESC, w.lexeme LIMIT 24
    ), ranked AS (
        SELECT w.*, ('''' || replace(w.lexeme, '''', '''''') || '''')::tsquery AS query,
            row_number() OVER (ORDER BY w.documents, w.weight DESC, w.lexeme) AS place
        FROM weighed w
    )
    SELECT array_agg(r.lexeme), array_agg(r.weight), array_agg(r.query) FILTER (WHERE r.documents <= 10 OR r.place <= 3)
    INTO v_words, v_weights, v_finding FROM ranked r;
    IF v_words IS NULL THEN
        RETURN;
    END IF;
    v_any := (SELECT string_agg(query::text || ':ABC', ' | ') FROM unnest(v_finding) AS query)::tsquery;
    -- Behind OFFSET 0 the planner may not turn a step around. The index of words does not know weights: asked for them it would
    -- have all documents read in which a name stands, until there are enough.
    RETURN QUERY EXECUTE format(
        $sql$
        WITH word AS MATERIALIZED (
            SELECT * FROM unnest($1, $2) AS w (lexeme, weight)
        ), own AS MATERIALIZED (
            SELECT t.id FROM public.tickets t WHERE %2$s ORDER BY t.id DESC LIMIT 2000
        ), newest AS MATERIALIZED (
            SELECT d.id FROM own CROSS JOIN LATERAL (
                SELECT d.id, d.vector, d.internal FROM public.search_documents d
                WHERE d.workspace_id IS NOT DISTINCT FROM %1$L AND d.ticket_id = own.id OFFSET 0) d
            WHERE d.vector @@ %3$L::tsquery %4$s LIMIT 2000
        ), named AS MATERIALIZED (
            SELECT DISTINCT d.id, d.ticket_id FROM unnest($4) AS finding (query) CROSS JOIN LATERAL (
                SELECT d.id, d.ticket_id FROM public.search_documents d
                WHERE d.workspace_id IS NOT DISTINCT FROM %1$L AND d.vector @@ finding.query LIMIT %5$s) d
        ), found AS MATERIALIZED (
            SELECT n.id FROM newest n
            UNION
            SELECT n.id FROM named n CROSS JOIN LATERAL (
                SELECT FROM public.tickets t WHERE t.id = n.ticket_id AND %2$s OFFSET 0) t
        ), scored AS (
            SELECT d.ticket_id, sum(word.weight) AS score
            FROM found f CROSS JOIN LATERAL (
                SELECT d.id, d.ticket_id, d.vector FROM public.search_documents d
                WHERE d.workspace_id = %1$L AND d.id = f.id OFFSET 0) d
            CROSS JOIN LATERAL unnest(d.vector) w
            JOIN word ON word.lexeme = w.lexeme
            WHERE w.lexeme = ANY($1) AND w.weights && '{A,B,C}' GROUP BY d.id, d.ticket_id
        )
        SELECT s.ticket_id, max(s.score) / (SELECT sum(word.weight) FROM word) AS score FROM scored s
        GROUP BY s.ticket_id HAVING max(s.score) > 0.1 * (SELECT sum(word.weight) FROM word)
        ORDER BY score DESC, s.ticket_id DESC LIMIT $3
        $sql$,
        v_workspace,
        public.fn_search_scope(v_workspace, p_asked) || format(
            ' AND t.id <> %2$L AND t.merged_into IS DISTINCT FROM %2$L AND t.id IS DISTINCT FROM'
            ' (SELECT o.merged_into FROM public.tickets o WHERE o.workspace_id = %1$L AND o.id = %2$L)',
            v_workspace, p_ticket),
        v_any,
        CASE WHEN (p_asked ->> 'staff')::boolean THEN '' ELSE 'AND NOT d.internal' END,
        CASE WHEN (p_asked ->> 'staff')::boolean THEN 3000 / cardinality(v_finding) ELSE 0 END)
    USING v_words, v_weights, p_limit, v_finding;
END $$;
ALTER FUNCTION fn_similar(uuid, jsonb, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_similar(uuid, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_similar(uuid, jsonb, integer) TO mesa_app;
