"""Periods: whole days of a workspace's own clocks, as bounds in time. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from chalicelib.core.errors import ValidationFailed

Interval: TypeAlias = Literal["day", "week", "month"]
# As many as a leap year has, and as many as are looked at where nobody says how many.
MOST_DAYS, USUAL_DAYS = 366, 30
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included, on the clocks of a zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """The moment at which it begins, in UTC."""
        return _begin(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The moment at which it is over, in UTC: the first that is not part of it."""
        return _begin(self.last + ONE, self.zone)

    def before(self) -> "Period":
        """As many days, right before it."""
        return Period(self.first - self.days * ONE, self.first - ONE, self.zone)

    def split(self, interval: Interval) -> Iterator["Period"]:
        """Its days, weeks (from Monday, ISO 8601) or months in order. The first and the last are cut off
        where it begins and ends."""
        first = self.first
        while first <= self.last:
            last = min(_last_of(first, interval), self.last)
            yield Period(first, last, self.zone)
            first = last + ONE


def asked(today: date, zone: ZoneInfo, first: date | None, last: date | None, days: int | None) -> Period:
    """The period that a caller names by `from` and `to`, by `days` up to today, or not at all: 30 days. `to`
    is today where it is left out. Raises ValidationFailed."""
    if days is not None:
        if first is not None or last is not None:
            raise ValidationFailed.of("days", "Send either this or from and to.")
        return Period(today - (days - 1) * ONE, today, zone)
    last = last or (today if first is None else max(today, first))
    found = Period(first or last - (USUAL_DAYS - 1) * ONE, last, zone)
    if found.days < 1:
        raise ValidationFailed.of("to", "This is before from.")
    if found.days > MOST_DAYS:
        raise ValidationFailed.of("from", f"These are more than {MOST_DAYS} days.")
    return found


def _last_of(day: date, interval: Interval) -> date:
    if interval == "day":
        return day
    if interval == "week":
        return day + (6 - day.weekday()) * ONE
    return (day.replace(day=28) + 4 * ONE).replace(day=1) - ONE


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """Midnight. One that the clocks skip is the moment of the change, of one that they repeat the first."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
