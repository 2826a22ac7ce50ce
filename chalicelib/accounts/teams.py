"""Teams: groups of staff that resolve tickets."""

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


def listing(tx: Transaction, actor: Actor, page: Page, sort: str) -> dict[str, Any]:
    """A page of teams by name."""
    rows = queries.list_teams(tx, actor.workspace.id, page, sort, page.after(sort, (str, UUID)))
    return answer(rows, page, sort, lambda row: (row.name, row.id), shape)


def make(tx: Transaction, actor: Actor, name: str) -> dict[str, Any]:
    """A new team without members. Raises Forbidden, Conflict for a name that is taken."""
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator makes teams.")
    with unique(NAME_KEY, NAME_TAKEN):
        made = shape(queries.add_team(tx, actor.workspace.id, name))
    audit(tx, actor, "team.created", ("team", made["id"]), after={"name": name})
    return made


def rename(tx: Transaction, actor: Actor, team_id: UUID, name: str) -> dict[str, Any]:
    """The team under its new name, the default one too. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.TEAMS_MANAGE, "Only an administrator renames teams.")
    with unique(NAME_KEY, NAME_TAKEN):
        row = queries.rename_team(tx, actor.workspace.id, team_id, name)
    if row is None:
        raise no_such_team()
    audit_changes(tx, actor, "team.changed", ("team", team_id), {"name": row.former_name}, {"name": name})
    return shape(row)
