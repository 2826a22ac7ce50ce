"""Figures of days, from the roll-ups: who may ask for which, and how sums become figures. Formulas are in
docs/insight.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.analytics import insight_queries as queries
from chalicelib.analytics import periods
from chalicelib.analytics.insight_queries import SUMS, TIMES
from chalicelib.analytics.periods import Period
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, Forbidden, NotFound, Unavailable
from chalicelib.tickets.visibility import sight_of

# The dimension of who works on tickets.
AGENT: Final = "agent"
COUNTS: Final = ("created", "resolved", "reopened", "breached")
COUNTED_AS: Final = {
    "first_response": "first_responses",
    "business_first_response": "business_first_responses",
    "resolution": "resolutions",
    "business_resolution": "business_resolutions",
}
NOTHING: Final[Mapping[str, int]] = dict.fromkeys(SUMS, 0)


@dataclass(frozen=True)
class Asked:
    """Days, or from `first` to `last`, or neither; of these teams alone, where there are any."""

    first: date | None = None
    last: date | None = None
    days: int | None = None
    teams: Sequence[UUID] | None = None


@dataclass(frozen=True)
class Scope:
    """Which days on which clocks, and whose tickets: `teams` None is the desk. `names` of all teams by id.
    `recounting`: the workspace's clocks were changed, and its days are not cut anew yet."""

    period: Period
    teams: Sequence[UUID] | None
    names: Mapping[str, str]
    recounting: bool

    def bounds(self) -> dict[str, Any]:
        """As answers begin."""
        return {
            "timezone": self.period.zone.key,
            "recounting": self.recounting,
            **bounds(self.period),
            "previous_days": bounds(self.period.before()),
        }


def scope(tx: Transaction, actor: Actor, asked: Asked) -> Scope:
    """What is asked for, as far as the actor may know it: agents their own teams. One statement. Raises
    Forbidden, NotFound for a team that is none, ValidationFailed for the period, and Unavailable where the
    desk is being counted for the first time."""
    actor.require(Permission.ANALYTICS_READ, "Figures of the desk are between colleagues.")
    state = queries.state(tx, actor.workspace.id)
    period = period_of(actor, state.complete, state.timezone, asked)
    names = dict(state.teams)
    teams = asked.teams
    if any(str(team) not in names for team in teams or ()):
        sentence = "There is no such team."
        raise NotFound(sentence, errors=[FieldProblem("team", "VALIDATION_ERROR", sentence)])
    if sight_of(actor) is not None:
        if not actor.team_ids.issuperset(teams or ()):
            raise Forbidden("You see the figures of your own teams.")
        teams = teams or sorted(actor.team_ids)
    return Scope(period, teams, names, period.zone.key != actor.workspace.timezone)


def period_of(actor: Actor, complete: bool, timezone: str, asked: Asked) -> Period:
    """The days that are asked for, on the clocks by which they are counted. Raises Unavailable where nothing
    is counted yet, ValidationFailed."""
    if not complete:
        raise Unavailable("The figures of this desk are being counted for the first time.", retry_after=60)
    zone = ZoneInfo(timezone)
    return periods.asked(actor.now.astimezone(zone).date(), zone, asked.first, asked.last, asked.days)


def bounds(period: Period) -> dict[str, Any]:
    """Its days, and its moments in UTC."""
    return {"from": period.first, "to": period.last, "since": period.since, "until": period.until}


def brief(sums: Mapping[str, Any], backlog: int) -> dict[str, Any]:
    """The figures of sums: counts, `backlog`, and averages, which are null where there was nothing. Minutes;
    `rating_average` from 1 to 5, `satisfaction` from 0 to 1."""
    rated = sums["rated"]
    found: dict[str, Any] = {name: int(sums[name]) for name in COUNTS}
    found |= {"backlog": backlog, "ratings": int(rated)}
    found["rating_average"] = round(float(sums["score"]) / rated, 3) if rated else None
    found["satisfaction"] = round(sums["rated_good"] / rated, 4) if rated else None
    for time in TIMES:
        count = int(sums[COUNTED_AS[time]])
        seconds = float(sums[f"{time}_seconds"])
        found[COUNTED_AS[time]] = count
        found[f"{time}_average"] = round(seconds / count / 60, 2) if count else None
    return found


def whole(
    sums: Mapping[str, Any], backlog: int, percentiles: Sequence[Sequence[float] | None]
) -> dict[str, Any]:
    """The same with `_median` and `_p90` of each time: `percentiles` in the order of TIMES, in seconds."""
    found = brief(sums, backlog)
    for time, pair in zip(TIMES, percentiles, strict=True):
        median, p90 = pair or (None, None)
        found[f"{time}_median"] = minutes(median)
        found[f"{time}_p90"] = minutes(p90)
    return found


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds) / 60, 2)


def compared(figures: Mapping[str, Any], previous: Mapping[str, Any]) -> dict[str, Any]:
    """Figures with those before, and with what changed: null where one of both is."""
    return {
        **figures,
        "previous": dict(previous),
        "change": {
            name: None if value is None or previous[name] is None else round(value - previous[name], 4)
            for name, value in figures.items()
        },
    }


@dataclass(frozen=True)
class Found:
    """What queries.figures gave, by dimension and value, each of the period (False) and before it (True)."""

    sums: Mapping[tuple[str, str, bool], Mapping[str, Any]]
    backlog: Mapping[tuple[str, str, bool], int]
    percentiles: Mapping[bool, Sequence[Sequence[float] | None]]
    agents: Mapping[str, str]

    @classmethod
    def of(cls, row: Any) -> "Found":
        return cls(
            {
                (dimension, value, previous): dict(zip(SUMS, sums, strict=True))
                for dimension, value, previous, *sums in row.figures or ()
            },
            {
                (dimension, value, previous): active
                for dimension, value, previous, active in row.backlog or ()
            },
            {previous: percentiles for previous, *percentiles in row.percentiles or ()},
            row.agents or {},
        )

    def values(self, dimension: str) -> list[str]:
        """Those of a dimension that there is something of."""
        counted = {value for name, value, _ in self.sums if name == dimension}
        return sorted(
            counted
            | {value for (name, value, _), active in self.backlog.items() if name == dimension and active}
        )

    def brief(self, dimension: str, value: str) -> dict[str, Any]:
        """The figures of a value, compared."""
        now, before = (
            brief(
                self.sums.get((dimension, value, previous), NOTHING), self._active(dimension, value, previous)
            )
            for previous in (False, True)
        )
        return compared(now, before)

    def whole(self, dimension: str = "all", value: str = "") -> dict[bool, dict[str, Any]]:
        """Those of the value with percentiles, of the period (False) and before it (True)."""
        return {
            previous: whole(
                self.sums.get((dimension, value, previous), NOTHING),
                self._active(dimension, value, previous),
                self.percentiles.get(previous, (None,) * len(TIMES)),
            )
            for previous in (False, True)
        }

    def _active(self, dimension: str, value: str, previous: bool) -> int:
        return self.backlog.get((dimension, value, previous), 0)
