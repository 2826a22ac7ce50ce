"""Working time of a calendar on the UTC line, worked out nine weeks at a time and kept.

An instant is an int, microseconds since 1970-01-01T00:00Z, so nothing is ever rounded. While the UTC offset
stays the same, wall time is UTC shifted: a block is nine weeks cut into such stretches, with the weekly hours
laid over each; what is only passed by is summed up without that. Far ahead, past the tabulated clock changes
and between dated holidays, working time repeats with the Gregorian calendar every 400 years, and whole cycles
are skipped.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from chalicelib.sla.business_calendar import DAY, Calendar
from chalicelib.sla.holidays import DAYS_OF_400_YEARS, weekday

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
BLOCK_DAYS = 63
BLOCK = BLOCK_DAYS * DAY
CYCLE = DAYS_OF_400_YEARS // BLOCK_DAYS  # blocks; the division leaves nothing over
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
END = LAST // BLOCK + 1
# The time zone database lists clock changes up to 2087 (Ramadan in Morocco); from there a yearly rule holds.
SETTLED = (datetime(2100, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND // BLOCK + 1
KEPT_BLOCKS = 512  # a block of two windows a day takes 3 kB
# What a century needs is kept, of many calendars: 580 blocks.
KEPT_STRETCHES, KEPT_TOTALS = 4096, 16_384


class Block:
    """Nine weeks of a calendar: where working time begins and ends, and how much there was by each end."""

    __slots__ = ("ends", "starts", "total", "worked")

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self.starts, self.ends = array("q", starts), array("q", ends)
        self.worked = array("q", accumulate(end - start for start, end in zip(starts, ends, strict=True)))
        self.total = self.worked[-1] if starts else 0

    def until(self, at: int) -> int:
        """Working time from the beginning of the block to an instant in it."""
        place = bisect_right(self.ends, at)
        if place == len(self.ends):
            return self.total
        return self.worked[place] - self.ends[place] + max(at, self.starts[place])

    def reached(self, worked: int) -> int:
        """The first instant at which so much working time has passed; `0 < worked <= total`."""
        place = bisect_left(self.worked, worked)
        return self.ends[place] - self.worked[place] + worked


@lru_cache(maxsize=KEPT_BLOCKS)
def block(calendar: Calendar, number: int) -> Block:
    starts: list[int] = []
    ends: list[int] = []
    for since, until, offset in stretches(calendar.zone, number):
        dawn, dusk = since + offset, until + offset
        first, last = dawn // DAY, (dusk - 1) // DAY
        free = calendar.holidays.within(first, last)
        for day in range(first, last + 1):
            if day in free:
                continue
            midnight = day * DAY
            for opens, closes in calendar.days[weekday(day)]:
                start, end = max(midnight + opens, dawn) - offset, min(midnight + closes, dusk) - offset
                if start >= end:
                    continue
                if ends and ends[-1] == start:
                    ends[-1] = end
                else:
                    starts.append(start)
                    ends.append(end)
    return Block(starts, ends)


@lru_cache(maxsize=KEPT_TOTALS)
def total(calendar: Calendar, number: int) -> int:
    """What `block` comes to: the weekly hours of each of its stretches, less the free days."""
    worked = 0
    for since, until, offset in stretches(calendar.zone, number):
        dawn, dusk = since + offset, until + offset
        worked += calendar.weekly_until(dusk) - calendar.weekly_until(dawn)
        for day in calendar.holidays.within(dawn // DAY, (dusk - 1) // DAY):
            midnight = day * DAY
            if dawn <= midnight <= dusk - DAY:
                worked -= calendar.of_weekday[weekday(day)]
                continue
            begins, ends = max(midnight, dawn), min(midnight + DAY, dusk)
            worked -= calendar.weekly_until(ends) - calendar.weekly_until(begins)
    return worked


@lru_cache(maxsize=KEPT_STRETCHES)
def stretches(zone: ZoneInfo, number: int) -> tuple[tuple[int, int, int], ...]:
    """The block cut at every clock change: (since, until, UTC offset)."""
    since, end = number * BLOCK, (number + 1) * BLOCK
    offset = _offset(zone, since)
    found: list[tuple[int, int, int]] = []
    # Looking every third day is enough: the soonest that a zone is known to have taken a change back is four
    # days (Freetown in 1939); Brazil in 2000 and Gaza did so within a week.
    for dawn in range(since, end, 3 * DAY):
        low, high = dawn, dawn + 3 * DAY
        later = _offset(zone, high)
        while later != offset:
            change = _change(zone, low, high, offset)
            if change == end:
                break
            found.append((since, change, offset))
            since = low = change
            offset = _offset(zone, change)
    found.append((since, end, offset))
    return tuple(found)


def _change(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The instant of the clock change: `offset` holds at `low`, and no longer at `high`."""
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, at: int) -> int:
    # A day inside the edges of what datetime can hold, where no clock changes, local time always exists.
    instant = EPOCH + timedelta(microseconds=min(max(at, FIRST + DAY), LAST - DAY))
    return (instant.astimezone(zone).replace(tzinfo=UTC) - instant) // MICROSECOND


