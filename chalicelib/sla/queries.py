"""The SQL of promises: policies and targets in, targets and their steps out, the sweep."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chalicelib.core.db import Transaction
from chalicelib.models.words import Metric
from chalicelib.sla import calendars
from chalicelib.sla.clock import Clock
from chalicelib.sla.hours import Calendar
from chalicelib.sla.policies import Policy
from chalicelib.sla.policies import read as read_policies
from chalicelib.sla.targets import MOST_CYCLES, Step, Target


def targets_json(ticket: str = "t") -> str:
    """A sub-query for other statements: a jsonb array of the targets of the ticket that the surrounding one
    calls so; see facts.py. Of all but the resolution, which is summed up, the newest cycles."""
    times = ", ".join(
        f"""'{name}', to_char(g.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        for name in ("started_at", "due_at", "paused_at", "fulfilled_at", "ended_at", "breached_at")
    )
    return f"""(
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', g.id, 'metric', g.metric, 'cycle', g.cycle, 'minutes', g.minutes,
                   'used_minutes', g.used_minutes, {times})
                   ORDER BY g.metric, g.cycle), '[]')
        FROM (SELECT h.*, max(h.cycle) OVER (PARTITION BY h.metric) AS last FROM sla_targets h
              WHERE h.workspace_id = {ticket}.workspace_id AND h.ticket_id = {ticket}.id) AS g
        WHERE g.cycle > g.last - {MOST_CYCLES} OR g.metric = 'resolution'
    )"""


TARGETS_JSON = targets_json()


def promised_now(policy: str) -> str:
    """SQL for the minutes in which the ticket `t` is to be resolved by now, in all; `policy`: what its policy
    is called."""
    by_policy = f"({policy}.targets -> 'resolution' ->> t.priority)::double precision"
    return f"coalesce(t.sla_minutes, {by_policy})"


POLICIES = text("SELECT fn_policies(:workspace_id)")
POLICY = text("SELECT fn_policies(:workspace_id, :policy_id)")
_TARGET = """
    g.id, g.metric, g.cycle, g.policy_id, g.calendar_id, g.minutes, g.started_at, g.due_at,
    g.paused_at, g.paused_intervals, g.fulfilled_at, g.ended_at, g.breached_at, g.used_minutes,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(
                s.kind, s.step, s.at, s.fired_at, s.offset_minutes, s.escalation_id, s.done_at)
            ORDER BY s.step), '[]')
     FROM sla_steps s
     WHERE s.workspace_id = g.workspace_id AND s.target_id = g.id) AS steps,
    -- A calendar may be long, so one row of all that count by it carries it.
    CASE WHEN row_number() OVER (PARTITION BY g.calendar_id ORDER BY g.id) = 1 THEN
        jsonb_build_object('timezone', c.timezone, 'weekly', c.weekly, 'holidays', c.holidays) END AS calendar
"""
# Whether the staff ever answered the ticket t; not what it had said before, on the one it was split from.
WAS_ANSWERED = """EXISTS (
        SELECT FROM comments r
        LEFT JOIN users u ON u.workspace_id = r.workspace_id AND u.id = r.author_id
        WHERE r.workspace_id = t.workspace_id AND r.ticket_id = t.id AND r.visibility = 'public'
          AND r.created_at >= t.created_at
          AND (r.api_key_id IS NOT NULL OR (u.role <> 'customer' AND u.id <> t.requester_id)))"""
LOAD = text(
    f"""
    SELECT {WAS_ANSWERED} AS was_answered, c.name AS calendar_name, {_TARGET}
    FROM tickets t
    LEFT JOIN sla_targets g ON g.workspace_id = t.workspace_id AND g.ticket_id = t.id
    LEFT JOIN calendars c ON c.workspace_id = g.workspace_id AND c.id = g.calendar_id
    WHERE t.workspace_id = :workspace_id AND t.id = :ticket_id
    ORDER BY g.metric, g.cycle
    """
)
LOAD_MANY = text(
    f"""
    SELECT g.ticket_id, {_TARGET}
    FROM sla_targets g
    JOIN calendars c ON c.workspace_id = g.workspace_id AND c.id = g.calendar_id
    WHERE g.workspace_id = :workspace_id AND g.ticket_id = ANY(CAST(:ticket_ids AS uuid[]))
    ORDER BY g.ticket_id, g.metric, g.cycle
    """
)
SAVE = text(
    "SELECT fn_keep_promises(:workspace_id, :ticket_id, CAST(:targets AS jsonb), CAST(:steps AS jsonb))"
)
PLAIN = (
    *("id", "cycle", "policy_id", "calendar_id", "minutes", "started_at", "due_at", "paused_at"),
    *("fulfilled_at", "ended_at", "breached_at", "used_minutes"),
)
SWEEP = text("CALL sp_sla_sweep(:limit, 0, 0)")
LATE = text("SELECT fn_oldest_due_step_age()")


def policies(tx: Transaction, workspace_id: UUID) -> list[Policy]:
    """The enabled policies of the workspace, in order."""
    return read_policies(tx.connection.execute(POLICIES, {"workspace_id": workspace_id}).scalar_one())


def policy(tx: Transaction, workspace_id: UUID, policy_id: UUID, *, deleted: bool = False) -> Policy | None:
    """One policy, enabled or not; a deleted one only where those are asked for too."""
    keys = {"workspace_id": workspace_id, "policy_id": policy_id}
    rows = tx.connection.execute(POLICY, keys).scalar_one()
    found = read_policies(row for row in rows if deleted or not row["deleted"])
    return found[0] if found else None


