"""What an actor may know of. Every read of tickets goes through here, so the unseen is a 404 and never a
leak."""

from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission

EVERYTHING = "t.deleted_at IS NULL"
OWN_TEAMS = f"""{EVERYTHING} AND (t.team_id = ANY(CAST(:own_teams AS uuid[])) OR t.assignee_id = :actor_id
    OR t.requester_id = :actor_id)"""
OWN_TICKETS = f"""{EVERYTHING} AND (t.requester_id = :actor_id OR EXISTS (
    SELECT FROM ticket_watchers w
    WHERE w.workspace_id = t.workspace_id AND w.ticket_id = t.id AND w.user_id = :actor_id))"""


def visible_to(actor: Actor) -> tuple[str, dict[str, Any]]:
    """A condition on `tickets t`, and its parameters: admins and dispatchers see the workspace, agents the
    tickets of their teams, those assigned to them and those they asked for (or all, by the workspace's
    setting), customers those they asked for or watch."""
    sees_teams = actor.may(Permission.TICKETS_SEE_TEAMS)
    if actor.may(Permission.TICKETS_SEE_ALL) or (sees_teams and actor.workspace.agent_visibility == "all"):
        return EVERYTHING, {}
    if sees_teams:
        return OWN_TEAMS, {"own_teams": list(actor.team_ids), "actor_id": actor.id}
    return OWN_TICKETS, {"actor_id": actor.id}
