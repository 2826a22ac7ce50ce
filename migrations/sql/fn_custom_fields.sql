-- The custom fields of a workspace in their order: what tickets/field_values.py reads.
CREATE OR REPLACE FUNCTION fn_custom_fields(p_workspace uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'key', f.key, 'type', f.type, 'options', f.options, 'required_for', f.required_for,
                   'active', f.active, 'visible_to_customers', f.visible_to_customers,
                   'editable_by_customers', f.editable_by_customers) ORDER BY f.position, f.id), '[]')
        FROM custom_fields f WHERE f.workspace_id = p_workspace
    );
END $$;
