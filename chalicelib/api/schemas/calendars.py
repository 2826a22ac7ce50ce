"""Calendars as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, Name, Out, PageQuery, omitted
from chalicelib.api.schemas.holidays import HolidayOut, Holidays
from chalicelib.api.schemas.ticket_sla import StretchOut

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def by_number(weekly: Any) -> Any:
    """Weekdays may come by name; they are kept by number, 0 for Monday, and without days that are closed."""
    if not isinstance(weekly, dict):
        return weekly
    named = [(str(day).lower(), windows) for day, windows in weekly.items()]
    numbered = [(str(WEEKDAYS.index(day)) if day in WEEKDAYS else day, windows) for day, windows in named]
    if len({day for day, _ in numbered}) < len(numbered):
        raise ValueError("A weekday is named twice")
    return {day: windows for day, windows in sorted(numbered) if windows != []}


TimeOfDay = Annotated[
    str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00)$")
]
Window = Annotated[list[TimeOfDay], Field(min_length=2, max_length=2)]
Weekly = Annotated[
    dict[Literal["0", "1", "2", "3", "4", "5", "6"], Annotated[list[Window], Field(max_length=48)]],
    BeforeValidator(by_number),
    Field(
        description="Windows of each weekday by its number, 0 for Monday, or its name: from, to. An end at "
        "or before its start lies on the next day; 24:00 ends the day."
    ),
]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def with_zone(moment: datetime) -> datetime:
    """A time without its zone is nobody's, and promises end before the year 3000."""
    if moment.tzinfo is None:
        raise ValueError("This needs its offset, as in 2026-11-20T09:00:00Z")
    if not 1970 <= moment.year <= 2999:
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

    start: Annotated[datetime, AfterValidator(with_zone)] | None = None
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

    holidays_left_out: int = Field(description="How many more holidays it has than are told here.")


class CalendarChanged(CalendarOut):
    """A calendar after a change. The job counts its open targets anew; null where nothing moves them."""

    job_id: UUID | None


class SkippedOut(Out):
    """An event that was not taken, and why."""

    name: str
    reason: str


class HolidaysTaken(Out):
    """The calendar as it is now, and what was taken. Taken again, they are replaced."""

    calendar: CalendarChanged
    taken: list[HolidayOut]
    skipped: list[SkippedOut]


class PreviewOut(Out):
    """When it would be due, and every interval up to then."""

    start: datetime
    minutes: float
    due_at: datetime
    timezone: str
    explain: StretchOut
