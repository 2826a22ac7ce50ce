"""Figures over time: by hour, day, week or month, or as the hours of a week; of the desk or by group."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import series_queries as queries
from chalicelib.analytics.attainment import attainment, over_time
from chalicelib.analytics.insight import AGENT, NOTHING, Scope, bounds, brief, minutes, scope
from chalicelib.analytics.insight_queries import TIMES
from chalicelib.analytics.overview import group_name, in_order, seen
from chalicelib.analytics.periods import Period
from chalicelib.analytics.series_question import PERCENTILES, Series, check, promises
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, NotFound, ValidationFailed

# Days that hours are told of; figures that an answer holds, and percentiles, which take longer.
MOST_DAYS_OF_HOURS: Final = 31
MOST_FIGURES, MOST_PERCENTILES = 5_000, 750


Cells: TypeAlias = dict[tuple[str, date], dict[str, Any]]
NONE: Final[dict[str, Any]] = brief(NOTHING, 0) | dict.fromkeys(PERCENTILES)


def series(tx: Transaction, actor: Actor, wanted: Series) -> dict[str, Any]:
    """`series`: of each group its `points`, one for each step, with zeros where nothing was. At most five
    statements. Shapes: api/schemas/insight.py. Raises as insight.scope does, and ValidationFailed for what
    does not go together or is more than an answer holds, Forbidden for a colleague's figures."""
    check(actor, wanted)
    if "attainment" in wanted.metrics:
        return over_time(attainment(tx, actor, promises(wanted)), wanted.group_by)
    within = scope(tx, actor, wanted.asked)
    answer = {
        **within.bounds(),
        "interval": wanted.interval,
        "metric": list(wanted.metrics),
        "group_by": wanted.group_by,
    }
    if wanted.interval == "hour" or wanted.interval == "weekday_hour":
        return {**answer, "series": [_of_hours(tx, actor, within, wanted)]}
    buckets = list(within.period.split(wanted.interval))
    return {**answer, "series": _grouped(tx, actor, within, wanted, buckets)}


def _asked(actor: Actor, within: Scope, wanted: Series) -> dict[str, Any]:
    values = list(wanted.only.get(wanted.dimension, ())) if wanted.only else None
    if values is None and wanted.dimension == AGENT and not actor.may(Permission.ANALYTICS_READ_PEOPLE):
        values = ["", str(actor.id)]
    return {
        "workspace_id": actor.workspace.id,
        "first": within.period.first,
        "last": within.period.last,
        "interval": wanted.interval,
        "teams": None if within.teams is None else list(within.teams),
        "dimension": wanted.dimension,
        "values": values,
    }


def _of_hours(tx: Transaction, actor: Actor, within: Scope, wanted: Series) -> dict[str, Any]:
    asked = _asked(actor, within, wanted)
    if wanted.interval == "weekday_hour":
        points = [
            {"weekday": row.weekday, "hour": row.hour, "figures": _plain(row, wanted.metrics)}
            for row in queries.week(tx, asked)
        ]
        return {"value": None, "name": None, "points": points}
    if within.period.days > MOST_DAYS_OF_HOURS:
        sentence = f"Hours are told of {MOST_DAYS_OF_HOURS} days at the most."
        raise ValidationFailed.of("from" if wanted.asked.first else "days", sentence)
    zone, hour = within.period.zone, timedelta(hours=1)
    points = []
    for row in queries.hours(tx, asked):
        since = row.at.astimezone(UTC)
        day = since.astimezone(zone).date()
        until = min(since + hour, Period(day, day, zone).until)
        points.append(
            {"from": day, "to": day, "since": since, "until": until, "figures": _plain(row, wanted.metrics)}
        )
    return {"value": None, "name": None, "points": points}


def _plain(row: Any, metrics: Sequence[str]) -> dict[str, int]:
    return {metric: int(getattr(row, metric)) for metric in metrics}


def _grouped(
    tx: Transaction, actor: Actor, within: Scope, wanted: Series, buckets: Sequence[Period]
) -> list[dict[str, Any]]:
    agents = _agents(tx, actor, wanted.only.get(AGENT, ()))
    cells, values = _cells(tx, actor, within, wanted, buckets)
    by_agent = wanted.group_by and wanted.dimension == AGENT
    if by_agent and not agents:
        agents = queries.people(tx, actor.workspace.id, [UUID(value) for value in values if value])
    groups = [
        {
            "value": value or None,
            "name": group_name(within, agents, wanted.dimension, value) if wanted.group_by else None,
            "points": [
                {
                    **bounds(bucket),
                    "figures": {
                        metric: cells.get((value, bucket.first), NONE)[metric] for metric in wanted.metrics
                    },
                }
                for bucket in buckets
            ],
        }
        for value in values
    ]
    return in_order(wanted.dimension, groups)


def _cells(
    tx: Transaction, actor: Actor, within: Scope, wanted: Series, buckets: Sequence[Period]
) -> tuple[Cells, list[str]]:
    """Figures by value and first day of a bucket, and the values of which there is something."""
    asked, grouped = _asked(actor, within, wanted), wanted.group_by is not None
    cells: Cells = {}
    # Figures beyond what an answer holds are not read either.
    most = _most(wanted) + 1
    rows = queries.series(tx, asked, most, grouped=grouped)
    _bounded(wanted, len(rows))
    for row in rows:
        cells[row.value, row.first] = NONE | brief(row._asdict(), 0)
    if "backlog" in wanted.metrics:
        firsts = {bucket.last: bucket.first for bucket in buckets}
        for row in queries.backlog(tx, asked, list(firsts)):
            cell = cells.setdefault((row.value if grouped else "", firsts[row.last]), dict(NONE))
            cell["backlog"] += row.active
    values = seen(actor, wanted.dimension, sorted({value for value, _ in cells})) if grouped else [""]
    _bounded(wanted, len(values) * len(buckets))
    if wanted.has_percentiles:
        for row in queries.series(tx, asked, most, grouped=grouped, percentiles=True):
            cells.setdefault((row.value, row.first), dict(NONE)).update(_percentiles(row))
    return cells, values


def _agents(tx: Transaction, actor: Actor, ids: Sequence[str]) -> Mapping[str, str]:
    """Their names by id. Raises NotFound for who is nobody here."""
    agents = queries.people(tx, actor.workspace.id, [UUID(id) for id in ids]) if ids else {}
    if len(agents) < len(ids):
        sentence = "There is nobody with this id."
        raise NotFound(sentence, errors=[FieldProblem(AGENT, "VALIDATION_ERROR", sentence)])
    return agents


def _percentiles(row: Any) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for time in TIMES:
        median, p90 = getattr(row, time) or (None, None)
        found |= {f"{time}_median": minutes(median), f"{time}_p90": minutes(p90)}
    return found


def _most(wanted: Series) -> int:
    return MOST_PERCENTILES if wanted.has_percentiles else MOST_FIGURES // len(wanted.metrics)


def _bounded(wanted: Series, points: int) -> None:
    if points > _most(wanted):
        sentence = "These are more figures than an answer holds: take a longer interval, or group by less."
        raise ValidationFailed.of("group_by" if wanted.group_by else "interval", sentence)
