-- What search looks through: one document a ticket and one a comment, kept beside them by whoever writes them. They stand apart
-- from the tickets, for each change of a ticket's row would else write all its words into the index again.
-- Weights: A the subject, B the description, C what comments say, D what is the staff's alone: tags, who asks, and the number that
-- the ticket had at another desk.

CREATE OR REPLACE FUNCTION fn_search_vector(p_workspace uuid, p_written tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT public.fn_search_keyed(public.fn_search_key(p_workspace), p_written::text)::tsvector $$;

CREATE OR REPLACE FUNCTION fn_ticket_vector(t tickets) RETURNS tsvector
LANGUAGE sql STABLE
AS $$
    SELECT public.fn_search_vector(t.workspace_id,
        setweight(public.fn_search_lexemes(w.language, t.subject), 'A')
        || setweight(public.fn_search_lexemes(w.language, t.description), 'B')
        || setweight(public.fn_search_lexemes(
               w.language, concat_ws(' ', r.name, r.email, array_to_string(t.tags, ' '), (
                   SELECT string_agg(x.external_id, ' ') FROM public.external_ids x
                   WHERE x.workspace_id = t.workspace_id AND x.ticket_id = t.id AND x.kind = 'ticket'))), 'D'))
    FROM public.workspaces w
    JOIN public.users r ON r.workspace_id = t.workspace_id AND r.id = t.requester_id
    WHERE w.id = t.workspace_id
$$;

CREATE OR REPLACE FUNCTION fn_comment_vector(c comments) RETURNS tsvector
LANGUAGE sql STABLE
AS $$
    SELECT public.fn_search_vector(c.workspace_id, setweight(public.fn_search_lexemes(w.language, c.body), 'C'))
    FROM public.workspaces w WHERE w.id = c.workspace_id
$$;

-- Who creates a ticket has written its document before: see fn_create_ticket.sql.
CREATE OR REPLACE FUNCTION fn_keep_ticket_search() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM public.search_documents d WHERE d.workspace_id = NEW.workspace_id AND d.id = NEW.id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.search_documents (workspace_id, id, ticket_id, internal, vector)
    VALUES (NEW.workspace_id, NEW.id, NEW.id, false, public.fn_ticket_vector(NEW))
    ON CONFLICT (workspace_id, id) DO UPDATE SET vector = excluded.vector;
    RETURN NULL;
END $$;

-- A comment that was taken back is found no more.
CREATE OR REPLACE FUNCTION fn_keep_comment_search() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM public.search_documents d WHERE d.workspace_id = NEW.workspace_id AND d.id = NEW.id;
    ELSE
        INSERT INTO public.search_documents (workspace_id, id, ticket_id, internal, vector)
        VALUES (NEW.workspace_id, NEW.id, NEW.ticket_id, NEW.visibility = 'internal', public.fn_comment_vector(NEW))
        ON CONFLICT (workspace_id, id) DO UPDATE
        SET ticket_id = excluded.ticket_id, internal = excluded.internal, vector = excluded.vector;
    END IF;
    RETURN NULL;
END $$;

-- Writes the next p_limit documents of the entered workspace anew, the newest first, from before p_before on: all, or those of
-- the tickets that somebody asked for. `last` is where the next batch begins, `seen` less than p_limit at the end. The documents
-- are held before their texts are read, in the order of their ids as those of many tickets are: who writes a text changes its
-- document after it, and so has the last word.
CREATE OR REPLACE FUNCTION fn_search_refresh(p_workspace uuid, p_requester uuid, p_before uuid, p_limit integer)
RETURNS TABLE (last uuid, seen integer)
LANGUAGE plpgsql
AS $$
DECLARE
    v_ids uuid[];
BEGIN
    IF p_requester IS NULL THEN
        v_ids := ARRAY(
            SELECT d.id FROM public.search_documents d
            WHERE d.workspace_id = p_workspace AND (p_before IS NULL OR d.id < p_before)
            ORDER BY d.id DESC LIMIT p_limit);
    ELSE
        v_ids := ARRAY(
            SELECT t.id FROM public.tickets t
            WHERE t.workspace_id = p_workspace AND t.requester_id = p_requester AND (p_before IS NULL OR t.id < p_before)
            ORDER BY t.id DESC LIMIT p_limit);
    END IF;
    PERFORM FROM public.search_documents d WHERE d.workspace_id = p_workspace AND d.id = ANY(v_ids)
    ORDER BY d.id FOR NO KEY UPDATE;
    UPDATE public.search_documents d SET vector = public.fn_ticket_vector(t)
    FROM public.tickets t
    WHERE d.workspace_id = p_workspace AND d.id = ANY(v_ids) AND t.workspace_id = p_workspace AND t.id = d.id;
    UPDATE public.search_documents d SET vector = public.fn_comment_vector(c)
    FROM public.comments c
    WHERE d.workspace_id = p_workspace AND d.id = ANY(v_ids) AND d.id <> d.ticket_id
      AND c.workspace_id = p_workspace AND c.id = d.id;
    RETURN QUERY SELECT v_ids[cardinality(v_ids)], cardinality(v_ids);
END $$;

-- Who has another name is found by it at once on the newest tickets that they asked for; a job does the rest, as it does all of a
-- workspace that changes its language. It begins once every transaction that still knew the old words has ended.
CREATE OR REPLACE FUNCTION fn_search_again(p_workspace uuid, p_requester uuid) RETURNS void
LANGUAGE sql
AS $$
    WITH job AS (
        INSERT INTO public.jobs (workspace_id, kind, subject_id, expires_at)
        VALUES (p_workspace, 'search_refresh', p_requester, now() + interval '30 days')
        RETURNING workspace_id, id, kind
    )
    INSERT INTO public.events (workspace_id, type, internal, payload, leased_until)
    SELECT job.workspace_id, 'job.requested', true,
           jsonb_build_object('job', jsonb_build_object('id', job.id, 'kind', job.kind)), now() + interval '30 seconds'
    FROM job
$$;

CREATE OR REPLACE FUNCTION fn_keep_requester_search() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF (SELECT r.seen = 200 FROM public.fn_search_refresh(NEW.workspace_id, NEW.id, NULL, 200) r) THEN
        PERFORM public.fn_search_again(NEW.workspace_id, NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION fn_keep_language_search() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM public.fn_search_again(NEW.id, NULL);
    RETURN NULL;
END $$;
