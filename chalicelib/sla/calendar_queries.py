"""The SQL of calendars as a desk keeps them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page

# A list of a hundred calendars with a thousand holidays each would be more than a Lambda may answer.
HOLIDAYS_LISTED = 50

_FACTS = """
    c.id, c.name, c.timezone, c.weekly, c.created_at, c.updated_at,
    (SELECT coalesce(
                jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY p.position, p.id), '[]')
     FROM sla_policies p
     WHERE p.workspace_id = c.workspace_id AND p.calendar_id = c.id AND p.deleted_at IS NULL) AS policies
"""
_CALENDAR = f"c.holidays, {_FACTS}"
_LISTED = f"""
    jsonb_path_query_array(c.holidays, '$[0 to {HOLIDAYS_LISTED - 1}]') AS holidays,
    greatest(jsonb_array_length(c.holidays) - {HOLIDAYS_LISTED}, 0) AS holidays_left_out, {_FACTS}
"""
_ONE = "c.workspace_id = :workspace_id AND c.id = :calendar_id AND c.deleted_at IS NULL"
CALENDAR = text(f"SELECT {_CALENDAR} FROM calendars c WHERE {_ONE}")
# Whoever changes or deletes it waits here, and a policy that is about to take it too; new targets do not.
LOCK = text(f"SELECT c.id FROM calendars c WHERE {_ONE} FOR NO KEY UPDATE")
# Whoever makes one waits for others who do, so that their number is the one that they were counted by.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('calendars ' || :workspace_id, 0))")
ADD = text(
    """
    INSERT INTO calendars (workspace_id, name, timezone, weekly, holidays)
    SELECT :workspace_id, :name, :timezone, CAST(:weekly AS jsonb), CAST(:holidays AS jsonb)
    FROM calendars c WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
    HAVING count(*) < :most
    RETURNING id
    """
)
CHANGE = text(
    """
    UPDATE calendars SET name = :name, timezone = :timezone, weekly = CAST(:weekly AS jsonb),
        holidays = CAST(:holidays AS jsonb), updated_at = now()
    WHERE workspace_id = :workspace_id AND id = :calendar_id
    """
)
DELETE = text(
    "UPDATE calendars SET deleted_at = now() WHERE workspace_id = :workspace_id AND id = :calendar_id"
)
LONGEST_GOAL = text(
    """
    SELECT p.name, CAST(goal.value AS double precision) AS minutes
    FROM sla_policies p, jsonb_each(p.targets) AS promised, jsonb_each_text(promised.value) AS goal
    WHERE p.workspace_id = :workspace_id AND p.calendar_id = :calendar_id AND p.deleted_at IS NULL
    ORDER BY 2 DESC LIMIT 1
    """
)
SORTS = {"name": "c.name", "created_at": "c.created_at"}


def calendar(tx: Transaction, workspace_id: UUID, calendar_id: UUID) -> Row[Any] | None:
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id}
    return tx.connection.execute(CALENDAR, keys).first()


def lock(tx: Transaction, workspace_id: UUID, calendar_id: UUID) -> bool:
    """Holds it against whoever else changes it or is about to use it; False where there is none."""
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def list_calendars(
    tx: Transaction, workspace_id: UUID, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    conditions = ["c.workspace_id = :workspace_id", "c.deleted_at IS NULL"]
    keys = {"workspace_id": workspace_id}
    return listed(tx, _LISTED, "calendars c", conditions, keys, page, sort, SORTS, "c.id", after)


def longest_goal(tx: Transaction, workspace_id: UUID, calendar_id: UUID) -> Row[Any] | None:
    """The `name` and `minutes` of the longest promise that a policy makes by it."""
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id}
    return tx.connection.execute(LONGEST_GOAL, keys).first()


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any], most: int) -> UUID | None:
    """`facts`: name, timezone, weekly, holidays. None where there are as many as there may be."""
    tx.connection.execute(ONE_AT_A_TIME, {"workspace_id": str(workspace_id)})
    made: UUID | None = tx.connection.scalar(
        ADD, {"workspace_id": workspace_id, "most": most, **_written(facts)}
    )
    return made


def change(tx: Transaction, workspace_id: UUID, calendar_id: UUID, facts: Mapping[str, Any]) -> None:
    """`facts`: all of them."""
    keys = {"workspace_id": workspace_id, "calendar_id": calendar_id}
    tx.connection.execute(CHANGE, {**keys, **_written(facts)})


def delete(tx: Transaction, workspace_id: UUID, calendar_id: UUID) -> None:
    """Softly: targets go on counting by it."""
    tx.connection.execute(DELETE, {"workspace_id": workspace_id, "calendar_id": calendar_id})


def _written(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "weekly": json.dumps(facts["weekly"]), "holidays": json.dumps(facts["holidays"])}
