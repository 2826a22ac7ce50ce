"""Figures as they are asked for, and as they go out."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema

from chalicelib.api.schemas.common import In, Out, PageQuery, TeamRef
from chalicelib.api.schemas.words import MetricList, PriorityList, word_list
from chalicelib.models.words import Metric, Priority, Status

MOST_IDS = 50
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Dimension(StrEnum):
    """What figures are grouped by."""

    METRIC = "metric"
    POLICY = "policy"
    TEAM = "team"
    PRIORITY = "priority"


def day(value: Any) -> date:
    """A date, of a year that a ticket can have. Or ValueError."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("Use a date, as in 2026-11-20")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise ValueError("There is no such date") from None
    if not 1970 <= found.year <= 9000:
        raise ValueError("This is no year in which something can have happened")
    return found


def ids(value: Any) -> list[UUID]:
    """A comma list of UUIDs. Or ValueError."""
    parts = [part.strip() for part in str(value).split(",") if part.strip()]
    if not parts:
        raise ValueError("This names nothing")
    if len(parts) > MOST_IDS:
        raise ValueError(f"No more than {MOST_IDS} are taken")
    try:
        return sorted({UUID(part) for part in parts})
    except ValueError:
        raise ValueError("Use UUIDs, with commas between them") from None


Day = Annotated[date, BeforeValidator(day)]
IdList = Annotated[
    list[UUID],
    BeforeValidator(ids),
    WithJsonSchema({"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1}),
]
DimensionList: Any = word_list(Dimension, {})
Count = Annotated[int, Field(ge=0)]


class PromiseFilter(In):
    """Days in the workspace's time zone: `from` and `to`, both included, or `days` up to today, or the last
    30."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    metric: MetricList | None = None
    policy: IdList | None = None
    team: IdList | None = None
    priority: PriorityList | None = None

    def filters(self) -> dict[str, Any]:
        """What is asked for alone, by its name."""
        given = {name: getattr(self, name) for name in Dimension}
        return {name.value: values for name, values in given.items() if values is not None}


class AttainmentQuery(PromiseFilter):
    interval: Literal["day", "week", "month"] | None = None
    group_by: DimensionList | None = None


class TargetsQuery(PageQuery, PromiseFilter):
    """Which figure: of what is counted as `outcome`. `at` is when that was decided, `fulfilled` or, of what
    is running, begun."""

    outcome: Literal["met", "breached", "running", "fulfilled"] = "breached"
    sort: Literal["at", "-at", "used_minutes", "-used_minutes"] = "-at"


class MinutesOut(Out):
    """Of the promises that were fulfilled in these days, in time or late: how many, and what they took."""

    count: Count
    average: float | None
    p50: float | None
    p90: float | None
    p95: float | None


class FiguresOut(Out):
    """`attainment` is met / (met + breached), from 0 to 1, null where nothing was decided. Minutes are null
    where metrics are mixed."""

    met: Count
    breached: Count
    attainment: Annotated[float | None, Field(ge=0, le=1)]
    business_minutes: MinutesOut | None
    calendar_minutes: MinutesOut | None


class BoundsOut(Out):
    """From the first day to the last, both included, and as moments: from `since` to before `until`."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    since: datetime
    until: datetime


class BucketOut(BoundsOut, FiguresOut):
    """A day, week or month of the period, as far as it is part of it."""


class AttainmentTotalOut(FiguresOut):
    """`running`: open at this moment and not late, paused ones too. `previous`: as many days right before."""

    running: Count
    previous: FiguresOut
    attainment_change: float | None
    series: list[BucketOut] | None


class CountedPolicyRef(Out):
    id: UUID
    name: str
    deleted: bool


class TeamGroupRef(TeamRef):
    deleted: bool


class AttainmentGroupOut(AttainmentTotalOut):
    """What it is grouped by is set, the rest is null."""

    metric: Metric | None
    policy: CountedPolicyRef | None
    team: TeamGroupRef | None
    priority: Priority | None


class AttainmentOut(BoundsOut):
    timezone: str
    previous: BoundsOut
    interval: Literal["day", "week", "month"] | None
    group_by: list[Dimension]
    total: AttainmentTotalOut
    groups: list[AttainmentGroupOut]


class TicketOfTargetOut(Out):
    id: UUID
    number: int
    label: str
    subject: str
    status: Status


class CountedTargetOut(Out):
    """One promise behind a figure; team and priority are those of the moment when it was decided."""

    id: UUID
    metric: Metric
    cycle: int
    priority: Priority
    at: datetime
    minutes: float
    used_minutes: float | None
    started_at: datetime
    due_at: datetime | None
    fulfilled_at: datetime | None
    breached_at: datetime | None
    paused: bool
    policy: CountedPolicyRef | None
    team: TeamGroupRef
    ticket: TicketOfTargetOut
