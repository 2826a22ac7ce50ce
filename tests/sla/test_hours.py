"""The SLA cases that concern business time: Europe/Berlin, Monday to Friday 09:00-17:00, unless stated."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.sla.hours import (
    Calendar,
    DateRange,
    NoWorkingTime,
    StillPaused,
    business_minutes,
    due_at,
    intervals,
    within_hours,
)

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = {day: [(time(9), time(17))] for day in range(5)}
OFFICE = Calendar("Europe/Berlin", WEEKDAYS)


def berlin(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=BERLIN)


def test_case_s1_what_is_left_on_friday_evening_goes_on_on_monday():
    assert due_at(berlin(6, 5, 16, 30), 60, OFFICE) == berlin(6, 8, 9, 30)


def test_case_s2_a_target_that_ends_at_closing_is_due_at_closing_not_at_the_next_opening():
    due = due_at(berlin(6, 6, 15), 480, OFFICE)

    assert due == berlin(6, 8, 17)
    assert due_at(berlin(6, 6, 15), 480 + 1 / 60_000_000, OFFICE) == berlin(6, 9, 9) + timedelta(
        microseconds=1
    )


def test_case_s3_a_weekend_in_which_clocks_change_moves_nothing_inside_the_hours():
    due = due_at(berlin(3, 27, 16), 120, OFFICE)

    assert due == berlin(3, 30, 10) == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_case_s3b_round_the_clock_counts_24_real_hours_over_a_clock_change():
    assert due_at(berlin(3, 28, 12), 1440, Calendar.always("Europe/Berlin")) == berlin(3, 29, 13)
    assert due_at(berlin(10, 24, 12), 1440, Calendar.always("Europe/Berlin")) == berlin(10, 25, 11)


def test_case_s5_round_the_clock_has_no_gap_at_midnight():
    assert due_at(berlin(6, 5, 23, 30), 30, Calendar.always("Europe/Berlin")) == berlin(6, 6, 0)
    assert due_at(berlin(6, 5, 23, 30), 60, Calendar.always("Europe/Berlin")) == berlin(6, 6, 0, 30)
    whole_days = Calendar(
        "Europe/Berlin", {day: [(time(0), time.max)] for day in range(7)}, [date(2026, 1, 1)]
    )
    assert due_at(berlin(6, 5, 23, 30), 60, whole_days) == berlin(6, 6, 0, 30)
    assert business_minutes(berlin(6, 5, 0), berlin(6, 7, 0), whole_days) == 2880


def test_case_s6_a_lunch_break_does_not_count():
    split = Calendar("Europe/Berlin", {day: [(time(9), time(12)), (time(13), time(17))] for day in range(5)})

    assert due_at(berlin(6, 5, 12, 15), 30, split) == berlin(6, 5, 13, 30)
    assert due_at(berlin(6, 5, 11, 45), 30, split) == berlin(6, 5, 13, 15)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Pago_Pago", "Pacific/Kiritimati", "UTC"])
def test_case_s7_a_holiday_is_a_local_date_in_every_zone(zone: str):
    calendar = Calendar(zone, WEEKDAYS, [date(2026, 6, 10)])
    tuesday = datetime(2026, 6, 9, 16, tzinfo=ZoneInfo(zone))

    assert due_at(tuesday, 60, calendar) == tuesday + timedelta(hours=1)
    assert due_at(tuesday, 61, calendar) == datetime(2026, 6, 11, 9, 1, tzinfo=ZoneInfo(zone))


def test_case_s9_time_spent_pending_is_left_out():
    pauses = [(berlin(6, 5, 15), berlin(6, 8, 11))]

    assert due_at(berlin(6, 5, 10), 480, OFFICE, pauses) == berlin(6, 8, 14)


@pytest.mark.parametrize(
    "pause",
    [
        (berlin(6, 5, 17), berlin(6, 8, 9)),
        (berlin(6, 5, 18), berlin(6, 7, 12)),
        (berlin(6, 1, 9), berlin(6, 5, 16)),
        (berlin(6, 8, 10), berlin(6, 9, 10)),
    ],
    ids=["closing to opening", "at the weekend", "before the start", "from the due time on"],
)
def test_case_s10_a_pause_outside_the_time_that_counts_changes_nothing(pause: tuple[datetime, datetime]):
    assert due_at(berlin(6, 5, 16), 120, OFFICE, [pause]) == berlin(6, 8, 10)


def test_case_s12_an_open_pause_is_deducted_up_to_the_resolution():
    assert business_minutes(berlin(6, 5, 10), berlin(6, 8, 12), OFFICE, [(berlin(6, 5, 15), None)]) == 300


def test_case_s12_a_paused_target_has_no_due_time_until_it_is_resumed():
    with pytest.raises(StillPaused):
        due_at(berlin(6, 5, 10), 480, OFFICE, [(berlin(6, 5, 15), None)])


def test_case_s13_a_pause_after_the_breach_does_not_move_the_due_time():
    assert due_at(berlin(6, 5, 10), 60, OFFICE, [(berlin(6, 5, 11), None)]) == berlin(6, 5, 11)


@pytest.mark.parametrize(
    ("weekly", "holidays"),
    [
        ({}, []),
        ({0: [], 4: []}, []),
        (WEEKDAYS, [((1, 1), (12, 31))]),
        (WEEKDAYS, [((7, 1), (6, 30))]),
        (WEEKDAYS, [((1, 1), (6, 30)), ((7, 1), (12, 31))]),
        (WEEKDAYS, [(date.min, date.max)]),
        (WEEKDAYS, [(date.min, date(2026, 12, 31)), (date(2027, 1, 1), date.max)]),
        ({0: [(time(9), time(17))]}, [(date.min, date(2026, 6, 8)), (date(2026, 6, 10), date.max)]),
    ],
)
def test_case_s16_a_calendar_without_working_time_is_refused(weekly, holidays):
    with pytest.raises(NoWorkingTime):
        Calendar("Europe/Berlin", weekly, holidays)


@pytest.mark.parametrize(
    ("weekly", "holidays"),
    [
        (WEEKDAYS, [DateRange(date(2026, 6, 6), date.max)]),
        ({6: [(time(2), time(3))]}, [((4, 1), (3, 24))]),
    ],
    ids=["free for ever from now on", "works only in the hour that the clocks skip"],
)
def test_case_s16_the_engine_raises_where_no_working_time_is_left(weekly, holidays):
    calendar = Calendar("Europe/Berlin", weekly, holidays)

    with pytest.raises(NoWorkingTime):
        due_at(berlin(6, 6, 12), 1, calendar)
    assert business_minutes(berlin(6, 6, 12), berlin(6, 6, 12).replace(year=2056), calendar) == 0


def test_a_new_priority_counts_from_the_original_start_and_keeps_the_pauses():
    start, pauses = berlin(6, 5, 10), [(berlin(6, 5, 11), berlin(6, 5, 13))]

    assert due_at(start, 480, OFFICE, pauses) == berlin(6, 8, 12)
    assert due_at(start, 240, OFFICE, pauses) == berlin(6, 5, 16)


def test_a_reopened_target_has_the_business_time_that_was_left():
    used = business_minutes(berlin(6, 5, 10), berlin(6, 5, 16), OFFICE)

    assert due_at(berlin(6, 10, 18), 480 - used, OFFICE) == berlin(6, 11, 11)


def test_a_target_can_be_due_in_the_last_second_of_a_window():
    assert due_at(berlin(6, 5, 16, 0, 1), 60 - 2 / 60, OFFICE) == berlin(6, 5, 16, 59, 59)
    assert due_at(berlin(6, 5, 16, 0, 1), 60 - 1 / 60, OFFICE) == berlin(6, 5, 17)
    assert due_at(berlin(6, 5, 16, 0, 1), 60, OFFICE) == berlin(6, 8, 9, 0, 1)


def test_one_weekday_a_week_carries_a_long_target_over_a_year():
    tuesdays = Calendar("Europe/Berlin", {1: [(time(9), time(17))]}, [date(2026, 12, 29)])

    due = due_at(berlin(6, 3, 12), 60 * 480, tuesdays)

    assert due == datetime(2027, 8, 3, 17, tzinfo=BERLIN)
    assert business_minutes(berlin(6, 3, 12), due, tuesdays) == 60 * 480


def test_intervals_name_every_stretch_and_why():
    calendar = Calendar(
        "Europe/Berlin", WEEKDAYS, [DateRange(date(2026, 6, 8), date(2026, 6, 8), "Works outing")]
    )
    pauses = [(berlin(6, 5, 16), berlin(6, 9, 10)), (berlin(6, 9, 9, 30), berlin(6, 9, 11))]

    found = list(intervals(berlin(6, 5, 15), berlin(6, 9, 13), calendar, pauses))

    assert [(part.kind, part.reason, part.name, part.minutes) for part in found] == [
        ("counted", "within_hours", "", 60),
        ("paused", "paused", "", 60),
        ("closed", "outside_hours", "", 55 * 60),
        ("closed", "holiday", "Works outing", 24 * 60),
        ("closed", "outside_hours", "", 9 * 60),
        ("paused", "paused", "", 120),
        ("counted", "within_hours", "", 120),
    ]
    assert found[0].start == berlin(6, 5, 15)
    assert found[-1].end == berlin(6, 9, 13)


def test_days_without_a_break_are_one_interval():
    whole_days = Calendar(
        "Europe/Berlin", {day: [(time(0), time.max)] for day in range(7)}, [date(2027, 1, 1)]
    )

    found = list(intervals(berlin(1, 1, 9), berlin(12, 31, 9), whole_days))

    assert [(part.start, part.end, part.kind) for part in found] == [
        (berlin(1, 1, 9), berlin(12, 31, 9), "counted")
    ]


def test_an_open_pause_lasts_to_the_end_of_the_intervals():
    found = intervals(berlin(6, 5, 15), berlin(6, 5, 18), OFFICE, [(berlin(6, 5, 16), None)])

    assert [(part.kind, part.minutes) for part in found] == [("counted", 60), ("paused", 60), ("closed", 60)]


def test_within_hours_from_opening_until_just_before_closing():
    assert within_hours(berlin(6, 5, 9), OFFICE)
    assert within_hours(berlin(6, 5, 17) - timedelta(microseconds=1), OFFICE)
    assert not within_hours(berlin(6, 5, 17), OFFICE)
    assert not within_hours(berlin(6, 5, 9) - timedelta(microseconds=1), OFFICE)
