-- Erasing a person: what goes with the user is deleted, what stays loses every word of them. `patterns` of the person's row in
-- `erasures` are POSIX regular expressions: `everywhere` for the whole workspace, in any case; `own` for what is the person's,
-- as it is written. All of it works in the workspace that the transaction has entered, in batches, and may be repeated.

-- Where words can stand: the columns of text and JSON that people fill, and which rows are the person's ($2), as a condition on
-- the row t. A test holds that every such column of every table is here or has a reason not to be. What a job is still to write
-- comes before where it would write it.
CREATE OR REPLACE FUNCTION fn_erasure_places() RETURNS TABLE (place text, columns text[], own text)
LANGUAGE sql IMMUTABLE
AS $$
    VALUES ('jobs', ARRAY['input'], 't.created_by = $2'),
           ('tickets', ARRAY['subject', 'description', 'category', 'subcategory', 'tags', 'custom_fields'],
            'public.fn_concerns(t.workspace_id, t.id, $2)'),
           ('ticket_facts', ARRAY['category'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('comments', ARRAY['body'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('attachments', ARRAY['file_name'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('time_entries', ARRAY['note'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('ratings', ARRAY['comment'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('rules', ARRAY['description', 'conditions', 'actions'], 'false'),
           ('rule_firings', ARRAY['reason'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('webhook_deliveries', ARRAY['answer'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('timeline_entries', ARRAY['changes', 'meta'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('api_keys', ARRAY['name'], 't.created_by = $2'),
           ('organisations', ARRAY['notes'], 'false'),
           ('macros', ARRAY['description', 'actions'], 'false'),
           ('views', ARRAY['name', 'key', 'description', 'filter'], 'false'),
           ('events', ARRAY['payload'], 'public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('idempotency_keys', ARRAY['body'], 't.principal = ''user:'' || $2'),
           ('inbound_messages', ARRAY['from_name', 'from_address', 'subject', 'body', 'recipients'],
            't.user_id = $2 OR public.fn_concerns(t.workspace_id, t.ticket_id, $2)'),
           ('mailboxes', ARRAY['name'], 'false'),
           ('mail_templates', ARRAY['subject', 'body_text', 'body_html'], 'false'),
           ('imports', ARRAY['file_name', 'mapping', 'options'], 't.created_by = $2'),
           ('import_remarks', ARRAY['external_id', 'detail'], 'false'),
           ('job_items', ARRAY['error'], 'public.fn_concerns(t.workspace_id, t.subject_id, $2)')
$$;

-- Whether a ticket is a person's: asked, worked on, answered or watched by them.
CREATE OR REPLACE FUNCTION fn_concerns(p_workspace uuid, p_ticket uuid, p_user uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM public.tickets t WHERE t.workspace_id = p_workspace AND t.id = p_ticket
                   AND p_user IN (t.requester_id, t.assignee_id))
        OR EXISTS (SELECT FROM public.comments c WHERE c.workspace_id = p_workspace AND c.ticket_id = p_ticket
                   AND c.author_id = p_user)
        OR EXISTS (SELECT FROM public.timeline_entries e WHERE e.workspace_id = p_workspace AND e.ticket_id = p_ticket
                   AND (e.actor_id = p_user OR e.changes::text LIKE '%' || p_user || '%'))
        OR EXISTS (SELECT FROM public.ticket_watchers w WHERE w.workspace_id = p_workspace AND w.ticket_id = p_ticket
                   AND w.user_id = p_user)
$$;

-- A text without the person, as long as its column can hold at most.
CREATE OR REPLACE FUNCTION fn_erase_text(
    p_text text, p_everywhere text, p_own text, p_characters integer DEFAULT NULL, p_bytes integer DEFAULT 65536
)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_text text := regexp_replace(p_text, p_everywhere, '[erased]', 'gi');
BEGIN
    IF p_own IS NOT NULL THEN
        v_text := regexp_replace(v_text, p_own, '[erased]', 'g');
    END IF;
    -- A character takes a byte at least, so this many are enough to leave out.
    v_text := left(v_text, length(v_text) - greatest(octet_length(v_text) - p_bytes, 0));
    RETURN coalesce(left(v_text, p_characters), v_text);
END $$;

-- A document without the person: objects that name the user by its id lose the facts, texts and keys lose the words.
CREATE OR REPLACE FUNCTION fn_erase_json(p_value jsonb, p_user uuid, p_pseudonym text, p_everywhere text, p_own text)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    CASE jsonb_typeof(p_value)
    WHEN 'object' THEN
        RETURN (
            SELECT coalesce(jsonb_object_agg(public.fn_erase_text(key, p_everywhere, p_own), CASE
                WHEN p_value ->> 'id' IS DISTINCT FROM p_user::text OR jsonb_typeof(value) = 'null'
                    THEN public.fn_erase_json(value, p_user, p_pseudonym, p_everywhere, p_own)
                WHEN key = 'name' THEN to_jsonb(p_pseudonym)
                WHEN key IN ('email', 'document_id', 'phone', 'has_whatsapp', 'company') THEN 'null'
                ELSE public.fn_erase_json(value, p_user, p_pseudonym, p_everywhere, p_own)
            END), '{}')
            FROM jsonb_each(p_value));
    WHEN 'array' THEN
        RETURN (
            SELECT coalesce(jsonb_agg(
                public.fn_erase_json(value, p_user, p_pseudonym, p_everywhere, p_own) ORDER BY ordinality), '[]')
            FROM jsonb_array_elements(p_value) WITH ORDINALITY);
    WHEN 'string' THEN
        RETURN to_jsonb(public.fn_erase_text(p_value #>> '{}', p_everywhere, p_own));
    WHEN 'number' THEN
        RETURN CASE WHEN (p_value #>> '{}') ~* p_everywhere THEN '"[erased]"' ELSE p_value END;
    ELSE
        RETURN p_value;
    END CASE;
END $$;

-- Takes the person out of the next p_limit rows of a place, in the order of its key from p_after on. `last` is where the next
-- batch begins, null at the end.
CREATE OR REPLACE FUNCTION fn_erase_batch(p_user uuid, p_place text, p_after text[], p_limit integer)
RETURNS TABLE (last text[], seen integer, changed integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    v_erasure public.erasures;
    v_keys text;
    v_same text;
    v_after text;
    v_texts text;
    v_columns text;
    v_cleaned text;
    v_own text;
BEGIN
    SELECT * INTO v_erasure FROM public.erasures e WHERE e.workspace_id = v_workspace AND e.user_id = p_user;
    -- Whoever comes after the end finds nothing to look for: without an expression every text would become null.
    IF v_erasure.patterns IS NULL THEN
        RETURN QUERY SELECT NULL::text[], 0, 0;
        RETURN;
    END IF;
    SELECT p.own INTO STRICT v_own FROM public.fn_erasure_places() p WHERE p.place = p_place;
    SELECT string_agg('t.' || a.attname, ', ' ORDER BY k.n), string_agg(format('t.%1$s = b.%1$s', a.attname), ' AND '),
           string_agg(format('$3[%s]::%s', k.n - 1, format_type(a.atttypid, NULL)), ', ' ORDER BY k.n)
      INTO v_keys, v_same, v_after
      FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n), pg_attribute a
      WHERE i.indrelid = p_place::regclass AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.n > 1;
    SELECT string_agg(format('t.%s', c.name), ', ' ORDER BY c.n),
           string_agg(format(CASE p_place WHEN 'idempotency_keys' THEN 'replace(t.%s, ''&#39;'', chr(39))' ELSE 't.%s::text' END,
                             c.name), ', ' ORDER BY c.n),
           string_agg(CASE
               WHEN a.atttypid = 'jsonb'::regtype THEN
                   format('public.fn_erase_json(t.%s, $2, $5, $6, CASE WHEN %s THEN $7 END)', c.name, v_own)
               WHEN p_place = 'idempotency_keys' THEN
                   -- Answers are JSON or pages, in which an apostrophe is escaped.
                   format('CASE WHEN t.%1$s LIKE ''<%%'' THEN public.fn_erase_text(replace(t.%1$s, ''&#39;'', chr(39)), $6, '
                          'CASE WHEN %2$s THEN $7 END) '
                          'ELSE public.fn_erase_json(t.%1$s::jsonb, $2, $5, $6, CASE WHEN %2$s THEN $7 END)::text END',
                          c.name, v_own)
               WHEN a.atttypid = 'text[]'::regtype THEN format(
                   'ARRAY(SELECT public.fn_erase_text(word, $6, CASE WHEN %s THEN $7 END) FROM unnest(t.%s) AS word)',
                   v_own, c.name)
               ELSE format('public.fn_erase_text(t.%s, $6, CASE WHEN %s THEN $7 END, %s)',
                           c.name, v_own, CASE c.name WHEN 'subject' THEN '200' WHEN 'note' THEN '2000'
                                                   WHEN 'comment' THEN '2000' WHEN 'file_name' THEN 'NULL, 255' ELSE 'NULL' END)
           END, ', ' ORDER BY c.n)
      INTO v_columns, v_texts, v_cleaned
      FROM public.fn_erasure_places() p, unnest(p.columns) WITH ORDINALITY AS c (name, n), pg_attribute a
      WHERE p.place = p_place AND a.attrelid = p_place::regclass AND a.attname = c.name;
    RETURN QUERY EXECUTE format($sql$
        WITH b AS MATERIALIZED (
            SELECT %2$s FROM public.%1$s t
            WHERE t.workspace_id = $1 AND ($3 IS NULL OR (%2$s) > (%3$s))
            ORDER BY %2$s LIMIT $4
        ), cleaned AS (
            UPDATE public.%1$s t SET (%4$s) = ROW(%5$s) FROM b
            WHERE t.workspace_id = $1 AND %6$s
              AND (concat_ws(' ', %7$s) ~* $6 OR concat_ws(' ', %7$s) LIKE '%%' || $2 || '%%'
                   OR CASE WHEN concat_ws(' ', %7$s) ~ $7 THEN %8$s ELSE false END)
              AND ROW(%9$s) IS DISTINCT FROM ROW(%5$s)
            RETURNING 1
        )
        SELECT (SELECT ARRAY[%10$s] FROM b t ORDER BY %11$s LIMIT 1),
               (SELECT count(*)::integer FROM b), (SELECT count(*)::integer FROM cleaned)
        $sql$, p_place, v_keys, v_after, replace(v_columns, 't.', ''), v_cleaned, v_same, v_texts, v_own, v_columns,
        replace(v_keys, ',', '::text,') || '::text', replace(v_keys, ',', ' DESC,') || ' DESC')
    USING v_workspace, p_user, p_after, p_limit, v_erasure.pseudonym, v_erasure.patterns ->> 'everywhere',
          v_erasure.patterns ->> 'own';
END $$;
ALTER FUNCTION fn_erase_batch(uuid, text, text[], integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_erase_batch(uuid, text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_erase_batch(uuid, text, text[], integer) TO mesa_app;

-- Deletes the rows that go with the user, at most p_limit of each table: the schema says which (ON DELETE CASCADE), so what a
-- later table holds is in it. The files that they sent go too, for nobody can take words out of them. Answers how many of each.
CREATE OR REPLACE FUNCTION fn_erase_owned(p_user uuid, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_owned record;
    v_gone integer;
    v_counts jsonb := '{}';
BEGIN
    FOR v_owned IN
        SELECT c.conrelid::regclass AS place, a.attname AS name
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
        WHERE c.contype = 'f' AND c.confrelid = 'public.users'::regclass
          AND (c.confdeltype = 'c' OR a.attname = 'uploaded_by')
        ORDER BY c.conrelid::regclass::text
    LOOP
        EXECUTE format('DELETE FROM %1$s WHERE ctid = ANY(ARRAY('
                       'SELECT ctid FROM %1$s WHERE workspace_id = $1 AND %2$I = $2 LIMIT $3))', v_owned.place, v_owned.name)
        USING nullif(current_setting('app.workspace_id', true), '')::uuid, p_user, p_limit;
        GET DIAGNOSTICS v_gone = ROW_COUNT;
        IF v_gone > 0 THEN
            v_counts := v_counts || jsonb_build_object(v_owned.place::text, v_gone);
        END IF;
    END LOOP;
    RETURN v_counts;
END $$;
ALTER FUNCTION fn_erase_owned(uuid, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_erase_owned(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_erase_owned(uuid, integer) TO mesa_app;
