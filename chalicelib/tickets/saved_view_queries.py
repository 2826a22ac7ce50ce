"""The SQL of views: saved filters, shared or own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text, update

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page
from chalicelib.models.catalogue import views
from chalicelib.tickets.custom_field_queries import FIELDS_JSON


def _gone(name: str, table: str) -> str:
    """The name of a filter's field that names no living row of a table; null where it does, or names none. An
    id that is none any more, for erasing has been there, is gone too."""
    given = f"v.filter ->> '{name}'"
    return f"""CASE WHEN {given} NOT IN ('me', 'mine', 'none') AND NOT EXISTS (
        SELECT FROM {table} x WHERE x.workspace_id = v.workspace_id AND x.deleted_at IS NULL
        AND x.id = CAST(CASE WHEN pg_input_is_valid({given}, 'uuid') THEN {given} END AS uuid)
    ) THEN '{name}' END"""


# What a filter names that is not there (any more), of `v.workspace_id` and `v.filter`.
_UNKNOWN = f"""array_remove(ARRAY[
    {_gone("team", "teams")}, {_gone("assignee", "users")}, {_gone("requester", "users")},
    {_gone("organisation", "organisations")},
    CASE WHEN EXISTS (
        SELECT FROM jsonb_array_elements_text(coalesce(v.filter -> 'custom_field', '[]')) AS pair
        WHERE NOT EXISTS (SELECT FROM custom_fields f WHERE f.workspace_id = v.workspace_id
                          AND f.key = split_part(pair, ':', 1))) THEN 'custom_field' END
], NULL)"""
_VIEW = f"""
    v.id, v.name, v.description, v.filter, v.sort, v.columns, v.position, v.active,
    v.owner_id IS NULL AS shared, v.team_ids,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) ORDER BY m.name, m.id), '[]')
     FROM teams m WHERE m.workspace_id = v.workspace_id AND m.id = ANY(v.team_ids) AND m.deleted_at IS NULL
    ) AS teams,
    {_UNKNOWN} AS unknown, v.created_at, v.updated_at
