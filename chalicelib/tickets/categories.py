"""Categories: what a desk sorts its tickets by, each with its subcategories and the team that its tickets go
to. Tickets keep the words themselves: changing or deleting a category leaves them as they are."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import category_queries as queries
from chalicelib.tickets.categorising import fold

MOST = 200
KEY_KEY = "categories_workspace_id_key_key"
NAME_TAKEN = "There is already a category of this name."
FACTS = ("name", "subcategories", "team_id", "position", "active")
SORT_TYPES: Mapping[str, Any] = {"position": int, "name": str}


def shape(row: Row[Any]) -> dict[str, Any]:
    """A category as answers show it."""
    facts = {name: value for name, value in row._mapping.items() if not name.startswith("team_")}
    return {**facts, "team": {"id": row.team_id, "name": row.team_name} if row.team_id else None}


def get(tx: Transaction, actor: Actor, category_id: UUID) -> dict[str, Any]:
    """One category. Customers know those in use. Raises NotFound."""
    row = queries.category(tx, actor.workspace.id, category_id)
    if row is None or not (row.active or actor.may(Permission.TICKETS_READ_INTERNAL)):
        raise _no_such_category()
    return shape(row)


def listing(tx: Transaction, actor: Actor, active: bool | None, page: Page, sort: str) -> dict[str, Any]:
    """A page of categories, of which customers see those in use. `sort` is of SORT_TYPES."""
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    if not actor.may(Permission.TICKETS_READ_INTERNAL):
        active = True
    rows = queries.list_categories(tx, actor.workspace.id, active, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def to_choose(tx: Transaction, stranger: Actor) -> list[dict[str, Any]]:
    """What a form offers: names with their subcategories, in order."""
    return [dict(row._mapping) for row in queries.active(tx, stranger.workspace.id)]


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden, NotFound for the team, Conflict for a name that is taken and for one too many.
    """
    _require_admin(actor)
    _require_team(tx, actor, facts["team_id"])
    with unique(KEY_KEY, NAME_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, {**facts, "key": fold(facts["name"])}, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} categories at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "category.created", ("category", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, category_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS. Raises as `make` does, and NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, category_id)
    known = _audited(before)
    values = {name: value for name, value in wanted.items() if value != known[name]}
    if not values:
        return before
    if "team_id" in values:
        _require_team(tx, actor, values["team_id"])
    key = {"key": fold(values["name"])} if "name" in values else {}
    with unique(KEY_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, category_id, {**values, **key})
    changed = get(tx, actor, category_id)
    audit_changes(tx, actor, "category.changed", ("category", category_id), known, _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, category_id: UUID) -> None:
    """Its name is free; tickets keep it. Raises Forbidden, NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, category_id)
    queries.delete(tx, actor.workspace.id, category_id)
    audit(tx, actor, "category.deleted", ("category", category_id), before=_audited(before))


def _held(tx: Transaction, actor: Actor, category_id: UUID) -> dict[str, Any]:
    """The category, locked."""
    if not queries.lock(tx, actor.workspace.id, category_id):
        raise _no_such_category()
    return get(tx, actor, category_id)


def _require_team(tx: Transaction, actor: Actor, team_id: UUID | None) -> None:
    if team_id is not None and not queries.has_team(tx, actor.workspace.id, team_id):
        raise NotFound("There is no such team.")


def _audited(category: Mapping[str, Any]) -> dict[str, Any]:
    team_id = category["team"] and category["team"]["id"]
    return {name: category[name] for name in FACTS if name != "team_id"} | {"team_id": team_id}


def _no_such_category() -> NotFound:
    return NotFound("There is no such category.")


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to categories.")
