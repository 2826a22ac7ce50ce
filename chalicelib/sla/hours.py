"""Business time: when a target is due, how long something took, and why. Pure, exact to the microsecond."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from chalicelib.sla.business_calendar import DAY, Calendar, NoWorkingTime, UnknownTimeZone
from chalicelib.sla.holiday_names import names_of
from chalicelib.sla.holidays import DateRange, YearlyRange
from chalicelib.sla.timetable import (
    BLOCK,
    EPOCH,
    FIRST,
    LAST,
    MICROSECOND,
    reach,
    stretches,
    windows,
    worked_between,
)

__all__ = [
    "Calendar",
    "DateRange",
    "Interval",
    "NoWorkingTime",
    "OutOfTime",
    "Pause",
    "StillPaused",
    "UnknownTimeZone",
    "YearlyRange",
    "business_minutes",
    "due_at",
    "intervals",
    "within_hours",
]

Pause: TypeAlias = tuple[datetime, datetime | None]
Kind: TypeAlias = Literal["counted", "paused", "closed"]
Reason: TypeAlias = Literal["within_hours", "paused", "outside_hours", "holiday"]
_Pause: TypeAlias = tuple[int, int | None]

MINUTE = 60_000_000


class StillPaused(ValueError):
    """A pause that has not ended comes before the target is due, so there is no due time yet."""


class OutOfTime(ValueError):
    """The due time lies past the year 9999, where datetime ends, or after the latest that was wanted."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, `[start, end)` in UTC, that counted, was paused, or fell outside working time.

    `name` is what the holiday is called, for reason `holiday`.
    """

    start: datetime
    end: datetime
    kind: Kind
    reason: Reason
    name: str = ""

    @property
    def minutes(self) -> float:
        return (self.end - self.start) // MICROSECOND / MINUTE


def due_at(
    start: datetime,
    minutes: float,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    *,
    latest: datetime | None = None,
) -> datetime:
    """The first instant, in UTC, when `minutes` of working time have passed since `start`, less the pauses.

    A target that ends exactly at closing time is due then; one of 0 minutes is due at `start`, whatever the
    hour. Pauses are `(start, end)`, in any order and overlapping at will; an end of None means: not over yet.
    Fractions of a minute are rounded to the microsecond. What would be due after `latest` is not looked for,
    so that a calendar that hardly ever works keeps nobody busy.

    ValueError: a time without a zone, a pause that ends before it starts, minutes negative or not finite.
    StillPaused, NoWorkingTime (none is left between `start` and the end) and OutOfTime are ValueErrors too.
    """
    needed, at = _microseconds(minutes), _instant(start)
    last = LAST if latest is None else _instant(latest)
    if not needed:
        return _moment(at)
    for paused, resumed in _merged(pauses) if pauses else ():
        if resumed is not None and resumed <= at:
            continue
        if paused > at:
            worked = worked_between(calendar, at, paused)
            if worked >= needed:
                break
            needed -= worked
        if resumed is None:
            raise StillPaused("the target is paused, so it has no due time")
        at = resumed
    due = reach(calendar, at, needed, last) if at <= last else None
    if due is not None and due <= last:
        return _moment(due)
    raise _never(at, last, calendar)


def business_minutes(
    start: datetime, end: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> float:
    """Minutes of working time from `start` to `end`, less the pauses; one that is not over lasts to `end`.

    The inverse of `due_at`: the minutes up to a due time are the minutes it was given. ValueError: a time
    without a zone, an end before its start.
    """
    at, until = _bounds(start, end)
    worked = 0
    for paused, resumed in _merged(pauses) if pauses else ():
        if paused >= until:
            break
        if paused > at:
            worked += worked_between(calendar, at, paused)
        at = until if resumed is None else max(at, min(resumed, until))
    return (worked + worked_between(calendar, at, until)) / MINUTE


def intervals(
    start: datetime, end: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> Iterator[Interval]:
    """Everything between two instants, in order and without gaps, as counted, paused or closed, and why.

    The counted ones add up to `business_minutes`. A pause shows only where it cost working time; at other
    times the reason stays that nobody works then. ValueError: as for `business_minutes`, at the call.
    """
    at, until = _bounds(start, end)
    return _explained(at, until, calendar, _merged(pauses))


def within_hours(moment: datetime, calendar: Calendar) -> bool:
    """Whether work is done at this moment; at closing time no longer."""
    at = _instant(moment)
    return worked_between(calendar, at, at + 1) > 0


def _never(at: int, last: int, calendar: Calendar) -> ValueError:
    """Why nothing is due until `last`."""
    opening = reach(calendar, at, 1, last) if at <= last else last
    if opening is None or opening > last:
        until = "" if last == LAST else f" until {_moment(last).isoformat()}"
        return NoWorkingTime(f"the calendar has no working time after {_moment(at).isoformat()}{until}")
    return OutOfTime(f"the target would be due after {_moment(last).isoformat()}")


def _explained(at: int, until: int, calendar: Calendar, pauses: list[_Pause]) -> Iterator[Interval]:
    for opens, closes in windows(calendar, at, until):
        yield from _closed(at, opens, calendar)
        at = opens
        for paused, resumed in pauses:
            begins, ends = max(at, paused), closes if resumed is None else min(resumed, closes)
            if begins >= ends:
                continue
            if at < begins:
                yield Interval(_moment(at), _moment(begins), "counted", "within_hours")
            yield Interval(_moment(begins), _moment(ends), "paused", "paused")
            at = ends
        if at < closes:
            yield Interval(_moment(at), _moment(closes), "counted", "within_hours")
        at = closes
    yield from _closed(at, until, calendar)


def _closed(at: int, until: int, calendar: Calendar) -> Iterator[Interval]:
    """Time without work, cut where holidays begin and end."""
    since = at
    why: tuple[Reason, str] | None = None
    for begins, reason in _closed_dates(at, until, calendar):
        if reason != why:
            if why:
                yield Interval(_moment(since), _moment(begins), "closed", *why)
            since, why = begins, reason
    if why:
        yield Interval(_moment(since), _moment(until), "closed", *why)


def _closed_dates(at: int, until: int, calendar: Calendar) -> Iterator[tuple[int, tuple[Reason, str]]]:
    """For each local date of the span, the instant where it begins or goes on, and why nobody works then."""
    names = names_of(calendar.holidays)
    for number in range(at // BLOCK, (until - 1) // BLOCK + 1):
        for since, end, offset in stretches(calendar.zone, number):
            low, high = max(since, at), min(end, until)
            first, last = (low + offset) // DAY, (high + offset - 1) // DAY
            free = calendar.holidays.within(first, last) if low < high else set()
            # Of days that are all alike the first one tells.
            for day in range(first, last + 1 if free else first + 1) if low < high else ():
                name = names.of(day) if day in free else ""
                yield max(low, day * DAY - offset), ("holiday" if day in free else "outside_hours", name)


def _bounds(start: datetime, end: datetime) -> tuple[int, int]:
    at, until = _instant(start), _instant(end)
    if until < at:
        raise ValueError(f"the end {end.isoformat()} is before the start {start.isoformat()}")
    return at, until


def _merged(pauses: Iterable[Pause]) -> list[_Pause]:
    """Sorted and disjoint; only the last one can be open."""
    merged: list[_Pause] = []
    for paused, resumed in sorted(map(_pause, pauses), key=lambda pause: pause[0]):
        first, last = merged.pop() if merged else (paused, paused)
        if last is not None and last < paused:
            merged.append((first, last))
            first, last = paused, paused
        merged.append((first, None if last is None or resumed is None else max(last, resumed)))
    return merged


def _pause(pause: Pause) -> _Pause:
    paused, resumed = pause
    begins, ends = _instant(paused), None if resumed is None else _instant(resumed)
    if ends is not None and ends < begins:
        raise ValueError(f"a pause cannot end before it starts: {pause!r}")
    return begins, ends


def _microseconds(minutes: float) -> int:
    if minutes < 0:
        raise ValueError(f"minutes cannot be negative: {minutes}")
    try:
        whole, parts = minutes.as_integer_ratio()
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"minutes must be a finite number, not {minutes}") from problem
    return (2 * whole * MINUTE + parts) // (2 * parts)


def _instant(moment: datetime) -> int:
    try:
        at = (moment - EPOCH) // MICROSECOND
    except TypeError as problem:
        raise ValueError(f"a time needs a zone: {moment!r}") from problem
    if not FIRST <= at <= LAST:
        raise OutOfTime(f"{moment.isoformat()} is outside the years 1 to 9999 in UTC")
    return at


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
