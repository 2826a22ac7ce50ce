"""The SQL of figures by day: what migrations/sql/fn_rollups.sql reads of the roll-ups, for answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from chalicelib.core.db import Transaction

# What is added up, as fn_insight_figures has it.
SUMS = (
    *("created", "resolved", "reopened", "breached", "rated", "rated_good", "score"),
    *("first_responses", "first_response_seconds"),
    *("business_first_responses", "business_first_response_seconds"),
    *("resolutions", "resolution_seconds", "business_resolutions", "business_resolution_seconds"),
)
TIMES = ("first_response", "business_first_response", "resolution", "business_resolution")
HOURLY = ("created", "resolved", "reopened")
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
        SELECT f.* FROM fn_insight_figures({ASKED}, {TEAMS}, CAST(:dimensions AS text[])) AS f
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


# A bucket's first day within the period.
BUCKET = "greatest(CAST(:first AS date), CAST(date_trunc(:interval, r.day) AS date))"
OF_DAYS = """
    r.workspace_id = :workspace_id
    AND r.generation = (SELECT s.generation FROM fn_rollup_state(:workspace_id) AS s)
    AND r.team_id = ANY(coalesce(CAST(:teams AS uuid[]), '{00000000-0000-0000-0000-000000000000}'))
    AND r.dimension = :dimension
    AND (CAST(:values AS text[]) IS NULL OR r.value = ANY(CAST(:values AS text[])))
    AND r.day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
"""


@lru_cache(maxsize=8)
def _series(*, grouped: bool, percentiles: bool) -> TextClause:
    value = "r.value" if grouped else "''"
    if not percentiles:
        sums = ", ".join(f"sum(r.{name}) AS {name}" for name in SUMS)
        return text(
            f"SELECT {value} AS value, {BUCKET} AS first, {sums} FROM ticket_rollups r "
            f"WHERE {OF_DAYS} GROUP BY 1, 2"
        )
    sums = ", ".join(f"sum(r.{name}) AS {name}" for name in TIMES)
    each = ", ".join(f"fn_percentiles(h.{name}, {FRACTIONS}) AS {name}" for name in TIMES)
    return text(
        f"""
        SELECT h.value, h.first, {each} FROM (
            SELECT {value} AS value, {BUCKET} AS first, {sums} FROM rollup_histograms r
            WHERE {OF_DAYS} GROUP BY 1, 2) AS h
        """
    )


def series(
    tx: Transaction, asked: Mapping[str, Any], *, grouped: bool, percentiles: bool = False
) -> Sequence[Row[Any]]:
    """Sums, or `percentiles`, by `first`, a bucket's first day, and by value where it is `grouped`. `asked`:
    workspace_id, first, last, interval, teams, dimension, values."""
    return tx.connection.execute(_series(grouped=grouped, percentiles=percentiles), asked).all()


BACKLOG = text(
    """
    SELECT b.value, b.day AS last, b.active FROM fn_insight_backlog(
        :workspace_id, CAST(:days AS date[]), CAST(:teams AS uuid[]), ARRAY[CAST(:dimension AS text)]) AS b
    WHERE CAST(:values AS text[]) IS NULL OR b.value = ANY(CAST(:values AS text[]))
    """
)
HOURS = text(
    f"""
    SELECT h.at, h.created, h.resolved, h.reopened FROM fn_insight_hours({ASKED}, {TEAMS}) AS h ORDER BY h.at
    """
)
WEEK = text(
    f"""
    SELECT w.weekday, w.hour, w.created, w.resolved, w.reopened FROM fn_insight_week({ASKED}, {TEAMS}) AS w
    ORDER BY w.weekday, w.hour
    """
)
NAMES = text(
    """
    SELECT u.id, u.name FROM users u
    WHERE u.workspace_id = :workspace_id AND u.id = ANY(CAST(:ids AS uuid[]))
    """
)


def backlog(tx: Transaction, asked: Mapping[str, Any], days: Sequence[date]) -> Sequence[Row[Any]]:
    """How many were active when each of these days ended (`last`), by value."""
    return tx.connection.execute(BACKLOG, {**asked, "days": list(days)}).all()


def hours(tx: Transaction, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Each hour of the days: when it begins (`at`), and what happened in it."""
    return tx.connection.execute(HOURS, asked).all()


def week(tx: Transaction, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Each hour of a week of these days: 168 rows."""
    return tx.connection.execute(WEEK, asked).all()


def people(tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> dict[str, str]:
    """Names by id."""
    rows = tx.connection.execute(NAMES, {"workspace_id": workspace_id, "ids": list(ids)})
    return {str(row.id): row.name for row in rows}
