"""Assigning: who works on it. An agent claims an unassigned ticket of an own team, or hands on an own one."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, NotFound
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.transferring import change_team


def assign(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    assignee_id: UUID | None,
    team_id: UUID | None = None,
    reason: str | None = None,
    version: Versions | None = None,
) -> None:
    """Gives the ticket to somebody of the staff, or to nobody (the status stays)."""
    found = queries.prepare(
        tx, actor.workspace.id, team_id=team_id, assignee_id=assignee_id, requester_id=None
    )
    draft = open_draft(tx, actor, ticket_id, version)
    apply_assign(draft, found, assignee_id, team_id, reason)
    draft.save()


def apply_assign(
    draft: Draft,
    found: Any,
    assignee_id: UUID | None,
    team_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """`found`: of the assignee and the team, as queries.prepare tells."""
    draft.require(Verb.ASSIGN)
    _require_right(draft, assignee_id, team_id)
    if assignee_id is not None and found.assignee_id is None:
        raise NotFound("There is no such active member of the staff.")
    if team_id is not None and found.team_id is None:
        raise NotFound("There is no such team.")
    if assignee_id == draft.get("assignee_id") and team_id in (None, draft.get("team_id")):
        return
    changes: dict[str, object] = {"assignee_id": assignee_id}
    if assignee_id is not None and draft.get("status") is Status.NEW:
        changes["status"] = Status.OPEN
    if team_id is not None:
        changes["team_id"] = team_id
    moved = team_id is not None and team_id != draft.get("team_id")
    # Nobody's in another team: that team is told of it, as of any ticket that is handed to it.
    action = "assigned" if assignee_id else "transferred" if moved else "unassigned"
    draft.set(action, changes, reason=reason)
    if moved:
        change_team(draft)


def _require_right(draft: Draft, assignee_id: UUID | None, team_id: UUID | None) -> None:
    actor = draft.actor
    if actor.may(Permission.TICKETS_ASSIGN):
        return
    standing = draft.standing
    claims = standing.may_claim and assignee_id == actor.id
    if not (standing.is_assignee or claims):
        raise Forbidden("Agents claim unassigned tickets of their teams, and hand on their own.")
    if team_id is not None and team_id != draft.get("team_id") and team_id not in actor.team_ids:
        raise Forbidden("Only a dispatcher moves a ticket to another team.")