def worked_between(calendar: Calendar, start: int, end: int) -> int:
    """Working time from `start` to `end`, which is not before it."""
    if calendar.never_closes:
        return end - start
    first, last = start // BLOCK, end // BLOCK
    if first == last:
        here = block(calendar, first)
        return here.until(end) - here.until(start)
    head = block(calendar, first)
    _, between = pass_blocks(calendar, first + 1, last, None)
    return head.total - head.until(start) + between + block(calendar, last).until(end)


def reach(calendar: Calendar, start: int, needed: int, latest: int = LAST) -> int | None:
    """The first instant at which `needed` (> 0) has been worked since `start`. It looks no further than the
    block of `latest`: None when that ends before."""
    if calendar.never_closes:
        return start + needed
    number, end = start // BLOCK, latest // BLOCK + 1
    here = block(calendar, number)
    goal = here.until(start) + needed
    if goal > here.total:
        goal -= here.total
        number, passed = pass_blocks(calendar, number + 1, end, goal)
        if number >= end:
            return None
        here, goal = block(calendar, number), goal - passed
    return here.reached(goal)


def pass_blocks(calendar: Calendar, number: int, end: int, needed: int | None) -> tuple[int, int]:
    """Walks blocks up to `end` or the one in which `needed` is reached: (block stopped at, work passed)."""
    passed = 0
    mark, passed_at_mark = number, 0
    while number < end:
        worked = total(calendar, number)
        if needed is not None and passed + worked >= needed:
            break
        passed += worked
        if number < SETTLED or _next_dated(calendar, number) == number:
            number = number + 1 if worked else max(number + 1, _dated_through(calendar, number))
            mark, passed_at_mark = number, passed
            continue
        number += 1
        if number - mark == CYCLE:
            worked = passed - passed_at_mark
            cycles = (min(end, _next_dated(calendar, number)) - number) // CYCLE
            if needed is not None and worked:
                cycles = min(cycles, (needed - passed - 1) // worked)
            number += cycles * CYCLE
            passed += cycles * worked
            mark, passed_at_mark = number, passed
    return min(number, end), passed


# Both look a day beyond the block, because a local date lies up to a day off the UTC day of the same number.


def _next_dated(calendar: Calendar, number: int) -> int:
    day = calendar.holidays.next_dated(number * BLOCK_DAYS - 1)
    return END if day is None else max(number, (day - 1) // BLOCK_DAYS)


def _dated_through(calendar: Calendar, number: int) -> int:
    last = calendar.holidays.dated_through((number + 1) * BLOCK_DAYS - 1)
    return (last - 1) // BLOCK_DAYS


def windows(calendar: Calendar, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of working time between two instants, as long as they are."""
    if calendar.never_closes:
        if start < end:
            yield start, end
        return
    opened = closed = start
    for number in range(start // BLOCK, (end - 1) // BLOCK + 1):
        if not total(calendar, number):
            continue
        here = block(calendar, number)
        for opens, closes in zip(here.starts, here.ends, strict=True):
            if closes <= start or opens >= end:
                continue
            if opens > closed:
                if opened < closed:
                    yield opened, closed
                opened = opens
            opened, closed = max(opened, start), closes
    if opened < min(closed, end):
        yield opened, min(closed, end)
