"""The SQL of figures over time, from the roll-ups."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from chalicelib.analytics.insight_queries import ASKED, FRACTIONS, SUMS, TEAMS, TIMES
from chalicelib.core.db import Transaction

# What is told hour by hour.
HOURLY = ("created", "resolved", "reopened")
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
            f"WHERE {OF_DAYS} GROUP BY 1, 2 LIMIT :most"
        )
    sums = ", ".join(f"sum(r.{name}) AS {name}" for name in TIMES)
    each = ", ".join(f"fn_percentiles(h.{name}, {FRACTIONS}) AS {name}" for name in TIMES)
    return text(
        f"""
        SELECT h.value, h.first, {each} FROM (
            SELECT {value} AS value, {BUCKET} AS first, {sums} FROM rollup_histograms r
            WHERE {OF_DAYS} GROUP BY 1, 2 LIMIT :most) AS h
        """
    )


def series(
    tx: Transaction, asked: Mapping[str, Any], most: int, *, grouped: bool, percentiles: bool = False
) -> Sequence[Row[Any]]:
    """Sums, or `percentiles`, by `first`, a bucket's first day, and by value where it is `grouped`; `most`
    rows. `asked`: workspace_id, first, last, interval, teams, dimension, values."""
    return tx.connection.execute(
        _series(grouped=grouped, percentiles=percentiles), {**asked, "most": most}
    ).all()


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
