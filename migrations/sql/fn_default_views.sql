-- The shared views that a new workspace begins with, in its language; its own to change or delete.
CREATE OR REPLACE FUNCTION fn_default_views(p_workspace uuid) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO views (workspace_id, name, key, filter, sort, position)
    SELECT w.id, v.name, lower(v.name), v.filter::jsonb, v.sort, v.place
    FROM workspaces w
    CROSS JOIN LATERAL (VALUES
        (1, CASE w.language WHEN 'es' THEN 'Mis tickets activos' ELSE 'My active tickets' END,
         '{"assignee": "me", "status": ["new", "on_hold", "open", "pending"]}', 'due_at'),
        (2, CASE w.language WHEN 'es' THEN 'Sin asignar' ELSE 'Unassigned' END,
         '{"assignee": "none", "status": ["new", "on_hold", "open", "pending"]}', 'created_at'),
        (3, CASE w.language WHEN 'es' THEN 'Vencidos' ELSE 'Past due' END,
         '{"breached": true, "status": ["new", "on_hold", "open", "pending"]}', 'due_at'),
        (4, CASE w.language WHEN 'es' THEN 'Todos los activos' ELSE 'All active' END,
         '{"status": ["new", "on_hold", "open", "pending"]}', '-created_at'),
        (5, CASE w.language WHEN 'es' THEN 'A la espera del cliente' ELSE 'Waiting for the customer' END,
         '{"status": ["pending"]}', 'updated_at'),
        (6, CASE w.language WHEN 'es' THEN 'Resueltos hace poco' ELSE 'Recently resolved' END,
         '{"status": ["closed", "resolved"], "updated_within_days": 7}', '-updated_at')
    ) AS v (place, name, filter, sort)
    WHERE w.id = p_workspace
$$;
