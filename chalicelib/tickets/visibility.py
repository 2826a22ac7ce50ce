"""What an actor may know of. Every read of tickets goes through here, so the unseen is a 404 and never a
leak."""

from collections.abc import Mapping
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission

EVERYTHING = "t.deleted_at IS NULL"
ASKED = "t.requester_id = :actor_id"
ASSIGNED = "t.assignee_id = :actor_id"
OF_TEAMS = "t.team_id = ANY(CAST(:own_teams AS uuid[]))"
OF_ORGANISATION = "t.organisation_id = :own_organisation"
# The watched ones as an array, read once: so each part of the OR has an index, and none is tried in vain.
WATCHED = """t.id = ANY(ARRAY(
    SELECT w.ticket_id FROM ticket_watchers w
    WHERE w.workspace_id = :workspace_id AND w.user_id = :actor_id))"""


def reasons_of(actor: Actor) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Conditions on `tickets t` beside `:workspace_id`, each of which lets the actor know of a ticket that is
    not deleted, and their parameters. None where no reason is needed: admins and dispatchers see the
    workspace, agents the tickets of their teams, those assigned to them and those they asked for (or all, by
    the workspace's setting), customers those they asked for or watch, and those of an organisation that
    shares them."""
    sees_teams = actor.may(Permission.TICKETS_SEE_TEAMS)
    if actor.may(Permission.TICKETS_SEE_ALL) or (sees_teams and actor.workspace.agent_visibility == "all"):
        return (), {}
    if sees_teams:
        return (OF_TEAMS, ASSIGNED, ASKED), {"own_teams": list(actor.team_ids), "actor_id": actor.id}
    if actor.organisation_id is None:
        return (ASKED, WATCHED), {"actor_id": actor.id}
    of_it = {"own_organisation": actor.organisation_id}
    return (ASKED, WATCHED, OF_ORGANISATION), {"actor_id": actor.id, **of_it}


def reasons_beside(actor: Actor, conditions: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The same where tickets are filtered by these conditions, as listing.CONDITIONS names them: none where
    they ask for what the actor sees for one of the reasons anyway."""
    reasons, values = reasons_of(actor)
    own = {"requester": actor.id, "assignee": actor.id, "organisation": actor.organisation_id}
    asked = {name for name, id in own.items() if id is not None and conditions.get(name) == id}
    enough = {
        ASKED: "requester" in asked,
        ASSIGNED: "assignee" in asked,
        OF_TEAMS: conditions.get("team") in actor.team_ids or "teams" in conditions,
        OF_ORGANISATION: "organisation" in asked,
    }
    if any(enough.get(reason) for reason in reasons):
        return (), {}
    if "without_organisation" in conditions:
        reasons = tuple(reason for reason in reasons if reason != OF_ORGANISATION)
    return reasons, values


def visible_to(actor: Actor) -> tuple[str, dict[str, Any]]:
    """A condition on `tickets t` beside `:workspace_id`, and its parameters: not deleted, and any of the
    actor's reasons."""
    reasons, values = reasons_of(actor)
    return (f"{EVERYTHING} AND ({' OR '.join(reasons)})" if reasons else EVERYTHING), values


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


def sight_of(actor: Actor) -> tuple[str, dict[str, Any]] | None:
    """The same, but None for whoever sees all of the workspace: what they know of a ticket that is gone stays
    with them."""
    return visible_to(actor) if reasons_of(actor)[0] else None
