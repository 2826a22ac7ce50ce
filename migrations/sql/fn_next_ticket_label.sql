-- The next number of a workspace, never reset, and its label: TKT-2026-00042, the year in the workspace's zone.
-- The counter's row lock is held until COMMIT, so call it as late in the transaction as can be.
--
-- Who creates at the same time queues up before the row, not at it: to wait for a row that many change is to wake up twice a turn,
-- and to find the way through all its versions.
CREATE OR REPLACE FUNCTION fn_next_ticket_label(p_workspace uuid) RETURNS TABLE (number bigint, label text)
LANGUAGE plpgsql
AS $$
DECLARE
    v_prefix text;
    v_year text;
BEGIN
    SELECT w.label_prefix, to_char(now() AT TIME ZONE w.timezone, 'YYYY') INTO v_prefix, v_year
    FROM workspaces w WHERE w.id = p_workspace;
    PERFORM pg_advisory_xact_lock(hashtextextended('number ' || p_workspace, 0));
    UPDATE ticket_counters c SET last_number = c.last_number + 1
    WHERE c.workspace_id = p_workspace
    RETURNING c.last_number INTO number;
    IF FOUND THEN
        label := v_prefix || '-' || v_year || '-' || lpad(number::text, greatest(5, length(number::text)), '0');
        RETURN NEXT;
    END IF;
END $$;
