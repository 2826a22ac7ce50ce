"""Calendars as they come in and go out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, Name, Out, PageQuery, omitted
from chalicelib.api.schemas.filters import Instant
from chalicelib.api.schemas.holidays import HolidayOut, Holidays
from chalicelib.api.schemas.ticket_sla import StretchOut
from chalicelib.api.schemas.weekly import Weekly

Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def promised(moment: datetime) -> datetime:
    """Promises end before the year 3000."""
    if moment.year > 2999:
        raise ValueError("This is no year in which something is promised")
    return moment


class CalendarIn(In):
    """A new calendar. Without hours in `weekly` it never works, and is refused."""

    name: Name
    timezone: Zone
    weekly: Weekly
    holidays: Holidays = Field(default_factory=list)


class CalendarPatch(In):
    """What changes of it; only the fields that are sent, each as a whole. Open targets are counted anew."""

    name: Name = omitted()
    timezone: Zone = omitted()
    weekly: Weekly = omitted()
    holidays: Holidays = omitted()


class CalendarQuery(PageQuery):
    """The order of a list of calendars."""

    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"


class PreviewQuery(In):
    """A promise of so many business minutes, an hour unless said, from `start`, now unless said."""

    start: Annotated[Instant, AfterValidator(promised)] | None = None
    minutes: Annotated[float, Field(ge=0, le=5_256_000, allow_inf_nan=False)] = 60


class PolicyOfCalendar(Out):
    id: UUID
    name: str


class CalendarOut(Out):
    """A calendar, and the policies that promise by it."""

    id: UUID
    name: str
    timezone: str
    weekly: dict[str, list[list[str]]]
    holidays: list[HolidayOut]
    policies: list[PolicyOfCalendar]
    created_at: datetime
    updated_at: datetime


class CalendarListed(CalendarOut):
    """A calendar in a list: of its holidays the first 50."""

    holidays_left_out: Annotated[int, Field(description="How many more holidays it has than are told here.")]


class CalendarChanged(CalendarOut):
    """A calendar after a change. The job counts its open targets anew; null where nothing moves them."""

    job_id: UUID | None


class SkippedOut(Out):
    """An event that was not taken, and why."""

    name: str
    reason: str


class HolidaysTaken(Out):
    """The calendar as it is now, what was taken, and what of it is news: `added`, `replaced` for others of
    the same days, and `removed` because it was taken before and is no longer there."""

    calendar: CalendarChanged
    taken: list[HolidayOut]
    added: list[HolidayOut]
    replaced: list[HolidayOut]
    removed: list[HolidayOut]
    skipped: list[SkippedOut]


class PreviewOut(Out):
    """When it would be due, and every interval up to then."""

    start: datetime
    minutes: float
    due_at: datetime
    timezone: str
    explain: StretchOut
