"""Teams: groups of staff that resolve tickets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import no_such_team
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page, answer

NAME_KEY = "teams_workspace_id_name_key"
NAME_TAKEN = "There is already a team of this name."


def shape(row: Row[Any]) -> dict[str, Any]:
    """A team as answers show it."""
    return {
        "id": row.id,
        "name": row.name,
        "is_default": row.is_default,
        "assignment": row.assignment,
        "assignment_cap": row.assignment_cap,
        "member_count": row.member_count,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def get(tx: Transaction, actor: Actor, team_id: UUID) -> dict[str, Any]:
    """One team of the actor's workspace, or NotFound."""
    row = queries.team(tx, actor.workspace.id, team_id)
    if row is None:
        raise no_such_team()
    return shape(row)


def listing(tx: Transaction, actor: Actor, words: str | None, page: Page, sort: str) -> dict[str, Any]:
    """A page of teams by name; with `words`, of those that have them in it."""
    rows = queries.list_teams(tx, actor.workspace.id, words, page, sort, page.after(sort, (str, UUID)))
    return answer(rows, page, sort, lambda row: (row.name, row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A new team without members. `facts`: name, assignment, assignment_cap.

    Raises Forbidden, Conflict for a name that is taken.
    """
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator makes teams.")
    with unique(NAME_KEY, NAME_TAKEN):
        made = shape(queries.add_team(tx, actor.workspace.id, facts))
    audit(tx, actor, "team.created", ("team", made["id"]), after=facts)
    return made


def change(tx: Transaction, actor: Actor, team_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The team, the default one too, as it is now. `wanted`: any of name, assignment, assignment_cap.

    Raises Forbidden, NotFound, Conflict for a name that is taken.
    """
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator changes teams.")
    before = queries.lock_team(tx, actor.workspace.id, team_id)
    if before is None:
        raise no_such_team()
    changes = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if changes:
        with unique(NAME_KEY, NAME_TAKEN):
            queries.change_team(tx, actor.workspace.id, team_id, changes)
        audit_changes(tx, actor, "team.changed", ("team", team_id), dict(before._mapping), changes)
    return get(tx, actor, team_id)
