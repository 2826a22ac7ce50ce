-- The enabled policies of a workspace in their order, or the one that is named, be it `deleted` too: what sla/policies.py reads.
-- A calendar may be long, so the first policy on it carries it for all.
CREATE OR REPLACE FUNCTION fn_policies(p_workspace uuid, p_policy uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', p.id, 'name', p.name, 'deleted', p.deleted_at IS NOT NULL, 'conditions', p.conditions, 'targets', p.targets,
                   'warnings', p.warnings, 'escalations', p.escalations,
                   'calendar_id', p.calendar_id, 'calendar', CASE WHEN p.place = 1 THEN jsonb_build_object(
                       'timezone', c.timezone, 'weekly', c.weekly, 'holidays', c.holidays) END)
                   ORDER BY p.position, p.id), '[]')
        FROM (SELECT *, row_number() OVER (PARTITION BY calendar_id ORDER BY position, id) AS place FROM sla_policies
              WHERE workspace_id = p_workspace
                AND CASE WHEN p_policy IS NULL THEN enabled AND deleted_at IS NULL ELSE id = p_policy END) AS p
        JOIN calendars c ON c.workspace_id = p.workspace_id AND c.id = p.calendar_id
    );
END $$;
