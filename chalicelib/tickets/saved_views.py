"""Views: filters of tickets that are saved, own or shared with the staff or with teams. Whoever looks at one
sees the tickets that they may see, and is the `me` of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, Forbidden, NotFound, ValidationFailed
from chalicelib.core.paging import MAX_LIMIT, Page, answer
from chalicelib.tickets import custom_fields, field_values, filtering
from chalicelib.tickets import saved_view_queries as queries
from chalicelib.tickets.categorising import fold
from chalicelib.tickets.counting import Conditions, counts

MOST_SHARED, MOST_OWN = 100, 50
KEYS = ("views_shared_key_idx", "views_own_key_idx")
FACTS = ("name", "description", "filter", "sort", "columns", "position", "active", "shared", "team_ids")
ORDER = "position"
ORDER_TYPES = (bool, int, UUID)
HIDDEN = ("fields", "team_ids")


def get(tx: Transaction, actor: Actor, view_id: UUID) -> dict[str, Any]:
    """One view: FACTS but the team ids, with the `teams`, and `unknown`: the names in its filter of what is
    not there any more. Raises Forbidden, NotFound."""
    return _shape(_seen(tx, actor, view_id))


def listing(
    tx: Transaction,
    actor: Actor,
    page: Page,
    *,
    active: bool | None = None,
    shared: bool | None = None,
    with_counts: bool = False,
) -> dict[str, Any]:
    """A page of the views that the actor sees, the shared ones first; with how many tickets each has, as
    counting.counts tells it. Raises Forbidden."""
    _require_staff(actor)
    after = page.after(ORDER, ORDER_TYPES)
    rows = queries.list_views(tx, _viewer(actor), page, after, active=active, shared=shared)
    found = answer(rows, page, ORDER, lambda row: (not row.shared, row.position, row.id), _shape)
    if with_counts:
        shown = rows[: len(found["items"])]
        for item, counted in zip(found["items"], counts(tx, actor, _meant(tx, actor, shown)), strict=True):
            item |= counted
    return found


def look(tx: Transaction, actor: Actor, view_id: UUID) -> tuple[dict[str, Any], Conditions | None]:
    """One view, and the conditions that it puts to tickets for this actor; None where none can meet them.
    Raises as `get` does."""
    row = _seen(tx, actor, view_id)
    return _shape(row), _meant(tx, actor, [row])[0]


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden, ValidationFailed for what its filter names and is not there, Conflict for a name that is
    taken and for one too many.
    """
    _require_staff(actor)
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
    _require_staff(actor)
    held = {row.id: row.shared for row in queries.lock_all(tx, _viewer(actor))}
    if not held.keys() >= set(ids):
        raise NotFound("There is no such view.")
    touched = {held[each] for each in ids}
    if True in touched:
        _require_manager(actor)
        audit(tx, actor, "views.reordered", ("workspace", actor.workspace.id), after={"views": list(ids)})
    queries.reorder(tx, _viewer(actor), ids, own=False in touched, shared=True in touched)
    return listing(tx, actor, Page(MAX_LIMIT))


def _seen(tx: Transaction, actor: Actor, view_id: UUID) -> Row[Any]:
    _require_staff(actor)
    row = queries.view(tx, _viewer(actor), view_id)
    if row is None:
        raise NotFound("There is no such view.")
    return row


def _held(tx: Transaction, actor: Actor, view_id: UUID) -> dict[str, Any]:
    """The view, locked, which the actor may change."""
    _require_staff(actor)
    if not queries.lock(tx, _viewer(actor), view_id):
        raise NotFound("There is no such view.")
    view = get(tx, actor, view_id)
    if view["shared"]:
        _require_manager(actor)
    return view


def _meant(tx: Transaction, actor: Actor, rows: Sequence[Row[Any]]) -> list[Conditions | None]:
    """What each view asks of tickets; None for what has no sense any more, or none for a program."""
    fields = field_values.read(rows[0].fields) if rows else []
    found: list[Conditions | None] = []
    for row in rows:
        try:
            found.append(filtering.conditions(tx, actor, row.filter, fields=fields))
        except ValidationFailed:
            found.append(None)
    return found


def _viewer(actor: Actor) -> dict[str, Any]:
    return {
        "workspace_id": actor.workspace.id,
        "user_id": actor.user_id,
        "team_ids": sorted(actor.team_ids),
        "manages": actor.may(Permission.VIEWS_MANAGE_SHARED),
    }


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
    """Raises ValidationFailed for teams of an own view, and for what is named and is not there. An old filter
    may speak of what is gone: not `filtered`, it is not looked at."""
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
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems)
    if filtered:
        given = facts["filter"].get("custom_field", ())
        fields = field_values.read(found.fields)
        custom_fields.conditions(tx, actor, given, fields=fields, where="filter.")


def _named_once() -> Any:
    return unique(KEYS, "There is already a view of this name.")


def _shape(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in HIDDEN}


def _audited(view: Mapping[str, Any]) -> dict[str, Any]:
    team_ids = [UUID(team["id"]) for team in view["teams"]]
    return {name: view[name] for name in FACTS if name != "team_ids"} | {"team_ids": team_ids}


def _most(owner_id: UUID | None) -> int:
    return MOST_SHARED if owner_id is None else MOST_OWN


def _too_many(owner_id: UUID | None) -> Conflict:
    if owner_id is None:
        return Conflict(f"A workspace has {MOST_SHARED} shared views at most.")
    return Conflict(f"A person has {MOST_OWN} own views at most.")


def _require_staff(actor: Actor) -> None:
    actor.require(Permission.VIEWS_USE, "Views are the staff's.")


def _require_manager(actor: Actor) -> None:
    actor.require(Permission.VIEWS_MANAGE_SHARED, "Only admins and dispatchers see to shared views.")
