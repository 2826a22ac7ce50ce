"""Macros: what a desk does again and again, kept as a list of actions. Shared ones are the workspace's or
some teams'; own ones are seen by nobody else. Doing them is in applying.py."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import acting
from chalicelib.tickets import macro_queries as queries
from chalicelib.tickets.actions import KEPT
from chalicelib.tickets.categorising import fold

MOST_SHARED = 500
MOST_OWN = 100
MAX_BYTES = 65_536
NAME_KEY = "macros_workspace_id_owner_id_key_key"
FACTS = ("name", "description", "actions", "shared", "team_ids", "position", "active")
COLUMNS = ("name", "description", "actions", "position", "active")
SORT_TYPES: Mapping[str, Any] = {"position": int, "name": str}


def shape(row: Row[Any]) -> dict[str, Any]:
    """A macro as answers show it."""
    facts = {name: value for name, value in row._mapping.items() if name != "owner_id"}
    return {**facts, "shared": row.owner_id is None}


def get(tx: Transaction, actor: Actor, macro_id: UUID) -> dict[str, Any]:
    """One that the actor sees. Raises Forbidden, NotFound."""
    _require_right(actor)
    row = queries.macro(tx, actor, macro_id)
    if row is None:
        raise _no_such_macro()
    return shape(row)


def listing(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page of those that the actor sees. `wanted`: any of shared, active, query. `sort` is of
    SORT_TYPES."""
    _require_right(actor)
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    filters = {name: value for name, value in wanted.items() if name != "query"}
    filters |= {"words": fold(wanted["query"])} if "query" in wanted else {}
    rows = queries.list_macros(tx, actor, filters, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden for a shared one, ValidationFailed with all that its actions name and is not there,
    NotFound for a team, Conflict for a name that is taken and for one too many.
    """
    _require_right(actor)
    owner_id = _owner(actor, facts["shared"])
    _require_sense(facts)
    _check(tx, actor, facts["actions"])
    columns = {name: facts[name] for name in COLUMNS} | {"key": fold(facts["name"])}
    with unique(NAME_KEY, _taken(owner_id)):
        made_id = queries.add(tx, actor.workspace.id, owner_id, columns, _most(owner_id))
    if made_id is None:
        raise _too_many(owner_id)
    _set_teams(tx, actor, made_id, facts["team_ids"])
    made = get(tx, actor, made_id)
    if owner_id is None:
        audit(tx, actor, "macro.created", ("macro", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, macro_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS; `shared` gives an own one to all, or makes a shared one the actor's own.
    Raises as `make` does, and NotFound."""
    before = _held(tx, actor, macro_id)
    known = _facts(before)
    values = {name: value for name, value in wanted.items() if value != known[name]}
    if not values:
        return before
    facts = {**known, **values}
    if values.get("shared") is False:
        # The teams of the one that was shared go, unless some are asked for.
        facts["team_ids"] = values.get("team_ids", set())
    owner_id = _owner(actor, facts["shared"])
    _require_sense(facts)
    if "actions" in values:
        _check(tx, actor, values["actions"])
    if "shared" in values and queries.count(tx, actor.workspace.id, owner_id) >= _most(owner_id):
        raise _too_many(owner_id)
    columns = {name: facts[name] for name in COLUMNS if name in values}
    columns |= {"key": fold(facts["name"])} if "name" in values else {}
    columns |= {"owner_id": owner_id} if "shared" in values else {}
    with unique(NAME_KEY, _taken(owner_id)):
        queries.change(tx, actor.workspace.id, macro_id, columns)
    if facts["team_ids"] != known["team_ids"]:
        _set_teams(tx, actor, macro_id, facts["team_ids"])
    changed = get(tx, actor, macro_id)
    if known["shared"] or facts["shared"]:
        about = ("macro", macro_id)
        audit_changes(tx, actor, "macro.changed", about, _audited(before), _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, macro_id: UUID) -> None:
    """What it did stays done. Raises Forbidden, NotFound."""
    before = _held(tx, actor, macro_id)
    queries.delete(tx, actor.workspace.id, macro_id)
    if before["shared"]:
        audit(tx, actor, "macro.deleted", ("macro", macro_id), before=_audited(before))


def _held(tx: Transaction, actor: Actor, macro_id: UUID) -> dict[str, Any]:
    """One that the actor may change, locked."""
    _require_right(actor)
    if not queries.lock(tx, actor, macro_id):
        raise _no_such_macro()
    macro = get(tx, actor, macro_id)
    if macro["shared"]:
        _require_shared_right(actor)
    return macro


def _owner(actor: Actor, shared: bool) -> UUID | None:
    """Whose it will be: nobody's where it is shared."""
    if shared:
        _require_shared_right(actor)
        return None
    if actor.user_id is None:
        raise Forbidden("An API key has no macros of its own: make a shared one.")
    return actor.user_id


def _check(tx: Transaction, actor: Actor, actions: list[dict[str, Any]]) -> None:
    acting.check(tx, actor, actions, KEPT)
    if len(dumps(actions).encode()) > MAX_BYTES:
        raise ValidationFailed.of("actions", "The actions are longer than 64 kB of JSON together.")


def _require_sense(facts: Mapping[str, Any]) -> None:
    if facts["team_ids"] and not facts["shared"]:
        raise ValidationFailed.of("team_ids", "Only shared macros are limited to teams.")


def _set_teams(tx: Transaction, actor: Actor, macro_id: UUID, team_ids: set[UUID]) -> None:
    if queries.set_teams(tx, actor.workspace.id, macro_id, team_ids) < len(team_ids):
        raise NotFound("There is no such team.")


def _facts(macro: Mapping[str, Any]) -> dict[str, Any]:
    """What can be changed of a macro, by name."""
    facts = {name: macro[name] for name in FACTS if name != "team_ids"}
    return {**facts, "team_ids": {UUID(team["id"]) for team in macro["teams"]}}


def _audited(macro: Mapping[str, Any]) -> dict[str, Any]:
    facts = _facts(macro)
    return {**facts, "team_ids": sorted(map(str, facts["team_ids"]))}


def _most(owner_id: UUID | None) -> int:
    return MOST_SHARED if owner_id is None else MOST_OWN


def _too_many(owner_id: UUID | None) -> Conflict:
    if owner_id is None:
        return Conflict(f"A workspace shares {MOST_SHARED} macros at most.")
    return Conflict(f"You can have {MOST_OWN} macros of your own at most.")


def _taken(owner_id: UUID | None) -> str:
    whose = "a shared macro" if owner_id is None else "a macro of your own"
    return f"There is already {whose} of this name."


def _no_such_macro() -> NotFound:
    return NotFound("There is no such macro.")


def _require_right(actor: Actor) -> None:
    actor.require(Permission.MACROS_USE, "Macros are the staff's.")


def _require_shared_right(actor: Actor) -> None:
    told = "Only administrators and dispatchers see to shared macros."
    actor.require(Permission.MACROS_MANAGE_SHARED, told)
