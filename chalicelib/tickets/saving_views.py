"""Saving views: make, change, order and delete them. Shared ones are the dispatchers' to see to, and what
happens to them is in the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, Forbidden, NotFound, ValidationFailed
from chalicelib.core.paging import MAX_LIMIT, Page
from chalicelib.tickets import custom_fields, field_values
from chalicelib.tickets import saved_view_queries as queries
from chalicelib.tickets.categorising import fold
from chalicelib.tickets.saved_views import get, listing, no_such_view, require_staff, viewer

MOST_SHARED, MOST_OWN = 100, 50
KEYS = ("views_shared_key_idx", "views_own_key_idx")
FACTS = ("name", "description", "filter", "sort", "columns", "position", "active", "shared", "team_ids")


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden, NotFound for what it names and is not there, ValidationFailed, Conflict for a name that
    is taken and for one too many.
    """
    require_staff(actor)
    owner_id = _owner(actor, shared=facts["shared"])
    _require_sense(tx, actor, facts, owner_id)
    columns = {name: value for name, value in facts.items() if name != "shared"}
    columns |= {"owner_id": owner_id, "key": fold(facts["name"])}
    with _named_once():
        made_id = queries.add(tx, actor.workspace.id, columns, _most(owner_id))
    if made_id is None:
        raise _too_many(owner_id)
    made = get(tx, actor, made_id)
    if owner_id is None:
        audit(tx, actor, "view.created", ("view", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, view_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS. A view that is no longer shared becomes the actor's own. Raises as `make` does,
    and NotFound."""
    before = _held(tx, actor, view_id)
    known = _audited(before)
    values = {name: value for name, value in wanted.items() if value != known[name]}
    if not values:
        return before
    owner_id = _owner(actor, shared=values.get("shared", before["shared"]))
    if "shared" in values and owner_id is not None:
        values.setdefault("team_ids", [])
    _require_sense(tx, actor, {**known, **values}, owner_id, filtered="filter" in values)
    if values.pop("shared", None) is not None:
        if queries.number(tx, actor.workspace.id, owner_id) >= _most(owner_id):
            raise _too_many(owner_id)
        values["owner_id"] = owner_id
    if "name" in values:
        values["key"] = fold(values["name"])
    with _named_once():
        queries.change(tx, actor.workspace.id, view_id, values)
    changed = get(tx, actor, view_id)
    if before["shared"] or changed["shared"]:
        audit_changes(tx, actor, "view.changed", ("view", view_id), known, _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, view_id: UUID) -> None:
    """Raises Forbidden, NotFound."""
    before = _held(tx, actor, view_id)
    queries.delete(tx, actor.workspace.id, view_id)
    if before["shared"]:
        audit(tx, actor, "view.deleted", ("view", view_id), before=_audited(before))


def reorder(tx: Transaction, actor: Actor, ids: Sequence[UUID]) -> dict[str, Any]:
    """Puts the views that are named first, in this order, the shared ones and the own ones apart; the others
    follow as they stood. Answers the first page. Raises Forbidden, NotFound."""
    require_staff(actor)
    held = {row.id: row.shared for row in queries.lock_all(tx, viewer(actor))}
    if not held.keys() >= set(ids):
        raise no_such_view()
    touched = {held[each] for each in ids}
    if True in touched:
        _require_manager(actor)
        audit(tx, actor, "views.reordered", ("workspace", actor.workspace.id), after={"views": list(ids)})
    queries.reorder(tx, viewer(actor), ids, own=False in touched, shared=True in touched)
    return listing(tx, actor, Page(MAX_LIMIT))


def _held(tx: Transaction, actor: Actor, view_id: UUID) -> dict[str, Any]:
    """The view, locked, which the actor may change."""
    require_staff(actor)
    if not queries.lock(tx, viewer(actor), view_id):
        raise no_such_view()
    view = get(tx, actor, view_id)
    if view["shared"]:
        _require_manager(actor)
    return view


def _owner(actor: Actor, *, shared: bool) -> UUID | None:
    """Whose a view will be: None for a shared one. Raises Forbidden."""
    if shared:
        _require_manager(actor)
        return None
    if actor.user_id is None:
        raise Forbidden("An API key is no person and has no views of its own: share it.")
    return actor.user_id


def _require_sense(
    tx: Transaction, actor: Actor, facts: Mapping[str, Any], owner_id: UUID | None, *, filtered: bool = True
) -> None:
    """Raises ValidationFailed for teams of an own view and for nonsense about custom fields, NotFound for
    what is named and is not there. An old filter may speak of what is gone: not `filtered`, it is not looked
    at."""
    if facts["team_ids"] and owner_id is not None:
        raise ValidationFailed.of("team_ids", "Only a shared view is for teams.")
    found = queries.check(tx, actor.workspace.id, facts["filter"] if filtered else {}, facts["team_ids"])
    problems = [
        FieldProblem(f"filter.{name}", "VALIDATION_ERROR", f"There is no such {name}.")
        for name in found.unknown
        if name != "custom_field"
    ]
    if found.has_unknown_team:
        problems.append(FieldProblem("team_ids", "VALIDATION_ERROR", "There is no such team."))
    if problems:
        raise NotFound(f"{problems[0].field}: {problems[0].message}", errors=problems)
    if filtered:
        given = facts["filter"].get("custom_field", ())
        fields = field_values.read(found.fields)
        custom_fields.conditions(tx, actor, given, fields=fields, where="filter.")


def _named_once() -> Any:
    return unique(KEYS, "There is already a view of this name.")


def _audited(view: Mapping[str, Any]) -> dict[str, Any]:
    team_ids = [UUID(team["id"]) for team in view["teams"]]
    return {name: view[name] for name in FACTS if name != "team_ids"} | {"team_ids": team_ids}


def _most(owner_id: UUID | None) -> int:
    return MOST_SHARED if owner_id is None else MOST_OWN


def _too_many(owner_id: UUID | None) -> Conflict:
    if owner_id is None:
        return Conflict(f"A workspace has {MOST_SHARED} shared views at most.")
    return Conflict(f"A person has {MOST_OWN} own views at most.")


def _require_manager(actor: Actor) -> None:
    actor.require(Permission.VIEWS_MANAGE_SHARED, "Only admins and dispatchers see to shared views.")
