-- The tags of tickets, a row each: an index on the array is of no use under row-level security, for its operators are not
-- leakproof. Whoever writes a ticket's tags, erasing too, changes them here.
CREATE OR REPLACE FUNCTION fn_keep_ticket_tags() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.ticket_tags g
        WHERE g.workspace_id = NEW.workspace_id AND g.ticket_id = NEW.id AND g.tag <> ALL (NEW.tags);
    END IF;
    INSERT INTO public.ticket_tags (workspace_id, tag, ticket_id)
    SELECT NEW.workspace_id, tag, NEW.id FROM unnest(NEW.tags) AS tag
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
