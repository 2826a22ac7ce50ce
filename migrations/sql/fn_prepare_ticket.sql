-- All that creating or moving a ticket must look up: policies, the default team, which of the named team, assignee (active
-- staff) and requester are this workspace's (null for what is not), the organisation that the requester is in, the declared
-- category with this folded name and its team, how the team assigns, and the custom fields where they are asked for. One call,
-- for the session keeps its plan, and planning it takes longer than all else of it.
--
-- The assignee is held: whoever deactivates somebody waits, and then finds the ticket that they were given. Since that one goes
-- on to the person's tickets, nobody may wait here with one of them in hand.
CREATE OR REPLACE FUNCTION fn_prepare_ticket(
    p_workspace uuid, p_team uuid, p_assignee uuid, p_requester uuid, p_category text, p_with_fields boolean,
    OUT policies jsonb, OUT default_team_id uuid, OUT team_id uuid, OUT category_team_id uuid, OUT assignment text,
    OUT category_name text, OUT category_subcategories text[], OUT categories_only boolean, OUT fields jsonb,
    OUT assignee_id uuid, OUT requester_id uuid, OUT organisation_id uuid)
LANGUAGE plpgsql
AS $$
BEGIN
    SELECT d.id, n.id, k.id, coalesce(n.assignment, k.assignment, d.assignment), c.name, c.subcategories, w.categories_only
    INTO default_team_id, team_id, category_team_id, assignment, category_name, category_subcategories, categories_only
    FROM workspaces w
    LEFT JOIN teams d ON d.workspace_id = p_workspace AND d.is_default
    LEFT JOIN teams n ON n.workspace_id = p_workspace AND n.id = p_team AND n.deleted_at IS NULL
    LEFT JOIN categories c ON c.workspace_id = p_workspace AND c.key = p_category AND c.active
    LEFT JOIN teams k ON k.workspace_id = p_workspace AND k.id = c.team_id AND k.deleted_at IS NULL
    WHERE w.id = p_workspace;
    IF p_assignee IS NOT NULL THEN
        SELECT u.id INTO assignee_id FROM users u
        WHERE u.workspace_id = p_workspace AND u.id = p_assignee
          AND u.status = 'active' AND u.role <> 'customer' AND u.deleted_at IS NULL
        FOR SHARE;
    END IF;
    IF p_requester IS NOT NULL THEN
        SELECT CASE WHEN u.status <> 'deactivated' AND u.deleted_at IS NULL THEN u.id END, o.id
        INTO requester_id, organisation_id
        FROM users u
        LEFT JOIN organisations o ON o.workspace_id = u.workspace_id AND o.id = u.organisation_id AND o.deleted_at IS NULL
        WHERE u.workspace_id = p_workspace AND u.id = p_requester;
    END IF;
    policies := fn_policies(p_workspace);
    IF p_with_fields THEN
        fields := fn_custom_fields(p_workspace);
    END IF;
END $$;
