"""Holidays as they come in and go out: by hand, by country, from iCalendar files."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from chalicelib.api.schemas.common import In, Out, single_line


def a_day(written: str) -> str:
    """A date of a year in which something is promised; it stays the text that is kept."""
    try:
        day = date.fromisoformat(written)
    except ValueError as wrong:
        raise ValueError("This day does not exist") from wrong
    if not 1970 <= day.year <= 2999:
        raise ValueError("This is no year in which something is promised")
    return written


MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
HolidayName = Annotated[str, StringConstraints(max_length=150), AfterValidator(single_line)]
Source = Annotated[str, StringConstraints(max_length=100), AfterValidator(single_line)]
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


class HolidaysTakenIn(In):
    """From where holidays are taken: a country (ISO 3166-1, two letters) with its region (ISO 3166-2) for
    some years, this and the next unless said; or the text of an iCalendar file."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    years: Years | None = None
    icalendar: Annotated[str, StringConstraints(min_length=1, max_length=262_144)] | None = None


class HolidayOut(Out):
    """As HolidayIn; `source` says where it was taken from."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    yearly_from: str | None = None
    yearly_to: str | None = None
    name: str | None = None
    source: str | None = None


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
