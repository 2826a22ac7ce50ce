"""Who is in which team: staff only, each in as many as needed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import absence, queries, teams, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import no_such_team, only_staff
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.paging import Page, answer


def shape(row: Row[Any]) -> dict[str, Any]:
    """A member as answers show it."""
    kept = {name: getattr(row, name) for name in ("id", "name", "email", "role", "status")}
    return {**kept, **absence.shape(row)}


def listing(
    tx: Transaction, actor: Actor, team_id: UUID, words: str | None, page: Page, sort: str
) -> dict[str, Any]:
    """A page of the team's members by name; with `words`, of those found by name or email. Or NotFound."""
    after = page.after(sort, (str, UUID))
    teams.get(tx, actor, team_id)
    rows = queries.list_members(tx, actor.workspace.id, team_id, words, page, sort, after)
    return answer(rows, page, sort, lambda row: (row.name, row.id), shape)


def add(tx: Transaction, actor: Actor, team_id: UUID, user_id: UUID) -> tuple[dict[str, Any], bool]:
    """The member, and whether it is new. Raises Forbidden, NotFound, or ValidationFailed for a customer."""
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator adds members.")
    row = queries.add_member(tx, actor.workspace.id, team_id, user_id)
    if not row.team_exists:
        raise no_such_team()
    if row.id is None:
        raise users.no_such_user()
    if not Role(row.role).is_staff:
        raise only_staff("user_id")
    if row.is_new:
        audit(tx, actor, "team.member_added", ("team", team_id), after={"user_id": user_id})
    return shape(row), row.is_new


def remove(tx: Transaction, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Takes the user out of the team. Raises Forbidden, NotFound for who is not in it."""
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator removes members.")
    if not queries.remove_member(tx, actor.workspace.id, team_id, user_id):
        raise NotFound("There is no such member in this team.")
    audit(tx, actor, "team.member_removed", ("team", team_id), before={"user_id": user_id})
