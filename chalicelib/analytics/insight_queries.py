"""The SQL of figures by day: what migrations/sql/fn_rollups.sql reads of the roll-ups, for answers."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.core.db import Transaction

# What is added up, as fn_insight_figures has it.
SUMS = (
    *("created", "resolved", "reopened", "breached", "rated", "rated_good", "score"),
    *("first_responses", "first_response_seconds"),
    *("business_first_responses", "business_first_response_seconds"),
    *("resolutions", "resolution_seconds", "business_resolutions", "business_resolution_seconds"),
)
TIMES = ("first_response", "business_first_response", "resolution", "business_resolution")
FRACTIONS = "'{0.5,0.9}'"


def _of(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


STATE = text(
    """
    SELECT s.complete, s.timezone, now() AS now, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(t.id, t.name)), '[]')
        FROM teams t WHERE t.workspace_id = :workspace_id) AS teams
    FROM fn_rollup_state(:workspace_id) AS s
    """
)
ASKED = ":workspace_id, CAST(:first AS date), CAST(:last AS date)"
TEAMS = "CAST(:teams AS uuid[])"
ENDS = "ARRAY[CAST(:first AS date) - 1, CAST(:last AS date)]"
_FIGURES = f"""
    WITH figures AS MATERIALIZED (
        SELECT f.dimension, f.value, f.previous, {_of("f", SUMS)}
        FROM fn_insight_figures({ASKED}, {TEAMS}, CAST(:dimensions AS text[])) AS f
        WHERE CAST(:value AS text) IS NULL OR f.value = :value
    ), backlog AS MATERIALIZED (
        SELECT b.* FROM fn_insight_backlog(:workspace_id, {ENDS}, {TEAMS}, CAST(:dimensions AS text[])) AS b
        WHERE CAST(:value AS text) IS NULL OR b.value = :value
    ), percentiles AS (
        SELECT p.* FROM fn_insight_percentiles({ASKED}, {TEAMS}, ARRAY[CAST(:exactly AS text)],
            ARRAY[coalesce(:value, '')], {FRACTIONS}) AS p
    ), agents AS (
        SELECT f.value FROM figures f WHERE f.dimension = 'agent' AND f.value <> ''
        UNION
        SELECT b.value FROM backlog b WHERE b.dimension = 'agent' AND b.value <> ''
    )
    SELECT
        (SELECT jsonb_agg(jsonb_build_array(f.dimension, f.value, f.previous, {_of("f", SUMS)}))
         FROM figures f) AS figures,
        (SELECT jsonb_agg(jsonb_build_array(p.previous, {_of("p", TIMES)}))
         FROM percentiles p) AS percentiles,
        (SELECT jsonb_agg(jsonb_build_array(b.dimension, b.value, b.day < CAST(:first AS date), b.active))
         FROM backlog b) AS backlog,
        (SELECT jsonb_object_agg(u.id, u.name) FROM users u
         WHERE u.workspace_id = :workspace_id
           AND u.id = ANY(ARRAY(SELECT CAST(a.value AS uuid) FROM agents a))) AS agents
"""
PERSON = text(
    """
    SELECT u.id, u.name, u.email, u.role, (
        SELECT coalesce(jsonb_object_agg(c.status, c.tickets), '{}') FROM (
            SELECT t.status, count(*) AS tickets FROM tickets t
            WHERE t.workspace_id = :workspace_id AND t.assignee_id = u.id AND t.deleted_at IS NULL
                AND t.status IN ('new', 'open', 'pending', 'on_hold')
            GROUP BY t.status) AS c) AS assigned,
        s.complete, s.timezone
    FROM users u CROSS JOIN fn_rollup_state(:workspace_id) AS s
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id
    """
)
# By the tickets that are the agent's now, as all figures are.
_WORK = """
    SELECT p.previous, (
            SELECT coalesce(sum(e.minutes), 0) FROM time_entries e
            JOIN tickets t ON t.workspace_id = e.workspace_id AND t.id = e.ticket_id AND t.deleted_at IS NULL
            WHERE e.workspace_id = :workspace_id AND e.user_id = :user_id
                AND e.spent_on BETWEEN p.first AND p.last) AS minutes_logged,
        g.met, g.broken
    FROM (VALUES
        (false, CAST(:first AS date), CAST(:last AS date),
         CAST(:since AS timestamptz), CAST(:until AS timestamptz)),
        (true, CAST(:earlier AS date), CAST(:first AS date) - 1,
         CAST(:before AS timestamptz), CAST(:since AS timestamptz))
    ) AS p (previous, first, last, since, until)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE g.breached_at IS NULL) AS met,
            count(*) FILTER (WHERE g.breached_at IS NOT NULL) AS broken
        FROM sla_targets g JOIN tickets t ON t.workspace_id = g.workspace_id AND t.id = g.ticket_id
        WHERE g.workspace_id = :workspace_id AND g.decided_at >= p.since AND g.decided_at < p.until
            AND t.workspace_id = :workspace_id AND t.assignee_id = :user_id AND t.deleted_at IS NULL
    ) AS g
"""
FIGURES = text(_FIGURES)
FIGURES_AND_WORK = text(
    f"SELECT f.*, (SELECT jsonb_agg(to_jsonb(w)) FROM ({_WORK}) AS w) AS work FROM ({_FIGURES}) AS f"
)


def state(tx: Transaction, workspace_id: UUID) -> Row[Any]:
    """`complete`, `timezone`, `now`, and all `teams` that there ever were: ids with names."""
    return tx.connection.execute(STATE, {"workspace_id": workspace_id}).one()


def person(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Row[Any] | None:
    """Somebody, with the active tickets assigned by status, and `complete` and `timezone` of the roll-ups."""
    return tx.connection.execute(PERSON, {"workspace_id": workspace_id, "user_id": user_id}).first()


def figures(
    tx: Transaction,
    workspace_id: UUID,
    period: Mapping[str, Any],
    teams: Sequence[UUID] | None,
    dimensions: Sequence[str],
) -> Row[Any]:
    """`figures` and `backlog` by dimension and value, `percentiles` of all; of the period and of that before.
    `agents`: names by id. `period`: first and last."""
    asked = {**period, "workspace_id": workspace_id, "teams": None if teams is None else list(teams)}
    named = {"dimensions": list(dimensions), "exactly": "all", "value": None}
    return tx.connection.execute(FIGURES, {**asked, **named}).one()


def figures_of(tx: Transaction, workspace_id: UUID, user_id: UUID, period: Mapping[str, Any]) -> Row[Any]:
    """The same of an agent alone, and `work`: `minutes_logged`, and promises `met` and `broken`, of the
    period and of that before (`previous`). `period`: first, last, since, until, and when that before begins:
    `earlier`, its day, and `before`, its moment."""
    asked = {**period, "workspace_id": workspace_id, "user_id": user_id, "teams": None}
    named = {"dimensions": ["agent"], "exactly": "agent", "value": str(user_id)}
    return tx.connection.execute(FIGURES_AND_WORK, {**asked, **named}).one()
