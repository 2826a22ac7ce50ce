"""Business time against the minute walker, on random zones, calendars, holidays and pauses."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from unittest.mock import patch
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.sla import timetable
from chalicelib.sla.business_calendar import NO_ZONES
from chalicelib.sla.hours import (
    Calendar,
    NoWorkingTime,
    OutOfTime,
    StillPaused,
    business_minutes,
    due_at,
    intervals,
)
from tests.sla.examples import examples
from tests.sla.minute_walker import MinuteWalker

MINUTE, MICROSECOND = timedelta(minutes=1), timedelta(microseconds=1)
# Clocks that change at midnight, by half an hour, by a day, twice within a week, or a minute past midnight.
ODD_ZONES = [
    *("Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Asia/Gaza"),
    *("America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/Recife"),
    *("America/St_Johns", "Pacific/Chatham", "Antarctica/Troll", "Asia/Kathmandu", "Pacific/Kwajalein"),
]


@dataclass
class Case:
    zone: str
    weekly: dict
    holidays: list
    pauses: list
    start: datetime

    def calendar(self) -> Calendar:
        try:
            return Calendar(self.zone, self.weekly, self.holidays)
        except NoWorkingTime:
            assume(False)
            raise

    def walker(self) -> MinuteWalker:
        return MinuteWalker(ZoneInfo(self.zone), self.weekly, self.holidays, self.pauses)


@lru_cache(maxsize=4096)
def clock_changes(zone: str, year: int) -> tuple[datetime, ...]:
    """The midnights in UTC before each clock change of a year."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(day) for day in range(367)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return tuple(
        day for day, (before, after) in zip(days, pairwise(offsets), strict=False) if before != after
    )


def start_of(zone: str, year: int, anywhere: int, change: int, around: int) -> datetime:
    """Half of the cases begin around a clock change, the others anywhere in the year."""
    changes = clock_changes(zone, year)
    if changes and change < 4:
        return changes[change % len(changes)] + around * MINUTE
    return datetime(year, 1, 1, tzinfo=UTC) + anywhere * MINUTE


def holiday_near(day: date, kind: str, first: int, last: int) -> date | tuple:
    """A date, a range or a yearly range close to a day, or a yearly range that is mostly something else."""
    begin, end = day + timedelta(min(first, last)), day + timedelta(max(first, last))
    if kind == "date":
        return begin
    if kind == "range":
        return begin, end
    if kind == "inverse":
        begin, end = end + timedelta(1), begin
    return (begin.month, begin.day), (end.month, end.day)


def case_of(zone, year, anywhere, change, around, weekly, holidays, pauses, unit) -> Case:
    start = start_of(zone, year, anywhere, change, around)
    today = start.astimezone(ZoneInfo(zone)).date()
    return Case(
        zone,
        weekly,
        [holiday_near(today, *holiday) for holiday in holidays],
        [
            (start + begin * unit, None if length is None else start + (begin + length) * unit)
            for begin, length in pauses
        ],
        start,
    )


