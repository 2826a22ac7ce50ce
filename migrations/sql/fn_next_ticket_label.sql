-- The next number of a workspace, never reset, and its label: TKT-2026-00042, the year in the workspace's zone.
-- The counter's row lock is held until COMMIT, so call it as late in the transaction as can be.
CREATE OR REPLACE FUNCTION fn_next_ticket_label(p_workspace uuid) RETURNS TABLE (number bigint, label text)
LANGUAGE sql
AS $$
    UPDATE ticket_counters c SET last_number = c.last_number + 1
    FROM workspaces w
    WHERE c.workspace_id = p_workspace AND w.id = p_workspace
    RETURNING c.last_number,
              w.label_prefix || '-' || to_char(now() AT TIME ZONE w.timezone, 'YYYY') || '-'
              || lpad(c.last_number::text, greatest(5, length(c.last_number::text)), '0')
$$;
