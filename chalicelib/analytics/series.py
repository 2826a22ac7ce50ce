"""Figures over time: by hour, day, week or month, or as the hours of a week; of the desk or by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import insight_queries as queries
from chalicelib.analytics.attainment import Wanted, attainment, over_time
from chalicelib.analytics.insight import NOTHING, Asked, Scope, bounds, brief, minutes, scope
from chalicelib.analytics.insight_queries import HOURLY, TIMES
from chalicelib.analytics.overview import group_name, in_order, seen
from chalicelib.analytics.periods import Interval, Period
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, Forbidden, NotFound, ValidationFailed

Buckets: TypeAlias = Literal["hour", "weekday_hour"] | Interval
PERCENTILES: Final = tuple(f"{time}_{name}" for time in TIMES for name in ("median", "p90"))
# Days that hours are told of; figures that an answer holds, and percentiles, which take longer.
MOST_DAYS_OF_HOURS: Final = 31
MOST_FIGURES, MOST_PERCENTILES = 5_000, 750


@dataclass(frozen=True)
class Series:
    """What is asked: names of figures, in what steps; grouped by one fact or by none, and of some values of
    one fact alone, by its name (one of overview.DIMENSIONS but the team)."""

    asked: Asked
    metrics: Sequence[str]
    interval: Buckets = "day"
    group_by: str | None = None
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def dimension(self) -> str:
        """By what the sums are read."""
        return self.group_by or next(iter(self.only), "all")

    @property
    def has_percentiles(self) -> bool:
        return not set(PERCENTILES).isdisjoint(self.metrics)


def series(tx: Transaction, actor: Actor, wanted: Series) -> dict[str, Any]:
    """`series`: of each group its `points`, one for each step, with zeros where nothing was. At most five
    statements. Shapes: api/schemas/insight.py. Raises as insight.scope does, and ValidationFailed for what
    does not go together or is more than an answer holds, Forbidden for a colleague's figures."""
    _check(actor, wanted)
    if "attainment" in wanted.metrics:
        return over_time(attainment(tx, actor, _promises(wanted)), wanted.group_by)
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


def _promises(wanted: Series) -> Wanted:
    """The same question to attainment.py, which reads promises themselves."""
    asked, interval = wanted.asked, cast(Interval, wanted.interval)
    filters: dict[str, Sequence[Any]] = {**wanted.only, **({"team": asked.teams} if asked.teams else {})}
    return Wanted(asked.first, asked.last, asked.days, interval, (wanted.group_by or "priority",), filters)


def _check(actor: Actor, wanted: Series) -> None:
    if len(wanted.only) > 1:
        sentence = "Figures are kept by one fact at a time: filter by one of these."
        raise ValidationFailed.of(sorted(wanted.only)[1], sentence)
    if wanted.group_by and wanted.only and wanted.group_by not in wanted.only:
        sentence = "Figures are kept by one fact at a time: group by what you filter by."
        raise ValidationFailed.of("group_by", sentence)
    if wanted.interval in ("hour", "weekday_hour"):
        if any(metric not in HOURLY for metric in wanted.metrics):
            raise ValidationFailed.of("metric", f"Hour by hour there are {', '.join(HOURLY)}.")
        for name in ("group_by",) if wanted.group_by else tuple(wanted.only):
            raise ValidationFailed.of(name, "Hours are counted of all tickets together, or of teams.")
    if "attainment" in wanted.metrics:
        if len(wanted.metrics) > 1:
            raise ValidationFailed.of("metric", "Ask for attainment alone.")
        if wanted.group_by not in (None, "team", "priority"):
            raise ValidationFailed.of("group_by", "Attainment is grouped by team or priority.")
        for name in wanted.only.keys() - {"priority"}:
            raise ValidationFailed.of(name, "Attainment is told of teams and priorities.")
    own = set(wanted.only.get("agent", ())) <= {str(actor.id)}
    if not own and not actor.may(Permission.ANALYTICS_READ_PEOPLE):
        raise Forbidden("You see your own figures; those of colleagues are between them and who leads them.")


def _asked(actor: Actor, within: Scope, wanted: Series) -> dict[str, Any]:
    values = list(wanted.only.get(wanted.dimension, ())) if wanted.only else None
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
    asked, grouped = _asked(actor, within, wanted), wanted.group_by is not None
    agents = _agents(tx, actor, wanted.only.get("agent", ()))
    cells: dict[tuple[str, date], dict[str, Any]] = {}
    for row in queries.series(tx, asked, grouped=grouped):
        cells[row.value, row.first] = brief(row._asdict(), 0)
    if "backlog" in wanted.metrics:
        firsts = {bucket.last: bucket.first for bucket in buckets}
        for row in queries.backlog(tx, asked, list(firsts)):
            place = (row.value if grouped else "", firsts[row.last])
            cell = cells.setdefault(place, brief(NOTHING, 0))
            cell["backlog"] += row.active
    values = sorted({value for value, _ in cells})
    values = seen(actor, wanted.group_by, values) if wanted.group_by else [""]
    _bounded(wanted, len(values) * len(buckets))
    if wanted.has_percentiles:
        for row in queries.series(tx, asked, grouped=grouped, percentiles=True):
            cells.setdefault((row.value, row.first), brief(NOTHING, 0)).update(_percentiles(row))
    if wanted.group_by == "agent" and not agents:
        agents = queries.people(tx, actor.workspace.id, [UUID(value) for value in values if value])
    nothing = brief(NOTHING, 0) | dict.fromkeys(PERCENTILES)
    groups = [
        {
            "value": value or None,
            "name": group_name(within, agents, wanted.dimension, value) if wanted.group_by else None,
            "points": [
                {
                    **bounds(bucket),
                    "figures": {
                        metric: (nothing | cells.get((value, bucket.first), {}))[metric]
                        for metric in wanted.metrics
                    },
                }
                for bucket in buckets
            ],
        }
        for value in values
    ]
    return in_order(wanted.dimension, groups)


def _agents(tx: Transaction, actor: Actor, ids: Sequence[str]) -> Mapping[str, str]:
    """Their names by id. Raises NotFound for who is nobody here."""
    agents = queries.people(tx, actor.workspace.id, [UUID(id) for id in ids]) if ids else {}
    if len(agents) < len(ids):
        sentence = "There is nobody with this id."
        raise NotFound(sentence, errors=[FieldProblem("agent", "VALIDATION_ERROR", sentence)])
    return agents


def _percentiles(row: Any) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for time in TIMES:
        median, p90 = getattr(row, time) or (None, None)
        found |= {f"{time}_median": minutes(median), f"{time}_p90": minutes(p90)}
    return found


def _bounded(wanted: Series, points: int) -> None:
    most = MOST_PERCENTILES if wanted.has_percentiles else MOST_FIGURES // len(wanted.metrics)
    if points > most:
        sentence = "These are more figures than an answer holds: take a longer interval, or group by less."
        raise ValidationFailed.of("group_by" if wanted.group_by else "interval", sentence)