"""
_SEEN = """v.workspace_id = :workspace_id AND (
    v.owner_id = CAST(:user_id AS uuid) OR (v.owner_id IS NULL AND (CAST(:manages AS boolean) OR (
        v.active AND (v.team_ids = '{}' OR v.team_ids && CAST(:team_ids AS uuid[]))))))"""
_OF_SCOPE = "v.workspace_id = :workspace_id AND v.owner_id IS NOT DISTINCT FROM CAST(:owner_id AS uuid)"
VIEW = text(f"SELECT {_VIEW}, {FIELDS_JSON} AS fields FROM views v WHERE v.id = :view_id AND {_SEEN}")
_IN_ORDER = "ORDER BY (v.owner_id IS NOT NULL), v.position, v.id LIMIT :take OFFSET :skip"
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT v.id FROM views v WHERE v.id = :view_id AND {_SEEN} FOR NO KEY UPDATE")
# All that somebody may order, always locked in one order.
LOCK_ALL = text(
    f"""
    SELECT v.id, v.owner_id IS NULL AS shared FROM views v WHERE {_SEEN} ORDER BY v.id FOR NO KEY UPDATE
    """
)
REORDER = text(
    """
    UPDATE views v SET position = o.place, updated_at = now()
    FROM (SELECT w.id, row_number() OVER (PARTITION BY w.owner_id ORDER BY
                     array_position(CAST(:ids AS uuid[]), w.id) NULLS LAST, w.position, w.id) AS place
          FROM views w
          WHERE w.workspace_id = :workspace_id AND (
              (w.owner_id = CAST(:user_id AS uuid) AND CAST(:own AS boolean))
              OR (w.owner_id IS NULL AND CAST(:shared AS boolean)))) o
    WHERE v.workspace_id = :workspace_id AND v.id = o.id AND v.position <> o.place
    """
)
ADD = text(
    f"""
    INSERT INTO views (workspace_id, owner_id, team_ids, name, key, description, filter, sort, columns,
        position, active)
    SELECT :workspace_id, CAST(:owner_id AS uuid), CAST(:team_ids AS uuid[]), :name, :key, :description,
        CAST(:filter AS jsonb), :sort, CAST(:columns AS text[]),
        coalesce(CAST(:position AS integer), least(coalesce(max(v.position), 0) + 1, 10000)), :active
    FROM views v WHERE {_OF_SCOPE}
    HAVING count(*) < :most
    RETURNING id
    """
)
DELETE = text("DELETE FROM views WHERE workspace_id = :workspace_id AND id = :view_id")
NUMBER = text(f"SELECT count(*) FROM views v WHERE {_OF_SCOPE}")
CHECK = text(
    f"""
    SELECT {_UNKNOWN} AS unknown, {FIELDS_JSON} AS fields,
        EXISTS (SELECT FROM unnest(CAST(:team_ids AS uuid[])) AS given
                WHERE NOT EXISTS (SELECT FROM teams m WHERE m.workspace_id = :workspace_id AND m.id = given
                                  AND m.deleted_at IS NULL)) AS has_unknown_team
    FROM (SELECT CAST(:workspace_id AS uuid) AS workspace_id, CAST(:filter AS jsonb) AS filter) AS v
    """
)


def view(tx: Transaction, viewer: Mapping[str, Any], view_id: UUID) -> Row[Any] | None:
    """`viewer`: `workspace_id user_id team_ids manages`. The view, where it is theirs to see, with all custom
    `fields` of the workspace, as field_values.read takes them."""
    return tx.connection.execute(VIEW, {**viewer, "view_id": view_id}).first()


def lock(tx: Transaction, viewer: Mapping[str, Any], view_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    return tx.connection.execute(LOCK, {**viewer, "view_id": view_id}).first() is not None


def lock_all(tx: Transaction, viewer: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """`id shared` of those that somebody sees, held."""
    return tx.connection.execute(LOCK_ALL, viewer).all()


def list_views(
    tx: Transaction,
    viewer: Mapping[str, Any],
    page: Page,
    after: Sequence[Any] | None,
    *,
    active: bool | None,
    shared: bool | None,
) -> Sequence[Row[Any]]:
    """A page of those that somebody sees, and a row more: the shared ones first, each in their order."""
    more, values = "", {**viewer, "take": page.take, "skip": page.skip}
    if active is not None:
        more += " AND v.active = :active"
        values["active"] = active
    if shared is not None:
        more += " AND (v.owner_id IS NULL) = :shared"
        values["shared"] = shared
    if after is not None:
        more += " AND (v.owner_id IS NOT NULL, v.position, v.id) > (:after_own, :after_position, :after_id)"
        values |= dict(zip(("after_own", "after_position", "after_id"), after, strict=True))
    return tx.connection.execute(_list(more), values).all()


def _list(more: str) -> TextClause:
    return text(f"SELECT {_VIEW}, {FIELDS_JSON} AS fields FROM views v WHERE {_SEEN} {more} {_IN_ORDER}")


def check(
    tx: Transaction, workspace_id: UUID, wanted: Mapping[str, Any], team_ids: Sequence[UUID]
) -> Row[Any]:
    """What a filter names that is not there (`unknown`), whether one of the teams is not
    (`has_unknown_team`), and all custom `fields`."""
    values = {"workspace_id": workspace_id, "filter": dumps(wanted), "team_ids": list(team_ids)}
    return tx.connection.execute(CHECK, values).one()


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: all columns but the ids and times; a null position is the end. None where its owner, or all
    together, have as many as they may."""
    values = {**facts, "filter": dumps(facts["filter"]), "workspace_id": workspace_id, "most": most}
    made: UUID | None = tx.connection.scalar(ADD, values)
    return made


def number(tx: Transaction, workspace_id: UUID, owner_id: UUID | None) -> int:
    """How many somebody has; None: how many are shared."""
    keys = {"workspace_id": workspace_id, "owner_id": owner_id}
    return int(tx.connection.scalar(NUMBER, keys) or 0)


def change(tx: Transaction, workspace_id: UUID, view_id: UUID, values: Mapping[str, Any]) -> None:
    one = (views.c.workspace_id == workspace_id, views.c.id == view_id)
    tx.connection.execute(update(views).where(*one).values(**values, updated_at=text("now()")))


def reorder(
    tx: Transaction, viewer: Mapping[str, Any], ids: Sequence[UUID], *, own: bool, shared: bool
) -> None:
    """Puts those named first, in this order, and the others behind them as they were."""
    keys = {name: viewer[name] for name in ("workspace_id", "user_id")}
    tx.connection.execute(REORDER, {**keys, "ids": list(ids), "own": own, "shared": shared})


def delete(tx: Transaction, workspace_id: UUID, view_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "view_id": view_id})
