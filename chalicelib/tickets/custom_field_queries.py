"""The SQL of custom fields: what a desk declares of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.catalogue import custom_fields

# A scalar sub-query that other statements embed; it asks for the parameter :workspace_id.
FIELDS_JSON = "(SELECT fn_custom_fields(:workspace_id))"
_FIELD = """
    f.id, f.key, f.name, f.type, f.options, f.required_for, f.position, f.active, f.visible_to_customers,
    f.editable_by_customers, f.created_at, f.updated_at
"""
_ONE = "f.workspace_id = :workspace_id AND f.id = :field_id"
FIELDS = text(f"SELECT {FIELDS_JSON}")
FIELD = text(f"SELECT {_FIELD} FROM custom_fields f WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT f.id FROM custom_fields f WHERE {_ONE} FOR NO KEY UPDATE")
ADD = text(
    """
    INSERT INTO custom_fields (workspace_id, key, name, type, options, required_for, position, active,
        visible_to_customers, editable_by_customers)
    SELECT :workspace_id, :key, :name, :type, :options, :required_for,
        coalesce(CAST(:position AS integer), least(coalesce(max(f.position), 0) + 1, 10000)), :active,
        :visible_to_customers, :editable_by_customers
    FROM custom_fields f WHERE f.workspace_id = :workspace_id
    HAVING count(*) < :most
    RETURNING id
    """
)
DELETE = text(f"DELETE FROM custom_fields f WHERE {_ONE}")
TO_FILL_IN = text(
    """
    SELECT f.key, f.name, f.type, f.options, f.required_for FROM custom_fields f
    WHERE f.workspace_id = :workspace_id AND f.active AND f.editable_by_customers ORDER BY f.position, f.id
    """
)
SORTS = {"position": "f.position", "name": "f.name"}


def fields(tx: Transaction, workspace_id: UUID) -> Any:
    """All that are declared, as field_values.read takes them."""
    return tx.connection.scalar(FIELDS, {"workspace_id": workspace_id})


def field(tx: Transaction, workspace_id: UUID, field_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "field_id": field_id}
    return tx.connection.execute(FIELD, keys).first()


def lock(tx: Transaction, workspace_id: UUID, field_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "field_id": field_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def list_fields(
    tx: Transaction,
    workspace_id: UUID,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
    *,
    active: bool | None,
    visible: bool,
) -> Sequence[Row[Any]]:
    """`visible`: those that customers see alone."""
    conditions = [
        "f.workspace_id = :workspace_id",
        *(["f.active = :active"] if active is not None else []),
        *(["f.visible_to_customers"] if visible else []),
    ]
    keys = {"workspace_id": workspace_id, **({"active": active} if active is not None else {})}
    return listed(tx, _FIELD, "custom_fields f", conditions, keys, page, sort, SORTS, "f.id", after)


def to_fill_in(tx: Transaction, workspace_id: UUID) -> Sequence[Row[Any]]:
    """`key name type options required_for` of those in use that customers set, in order."""
    return tx.connection.execute(TO_FILL_IN, {"workspace_id": workspace_id}).all()


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: all columns but the ids; a null position is the end. None where there are as many as there may
    be."""
    made: UUID | None = tx.connection.scalar(ADD, {"workspace_id": workspace_id, "most": most, **facts})
    return made


def change(tx: Transaction, workspace_id: UUID, field_id: UUID, values: Mapping[str, Any]) -> None:
    one = (custom_fields.c.workspace_id == workspace_id, custom_fields.c.id == field_id)
    tx.connection.execute(update(custom_fields).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, field_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "field_id": field_id})
