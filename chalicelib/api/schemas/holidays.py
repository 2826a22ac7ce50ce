"""Holidays as they come in and go out: by hand, by country, from iCalendar files."""

import re
from datetime import date
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from chalicelib.api.schemas.common import ONE_LINE, In, Out
from chalicelib.api.schemas.located import refuse

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def a_day(written: str) -> str:
    """A date of a year in which something is promised; it stays the text that is kept."""
    if not re.match(DAY, written):
        raise ValueError("This must be a date such as 2026-12-25")
    try:
        day = date.fromisoformat(written)
    except ValueError as wrong:
        raise ValueError("This day does not exist") from wrong
    if not 1970 <= day.year <= 2999:
        raise ValueError("This is no year in which something is promised")
    return written


def a_day_of_the_year(written: str) -> str:
    """A month and a day of it, 29 February too."""
    if not re.match(MONTH_DAY, written):
        raise ValueError("This must be a month and a day such as 12-25")
    try:
        date.fromisoformat(f"2000-{written}")
    except ValueError as wrong:
        raise ValueError("No year has this day") from wrong
    return written


MonthDay = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(a_day_of_the_year),
    Field(json_schema_extra={"pattern": MONTH_DAY}),
]
HolidayName = Annotated[str, StringConstraints(max_length=150), ONE_LINE]
Source = Annotated[str, StringConstraints(max_length=100), ONE_LINE]
Region = Annotated[str, StringConstraints(min_length=1, max_length=60), ONE_LINE]
Year = Annotated[int, Field(ge=2000, le=2100)]
Years = Annotated[list[Year], Field(min_length=1, max_length=10)]
Day = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(a_day),
    Field(json_schema_extra={"format": "date", "pattern": DAY}),
]


def as_range(holiday: Any) -> Any:
    """A date alone is a holiday of one day."""
    return {"from": holiday} if isinstance(holiday, str) else holiday


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
        if self.first and self.last and self.last < self.first:
            refuse(self.last, [(("to",), "A holiday cannot end before it begins.")])
        return self


Holiday = Annotated[HolidayIn, BeforeValidator(as_range, json_schema_input_type=Day | HolidayIn)]
Holidays = Annotated[list[Holiday], Field(max_length=1000)]


class HolidaysTakenIn(In):
    """From where holidays are taken: a country (ISO 3166-1, two letters) with its region (ISO 3166-2) for
    some years, this and the next unless said; or the text of an iCalendar file, and what to call it: what was
    taken by this name is replaced. Else it has the name that is in it (X-WR-CALNAME), or one of its own."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Region | None = None
    years: Years | None = None
    icalendar: Annotated[str, StringConstraints(min_length=1, max_length=262_144)] | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=80), ONE_LINE] | None = None


class HolidayOut(Out):
    """As HolidayIn; `source` says where it was taken from."""

    first: NotRequired[Annotated[date | None, Field(alias="from")]]
    last: NotRequired[Annotated[date | None, Field(alias="to")]]
    yearly_from: NotRequired[str | None]
    yearly_to: NotRequired[str | None]
    name: NotRequired[str | None]
    source: NotRequired[str | None]


class PublicHolidaysQuery(In):
    """Of which country, region and year; without a country, which countries there are."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Region | None = None
    year: Year | None = None


class PublicHolidaysOut(Out):
    """All countries, the regions of the one that was asked for, and its holidays of the year."""

    countries: list[str]
    regions: list[str]
    holidays: list[HolidayOut]
