-- What of a text a search found, marked between two private-use signs. `marked` is the best part of the text as search folds it,
-- `said` the same part as it was written, sign by sign; `begins` and `ends` say whether the text does so there. Null where there
-- is nothing to mark. Of a long text only the part is looked at in which a word first stands, p_words being an expression for
-- them: ts_headline takes the longer the more often they do.
CREATE OR REPLACE FUNCTION fn_search_marks(p_language text, p_text text, p_query tsquery, p_words text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_folded text := public.fn_search_text(p_language, p_text);
    v_length integer := length(v_folded);
    v_from integer := CASE WHEN v_length > 4000 THEN greatest(regexp_instr(v_folded, p_words, 1, 1, 0, 'i') - 300, 1) ELSE 1 END;
    v_near text := substr(v_folded, v_from, 4000);
    -- A short text is shown whole.
    c_options constant text := U&'StartSel="\E000", StopSel="\E001", ' || CASE
        WHEN v_length <= 250 THEN 'HighlightAll=true' ELSE 'MaxFragments=1, MaxWords=40, MinWords=15' END;
    v_marked text := CASE p_language
        WHEN 'en' THEN ts_headline('pg_catalog.english', v_near, p_query, c_options)
        WHEN 'es' THEN ts_headline('pg_catalog.spanish', v_near, p_query, c_options)
        ELSE ts_headline('pg_catalog.simple', v_near, p_query, c_options) END;
    v_part text := translate(v_marked, U&'\E000\E001', '');
    v_place integer := strpos(v_near, v_part);
    v_end integer;
    v_before text;
    v_after text;
BEGIN
    IF v_part = v_marked THEN
        RETURN NULL;
    END IF;
    -- The parser cuts at words: what is written together with them is shown too.
    IF v_place > 0 THEN
        v_place := v_place + v_from - 1;
        v_end := v_place + length(v_part);
        v_before := substring(substr(v_folded, greatest(v_place - 20, 1), least(v_place - 1, 20)) from '\S*$');
        v_after := substring(substr(v_folded, v_end, 20) from '^\S*');
        v_marked := v_before || v_marked || v_after;
        v_place := v_place - length(v_before);
        v_end := v_end + length(v_after);
    END IF;
    RETURN jsonb_build_object(
        'marked', v_marked,
        'said', CASE WHEN v_place > 0 THEN substr(normalize(p_text, NFC), v_place, v_end - v_place) END,
        'begins', v_place = 1, 'ends', v_place > 0 AND v_end > v_length);
END $$;

-- Where a ticket says what is searched for: `[{field, comment_id, …}]` of its subject, its description and the newest comment in
-- which it stands, as far as whoever searches reads them. It runs with the rights of its caller.
CREATE OR REPLACE FUNCTION fn_search_highlights(p_ticket uuid, p_asked jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    v_staff boolean := (p_asked ->> 'staff')::boolean;
    v_language text := (SELECT w.language FROM public.workspaces w WHERE w.id = v_workspace);
    v_query tsquery := public.fn_search_query(v_workspace, v_language, p_asked ->> 'words', v_staff);
    -- Any of the words is worth a mark, wherever the others stand.
    v_any tsquery := (
        SELECT string_agg(regexp_replace(word[1], '^''[^:]*:', ''''), ' | ')::tsquery
        FROM regexp_matches(querytree(v_query), '(''(?:[^'']|'''')*''(?::\*)?)', 'g') AS word);
    v_words text := (
        SELECT '\m(' || string_agg(regexp_replace(word[1], '([^[:alnum:]])', '\\\1', 'g'), '|') || ')'
        FROM regexp_matches(v_any::text, '''((?:[^'']|'''')*)''', 'g') AS word);
    v_found jsonb;
BEGIN
    IF v_any IS NULL THEN
        RETURN '[]';
    END IF;
    SELECT jsonb_agg(jsonb_build_object('field', f.field, 'comment_id', f.comment_id) || f.marks ORDER BY f.place) INTO v_found
    FROM (
        SELECT s.place, s.field, s.comment_id, public.fn_search_marks(v_language, s.said, v_any, v_words) AS marks
        FROM (
            SELECT 1 AS place, 'subject' AS field, NULL::uuid AS comment_id, t.subject AS said
            FROM public.tickets t WHERE t.workspace_id = v_workspace AND t.id = p_ticket
            UNION ALL
            SELECT 2, 'description', NULL, t.description
            FROM public.tickets t WHERE t.workspace_id = v_workspace AND t.id = p_ticket
            UNION ALL
            SELECT 3, 'comment', c.id, c.body
            FROM (
                SELECT d.id FROM public.search_documents d
                WHERE d.workspace_id = v_workspace AND d.ticket_id = p_ticket AND d.id <> p_ticket
                  AND (v_staff OR NOT d.internal) AND d.vector @@ v_query
                ORDER BY d.id DESC LIMIT 1) AS newest
            JOIN public.comments c ON c.workspace_id = v_workspace AND c.id = newest.id
            WHERE c.deleted_at IS NULL AND (v_staff OR c.visibility = 'public')
        ) AS s
    ) AS f WHERE f.marks IS NOT NULL;
    RETURN coalesce(v_found, '[]');
END $$;
