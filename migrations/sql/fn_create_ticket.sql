-- A new ticket with the next number of its workspace, its first timeline entry, its event and its promises. With p_picks its
-- team gives it to somebody, which opens it; that is said only here, where the counter is held that creating holds anyway.
--
-- The counter is held from its taking to the COMMIT and by one at a time, so all that can be known before is known before, and what
-- needs no number is written before it is taken: the promises, and the words that search finds. Their ticket comes after them, so
-- for once their references to it are looked at in the end. This is one call, and the session keeps its plans.
CREATE OR REPLACE FUNCTION fn_create_ticket(
    p_workspace uuid, p_ticket jsonb, p_picks boolean, p_actor jsonb, p_meta jsonb, p_targets jsonb, p_steps jsonb,
    OUT ticket_id uuid, OUT ticket_number bigint, OUT ticket_label text, OUT ticket_status text, OUT given_to uuid,
    OUT made_at timestamptz, OUT event_id bigint, OUT payload jsonb)
LANGUAGE plpgsql
AS $$
DECLARE
    v_assigned_by text;
    v_ticket tickets;
    v_changes jsonb := '{}';
    v_meta jsonb;
BEGIN
    v_ticket := jsonb_populate_record(NULL::tickets, p_ticket || jsonb_build_object('workspace_id', p_workspace));
    ticket_id := uuidv7();
    SET CONSTRAINTS sla_targets_workspace_id_ticket_id_fkey, search_documents_workspace_id_ticket_id_fkey DEFERRED;
    PERFORM fn_keep_promises(p_workspace, ticket_id, (
        SELECT coalesce(jsonb_agg(
            given.target || jsonb_build_object('team_id', v_ticket.team_id, 'priority', v_ticket.priority)), '[]')
        FROM jsonb_array_elements(p_targets) AS given(target)), p_steps);
    INSERT INTO search_documents (workspace_id, id, ticket_id, internal, vector)
    VALUES (p_workspace, ticket_id, ticket_id, false, fn_ticket_vector(v_ticket));

    SELECT l.number, l.label INTO ticket_number, ticket_label FROM fn_next_ticket_label(p_workspace) l;
    IF p_picks THEN
        SELECT a.assignee_id, a.assigned_by INTO given_to, v_assigned_by
        FROM fn_pick_assignee(p_workspace, v_ticket.team_id, NULL) a;
    END IF;
    INSERT INTO tickets AS t (
        workspace_id, id, number, label, subject, description, type, priority, status, category, subcategory,
        requester_id, assignee_id, team_id, organisation_id, source, source_ip, tags, custom_fields,
        sla_policy_id, sla_minutes, due_at, last_sequence)
    VALUES (
        p_workspace, ticket_id, ticket_number, ticket_label, v_ticket.subject, v_ticket.description, v_ticket.type,
        v_ticket.priority, CASE WHEN given_to IS NULL THEN v_ticket.status ELSE 'open' END, v_ticket.category,
        v_ticket.subcategory, v_ticket.requester_id, coalesce(given_to, v_ticket.assignee_id), v_ticket.team_id,
        v_ticket.organisation_id, v_ticket.source, v_ticket.source_ip, v_ticket.tags, v_ticket.custom_fields,
        v_ticket.sla_policy_id, v_ticket.sla_minutes, v_ticket.due_at, 1)
    RETURNING t.* INTO v_ticket;
    ticket_status := v_ticket.status;
    given_to := v_ticket.assignee_id;
    made_at := v_ticket.created_at;

    -- How it came in, and who works on it if anybody does yet.
    IF given_to IS NOT NULL THEN
        v_changes := jsonb_build_object('assignee_id', jsonb_build_object('from', NULL, 'to', given_to));
    END IF;
    v_meta := jsonb_strip_nulls(p_meta || jsonb_build_object('assigned_by', v_assigned_by));
    payload := jsonb_build_object(
        'ticket', fn_told(v_ticket), 'actor', p_actor, 'changes', v_changes, 'meta', v_meta);
    INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, actor_id, changes, meta)
    VALUES (p_workspace, ticket_id, 1, 'created', p_actor ->> 'type', (p_actor ->> 'id')::uuid, v_changes, v_meta);
    INSERT INTO events AS e (workspace_id, ticket_id, sequence, type, payload)
    VALUES (p_workspace, ticket_id, 1, 'ticket.created', payload)
    RETURNING e.id INTO event_id;
    SET CONSTRAINTS sla_targets_workspace_id_ticket_id_fkey, search_documents_workspace_id_ticket_id_fkey IMMEDIATE;
END $$;
