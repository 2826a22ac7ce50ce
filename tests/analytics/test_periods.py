"""Periods: days on a workspace's clocks, whatever those do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.periods import Interval, Period, asked
from chalicelib.core.errors import ValidationFailed

MADRID = ZoneInfo("Europe/Madrid")
TODAY = date(2026, 11, 20)
ZONES = st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone))
DATES = st.dates(date(1971, 1, 1), date(2037, 1, 1))


def spans(first: date, last: date, interval: Interval) -> list[tuple[str, str]]:
    return [(str(each.first), str(each.last)) for each in Period(first, last, MADRID).split(interval)]


@pytest.mark.parametrize(
    ("zone", "day", "since", "hours"),
    [
        ("Europe/Madrid", date(2026, 3, 29), "2026-03-28T23:00Z", 23),
        ("Europe/Madrid", date(2026, 10, 25), "2026-10-24T22:00Z", 25),
        ("America/Los_Angeles", date(2026, 6, 1), "2026-06-01T07:00Z", 24),
        ("Pacific/Kiritimati", date(2026, 6, 1), "2026-05-31T10:00Z", 24),
        # Midnight is skipped, midnight comes twice, and a whole day that never was.
        ("Africa/Cairo", date(2025, 4, 25), "2025-04-24T22:00Z", 23),
        ("America/Havana", date(2025, 11, 2), "2025-11-02T04:00Z", 25),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z", 0),
    ],
)
def test_a_day_begins_at_midnight_there(zone: str, day: date, since: str, hours: int) -> None:
    period = Period(day, day, ZoneInfo(zone))

    assert period.since == datetime.fromisoformat(since)
    assert period.until - period.since == timedelta(hours=hours)


@given(ZONES, DATES, st.integers(0, 400), st.sampled_from(["day", "week", "month"]))
def test_buckets_follow_each_other_without_gap_or_overlap(
    name: str, first: date, days: int, interval: Interval
) -> None:
    period = Period(first, first + timedelta(days=days), ZoneInfo(name))

    buckets = list(period.split(interval))

    assert buckets[0].since == period.since
    assert buckets[-1].until == period.until
    for one, next_ in pairwise(buckets):
        assert one.until == next_.since
        assert one.last + timedelta(days=1) == next_.first
    assert all(bucket.since <= bucket.until for bucket in buckets)


@given(ZONES, DATES, st.integers(1, 1_000_000))
def test_a_moment_is_part_of_the_day_that_the_clock_there_shows(name: str, day: date, part: int) -> None:
    period = Period(day, day, ZoneInfo(name))
    moment = period.since + (period.until - period.since) * (part / 1_000_001)

    if period.since < period.until:
        assert moment.astimezone(UTC).astimezone(ZoneInfo(name)).date() == day


def test_weeks_begin_on_monday_and_are_cut_off_at_both_ends() -> None:
    assert spans(date(2026, 12, 30), date(2027, 1, 12), "week") == [
        ("2026-12-30", "2027-01-03"),
        ("2027-01-04", "2027-01-10"),
        ("2027-01-11", "2027-01-12"),
    ]


def test_months_have_their_own_lengths() -> None:
    assert spans(date(2028, 1, 31), date(2028, 3, 1), "month") == [
        ("2028-01-31", "2028-01-31"),
        ("2028-02-01", "2028-02-29"),
        ("2028-03-01", "2028-03-01"),
    ]


def test_the_period_before_has_as_many_days() -> None:
    before = Period(date(2026, 3, 1), date(2026, 3, 31), MADRID).before()

    assert (before.first, before.last) == (date(2026, 1, 29), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("first", "last", "days", "meant"),
    [
        (None, None, None, ("2026-10-22", "2026-11-20")),
        (None, None, 1, ("2026-11-20", "2026-11-20")),
        (None, None, 366, ("2025-11-20", "2026-11-20")),
        (date(2026, 11, 1), None, None, ("2026-11-01", "2026-11-20")),
        (date(2026, 12, 1), None, None, ("2026-12-01", "2026-12-01")),
        (None, date(2026, 3, 31), None, ("2026-03-02", "2026-03-31")),
        (date(2026, 3, 1), date(2026, 3, 1), None, ("2026-03-01", "2026-03-01")),
    ],
)
def test_what_is_not_said_is_thirty_days_up_to_today(
    first: date | None, last: date | None, days: int | None, meant: tuple[str, str]
) -> None:
    period = asked(TODAY, MADRID, first, last, days)

    assert (str(period.first), str(period.last)) == meant


@pytest.mark.parametrize(
    ("first", "last", "days", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), None, "to"),
        (date(2025, 3, 1), date(2026, 3, 2), None, "from"),
        (date(2026, 3, 1), None, 3, "days"),
        (None, date(2026, 3, 1), 3, "days"),
    ],
)
def test_what_makes_no_period_is_refused_at_its_field(
    first: date | None, last: date | None, days: int | None, field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        asked(TODAY, MADRID, first, last, days)

    assert [problem.field for problem in refused.value.errors] == [field]
