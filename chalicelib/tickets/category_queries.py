"""The SQL of categories: those that a desk declares."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.catalogue import categories

_CATEGORY = """
    c.id, c.name, c.subcategories, c.position, c.active, c.created_at, c.updated_at,
    m.id AS team_id, m.name AS team_name
"""
_FROM = """categories c
    LEFT JOIN teams m ON m.workspace_id = c.workspace_id AND m.id = c.team_id AND m.deleted_at IS NULL"""
_ONE = "c.workspace_id = :workspace_id AND c.id = :category_id"
CATEGORY = text(f"SELECT {_CATEGORY} FROM {_FROM} WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT c.id FROM categories c WHERE {_ONE} FOR NO KEY UPDATE")
ADD = text(
    """
    INSERT INTO categories (workspace_id, name, key, subcategories, team_id, position, active)
    SELECT :workspace_id, :name, :key, :subcategories, :team_id,
        coalesce(CAST(:position AS integer), least(coalesce(max(c.position), 0) + 1, 10000)), :active
    FROM categories c WHERE c.workspace_id = :workspace_id
    HAVING count(*) < :most
    RETURNING id
    """
)
DELETE = text(f"DELETE FROM categories c WHERE {_ONE}")
HAS_TEAM = text(
    "SELECT EXISTS (SELECT FROM teams WHERE workspace_id = :workspace_id AND id = :team_id "
    "AND deleted_at IS NULL)"
)
ACTIVE = text(
    "SELECT name, subcategories FROM categories WHERE workspace_id = :workspace_id AND active "
    "ORDER BY position, id"
)
DECLARED = text(
    """
    SELECT w.categories_only, c.name AS category_name, c.subcategories AS category_subcategories
    FROM workspaces w
    LEFT JOIN categories c ON c.workspace_id = w.id AND c.key = :key AND c.active
    WHERE w.id = :workspace_id
    """
)
SORTS = {"position": "c.position", "name": "c.name"}


def category(tx: Transaction, workspace_id: UUID, category_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "category_id": category_id}
    return tx.connection.execute(CATEGORY, keys).first()


def lock(tx: Transaction, workspace_id: UUID, category_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "category_id": category_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def list_categories(
    tx: Transaction,
    workspace_id: UUID,
    active: bool | None,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    conditions = ["c.workspace_id = :workspace_id", *(["c.active = :active"] if active is not None else [])]
    keys = {"workspace_id": workspace_id, **({"active": active} if active is not None else {})}
    return listed(tx, _CATEGORY, _FROM, conditions, keys, page, sort, SORTS, "c.id", after)


def active(tx: Transaction, workspace_id: UUID) -> Sequence[Row[Any]]:
    """`name subcategories` of those that tickets can be sorted by, in order."""
    return tx.connection.execute(ACTIVE, {"workspace_id": workspace_id}).all()


def declared(tx: Transaction, workspace_id: UUID, key: str | None) -> Row[Any]:
    """`categories_only`, and `category_name category_subcategories` of the active one with this key, null
    where none has."""
    return tx.connection.execute(DECLARED, {"workspace_id": workspace_id, "key": key}).one()


def has_team(tx: Transaction, workspace_id: UUID, team_id: UUID) -> bool:
    keys = {"workspace_id": workspace_id, "team_id": team_id}
    return bool(tx.connection.scalar(HAS_TEAM, keys))


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: name, key, subcategories, team_id, position (null is the end), active. None where there are
    as many as there may be."""
    made: UUID | None = tx.connection.scalar(ADD, {"workspace_id": workspace_id, "most": most, **facts})
    return made


def change(tx: Transaction, workspace_id: UUID, category_id: UUID, values: Mapping[str, Any]) -> None:
    one = (categories.c.workspace_id == workspace_id, categories.c.id == category_id)
    tx.connection.execute(update(categories).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, category_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "category_id": category_id})
