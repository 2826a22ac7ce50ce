-- The same edges as chalicelib/tickets/lifecycle.py; a test keeps them equal.
CREATE OR REPLACE FUNCTION fn_is_legal_status_edge(p_from text, p_to text) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE p_from
        WHEN 'new' THEN p_to IN ('open', 'pending', 'on_hold', 'resolved', 'closed', 'cancelled')
        WHEN 'open' THEN p_to IN ('pending', 'on_hold', 'resolved', 'closed', 'cancelled')
        WHEN 'pending' THEN p_to IN ('open', 'on_hold', 'resolved', 'closed', 'cancelled')
        WHEN 'on_hold' THEN p_to IN ('open', 'pending', 'resolved', 'closed', 'cancelled')
        WHEN 'resolved' THEN p_to IN ('open', 'closed')
        WHEN 'closed' THEN p_to = 'open'
        WHEN 'cancelled' THEN p_to = 'open'
        ELSE false
    END
$$;

-- Also keeps the time since when nobody works on a ticket, by which it is kept or purged: see sp_purge_tickets.sql.
CREATE OR REPLACE FUNCTION fn_guard_ticket_status() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('new', 'open') THEN
            RAISE EXCEPTION 'a ticket cannot begin as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_status_edge';
        END IF;
    ELSIF NEW.status <> OLD.status AND (
        NOT fn_is_legal_status_edge(OLD.status, NEW.status) OR OLD.archived_at IS NOT NULL OR OLD.merged_into IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a ticket cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_status_edge';
    END IF;
    NEW.finished_at := CASE
        WHEN NEW.status IN ('closed', 'cancelled') OR NEW.deleted_at IS NOT NULL
        THEN coalesce(NEW.finished_at, NEW.closed_at, NEW.deleted_at, now())
    END;
    RETURN NEW;
END $$;
