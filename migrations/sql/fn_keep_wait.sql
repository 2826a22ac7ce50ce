-- Tickets that wait: a row each while one is resolved, or pending on its customer, with when the clock has next to do with it.
-- Kept by whoever writes: triggers see verbs, rules, bulk changes and imports alike.

-- What comes next of a wait, one row, nothing in it where nothing comes: `close` what is resolved once its window is over;
-- `remind` the customer, each day of the setting once; `resolve` when the last reminder lies as far back as the setting has it.
-- So after an outage, or for what had waited long before a setting was made, nothing is resolved behind a reminder's back.
-- A day is 24 hours, as the window of reopening has them.
CREATE OR REPLACE FUNCTION fn_next_wait(
    p_status text, p_since timestamptz, p_reminded integer, p_reminded_at timestamptz,
    p_window integer, p_reminders integer[], p_resolve integer,
    OUT step text, OUT days integer, OUT at timestamptz)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    c_day CONSTANT interval := '24 hours';
BEGIN
    IF p_status = 'resolved' THEN
        step := 'close';
        days := p_window;
        at := p_since + p_window * c_day;
        RETURN;
    END IF;
    SELECT min(d) INTO days FROM unnest(p_reminders) AS d WHERE d > p_reminded;
    IF days IS NOT NULL THEN
        step := 'remind';
        at := p_since + days * c_day;
    ELSIF p_resolve IS NOT NULL THEN
        step := 'resolve';
        days := p_resolve;
        at := greatest(p_since + p_resolve * c_day, p_reminded_at + (p_resolve - p_reminded) * c_day);
    END IF;
END $$;

-- Whoever leaves and comes back waits anew.
CREATE OR REPLACE FUNCTION fn_keep_wait() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL OR NEW.status NOT IN ('pending', 'resolved') THEN
        DELETE FROM public.ticket_waits w WHERE w.workspace_id = NEW.workspace_id AND w.ticket_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO public.ticket_waits AS w (workspace_id, ticket_id, status, since, wakes_at)
    SELECT NEW.workspace_id, NEW.id, NEW.status, began.since, n.at
    FROM public.workspaces s
    CROSS JOIN LATERAL (SELECT CASE NEW.status WHEN 'resolved' THEN NEW.resolved_at ELSE now() END AS since) began
    CROSS JOIN LATERAL public.fn_next_wait(
        NEW.status, began.since, 0, NULL, s.reopen_window_days, s.pending_reminder_days, s.pending_resolve_days) n
    WHERE s.id = NEW.workspace_id
    ON CONFLICT (workspace_id, ticket_id) DO UPDATE
    SET status = excluded.status, since = excluded.since, reminded = 0, reminded_at = NULL, wakes_at = excluded.wakes_at;
    RETURN NULL;
END $$;

-- Whom the staff, or a program of theirs, has just written to has not been waited for yet. What the desk says by itself does not
-- count, or a rule that reminds would do so for ever; nor does a word of the customer that wakes nothing, as robots send for them.
CREATE OR REPLACE FUNCTION fn_wait_anew() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.ticket_waits w
    SET since = now(), reminded = 0, reminded_at = NULL, wakes_at = (
        SELECT n.at FROM public.workspaces s CROSS JOIN LATERAL public.fn_next_wait(
            'pending', now(), 0, NULL, s.reopen_window_days, s.pending_reminder_days, s.pending_resolve_days) n
        WHERE s.id = NEW.workspace_id)
    WHERE w.workspace_id = NEW.workspace_id AND w.ticket_id = NEW.ticket_id AND w.status = 'pending'
      AND (NEW.api_key_id IS NOT NULL OR EXISTS (
          SELECT FROM public.users u
          WHERE u.workspace_id = NEW.workspace_id AND u.id = NEW.author_id AND u.role <> 'customer'));
    RETURN NULL;
END $$;

-- Other settings hold for what waits already: the sweep reckons it anew.
CREATE OR REPLACE FUNCTION fn_mark_stale_waits() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.waits_stale_since := now();
    NEW.waits_reckoned_to := NULL;
    NEW.waits_again_at := NULL;
    RETURN NEW;
END $$;

-- What is to be done about a ticket that the caller holds, if it is still to be done; no row where nothing is. A reminder is
-- written down as done here; closing and resolving are, by the change of the status. Of reminders that were missed the last one
-- is done. `left_days`: from the last reminder to the resolving. `comment_id`: what the staff, or a program of theirs, said last.
CREATE OR REPLACE FUNCTION fn_take_wait(p_workspace uuid, p_ticket uuid)
RETURNS TABLE (step text, days integer, left_days integer, resolve_text text, comment_id uuid)
LANGUAGE plpgsql
AS $$
DECLARE
    c_day CONSTANT interval := '24 hours';
    v_wait record;
    v_next record;
BEGIN
    SELECT w.status, w.since, w.reminded, w.reminded_at, s.reopen_window_days AS window_days,
           s.pending_reminder_days AS reminders, s.pending_resolve_days AS resolve, s.pending_resolve_text AS words
    INTO v_wait
    FROM public.ticket_waits w JOIN public.workspaces s ON s.id = w.workspace_id
    WHERE w.workspace_id = p_workspace AND w.ticket_id = p_ticket
    FOR NO KEY UPDATE OF w;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT n.* INTO v_next FROM public.fn_next_wait(
        v_wait.status, v_wait.since, v_wait.reminded, v_wait.reminded_at,
        v_wait.window_days, v_wait.reminders, v_wait.resolve) n;
    IF v_next.at >= now() OR v_next.at IS NULL THEN
        UPDATE public.ticket_waits w SET wakes_at = v_next.at WHERE w.workspace_id = p_workspace AND w.ticket_id = p_ticket;
        RETURN;
    END IF;

    step := v_next.step;
    days := v_next.days;
    resolve_text := v_wait.words;
    IF step = 'remind' THEN
        SELECT max(d) INTO days FROM unnest(v_wait.reminders) AS d WHERE v_wait.since + d * c_day < now();
        IF days >= ALL (v_wait.reminders) THEN
            left_days := v_wait.resolve - days;
        END IF;
        SELECT c.id INTO comment_id
        FROM public.comments c
        LEFT JOIN public.users u ON u.workspace_id = c.workspace_id AND u.id = c.author_id
        WHERE c.workspace_id = p_workspace AND c.ticket_id = p_ticket AND c.visibility = 'public' AND c.deleted_at IS NULL
          AND (c.api_key_id IS NOT NULL OR u.role <> 'customer')
        ORDER BY c.created_at DESC, c.id DESC LIMIT 1;
        UPDATE public.ticket_waits w
        SET reminded = take.days, reminded_at = now(), wakes_at = n.at
        FROM (SELECT fn_take_wait.days AS days) AS take
        CROSS JOIN LATERAL public.fn_next_wait(
            v_wait.status, v_wait.since, take.days, now(), v_wait.window_days, v_wait.reminders, v_wait.resolve) n
        WHERE w.workspace_id = p_workspace AND w.ticket_id = p_ticket;
    END IF;
    RETURN NEXT;
END $$;
