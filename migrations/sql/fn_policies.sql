-- The enabled policies of a workspace in their order, each with its calendar, or the one that is named: what sla/policies.py reads.
CREATE OR REPLACE FUNCTION fn_policies(p_workspace uuid, p_policy uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', p.id, 'name', p.name, 'conditions', p.conditions, 'targets', p.targets,
                   'warnings', p.warnings, 'escalations', p.escalations,
                   'calendar_id', p.calendar_id, 'calendar', jsonb_build_object(
                       'timezone', c.timezone, 'weekly', c.weekly, 'holidays', c.holidays))
                   ORDER BY p.position, p.id), '[]')
        FROM sla_policies p
        JOIN calendars c ON c.workspace_id = p.workspace_id AND c.id = p.calendar_id
        WHERE p.workspace_id = p_workspace AND p.deleted_at IS NULL
          AND CASE WHEN p_policy IS NULL THEN p.enabled ELSE p.id = p_policy END
    );
END $$;