def cases(unit: timedelta = MINUTE) -> st.SearchStrategy[Case]:
    """Windows are of whole minutes; years begin where every UTC offset is of whole minutes too."""
    day, days = timedelta(1) // unit, st.integers(-4, 6)
    half_hours, minutes = st.integers(0, 47).map(lambda half: half * 30), st.integers(0, 1439)
    times = (half_hours | minutes).map(lambda minute: time(minute // 60, minute % 60))
    windows = st.tuples(times, times | st.just(time.max))
    week = st.dictionaries(st.integers(0, 6), st.lists(windows, min_size=1, max_size=3), min_size=1)
    every_day = (windows | st.just((time.min, time.max))).map(
        lambda window: {weekday: [window] for weekday in range(7)}
    )
    lengths = st.integers(0, day // 40) | st.integers(0, day // 4) | st.integers(0, day) | st.none()
    return st.builds(
        case_of,
        zone=st.sampled_from(ODD_ZONES * 20 + sorted(available_timezones() - {*NO_ZONES})),
        year=st.integers(1975, 2036),
        anywhere=st.integers(0, 365 * 1440),
        change=st.integers(0, 7),
        around=st.integers(-36 * 60, 24 * 60),
        weekly=week | every_day,
        holidays=st.lists(
            st.tuples(st.sampled_from(["date", "range", "yearly", "inverse"]), days, days), max_size=3
        ),
        pauses=st.lists(st.tuples(st.integers(-day // 4, 2 * day), lengths), max_size=3),
        unit=st.just(unit),
    )


@examples
@given(cases(), st.integers(1, 1200))
def test_due_times_agree_with_the_minute_walker(case: Case, minutes: int):
    calendar, give_up = case.calendar(), timedelta(days=2)
    walked = case.walker().due_at(case.start, minutes, give_up)

    try:
        due = due_at(case.start, minutes, calendar, case.pauses)
    except (StillPaused, NoWorkingTime, OutOfTime):
        due = None

    if walked is None:
        assert due is None or due > case.start + give_up
    else:
        assert due == walked
        assert business_minutes(case.start, due, calendar, case.pauses) == minutes


@examples
@given(cases(), st.integers(0, 2 * 1440))
def test_business_minutes_agree_with_the_minute_walker(case: Case, length: int):
    end = case.start + length * MINUTE

    worked = business_minutes(case.start, end, case.calendar(), case.pauses)

    assert worked == case.walker().business_minutes(case.start, end)


@examples
@given(cases(MICROSECOND), st.integers(0, 86_399_999_999), st.integers(1, 10**12) | st.integers(1, 10**9))
def test_a_due_time_is_the_first_instant_with_its_minutes(case: Case, offset: int, needed: int):
    calendar, start, minutes = case.calendar(), case.start + offset * MICROSECOND, needed / 60_000_000
    try:
        due = due_at(start, minutes, calendar, case.pauses)
    except (StillPaused, NoWorkingTime, OutOfTime):
        assume(False)

    assert business_minutes(start, due, calendar, case.pauses) == minutes
    assert business_minutes(start, due - MICROSECOND, calendar, case.pauses) == (needed - 1) / 60_000_000


@examples
@given(cases(), st.integers(-800, 2500) | st.integers(-11_000, 46_000))
def test_what_is_passed_by_has_the_sum_of_what_is_laid_out(case: Case, number: int):
    calendar = case.calendar()

    assert timetable.total(calendar, number) == timetable.block(calendar, number).total


@examples
@given(cases(MICROSECOND), st.integers(0, 20 * 86_400_000_000))
def test_intervals_tile_the_time_and_add_up(case: Case, length: int):
    calendar, end = case.calendar(), case.start + length * MICROSECOND

    found = list(intervals(case.start, end, calendar, case.pauses))

    edges = [case.start, *(part.end for part in found)]
    assert edges == [*(part.start for part in found), end]
    assert all(part.start < part.end for part in found)
    assert all((a.kind, a.reason, a.name) != (b.kind, b.reason, b.name) for a, b in pairwise(found))
    counted = sum((part.end - part.start for part in found if part.kind == "counted"), timedelta())
    assert counted / MINUTE == business_minutes(case.start, end, calendar, case.pauses)
    open_time = sum((part.end - part.start for part in found if part.kind != "closed"), timedelta())
    assert open_time / MINUTE == business_minutes(case.start, end, calendar)


@examples
@given(cases(), st.lists(st.integers(0, 10 * 365 * 1440), min_size=3, max_size=3).map(sorted))
def test_business_time_is_the_sum_of_its_parts_over_years(case: Case, cuts: list[int]):
    calendar = case.calendar()
    first, second, third = (case.start + cut * MINUTE for cut in cuts)

    assert business_minutes(first, third, calendar, case.pauses) == business_minutes(
        first, second, calendar, case.pauses
    ) + business_minutes(second, third, calendar, case.pauses)


near_block_edges = st.builds(lambda blocks, days: blocks * 63 + days, st.integers(0, 12), st.integers(-2, 2))


EVERY_DAY = set(range(7))


@examples
@given(
    zone=st.sampled_from(["UTC", "Etc/GMT+12", "Etc/GMT-14"]),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    hours=st.sampled_from([(1, 23), (1, 11), (13, 23)]),
    free=st.lists(st.tuples(near_block_edges, near_block_edges | st.integers(0, 3)), max_size=4),
    begin=near_block_edges,
    length=st.integers(1, 1000),
)
@example("Etc/GMT+12", EVERY_DAY, (1, 23), [(62, 0)], 0, 700)  # touches the block after its UTC day
@example("Etc/GMT-14", EVERY_DAY, (1, 23), [(378, 0)], 0, 700)  # touches the block before its UTC day
@example("Etc/GMT-14", EVERY_DAY, (1, 23), [(0, 188)], 0, 300)  # ends a day before a block does
@example("UTC", EVERY_DAY, (1, 23), [(0, 125), (127, 125)], 0, 300)  # one day of work on a block's edge
@example("Etc/GMT+12", EVERY_DAY, (13, 23), [(0, 124), (126, 125)], 0, 300)
def test_skipping_cycles_and_long_holidays_agrees_with_adding_up_days(
    zone, weekdays, hours, free, begin, length
):
    """Without clock changes and yearly holidays, working time repeats after nine weeks already."""
    first, (opens, closes) = date(1970, 1, 1) + timedelta(300 * 63), hours
    ranges = [(first + timedelta(day), first + timedelta(day + max(more, 0))) for day, more in free]
    calendar = Calendar(zone, {weekday: [(time(opens), time(closes))] for weekday in weekdays}, ranges)
    days = [first + timedelta(day) for day in range(begin, begin + length)]
    worked = [day for day in days if day.weekday() in weekdays and not any(a <= day <= b for a, b in ranges)]
    minutes = len(worked) * (closes - opens) * 60
    start, end = (
        datetime.combine(day, time(0), ZoneInfo(zone)) for day in (days[0], days[-1] + timedelta(1))
    )

    with patch.multiple(timetable, CYCLE=2, SETTLED=0):
        assert business_minutes(start, end, calendar) == minutes
        if worked:
            assert due_at(start, minutes, calendar) == datetime.combine(
                worked[-1], time(closes), ZoneInfo(zone)
            )
