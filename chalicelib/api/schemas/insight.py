"""Figures of days as they are asked for, and as they go out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.analytics.insight import Asked
from chalicelib.api.schemas.analytics import BoundsOut, Count, Day, IdList
from chalicelib.api.schemas.common import In, Out, PersonRef
from chalicelib.api.schemas.dashboard import ByStatusOut
from chalicelib.api.schemas.figures import Figure
from chalicelib.api.schemas.words import PriorityList, TypeList, word_list
from chalicelib.models.words import Source

Minutes = Annotated[float | None, Field(description="Minutes; null where there was nothing.")]
Rating = Annotated[float | None, Field(ge=1, le=5)]
Share = Annotated[float | None, Field(ge=0, le=1)]


FigureList: Any = word_list(Figure, {})
SourceList: Any = word_list(Source, {})
Category = Annotated[str, StringConstraints(min_length=1, max_length=100)]
GroupName = Literal["status", "priority", "type", "category", "team", "agent", "source"]


class DaysQuery(In):
    """Days in the workspace's time zone: `from` and `to`, both included, or `days` up to today, or the last
    30."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    days: Annotated[int, Field(ge=1, le=366)] | None = None

    def asked(self, teams: list[UUID] | None = None) -> Asked:
        return Asked(self.first, self.last, self.days, teams)


class OverviewQuery(DaysQuery):
    """Of tickets that are in one of these teams now."""

    team: IdList | None = None


class SeriesQuery(OverviewQuery):
    """Up to ten figures (`created` and `resolved` where none is named), in steps. `group_by` makes a series
    of each value; one of `priority`, `type`, `source`, `agent` and `category` leaves the others out."""

    metric: Annotated[FigureList, Field(max_length=10)] | None = None
    interval: Literal["hour", "day", "week", "month", "weekday_hour"] = "day"
    group_by: GroupName | None = None
    priority: PriorityList | None = None
    type: TypeList | None = None
    source: SourceList | None = None
    agent: IdList | None = None
    category: Category | None = None

    def only(self) -> dict[str, list[str]]:
        """What is asked for alone, by its name."""
        given: dict[str, Any] = {
            name: getattr(self, name) for name in ("priority", "type", "source", "agent")
        }
        given["category"] = None if self.category is None else [self.category]
        return {
            name: [str(value) for value in values] for name, values in given.items() if values is not None
        }


class InsightCountsOut(Out):
    created: Count
    resolved: Count
    reopened: Count
    breached: Count
    backlog: Annotated[int, Field(description="Active when the period ended.")]
    ratings: Count
    rating_average: Rating
    satisfaction: Share
    first_responses: Count
    first_response_average: Minutes
    business_first_responses: Count
    business_first_response_average: Minutes
    resolutions: Count
    resolution_average: Minutes
    business_resolutions: Count
    business_resolution_average: Minutes


class WholeOut(InsightCountsOut):
    """With the middle, and what nine of ten are within: by histograms, within 2 %."""

    first_response_median: Minutes
    first_response_p90: Minutes
    business_first_response_median: Minutes
    business_first_response_p90: Minutes
    resolution_median: Minutes
    resolution_p90: Minutes
    business_resolution_median: Minutes
    business_resolution_p90: Minutes


class AgentFiguresOut(WholeOut):
    minutes_logged: Count
    attainment: Share


Change = Annotated[
    dict[str, float | None],
    Field(description="Each figure less that of the days before; null where one of both is."),
]


class InsightTotalOut(WholeOut):
    previous: WholeOut
    change: Change


class AgentTotalOut(AgentFiguresOut):
    previous: AgentFiguresOut
    change: Change


class GroupOut(InsightCountsOut):
    """`value` is a word, a category or the id of a team or an agent; null for tickets without. The ticket's
    of now, whenever it happened."""

    value: str | None
    name: str | None
    previous: InsightCountsOut
    change: Change


class DaysOut(BoundsOut):
    """`recounting`: the workspace's time zone was changed, and its days are still cut by that before."""

    timezone: str
    recounting: bool
    previous_days: BoundsOut


class OverviewOut(DaysOut):
    """Groups are the hundred largest of each kind; `more_by_…` says how many there are beside them."""

    total: InsightTotalOut
    by_status: list[GroupOut]
    by_priority: list[GroupOut]
    by_type: list[GroupOut]
    by_category: list[GroupOut]
    by_team: list[GroupOut]
    by_agent: list[GroupOut]
    by_source: list[GroupOut]
    more_by_status: Count
    more_by_priority: Count
    more_by_type: Count
    more_by_category: Count
    more_by_team: Count
    more_by_agent: Count
    more_by_source: Count


class AssignedOut(Out):
    active: Count
    by_status: ByStatusOut


class AgentOut(DaysOut):
    """`assigned` is of this moment."""

    agent: PersonRef
    assigned: AssignedOut
    total: AgentTotalOut


class PointOut(BoundsOut):
    """An hour, day, week or month, as far as it is part of the period."""

    figures: dict[Figure, float | None]


class HourOfWeekOut(Out):
    """All days of the period together: 0 is Monday, and the hour that clocks showed."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    hour: Annotated[int, Field(ge=0, le=23)]
    figures: dict[Figure, float | None]


class OneSeriesOut(Out):
    value: str | None
    name: str | None
    points: list[PointOut] | list[HourOfWeekOut]


class SeriesOut(DaysOut):
    interval: Literal["hour", "day", "week", "month", "weekday_hour"]
    metric: list[Figure]
    group_by: GroupName | None
    series: list[OneSeriesOut]
