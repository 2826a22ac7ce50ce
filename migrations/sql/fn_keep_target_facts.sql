-- Whose promise it is: the team and the priority that the ticket has while the promise is open, and had when it was kept or
-- broken. So figures of a period that is over stay as they were, whoever works on the ticket afterwards. What a team promises
-- another (team_resolution) is the team's that took the ticket, whoever has it next.

-- Before a target is written: a new one, or one that was withdrawn and comes back.
CREATE OR REPLACE FUNCTION fn_take_target_facts() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    SELECT t.team_id, t.priority INTO NEW.team_id, NEW.priority
    FROM public.tickets t WHERE t.workspace_id = NEW.workspace_id AND t.id = NEW.ticket_id;
    RETURN NEW;
END $$;

-- After a ticket went to another team or got another priority. What had run late by then was broken before.
CREATE OR REPLACE FUNCTION fn_move_target_facts() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.sla_targets g
    SET team_id = CASE WHEN g.metric = 'team_resolution' THEN g.team_id ELSE NEW.team_id END, priority = NEW.priority
    WHERE g.workspace_id = NEW.workspace_id AND g.ticket_id = NEW.id
      AND g.fulfilled_at IS NULL AND g.breached_at IS NULL
      AND (g.ended_at IS NOT NULL OR g.due_at IS NULL OR g.due_at >= now());
    RETURN NULL;
END $$;
