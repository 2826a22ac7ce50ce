-- A workspace with all that it cannot work without: its counter, its default team, a calendar without closing time and the
-- first promise. Enters it, so the caller goes on inside. Where somebody takes the slug meanwhile, the next one is tried.
CREATE OR REPLACE FUNCTION fn_make_workspace(p_wanted_slug text, p_name text)
RETURNS TABLE (workspace_id uuid, slug text, team_id uuid)
LANGUAGE plpgsql
AS $$
#variable_conflict use_variable
DECLARE
    v_calendar uuid := uuidv7();
BEGIN
    workspace_id := uuidv7();
    team_id := uuidv7();
    PERFORM set_config('app.workspace_id', workspace_id::text, true);
    LOOP
        slug := fn_free_slug(p_wanted_slug);
        INSERT INTO workspaces (id, slug, name) VALUES (workspace_id, slug, p_name)
        ON CONFLICT ON CONSTRAINT workspaces_slug_key DO NOTHING;
        EXIT WHEN FOUND;
    END LOOP;
    INSERT INTO ticket_counters (workspace_id) VALUES (workspace_id);
    INSERT INTO teams (workspace_id, id, name, is_default) VALUES (workspace_id, team_id, 'Service desk', true);
    INSERT INTO calendars (workspace_id, id, name, timezone, weekly)
    VALUES (workspace_id, v_calendar, '24/7', 'UTC',
            (SELECT jsonb_object_agg(day, '[["00:00", "24:00"]]'::jsonb) FROM generate_series(0, 6) AS day));
    INSERT INTO sla_policies (workspace_id, name, position, targets, calendar_id)
    VALUES (workspace_id, 'Default', 1,
            '{"resolution": {"urgent": 240, "high": 480, "medium": 1440, "low": 2880},
              "first_response": {"urgent": 60, "high": 120, "medium": 360, "low": 720}}', v_calendar);
    RETURN NEXT;
END $$;
