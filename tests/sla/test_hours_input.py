"""What business time refuses, always as a ValueError that says why."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum

import pytest

from chalicelib.sla.hours import (
    Calendar,
    DateRange,
    OutOfTime,
    UnknownTimeZone,
    YearlyRange,
    business_minutes,
    due_at,
    intervals,
    within_hours,
)
from tests.support.for_each import for_each

ALWAYS = Calendar.always()
NOON = datetime(2026, 6, 5, 12, tzinfo=UTC)
NAIVE = datetime(2026, 6, 5, 12)


@for_each(
    "zone",
    [
        "",
        " ",
        "Mars/Olympus",
        "europe",
        "America",
        "../etc/passwd",
        "/etc/localtime",
        "right/Europe/Berlin",
        "localtime",
        "Factory",
        "a\0b",
        None,
        1,
    ],
)
def test_an_unknown_time_zone(zone):
    with pytest.raises(UnknownTimeZone, match="IANA"):
        Calendar(zone, {0: [(time(9), time(17))]})


@for_each(
    "weekly",
    [
        {7: [(time(9), time(17))]},
        {-1: [(time(9), time(17))]},
        {"0": [(time(9), time(17))]},
        {True: [(time(9), time(17))]},
        {0: [("09:00", "17:00")]},
        {0: [(time(9),)]},
        {0: [(time(9), time(17), time(18))]},
        {0: [time(9)]},
        {0: [(time(9), None)]},
        {0: [(time(9, tzinfo=UTC), time(17, tzinfo=UTC))]},
        {0: [(time.max, time(6))]},
        {0: [(time(hour // 3, hour % 3 * 20), time(hour // 3, hour % 3 * 20 + 10)) for hour in range(49)]},
        {0: None},
        [[(time(9), time(17))]],
    ],
)
def test_weekly_hours_that_make_no_sense(weekly):
    with pytest.raises(ValueError, match=r"weekday|window|weekly"):
        Calendar("UTC", weekly)


@for_each(
    "holiday",
    [
        NOON,
        (NOON, NOON),
        (date(2026, 6, 5), date(2026, 6, 4)),
        "2026-06-05",
        (date(2026, 6, 5),),
        ((2, 30), (3, 1)),
        ((12, 24), (13, 1)),
        ((0, 1), (1, 1)),
        (4, 31),
        ((12, 24), 6),
        ((12, 24, 1), (1, 6)),
        (date(2026, 6, 5), (12, 24)),
        None,
    ],
)
def test_holidays_that_make_no_sense(holiday):
    with pytest.raises(ValueError, match="holiday"):
        Calendar("UTC", {0: [(time(9), time(17))]}, [holiday])


def test_days_and_months_by_the_names_of_the_standard_library():
    """Whose `calendar.MONDAY` and `calendar.DECEMBER` are members of an IntEnum from Python 3.12 on."""
    monday, december = IntEnum("Day", {"MONDAY": 0}).MONDAY, IntEnum("Month", {"DECEMBER": 12}).DECEMBER
    hours = [(time(9), time(17))]

    named = Calendar("UTC", {monday: hours}, [((december, 24), (1, 6)), (december, 8)])

    assert named == Calendar("UTC", {0: hours}, [((12, 24), (1, 6)), (12, 8)])
    assert {type(day) for day in named.weekly} == {int}


def test_ranges_that_make_no_sense():
    with pytest.raises(ValueError, match="before it begins"):
        DateRange(date(2026, 6, 5), date(2026, 6, 4))
    with pytest.raises(ValueError, match="month, day"):
        YearlyRange((2, 30), (3, 1))


def test_times_without_a_zone():
    with pytest.raises(ValueError, match="needs a zone"):
        due_at(NAIVE, 60, ALWAYS)
    with pytest.raises(ValueError, match="needs a zone"):
        due_at(NAIVE, 0, ALWAYS)
    with pytest.raises(ValueError, match="needs a zone"):
        due_at(NOON, 60, ALWAYS, [(NAIVE, NOON)])
    with pytest.raises(ValueError, match="needs a zone"):
        due_at(NOON, 60, ALWAYS, [(NOON, NAIVE)])
    with pytest.raises(ValueError, match="needs a zone"):
        business_minutes(NOON, NAIVE, ALWAYS)
    with pytest.raises(ValueError, match="needs a zone"):
        intervals(NAIVE, NOON, ALWAYS)
    with pytest.raises(ValueError, match="needs a zone"):
        within_hours(NAIVE, ALWAYS)


@pytest.mark.parametrize("minutes", [-1, -0.001, -1e-12, float("nan"), float("inf"), float("-inf")])
def test_minutes_that_are_negative_or_not_finite(minutes: float):
    with pytest.raises(ValueError, match="minutes"):
        due_at(NOON, minutes, ALWAYS)


def test_ends_before_their_starts():
    earlier = NOON - timedelta(microseconds=1)

    with pytest.raises(ValueError, match="before the start"):
        business_minutes(NOON, earlier, ALWAYS)
    with pytest.raises(ValueError, match="before the start"):
        intervals(NOON, earlier, ALWAYS)
    with pytest.raises(ValueError, match="before it starts"):
        due_at(NOON, 60, ALWAYS, [(NOON, earlier)])


def test_an_empty_span_holds_nothing():
    assert business_minutes(NOON, NOON, ALWAYS) == 0
    assert list(intervals(NOON, NOON, ALWAYS)) == []


def test_a_moment_outside_what_utc_can_hold():
    west = timezone(-timedelta(hours=5))

    with pytest.raises(OutOfTime):
        due_at(datetime.max.replace(tzinfo=west), 1, ALWAYS)
