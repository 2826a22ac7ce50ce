"""Transferring: another team takes over. The assignee is cleared, unless one is given or the team picks."""

from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.versions import Versions
from chalicelib.models.words import Assignment, Status
from chalicelib.tickets import queries
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.recomputing import recompute


def transfer(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    team_id: UUID,
    reason: str,
    assignee_id: UUID | None = None,
    version: Versions | None = None,
) -> None:
    """Hands the ticket to another team."""
    found = queries.prepare(
        tx, actor.workspace.id, team_id=team_id, assignee_id=assignee_id, requester_id=None
    )
    draft = open_draft(tx, actor, ticket_id, version)
    apply_transfer(draft, found, team_id, reason, assignee_id)
    draft.save()


def apply_transfer(
    draft: Draft,
    found: Any,
    team_id: UUID,
    reason: str | None,
    assignee_id: UUID | None = None,
    *,
    picks: bool = True,
) -> None:
    """`found`: of the team and the assignee, as queries.prepare tells. `picks`: the team may choose somebody
    where none is given."""
    draft.require(Verb.TRANSFER)
    if found.team_id is None:
        raise NotFound("There is no such team.")
    if assignee_id is not None and found.assignee_id is None:
        raise NotFound("There is no such active member of the staff.")
    if team_id == draft.get("team_id"):
        raise Conflict("The ticket is with this team already.")
    assigned_by = None
    if picks and assignee_id is None and found.assignment != Assignment.MANUAL:
        assignee_id, assigned_by = queries.pick_assignee(draft.tx, draft.ticket, team_id)
    changes: dict[str, object] = {"team_id": team_id, "assignee_id": assignee_id}
    if assignee_id is not None and draft.get("status") is Status.NEW:
        changes["status"] = Status.OPEN
    draft.set("transferred", changes, reason=reason, assigned_by=assigned_by)
    change_team(draft)


def change_team(draft: Draft) -> None:
    """What another team means for the promises: perhaps another policy, and a new cycle of the team's own
    target."""
    draft.clock.transferred(draft.now, draft.choose_policy(), draft.facts)
    recompute(draft)
