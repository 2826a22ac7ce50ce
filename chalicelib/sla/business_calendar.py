"""A calendar: time zone, weekly hours and holidays, as an immutable value that can key a cache."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import accumulate
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from chalicelib.sla.holidays import Holiday, Holidays

Window: TypeAlias = tuple[time, time]
Span: TypeAlias = tuple[int, int]

DAY = 86_400_000_000  # microseconds, the unit of the whole engine
WEEKDAYS = range(7)
MOST_WINDOWS = 48  # a day; what the engine keeps of a calendar grows with them
MISLEADING_ZONES = ("right/", "posix")  # on some machines only; the first count leap seconds
NO_ZONES = ("Factory", "localtime")  # files beside the zones: whatever zone the machine has, and none


class NoWorkingTime(ValueError):
    """The calendar never works: it has no hours at all, or its holidays take every one of them."""


class UnknownTimeZone(ValueError):
    """Not the name of an IANA time zone."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Calendar:
    """When work is done: weekly hours on the clocks of one zone, less the holidays.

    `weekly` maps 0 (Monday) to 6 to windows `(start, end)`. An end at or before its start lies on the next
    day, so 09:00-09:00 is 24 hours; an end of `time.max` is midnight, without a gap. Windows may touch and
    overlap. `holidays` are dates, `(date, date)`, `((month, day), (month, day))`, DateRange or YearlyRange.

    An instant is working time when the wall clock of the zone then shows a time inside a window, on a date
    that is no holiday. So an hour that a clock change repeats counts twice, one that it skips not at all, and
    a shift past midnight stops where a holiday begins and goes on where it ends.

    Raises NoWorkingTime, UnknownTimeZone, or plain ValueError for hours and holidays that make no sense.
    """

    timezone: str
    weekly: Mapping[int, tuple[Window, ...]]
    holidays: Holidays
    zone: ZoneInfo = field(repr=False)
    days: tuple[tuple[Span, ...], ...] = field(repr=False)
    never_closes: bool = field(repr=False)
    of_weekday: tuple[int, ...] = field(repr=False)
    _before: tuple[int, ...] = field(repr=False)
    _key: tuple[object, ...] = field(repr=False)
    _hash: int = field(repr=False)

    def __init__(
        self, timezone: str, weekly: Mapping[int, Sequence[Window]], holidays: Iterable[Holiday] = ()
    ) -> None:
        hours = _hours(weekly)
        free = Holidays(holidays)
        days = _split_at_midnight(hours)
        if not free.leave_work_for(frozenset(day for day in WEEKDAYS if days[day])):
            raise NoWorkingTime("the calendar has no working time")
        of_weekday = tuple(sum(closes - opens for opens, closes in spans) for spans in days)
        key = (timezone, days, free.key)
        for name, value in {
            "timezone": timezone,
            "weekly": MappingProxyType(hours),
            "holidays": free,
            "zone": _zone(timezone),
            "days": days,  # for each weekday what is open, in microseconds since midnight, merged and sorted
            "never_closes": not free and all(spans == ((0, DAY),) for spans in days),
            "of_weekday": of_weekday,  # what each weekday comes to
            "_before": (0, *accumulate(of_weekday)),
            "_key": key,
            "_hash": hash(key),
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def always(cls, timezone: str = "UTC") -> "Calendar":
        """24 hours on 7 days."""
        return cls(timezone, {day: [(time.min, time.max)] for day in WEEKDAYS})

    def weekly_until(self, at: int) -> int:
        """What the weekly hours come to from a Monday long ago to a wall time, in microseconds since
        1970-01-01, if no day were free."""
        week, rest = divmod(at + 3 * DAY, 7 * DAY)  # that day was a Thursday
        day, at = divmod(rest, DAY)
        today = sum(min(at, closes) - opens for opens, closes in self.days[day] if opens < at)
        return week * self._before[7] + self._before[day] + today

    def __eq__(self, other: object) -> bool:
        """Calendars are equal when they count the same instants by the same zone."""
        return self is other or (isinstance(other, Calendar) and self._key == other._key)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return Calendar, (self.timezone, dict(self.weekly), self.holidays.entries)


def _hours(weekly: object) -> dict[int, tuple[Window, ...]]:
    if not isinstance(weekly, Mapping):
        raise ValueError(f"weekly hours map a weekday to its windows, not {weekly!r}")
    for day in weekly:
        if not isinstance(day, int) or isinstance(day, bool) or day not in WEEKDAYS:
            raise ValueError(f"a weekday is a number from 0 (Monday) to 6 (Sunday), not {day!r}")
        if not isinstance(weekly[day], Collection):
            raise ValueError(f"the hours of a weekday are a list of windows, not {weekly[day]!r}")
        if len(weekly[day]) > MOST_WINDOWS:
            raise ValueError(f"a weekday has {MOST_WINDOWS} windows at the most, not {len(weekly[day])}")
    return {int(day): tuple(_window(window) for window in weekly[day]) for day in sorted(weekly)}


def _window(window: object) -> Window:
    if isinstance(window, tuple | list) and len(window) == 2:
        start, end = window
        if start == time.max:
            raise ValueError("time.max closes a day, so it cannot open a window")
        if all(isinstance(edge, time) and edge.tzinfo is None for edge in (start, end)):
            return start, end
    raise ValueError(f"a window is a start and an end, both times without a zone, not {window!r}")


def _split_at_midnight(hours: Mapping[int, Sequence[Window]]) -> tuple[tuple[Span, ...], ...]:
    spans: list[list[Span]] = [[] for _ in WEEKDAYS]
    for day, windows in hours.items():
        for start, end in windows:
            opens, closes = _since_midnight(start), _since_midnight(end)
            if closes > opens:
                spans[day].append((opens, closes))
                continue
            spans[day].append((opens, DAY))
            if closes:
                spans[(day + 1) % 7].append((0, closes))
    return tuple(_merged(day) for day in spans)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], closes)
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _since_midnight(at: time) -> int:
    if at == time.max:
        return DAY
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _zone(timezone: str) -> ZoneInfo:
    try:
        if timezone not in NO_ZONES and not timezone.startswith(MISLEADING_ZONES):
            return ZoneInfo(timezone)
    except (KeyError, ValueError, TypeError, AttributeError, OSError):
        pass  # ZoneInfo refuses in many ways, depending on what the name looks like
    raise UnknownTimeZone(f"{timezone!r} is not the name of an IANA time zone")
