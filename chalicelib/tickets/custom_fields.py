"""Custom fields: what a desk declares of them, and filters by their values. Tickets keep their values: a
field that is put away or deleted leaves them as they are."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page, answer
from chalicelib.models.words import FieldType
from chalicelib.tickets import custom_field_queries as queries
from chalicelib.tickets import field_values

MOST = 50
KEY_KEY = "custom_fields_workspace_id_key_key"
KEY_TAKEN = "There is already a field with this key."
FACTS = (
    *("key", "name", "type", "options", "required_for", "position", "active"),
    *("visible_to_customers", "editable_by_customers"),
)
SORT_TYPES: Mapping[str, Any] = {"position": int, "name": str}
OF_OPTIONS = frozenset({FieldType.SELECT, FieldType.MULTI_SELECT})


def get(tx: Transaction, actor: Actor, field_id: UUID) -> dict[str, Any]:
    """One field. Customers know those in use that they see. Raises NotFound."""
    row = queries.field(tx, actor.workspace.id, field_id)
    if row is None or not (_is_staff(actor) or (row.active and row.visible_to_customers)):
        raise _no_such_field()
    return _shape(row)


def listing(tx: Transaction, actor: Actor, active: bool | None, page: Page, sort: str) -> dict[str, Any]:
    """A page of fields, of which customers see what concerns them. `sort` is of SORT_TYPES."""
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    staff = _is_staff(actor)
    active = active if staff else True
    rows = queries.list_fields(tx, actor.workspace.id, page, sort, after, active=active, visible=not staff)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), _shape)


def to_fill_in(tx: Transaction, stranger: Actor) -> list[dict[str, Any]]:
    """What a form asks for, in order."""
    return [dict(row._mapping) for row in queries.to_fill_in(tx, stranger.workspace.id)]


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden, ValidationFailed, Conflict for a key that is taken and for one too many.
    """
    _require_admin(actor)
    _require_sense(facts)
    with unique(KEY_KEY, KEY_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, facts, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} custom fields at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "custom_field.created", ("custom_field", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, field_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS but key and type, which stay. Raises as `make` does, and NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, field_id)
    values = {name: value for name, value in wanted.items() if value != before[name]}
    if not values:
        return before
    _require_sense({**before, **values})
    queries.change(tx, actor.workspace.id, field_id, values)
    changed = get(tx, actor, field_id)
    about = ("custom_field", field_id)
    audit_changes(tx, actor, "custom_field.changed", about, _audited(before), _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, field_id: UUID) -> None:
    """Tickets keep its values, which the staff alone sees from now on. Raises Forbidden, NotFound."""
    _require_admin(actor)
    before = _held(tx, actor, field_id)
    queries.delete(tx, actor.workspace.id, field_id)
    audit(tx, actor, "custom_field.deleted", ("custom_field", field_id), before=_audited(before))


def conditions(
    tx: Transaction,
    actor: Actor,
    given: Sequence[str],
    *,
    fields: Sequence[field_values.CustomField] | None = None,
    where: str = "",
) -> dict[str, str]:
    """Filters `key:value` as conditions of listing.CONDITIONS with what each needs. `fields`: all of them,
    where they are read already; `where` goes before the field's name in problems.

    Raises ValidationFailed for a field that the actor may not know of, and for no value of it.
    """
    if not given:
        return {}
    if fields is None:
        fields = field_values.read(queries.fields(tx, actor.workspace.id))
    known = field_values.known_to(fields, staff=_is_staff(actor))
    found = {}
    for place, pair in enumerate(given):
        key, colon, text = pair.partition(":")
        if not colon or key not in known:
            told = "Use key:value, with the key of a custom field."
            raise ValidationFailed.of(f"{where}custom_field", told)
        try:
            value = field_values.sought(known[key], text)
        except ValueError as error:
            raise ValidationFailed.of(f"{where}custom_field", f"{key}: {error}") from error
        found[f"field_{place}"] = dumps([key, value])
    return found


def _shape(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _held(tx: Transaction, actor: Actor, field_id: UUID) -> dict[str, Any]:
    """The field, locked."""
    if not queries.lock(tx, actor.workspace.id, field_id):
        raise _no_such_field()
    return get(tx, actor, field_id)


def _require_sense(facts: Mapping[str, Any]) -> None:
    """Raises ValidationFailed where facts contradict each other."""
    has_options = facts["type"] in OF_OPTIONS
    if has_options and not facts["options"]:
        raise ValidationFailed.of("options", "Say what there is to choose from.", "FIELD_REQUIRED")
    if facts["options"] and not has_options:
        raise ValidationFailed.of("options", "Only select and multi_select have options.")
    if facts["editable_by_customers"] and not facts["visible_to_customers"]:
        raise ValidationFailed.of("visible_to_customers", "What customers fill in they see too.")


def _audited(field: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field[name] for name in FACTS}


def _no_such_field() -> NotFound:
    return NotFound("There is no such custom field.")


def _is_staff(actor: Actor) -> bool:
    return actor.may(Permission.TICKETS_READ_INTERNAL)


def _require_admin(actor: Actor) -> None:
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to custom fields.")
