"""Days on which a calendar does not work: single dates, ranges of dates, and ranges that return every year.

Inside the engine a day is a number, counted from 1970-01-01, so that the year 10000 is nothing special.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

MonthDay: TypeAlias = tuple[int, int]

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH_ORDINAL, date.max.toordinal() - EPOCH_ORDINAL
DAYS_OF_400_YEARS = 146_097  # after which dates and weekdays of the Gregorian calendar repeat
DAYS_OF_ANY_YEAR = tuple(
    (day.month, day.day) for day in (date(2000, 1, 1) + timedelta(n) for n in range(366))
)

PLACE_IN_YEAR = {day: place for place, day in enumerate(DAYS_OF_ANY_YEAR)}


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local dates from `first` to `last`, both included. ValueError when out of order or not plain dates."""

    first: date
    last: date
    name: str = ""

    def __post_init__(self) -> None:
        if not (_is_date(self.first) and _is_date(self.last)):
            raise ValueError(f"a holiday is a date without a time, not {self.first!r} to {self.last!r}")
        if self.last < self.first:
            raise ValueError(f"a holiday cannot end before it begins: {self.first} to {self.last}")

    @property
    def days(self) -> tuple[int, int]:
        return self.first.toordinal() - EPOCH_ORDINAL, self.last.toordinal() - EPOCH_ORDINAL


@dataclass(frozen=True, slots=True)
class YearlyRange:
    """(month, day) to (month, day), both included, every year; a last before the first crosses New Year.

    29 February alone comes in leap years only; as an edge of a longer range it means the end of February.
    ValueError for a day that no year has.
    """

    first: MonthDay
    last: MonthDay
    name: str = ""

    def __post_init__(self) -> None:
        for edge in (self.first, self.last):
            if not _is_month_day(edge):
                raise ValueError(f"a yearly holiday runs from (month, day) to (month, day), not {edge!r}")

    @property
    def month_days(self) -> frozenset[MonthDay]:
        first, end = PLACE_IN_YEAR[self.first], PLACE_IN_YEAR[self.last] + 1
        if first < end:
            return frozenset(DAYS_OF_ANY_YEAR[first:end])
        return frozenset(DAYS_OF_ANY_YEAR[first:] + DAYS_OF_ANY_YEAR[:end])


Holiday: TypeAlias = date | DateRange | YearlyRange | tuple[date, date] | tuple[MonthDay, MonthDay] | MonthDay


class Holidays:
    """Every holiday of one calendar: the ranges of dates merged and sorted, the yearly days in one set."""

    __slots__ = ("_firsts", "_lasts", "entries", "yearly")

    def __init__(self, holidays: Iterable[Holiday]) -> None:
        self.entries = tuple(_entry(holiday) for holiday in holidays)
        self.yearly = frozenset[MonthDay]().union(
            *(entry.month_days for entry in self.entries if isinstance(entry, YearlyRange))
        )
        merged: list[tuple[int, int]] = []
        for first, last in sorted(entry.days for entry in self.entries if isinstance(entry, DateRange)):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(merged[-1][1], last)
            else:
                merged.append((first, last))
        self._firsts = tuple(first for first, _ in merged)
        self._lasts = tuple(last for _, last in merged)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for holidays that free the same days, whatever they are called and however they are given."""
        return self._firsts, self._lasts, self.yearly

    def __bool__(self) -> bool:
        return bool(self.entries)

    def within(self, first: int, last: int) -> set[int]:
        """The days that are free between two days, both included."""
        free: set[int] = set()
        for place in range(bisect_left(self._lasts, first), len(self._firsts)):
            if self._firsts[place] > last:
                break
            free.update(range(max(first, self._firsts[place]), min(last, self._lasts[place]) + 1))
        if self.yearly:
            free.update(day for day in range(first, last + 1) if month_day(day) in self.yearly)
        return free

    def next_dated(self, day: int) -> int | None:
        """The first day from `day` on that is free by a date of its own, not by a yearly rule."""
        place = bisect_left(self._lasts, day)
        return max(day, self._firsts[place]) if place < len(self._firsts) else None

    def dated_through(self, day: int) -> int:
        """The last day of the range of dates that covers `day`; `day` itself when none does."""
        place = bisect_left(self._lasts, day)
        covered = place < len(self._firsts) and self._firsts[place] <= day
        return self._lasts[place] if covered else day

    def leave_work_for(self, weekdays: frozenset[int]) -> bool:
        """Whether any day from year 1 to 9999 falls on one of these weekdays and is not free."""
        if not weekdays or len(self.yearly) == len(DAYS_OF_ANY_YEAR):
            return False
        after = (FIRST_DAY, *(last + 1 for last in self._lasts))
        return any(
            weekday(day) in weekdays and month_day(day) not in self.yearly
            for first, end in zip(after, (*self._firsts, LAST_DAY + 1), strict=True)
            for day in range(first, min(end, first + DAYS_OF_400_YEARS))
        )


def weekday(day: int) -> int:
    """0 = Monday; day 0, 1970-01-01, was a Thursday."""
    return (day + 3) % 7


def month_day(day: int) -> MonthDay:
    found = date.fromordinal((day + EPOCH_ORDINAL - 1) % DAYS_OF_400_YEARS + 1)
    return found.month, found.day


def _entry(holiday: object) -> DateRange | YearlyRange:
    if isinstance(holiday, DateRange | YearlyRange):
        return holiday
    if isinstance(holiday, date):
        return DateRange(holiday, holiday)
    if isinstance(holiday, tuple | list) and len(holiday) == 2:
        first, last = holiday
        if isinstance(first, date) and isinstance(last, date):
            return DateRange(first, last)
        if isinstance(first, int) and isinstance(last, int):
            return YearlyRange((first, last), (first, last))
        if isinstance(first, tuple | list) and isinstance(last, tuple | list):
            return YearlyRange((*first,), (*last,))
    raise ValueError(f"a holiday is a date, (date, date) or ((month, day), (month, day)), not {holiday!r}")


def _is_month_day(value: object) -> bool:
    if not isinstance(value, tuple) or not all(isinstance(part, int) for part in value):
        return False
    return bool not in map(type, value) and value in PLACE_IN_YEAR


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
