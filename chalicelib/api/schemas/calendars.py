"""Calendars as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from chalicelib.api.schemas.common import In, Name, Out, PageQuery, omitted, single_line
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


def a_day(written: str) -> str:
    """A date of a year in which something is promised; it stays the text that is kept."""
    try:
        day = date.fromisoformat(written)
    except ValueError as wrong:
        raise ValueError("This day does not exist") from wrong
    if not 1970 <= day.year <= 2999:
        raise ValueError("This is no year in which something is promised")
    return written


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
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
HolidayName = Annotated[str, StringConstraints(max_length=150), AfterValidator(single_line)]
Source = Annotated[str, StringConstraints(max_length=100), AfterValidator(single_line)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(single_line)]
Year = Annotated[int, Field(ge=2000, le=2100)]
Years = Annotated[list[Year], Field(min_length=1, max_length=10)]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(a_day),
    Field(json_schema_extra={"format": "date"}),
]


def as_range(holiday: Any) -> Any:
    """A date alone is a holiday of one day."""
    return {"from": holiday} if isinstance(holiday, str) else holiday


def with_zone(moment: datetime) -> datetime:
    """A time without its zone is nobody's, and promises end before the year 3000."""
    if moment.tzinfo is None:
        raise ValueError("This needs its offset, as in 2026-11-20T09:00:00Z")
    if not 1970 <= moment.year <= 2999:
        raise ValueError("This is no year in which something is promised")
    return moment


class HolidayIn(In):
    """A day or a range of days, both ends included: `from` and `to`, or every year `yearly_from` and
    `yearly_to` as month and day, across New Year at will."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    yearly_from: MonthDay | None = None
    yearly_to: MonthDay | None = None
    name: HolidayName | None = None
    source: Source | None = None

    @model_validator(mode="after")
    def one_kind(self) -> "HolidayIn":
        dated, yearly = self.first is not None, self.yearly_from is not None
        if dated == yearly:
            raise ValueError("A holiday has either from or yearly_from")
        if (yearly and self.last is not None) or (dated and self.yearly_to is not None):
            raise ValueError("A holiday is either dated or yearly, not both")
        return self


Holiday = Annotated[HolidayIn, BeforeValidator(as_range, json_schema_input_type=Day | HolidayIn)]
Holidays = Annotated[list[Holiday], Field(max_length=1000)]


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


class HolidaysTakenIn(In):
    """From where holidays are taken: a country (ISO 3166-1, two letters) with its region (ISO 3166-2) for
    some years, this and the next unless said; or the text of an iCalendar file."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    years: Years | None = None
    icalendar: Annotated[str, StringConstraints(min_length=1, max_length=262_144)] | None = None
    name: FileName | None = None

    @model_validator(mode="after")
    def one_source(self) -> "HolidaysTakenIn":
        if (self.country is None) == (self.icalendar is None):
            raise ValueError("Send either country or icalendar")
        if self.country is None and (self.region is not None or self.years is not None):
            raise ValueError("Region and years belong to a country")
        if self.icalendar is None and self.name is not None:
            raise ValueError("Name belongs to icalendar")
        return self


class PreviewQuery(In):
    """A promise of so many business minutes from `start`, now unless said."""

    start: Annotated[datetime, AfterValidator(with_zone)] | None = None
    minutes: Annotated[float, Field(ge=0, le=5_256_000, allow_inf_nan=False)]


class HolidayOut(Out):
    """As HolidayIn; `source` says where it was taken from."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    yearly_from: str | None = None
    yearly_to: str | None = None
    name: str | None = None
    source: str | None = None


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


class PublicHolidaysQuery(In):
    """Of which country, region and year; without a country, which countries there are."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    year: Year | None = None


class PublicHolidaysOut(Out):
    """All countries, the regions of the one that was asked for, and its holidays of the year."""

    countries: list[str]
    regions: list[str]
    holidays: list[HolidayOut]
