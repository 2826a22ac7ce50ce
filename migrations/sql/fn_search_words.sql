-- Words as search knows them. A document and a query go through the same functions, so what is folded here is folded there. Each
-- lexeme stands behind its workspace's key: one index serves all, and none reads what lies in another's part of it.

-- The text, sign by sign in the same places, with what a keyboard may not have folded: of Spanish the letters that its stemmer
-- does not know, of other languages every accent. In Spanish an ending that always has its accent gets it, for the stemmer looks
-- for it there. What ties words together for the parser (in addresses, paths, versions, a hyphen before a number) becomes a sign
-- that parts them and keeps them in one query word: `acme.example` is a phrase, found in `wiki.acme.example` too.
CREATE OR REPLACE FUNCTION fn_search_text(p_language text, p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE p_language
        WHEN 'es' THEN regexp_replace(
            translate(spaced, 'àèìòùâêîôûäëïöüãõñçÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇ', 'aeiouaeiouaeiouaoncAEIOUAEIOUAEIOUAONC'),
            '([cs]i)o(?=n\M)', '\1ó', 'gi')
        ELSE translate(spaced, 'àèìòùâêîôûäëïöüãõñçÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇáéíóúýÁÉÍÓÚÝåÅøØ',
                       'aeiouaeiouaeiouaoncAEIOUAEIOUAEIOUAONCaeiouyAEIOUYaAoO')
        END
    FROM (SELECT regexp_replace(
              translate(normalize(p_text, NFC), U&'<>&\E000\E001./\005C@_', '     ;;;;;'), '(?<=\w)-(?=\d)', ';', 'g') AS spaced) AS said
$$;

-- The workspace's part of the index.
CREATE OR REPLACE FUNCTION fn_search_key(p_workspace uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT right(p_workspace::text, 8) || ':' $$;

-- No column of type regconfig anywhere, which pg_upgrade could not carry over. What is longer than any word is none.
CREATE OR REPLACE FUNCTION fn_search_lexemes(p_language text, p_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE p_language
        WHEN 'en' THEN to_tsvector('pg_catalog.english', said)
        WHEN 'es' THEN to_tsvector('pg_catalog.spanish', said)
        ELSE to_tsvector('pg_catalog.simple', said) END
    FROM (SELECT regexp_replace(public.fn_search_text(p_language, p_text), '\S{200,}', ' ', 'g') AS said) AS long
$$;

-- Puts the key before each lexeme of a vector or query written as text: lexemes stand in quotes there, and nothing else does.
CREATE OR REPLACE FUNCTION fn_search_keyed(p_key text, p_written text, p_after text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(p_written, '''((?:[^'']|'''')*)''', '''' || p_key || '\1''' || p_after, 'g') $$;

-- What somebody typed: words, "phrases", or, -not. The last word may go on, a number may not. Null where there is nothing to look for, as of words
-- that are everywhere, or of nothing but what must not be there. Without `p_staff` the staff's part of a document does not count.
CREATE OR REPLACE FUNCTION fn_search_query(p_workspace uuid, p_language text, p_typed text, p_staff boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_typed text := public.fn_search_text(p_language, p_typed);
    v_query tsquery := CASE p_language
        WHEN 'en' THEN websearch_to_tsquery('pg_catalog.english', v_typed)
        WHEN 'es' THEN websearch_to_tsquery('pg_catalog.spanish', v_typed)
        ELSE websearch_to_tsquery('pg_catalog.simple', v_typed) END;
    v_written text := v_query::text;
BEGIN
    IF numnode(v_query) = 0 OR querytree(v_query) IN ('', 'T') THEN
        RETURN NULL;
    END IF;
    v_written := public.fn_search_keyed(public.fn_search_key(p_workspace), v_written, CASE WHEN NOT p_staff THEN ':ABC' ELSE '' END);
    IF v_typed ~ '(^|\s)[^\s"-][^\s"]*\w$' AND v_written ~ ':[^'':]*[^'':0-9][^'':]+''(:ABC)?$' THEN
        v_written := v_written || CASE WHEN p_staff THEN ':*' ELSE '*' END;
    END IF;
    RETURN v_written::tsquery;
END $$;