def load(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID
) -> tuple[list[Target], dict[UUID, Calendar], bool]:
    """What Clock takes. Call it after the statement that locks the ticket: that one saw the time before."""
    rows = (
        tx.connection.execute(LOAD, {"workspace_id": workspace_id, "ticket_id": ticket_id}).mappings().all()
    )
    promised = [row for row in rows if row["id"] is not None]
    return [_target(row) for row in promised], _calendars(promised), any(row["was_answered"] for row in rows)


def promised(
    tx: Transaction, workspace_id: UUID, ticket_id: UUID
) -> tuple[list[Target], dict[UUID, tuple[str, Calendar]]]:
    """The targets of a ticket for who only reads them, and by id the name and hours of their calendars."""
    rows = (
        tx.connection.execute(LOAD, {"workspace_id": workspace_id, "ticket_id": ticket_id}).mappings().all()
    )
    found = [row for row in rows if row["id"] is not None]
    names = {row["calendar_id"]: row["calendar_name"] for row in found}
    named = {id: (names[id], calendar) for id, calendar in _calendars(found).items()}
    return [_target(row) for row in found], named


def load_many(tx: Transaction, workspace_id: UUID, ticket_ids: Sequence[UUID]) -> dict[UUID, Clock]:
    """The clocks of many locked tickets, for what does not ask whether somebody answered."""
    keys = {"workspace_id": workspace_id, "ticket_ids": list(ticket_ids)}
    rows = tx.connection.execute(LOAD_MANY, keys).mappings().all()
    counted_on = _calendars(rows)
    clocks: dict[UUID, Clock] = {ticket_id: Clock([], counted_on) for ticket_id in ticket_ids}
    for row in rows:
        clocks[row["ticket_id"]].targets.append(_target(row))
    return clocks


def save(tx: Transaction, workspace_id: UUID, ticket_id: UUID, targets: list[Target]) -> None:
    """Writes the targets that changed, with their steps, in one statement; none where nothing changed."""
    save_many(tx, workspace_id, {ticket_id: targets})


def save_many(tx: Transaction, workspace_id: UUID, targets: Mapping[UUID, list[Target]]) -> None:
    """The same for many tickets, by their ids."""
    changed = [(ticket_id, each) for ticket_id, those in targets.items() for each in those if each.changed]
    if not changed:
        return
    keys = {"workspace_id": workspace_id, "ticket_id": None}
    tx.connection.execute(SAVE, {**keys, **_rows(changed)})
    for _, target in changed:
        target.changed, target.dropped = False, []


def written(targets: Sequence[Target]) -> dict[str, str]:
    """`targets` and their `steps` as fn_create_ticket takes them, of the ticket that it makes."""
    return _rows([(None, target) for target in targets])


def sweep(tx: Transaction, limit: int) -> tuple[int, int]:
    """Announces what has come due, over all workspaces: (steps announced, steps taken up).

    At most `limit` steps. Once fewer were taken up, there is nothing more to do now. See sp_sla_sweep.sql.
    """
    row = tx.connection.execute(SWEEP, {"limit": limit}).one()
    return row.p_announced, row.p_due


def sweep_is_late_by(tx: Transaction) -> float:
    """How many seconds the oldest step that is due has waited, over all workspaces; 0 where none is."""
    return float(tx.connection.execute(LATE).scalar_one())


def _calendars(rows: Iterable[Mapping[Any, Any]]) -> dict[UUID, Calendar]:
    return {row["calendar_id"]: calendars.read(row["calendar"]) for row in rows if row["calendar"]}


def _target(row: Mapping[Any, Any]) -> Target:
    return Target(
        **{name: row[name] for name in PLAIN},
        metric=Metric(row["metric"]),
        paused_intervals=[(_moment(since), _moment(until)) for since, until in row["paused_intervals"]],
        steps=[
            Step(
                kind,
                step,
                _moment_or_none(at),
                _moment_or_none(fired_at),
                offset,
                UUID(escalation) if escalation else None,
                _moment_or_none(done_at),
            )
            for kind, step, at, fired_at, offset, escalation, done_at in row["steps"]
        ],
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _moment_or_none(written: str | None) -> datetime | None:
    return _moment(written) if written else None


def _rows(targets: Sequence[tuple[UUID | None, Target]]) -> dict[str, str]:
    """As fn_keep_promises takes them, each with its ticket."""
    return {
        "targets": _json([_target_row(ticket_id, target) for ticket_id, target in targets]),
        "steps": _json(
            [
                _step_row(ticket_id, target, step, dropped=dropped)
                for ticket_id, target in targets
                for dropped, steps in ((False, target.steps), (True, target.dropped))
                for step in steps
            ]
        ),
    }


def _target_row(ticket_id: UUID | None, target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "ticket_id": ticket_id,
        "metric": target.metric,
        "cycle": target.cycle,
        "policy_id": target.policy_id,
        "calendar_id": target.calendar_id,
        "minutes": target.minutes,
        "started_at": target.started_at,
        "due_at": target.due_at,
        "paused_at": target.paused_at,
        "paused_intervals": target.paused_intervals,
        "fulfilled_at": target.fulfilled_at,
        "ended_at": target.ended_at,
        "breached_at": target.breached_at,
        "used_minutes": target.used_minutes,
    }


def _step_row(ticket_id: UUID | None, target: Target, step: Step, *, dropped: bool) -> dict[str, Any]:
    return {
        "target_id": target.id,
        "ticket_id": ticket_id,
        "kind": step.kind,
        "step": step.step,
        "at": step.at,
        "fired_at": step.fired_at,
        "offset_minutes": step.offset,
        "escalation_id": step.escalation_id,
        **({"dropped": True} if dropped else {}),
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one))
