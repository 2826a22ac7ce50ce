"""What is asked of a series, and what goes together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics.attainment import Wanted
from chalicelib.analytics.insight import AGENT, Asked
from chalicelib.analytics.insight_queries import TIMES
from chalicelib.analytics.periods import Interval
from chalicelib.analytics.series_queries import HOURLY
from chalicelib.core.errors import Forbidden, ValidationFailed

Buckets: TypeAlias = Literal["hour", "weekday_hour"] | Interval
# Of what there are histograms: see migrations/sql/fn_rollups.sql.
TIMED: Final = ("all", "priority", "type", "team", "agent")
PERCENTILES: Final = tuple(f"{time}_{name}" for time in TIMES for name in ("median", "p90"))


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
    def is_of_hours(self) -> bool:
        return self.interval in ("hour", "weekday_hour")

    @property
    def has_percentiles(self) -> bool:
        return not set(PERCENTILES).isdisjoint(self.metrics)


def check(actor: Actor, wanted: Series) -> None:
    """Raises ValidationFailed for what does not go together, Forbidden for the figures of a colleague."""
    if len(wanted.only) > 1:
        sentence = "Figures are kept by one fact at a time: filter by one of these."
        raise ValidationFailed.of(sorted(wanted.only)[1], sentence)
    if wanted.group_by and wanted.only and wanted.group_by not in wanted.only:
        sentence = "Figures are kept by one fact at a time: group by what you filter by."
        raise ValidationFailed.of("group_by", sentence)
    if wanted.is_of_hours:
        if any(metric not in HOURLY for metric in wanted.metrics):
            raise ValidationFailed.of("metric", f"Hour by hour there are {', '.join(HOURLY)}.")
        for name in ("group_by",) if wanted.group_by else tuple(wanted.only):
            raise ValidationFailed.of(name, "Hours are counted of all tickets together, or of teams.")
    if wanted.has_percentiles and wanted.dimension not in TIMED:
        sentence = "Medians and p90 are told of all, and by priority, type, team or agent."
        raise ValidationFailed.of("group_by" if wanted.group_by else wanted.dimension, sentence)
    if "attainment" in wanted.metrics:
        _check_attainment(wanted)
    shown = (str(actor.id),)
    is_own = all(id in shown for id in wanted.only.get(AGENT, ()))
    if not is_own and not actor.may(Permission.ANALYTICS_READ_PEOPLE):
        raise Forbidden("You see your own figures; those of colleagues are between them and who leads them.")


def _check_attainment(wanted: Series) -> None:
    if len(wanted.metrics) > 1:
        raise ValidationFailed.of("metric", "Ask for attainment alone.")
    if wanted.group_by not in (None, "team", "priority"):
        raise ValidationFailed.of("group_by", "Attainment is grouped by team or priority.")
    for name in wanted.only.keys() - {"priority"}:
        raise ValidationFailed.of(name, "Attainment is told of teams and priorities.")


def promises(wanted: Series) -> Wanted:
    """The same question to attainment.py, which reads promises themselves."""
    asked, interval = wanted.asked, cast(Interval, wanted.interval)
    filters: dict[str, Sequence[Any]] = {**wanted.only, **({"team": asked.teams} if asked.teams else {})}
    return Wanted(asked.first, asked.last, asked.days, interval, (wanted.group_by or "priority",), filters)
