"""What an actor may know of. Every read of tickets goes through here, so the unseen is a 404 and never a
leak."""

from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission

EVERYTHING = "t.deleted_at IS NULL"
OWN_TEAMS = f"""{EVERYTHING} AND (t.team_id = ANY(CAST(:own_teams AS uuid[])) OR t.assignee_id = :actor_id
    OR t.requester_id = :actor_id)"""
# The watched ones as an array, read once: so each part of the OR has an index, and none is tried in vain.
_OWN = """t.requester_id = :actor_id OR t.id = ANY(ARRAY(
    SELECT w.ticket_id FROM ticket_watchers w
    WHERE w.workspace_id = :workspace_id AND w.user_id = :actor_id))"""
OWN_TICKETS = f"{EVERYTHING} AND ({_OWN})"
OWN_ORGANISATION = f"{EVERYTHING} AND ({_OWN} OR t.organisation_id = :own_organisation)"


def visible_to(actor: Actor) -> tuple[str, dict[str, Any]]:
    """A condition on `tickets t` beside `:workspace_id`, and its parameters: admins and dispatchers see the
    workspace, agents the tickets of their teams, those assigned to them and those they asked for (or all, by
    the workspace's setting), customers those they asked for or watch, and those of an organisation that
    shares them."""
    sees_teams = actor.may(Permission.TICKETS_SEE_TEAMS)
    if actor.may(Permission.TICKETS_SEE_ALL) or (sees_teams and actor.workspace.agent_visibility == "all"):
        return EVERYTHING, {}
    if sees_teams:
        return OWN_TEAMS, {"own_teams": list(actor.team_ids), "actor_id": actor.id}
    if actor.organisation_id is None:
        return OWN_TICKETS, {"actor_id": actor.id}
    return OWN_ORGANISATION, {"actor_id": actor.id, "own_organisation": actor.organisation_id}


def staff_who_see(
    *,
    everybody: str = ":agents_see_all",
    team: str = ":team_id",
    own: str = "u.id IN (:assignee_id, :requester_id)",
) -> str:
    """The same the other way round: a condition on `users u`, of the staff, for one ticket. `everybody`,
    `team`, `own`: SQL for whether agents see all, for the ticket's team, for whether it is this user's."""
    return f"""(u.role IN ('admin', 'dispatcher') OR {everybody} OR {own} OR EXISTS (
        SELECT FROM team_members s
        WHERE s.workspace_id = u.workspace_id AND s.user_id = u.id AND s.team_id = {team}))"""
