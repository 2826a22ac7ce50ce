"""The SQL of targets that are stored and only move: thousands of them, so no more is written than that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.sla.clock import Clock
from chalicelib.sla.queries import save_many
from chalicelib.sla.targets import Target

# As fn_keep_promises does it: what was announced stays announced, and a breach stays a breach.
MOVE = text(
    """
    WITH target AS (
        UPDATE sla_targets g
        SET due_at = given.due_at, breached_at = coalesce(g.breached_at, given.breached_at)
        FROM json_to_recordset(CAST(:targets AS json))
            AS given(id uuid, due_at timestamptz, breached_at timestamptz)
        WHERE g.workspace_id = :workspace_id AND g.id = given.id
    )
    UPDATE sla_steps s SET at = given.at, fired_at = given.fired_at
    FROM json_to_recordset(CAST(:steps AS json))
        AS given(target_id uuid, kind text, step integer, at timestamptz, fired_at timestamptz)
    WHERE s.workspace_id = :workspace_id AND s.target_id = given.target_id AND s.kind = given.kind
      AND s.step = given.step AND s.fired_at IS NULL
      AND (s.at, s.fired_at) IS DISTINCT FROM (given.at, given.fired_at)
    """
)

Steps = Mapping[UUID, int]


def stored(clocks: Mapping[UUID, Clock]) -> Steps:
    """How many steps each target has in the database, of clocks that were just loaded."""
    return {target.id: len(target.steps) for clock in clocks.values() for target in clock.targets}


def keep_moved(tx: Transaction, workspace_id: UUID, clocks: Mapping[UUID, Clock], known: Steps) -> None:
    """Writes the due times and steps of targets that changed, of which nothing else did since they were
    `known`: see Clock.recounted. One that got a step that was not stored is written as a whole."""
    changed = [(id, target) for id, clock in clocks.items() for target in clock.targets if target.changed]
    moved = [target for _, target in changed if len(target.steps) == known.get(target.id)]
    if moved:
        given = {
            "targets": dumps([_target_row(target) for target in moved]),
            "steps": dumps([row for target in moved for row in _step_rows(target)]),
        }
        tx.connection.execute(MOVE, {"workspace_id": workspace_id, **given})
    for target in moved:
        target.changed = False
    save_many(tx, workspace_id, {id: [target] for id, target in changed if target.changed})


def _target_row(target: Target) -> dict[str, Any]:
    return {
        "id": str(target.id),
        "due_at": _written(target.due_at),
        "breached_at": _written(target.breached_at),
    }


def _step_rows(target: Target) -> list[dict[str, Any]]:
    target_id = str(target.id)
    return [
        {
            "target_id": target_id,
            "kind": step.kind,
            "step": step.step,
            "at": _written(step.at),
            "fired_at": _written(step.fired_at),
        }
        for step in target.steps
    ]


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
