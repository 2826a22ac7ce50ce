"""Attainment: which promises were kept in a period, which were broken, and how long it took.

A promise counts in the period in which it was decided: kept or broken, whichever came first; a broken one
once, whenever it is fulfilled. How long it took counts in the period in which it was fulfilled, in time or
not. What ended before either (cancelled, merged, handed to another team, withdrawn) counts nowhere, nor do
tickets that are deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import periods, queries
from chalicelib.analytics.figures import Key, Table, bounds, told
from chalicelib.analytics.periods import Interval, Period
from chalicelib.core.db import Transaction, in_time
from chalicelib.core.errors import FieldProblem, Forbidden, NotFound, Unavailable, ValidationFailed
from chalicelib.models.words import Metric, Priority
from chalicelib.tickets.visibility import sight_of

# Milliseconds that counting may take, and as many figures as an answer holds.
LONGEST, MOST_FIGURES = 5_000, 5_000
# Teams and policies by what they are and their ids.
Names: TypeAlias = Mapping[tuple[str, UUID], Any]


@dataclass(frozen=True)
class Wanted:
    """What is asked: days, or from `first` to `last`, or neither; `filters` by names of queries.DIMENSIONS,
    with the values that count."""

    first: date | None = None
    last: date | None = None
    days: int | None = None
    interval: Interval | None = None
    group_by: Sequence[str] = ("metric",)
    filters: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def is_of_one_metric(self) -> bool:
        return len(self.filters.get("metric", ())) == 1

    @property
    def has_times(self) -> bool:
        """Whether minutes are told of groups: a first response and a resolution have no middle in common."""
        return "metric" in self.group_by or self.is_of_one_metric


def attainment(tx: Transaction, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Figures of the period, of each group in it, and of as many days before; with an interval also a
    `series`. Shapes: api/schemas/analytics.py; formulas: docs/insight.md.

    Raises Forbidden, ValidationFailed for the period or for more figures than an answer holds, NotFound for a
    team or policy that is none, Unavailable where counting takes too long.
    """
    period, filters, names = within_sight(tx, actor, wanted)
    buckets = list(period.split(wanted.interval)) if wanted.interval else None
    table = _counted(tx, actor, wanted, period, buckets or [period], filters)
    return {
        "timezone": actor.workspace.timezone,
        **bounds(period),
        "previous": bounds(period.before()),
        "interval": wanted.interval,
        "group_by": list(wanted.group_by),
        "total": told(table.total, buckets, times=wanted.is_of_one_metric),
        "groups": [
            {
                **_named(wanted.group_by, key, names),
                **told(table.groups[key], buckets, times=wanted.has_times),
            }
            for key in sorted(table.groups, key=lambda key: _order(wanted.group_by, key, names))
        ],
    }


def within_sight(
    tx: Transaction, actor: Actor, wanted: Wanted
) -> tuple[Period, Mapping[str, Sequence[Any]], Names]:
    """The period, the filters (the own teams for whoever does not see the whole desk), and what teams and
    policies are called. Raises as `attainment` does."""
    actor.require(Permission.ANALYTICS_READ, "Figures of the desk are between colleagues.")
    zone = ZoneInfo(actor.workspace.timezone)
    today = actor.now.astimezone(zone).date()
    period = periods.asked(today, zone, wanted.first, wanted.last, wanted.days)
    names = {(row.kind, row.id): row for row in queries.names(tx, actor.workspace.id)}
    filters = wanted.filters
    for name in ("team", "policy"):
        if any((name, id) not in names for id in filters.get(name, ())):
            sentence = f"There is no such {name}."
            raise NotFound(sentence, errors=[FieldProblem(name, "VALIDATION_ERROR", sentence)])
    if sight_of(actor) is not None:
        if not actor.team_ids.issuperset(filters.get("team", ())):
            raise Forbidden("You see the figures of your own teams.")
        filters = {**filters, "team": filters.get("team") or sorted(actor.team_ids)}
    return period, filters, names


def named(kind: str, id: UUID | None, names: Names) -> dict[str, Any] | None:
    """A team or a policy as answers show it."""
    row = names.get((kind, id)) if id else None
    return {"id": row.id, "name": row.name, "deleted": row.deleted} if row else None


def over_time(told: Mapping[str, Any], group_by: str | None) -> dict[str, Any]:
    """What `attainment` told, with an interval, in the shape of series.series; `group_by` null for all
    together."""
    shown = ("from", "to", "since", "until")
    groups = [told["total"]] if group_by is None else told["groups"]
    series = []
    for group in groups:
        of = group[group_by] if group_by else None
        value, name = (str(of["id"]), of["name"]) if isinstance(of, dict) else (of, of)
        points = [
            {**{each: point[each] for each in shown}, "figures": {"attainment": point["attainment"]}}
            for point in group["series"]
        ]
        series.append({"value": value, "name": name, "points": points})
    return {
        "timezone": told["timezone"],
        "recounting": False,
        **{name: told[name] for name in shown},
        "previous_days": told["previous"],
        "interval": told["interval"],
        "metric": ["attainment"],
        "group_by": group_by,
        "series": series,
    }


def _counted(
    tx: Transaction,
    actor: Actor,
    wanted: Wanted,
    period: Period,
    buckets: Sequence[Period],
    filters: Mapping[str, Sequence[Any]],
) -> Table:
    asked: dict[str, Any] = {
        "bounds": [*(bucket.since for bucket in buckets), period.until],
        "since": period.before().since,
        "groups": wanted.group_by,
        "filters": filters,
        "times": wanted.has_times,
        "totals": wanted.is_of_one_metric,
    }
    rows = in_time(tx, LONGEST, lambda: queries.attainment(tx, actor.workspace.id, **asked))
    if rows is None:
        raise Unavailable(
            "This takes too long to count. Ask for fewer days, or for one metric.", retry_after=60
        )
    columns = [queries.DIMENSIONS[name][0] for name in wanted.group_by]
    table = Table(rows, columns, has_totals=wanted.is_of_one_metric)
    if len(rows) > queries.MOST_ROWS or (len(table.groups) + 1) * len(buckets) > MOST_FIGURES:
        sentence = "These are more figures than an answer holds: group by less, or take a longer interval."
        raise ValidationFailed.of("group_by", sentence)
    return table


def _named(group_by: Sequence[str], key: Key, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(queries.DIMENSIONS)
    for name, value in zip(group_by, key, strict=True):
        found[name] = named(name, value, names) if name in ("team", "policy") else value
    return found


def _order(group_by: Sequence[str], key: Key, names: Names) -> tuple[Any, ...]:
    """Metrics in the order of a ticket's life, the urgent first, the rest by name."""
    order: list[Any] = []
    for name, value in zip(group_by, key, strict=True):
        if name == "metric":
            order.append(list(Metric).index(value))
        elif name == "priority":
            order.append(-list(Priority).index(value))
        else:
            row = names.get((name, value))
            order += [row is None, row.name.casefold() if row else "", str(value)]
    return tuple(order)
