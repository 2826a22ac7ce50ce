"""The SQL of macros: lists of actions that are kept, whose they are, and who sees them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page
from chalicelib.models.macros import macros

_MACRO = """
    m.id, m.owner_id, m.name, m.description, m.actions, m.position, m.active, m.created_at, m.updated_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) ORDER BY g.name, g.id), '[]')
     FROM macro_teams l JOIN teams g ON g.workspace_id = l.workspace_id AND g.id = l.team_id
     WHERE l.workspace_id = m.workspace_id AND l.macro_id = m.id) AS teams
"""
# Own ones, and shared ones: all of them to who sees to those, else what is in use of the own teams.
_VISIBLE = """(m.owner_id = :actor_id OR (m.owner_id IS NULL AND (:manages OR (m.active AND (
    NOT EXISTS (SELECT FROM macro_teams l WHERE l.workspace_id = m.workspace_id AND l.macro_id = m.id)
    OR EXISTS (SELECT FROM macro_teams l WHERE l.workspace_id = m.workspace_id AND l.macro_id = m.id
               AND l.team_id = ANY(CAST(:own_teams AS uuid[]))))))))"""
_ONE = f"m.workspace_id = :workspace_id AND m.id = :macro_id AND {_VISIBLE}"
MACRO = text(f"SELECT {_MACRO} FROM macros m WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT m.id FROM macros m WHERE {_ONE} FOR NO KEY UPDATE")
ADD = text(
    """
    INSERT INTO macros (workspace_id, owner_id, name, key, description, actions, position, active)
    SELECT :workspace_id, CAST(:owner_id AS uuid), :name, :key, :description, CAST(:actions AS jsonb),
        coalesce(CAST(:position AS integer), least(coalesce(max(m.position), 0) + 1, 10000)), :active
    FROM macros m
    WHERE m.workspace_id = :workspace_id AND m.owner_id IS NOT DISTINCT FROM CAST(:owner_id AS uuid)
    HAVING count(*) < :most
    RETURNING id
    """
)
COUNT = text(
    "SELECT count(*) FROM macros m WHERE m.workspace_id = :workspace_id "
    "AND m.owner_id IS NOT DISTINCT FROM CAST(:owner_id AS uuid)"
)
# What is not there, or no longer, is not added: the answer is how many of them are the macro's now.
SET_TEAMS = text(
    """
    WITH wanted AS (
        SELECT g.id FROM teams g
        WHERE g.workspace_id = :workspace_id AND g.id = ANY(CAST(:team_ids AS uuid[]))
          AND g.deleted_at IS NULL
    ), gone AS (
        DELETE FROM macro_teams WHERE workspace_id = :workspace_id AND macro_id = :macro_id
            AND team_id NOT IN (SELECT id FROM wanted)
    ), made AS (
        INSERT INTO macro_teams (workspace_id, macro_id, team_id)
        SELECT :workspace_id, :macro_id, id FROM wanted ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM wanted
    """
)
DELETE = text("DELETE FROM macros WHERE workspace_id = :workspace_id AND id = :macro_id")
SORTS = {"position": "m.position", "name": "m.name"}
_FILTERS = {
    "shared": "(m.owner_id IS NULL) = :shared",
    "active": "m.active = :active",
    "words": "position(CAST(:words AS text) IN m.key) > 0",
}


def _seen_by(actor: Actor) -> dict[str, Any]:
    return {
        "workspace_id": actor.workspace.id,
        "actor_id": actor.user_id,
        "manages": actor.may(Permission.MACROS_MANAGE_SHARED),
        "own_teams": list(actor.team_ids),
    }


def macro(tx: Transaction, actor: Actor, macro_id: UUID) -> Row[Any] | None:
    """A macro that the actor sees."""
    return tx.connection.execute(MACRO, {**_seen_by(actor), "macro_id": macro_id}).first()


def lock(tx: Transaction, actor: Actor, macro_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none that the actor sees."""
    return tx.connection.execute(LOCK, {**_seen_by(actor), "macro_id": macro_id}).first() is not None


def list_macros(
    tx: Transaction,
    actor: Actor,
    wanted: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`wanted`: any of shared, active, words (folded, found anywhere in the name)."""
    conditions = ["m.workspace_id = :workspace_id", _VISIBLE, *(_FILTERS[name] for name in wanted)]
    keys = {**_seen_by(actor), **wanted}
    return listed(tx, _MACRO, "macros m", conditions, keys, page, sort, SORTS, "m.id", after)


def add(
    tx: Transaction, workspace_id: UUID, owner_id: UUID | None, facts: Mapping[str, Any], most: int
) -> UUID | None:
    """`facts`: name, key, description, actions, position (null is the end), active. None where whoever's it
    is has as many as there may be."""
    values = {**facts, "actions": dumps(facts["actions"]), "most": most}
    keys = {"workspace_id": workspace_id, "owner_id": owner_id}
    made: UUID | None = tx.connection.scalar(ADD, {**values, **keys})
    return made


def count(tx: Transaction, workspace_id: UUID, owner_id: UUID | None) -> int:
    """How many are shared, or somebody's own."""
    keys = {"workspace_id": workspace_id, "owner_id": owner_id}
    return int(tx.connection.scalar(COUNT, keys) or 0)


def set_teams(tx: Transaction, workspace_id: UUID, macro_id: UUID, team_ids: Collection[UUID]) -> int:
    """Makes these the macro's teams, and answers how many of them there are."""
    keys = {"workspace_id": workspace_id, "macro_id": macro_id, "team_ids": list(team_ids)}
    return int(tx.connection.scalar(SET_TEAMS, keys) or 0)


def change(tx: Transaction, workspace_id: UUID, macro_id: UUID, values: Mapping[str, Any]) -> None:
    one = (macros.c.workspace_id == workspace_id, macros.c.id == macro_id)
    tx.connection.execute(update(macros).where(*one).values(**values, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, macro_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "macro_id": macro_id})
