"""The SQL of rules: those that a desk declares, what they look at, and what they did."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.rules import rules
from chalicelib.tickets.visibility import visible_to

# At most so many are counted, lest a busy rule make the list slow.
COUNTED = 1000
_RULE = f"""
    r.id, r.name, r.description, r.position, r.triggers, r.conditions, r.actions, r.since, r.minutes,
    r.enabled_at, r.created_at, r.updated_at,
    (SELECT max(f.created_at) FROM rule_firings f
     WHERE f.workspace_id = r.workspace_id AND f.rule_id = r.id) AS last_fired_at,
    (SELECT count(*) FROM (
        SELECT FROM rule_firings f
        WHERE f.workspace_id = r.workspace_id AND f.rule_id = r.id AND f.created_at > now() - interval '1 day'
        LIMIT {COUNTED}) AS lately) AS fired_last_day
"""
_ONE = "r.workspace_id = :workspace_id AND r.id = :rule_id"
RULE = text(f"SELECT {_RULE} FROM rules r WHERE {_ONE}")
LOCK = text(f"SELECT r.id FROM rules r WHERE {_ONE} FOR NO KEY UPDATE")
# Whoever makes, orders or switches rules of a workspace does so alone, so that order and number stay right.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('rules ' || :workspace_id, 0))")
NUMBERS = text(
    "SELECT count(*) AS made, count(enabled_at) AS enabled, coalesce(max(position), 0) AS last FROM rules "
    "WHERE workspace_id = :workspace_id"
)
ADD = text(
    """
    INSERT INTO rules (workspace_id, name, key, description, position, occasions, triggers, conditions,
        actions, since, minutes, enabled_at)
    VALUES (:workspace_id, :name, :key, :description, :position, :occasions, CAST(:triggers AS jsonb),
        CAST(:conditions AS jsonb), CAST(:actions AS jsonb), :since, :minutes,
        CASE WHEN CAST(:enabled AS boolean) THEN now() END)
    RETURNING id
    """
)
DELETE = text(f"DELETE FROM rules r WHERE {_ONE}")
IN_ORDER = text(
    "SELECT id FROM rules WHERE workspace_id = :workspace_id ORDER BY position, id FOR NO KEY UPDATE"
)
PUT_IN_ORDER = text(
    """
    UPDATE rules r SET position = given.place
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given(id, place)
    WHERE r.workspace_id = :workspace_id AND r.id = given.id AND r.position <> given.place
    """
)
KNOWN = text(
    """
    SELECT 'team' AS kind, id FROM teams
    WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
    UNION ALL SELECT 'user', id FROM users
    WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
    UNION ALL SELECT 'organisation', id FROM organisations
    WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
    """
)


def rule(tx: Transaction, workspace_id: UUID, rule_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(RULE, {"workspace_id": workspace_id, "rule_id": rule_id}).first()


def lock(tx: Transaction, workspace_id: UUID, rule_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "rule_id": rule_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def one_at_a_time(tx: Transaction, workspace_id: UUID) -> None:
    tx.connection.execute(ONE_AT_A_TIME, {"workspace_id": str(workspace_id)})


def numbers(tx: Transaction, workspace_id: UUID) -> Row[Any]:
    """`made enabled last`: how many there are, are on, and the last place."""
    return tx.connection.execute(NUMBERS, {"workspace_id": workspace_id}).one()


def list_rules(
    tx: Transaction, workspace_id: UUID, enabled: bool | None, page: Page, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    on = [] if enabled is None else ["(r.enabled_at IS NOT NULL) = :enabled"]
    keys = {"workspace_id": workspace_id, **({} if enabled is None else {"enabled": enabled})}
    conditions = ["r.workspace_id = :workspace_id", *on]
    sorts = {"position": "r.position"}
    return listed(tx, _RULE, "rules r", conditions, keys, page, "position", sorts, "r.id", after)


def add(tx: Transaction, workspace_id: UUID, values: Mapping[str, Any]) -> UUID:
    made: UUID = tx.connection.execute(ADD, {"workspace_id": workspace_id, **_stored(values)}).scalar_one()
    return made


def change(tx: Transaction, workspace_id: UUID, rule_id: UUID, values: Mapping[str, Any]) -> None:
    """`values`: columns; `enabled` turns it on or off; `anew`: what was reckoned of tickets is void."""
    columns: dict[str, Any] = {
        name: value for name, value in values.items() if name not in ("enabled", "anew")
    }
    if "enabled" in values:
        columns["enabled_at"] = text("now()") if values["enabled"] else None
    if values.get("anew"):
        columns |= {"generation": rules.c.generation + 1, "followed_until": None, "followed_at": None}
    one = (rules.c.workspace_id == workspace_id, rules.c.id == rule_id)
    tx.connection.execute(update(rules).where(*one).values(**columns, updated_at=text("now()")))


def delete(tx: Transaction, workspace_id: UUID, rule_id: UUID) -> None:
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "rule_id": rule_id})


def in_order(tx: Transaction, workspace_id: UUID) -> list[UUID]:
    """All rules of the workspace, held, as they stand."""
    return list(tx.connection.scalars(IN_ORDER, {"workspace_id": workspace_id}))


def put_in_order(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    tx.connection.execute(PUT_IN_ORDER, {"workspace_id": workspace_id, "ids": list(ids)})


def known(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> set[tuple[str, UUID]]:
    """Which of the ids are a team, a user, an organisation of the workspace."""
    rows = tx.connection.execute(KNOWN, {"workspace_id": workspace_id, "ids": list(ids)})
    return {(row.kind, row.id) for row in rows}


_FIRING = """
    f.id, f.outcome, f.reason, f.sequence, f.counts_from, f.depth, f.created_at,
    t.id AS ticket_id, t.label AS ticket_label
"""


def list_firings(
    tx: Transaction, actor: Actor, rule_id: UUID, outcome: str | None, page: Page, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    """What a rule did to tickets that the actor sees, newest first."""
    visible, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "rule_id": rule_id, **values}
    conditions = ["f.workspace_id = :workspace_id", "f.rule_id = :rule_id", f"({visible})"]
    if outcome is not None:
        conditions.append("f.outcome = :outcome")
        keys["outcome"] = outcome
    source = "rule_firings f JOIN tickets t ON t.workspace_id = f.workspace_id AND t.id = f.ticket_id"
    sorts = {"created_at": "f.created_at"}
    return listed(tx, _FIRING, source, conditions, keys, page, "-created_at", sorts, "f.id", after)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if name in ("triggers", "conditions", "actions") else value
        for name, value in values.items()
    }
