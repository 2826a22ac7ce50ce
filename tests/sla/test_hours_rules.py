"""Clock changes, shifts past midnight, holidays, pauses and the far future."""

import copy
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from chalicelib.sla.hours import (
    Calendar,
    DateRange,
    NoWorkingTime,
    OutOfTime,
    YearlyRange,
    business_minutes,
    due_at,
    intervals,
)
from tests.support.for_each import for_each
from tests.support.work import calls

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = Calendar("Europe/Berlin", {day: [(time(22), time(6))] for day in range(7)})
WEEKDAYS = {day: [(time(9), time(17))] for day in range(5)}
EVERY_DAY = {day: [(time.min, time.max)] for day in range(7)}


def berlin(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


class TestShiftsPastMidnight:
    def test_the_night_of_the_spring_change_has_seven_hours(self):
        assert business_minutes(berlin(2026, 3, 28, 22), berlin(2026, 3, 29, 6), NIGHTS) == 7 * 60
        assert due_at(berlin(2026, 3, 28, 22), 7 * 60, NIGHTS) == berlin(2026, 3, 29, 6)
        assert due_at(berlin(2026, 3, 28, 22), 8 * 60, NIGHTS) == berlin(2026, 3, 29, 23)

    def test_the_night_of_the_autumn_change_has_nine_hours(self):
        assert business_minutes(berlin(2026, 10, 24, 22), berlin(2026, 10, 25, 6), NIGHTS) == 9 * 60
        assert due_at(berlin(2026, 10, 24, 22), 8 * 60, NIGHTS) == berlin(2026, 10, 25, 5)
        assert due_at(berlin(2026, 10, 24, 22), 9 * 60, NIGHTS) == berlin(2026, 10, 25, 6)

    def test_a_sunday_shift_runs_into_monday(self):
        sunday = Calendar("Europe/Berlin", {6: [(time(20), time(4))]})

        assert due_at(berlin(2026, 6, 8, 3), 120, sunday) == berlin(2026, 6, 14, 21)

    def test_an_end_equal_to_its_start_is_a_shift_of_24_hours(self):
        friday = Calendar("Europe/Berlin", {4: [(time(9), time(9))]})

        assert business_minutes(berlin(2026, 6, 1), berlin(2026, 6, 8), friday) == 1440
        assert due_at(berlin(2026, 6, 5, 9), 1440, friday) == berlin(2026, 6, 6, 9)

    @pytest.mark.parametrize("end", [time(0), time.max])
    def test_midnight_as_an_end_closes_the_day(self, end: time):
        late = Calendar("Europe/Berlin", {4: [(time(18), end)]})

        assert due_at(berlin(2026, 6, 5), 360, late) == berlin(2026, 6, 6)
        assert business_minutes(berlin(2026, 6, 5), berlin(2026, 6, 12), late) == 360

    def test_a_shift_stops_where_a_holiday_begins_and_goes_on_where_it_ends(self):
        free_friday = Calendar(
            "Europe/Berlin", {day: [(time(22), time(6))] for day in range(7)}, [date(2026, 6, 5)]
        )

        worked = [
            part
            for part in intervals(berlin(2026, 6, 4, 20), berlin(2026, 6, 6, 12), free_friday)
            if part.kind == "counted"
        ]

        assert [(part.start, part.end) for part in worked] == [
            (berlin(2026, 6, 4, 22), berlin(2026, 6, 5)),
            (berlin(2026, 6, 6), berlin(2026, 6, 6, 6)),
        ]

    def test_windows_that_touch_or_overlap_count_once(self):
        overlapping = Calendar(
            "Europe/Berlin",
            {
                0: [(time(13), time(17)), (time(9), time(13)), (time(10), time(14)), (time(22), time(6))],
                1: [(time(5), time(8))],
            },
        )

        assert business_minutes(berlin(2026, 6, 8), berlin(2026, 6, 15), overlapping) == (8 + 2 + 8) * 60


class TestClockChanges:
    @for_each(
        "zone, day, hours",
        [
            ("Europe/Berlin", date(2026, 3, 29), 23),
            ("Europe/Berlin", date(2026, 10, 25), 25),
            ("America/Santiago", date(2026, 9, 6), 23),
            ("America/Santiago", date(2026, 4, 4), 25),
            ("Africa/Cairo", date(2026, 4, 24), 23),
            ("Africa/Cairo", date(2026, 10, 29), 25),
            ("Asia/Beirut", date(2025, 3, 30), 23),
            ("Asia/Beirut", date(2025, 10, 25), 25),
            ("America/Havana", date(2026, 11, 1), 25),
            ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
            ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
            ("America/St_Johns", date(2007, 11, 3), 25 - 1 / 60),
            ("America/St_Johns", date(2007, 11, 4), 24 + 1 / 60),
            ("Pacific/Apia", date(2011, 12, 30), 0),
            ("Pacific/Apia", date(2011, 12, 31), 24),
        ],
    )
    def test_a_local_date_has_the_hours_that_really_passed(self, zone: str, day: date, hours: float):
        only_that_day = Calendar(
            zone, EVERY_DAY, [(date.min, day - timedelta(1)), (day + timedelta(1), date.max)]
        )
        noon = datetime.combine(day, time(12), UTC)

        assert business_minutes(noon - timedelta(3), noon + timedelta(3), only_that_day) == hours * 60

    def test_a_window_that_opens_in_the_skipped_hour_opens_when_the_clocks_have_moved(self):
        early = Calendar("Europe/Berlin", {6: [(time(2, 30), time(6))]})

        assert business_minutes(berlin(2026, 3, 29), berlin(2026, 3, 30), early) == 180
        assert due_at(berlin(2026, 3, 29), 1, early) == datetime(2026, 3, 29, 1, 1, tzinfo=UTC)

    def test_a_window_inside_the_skipped_hour_waits_for_the_next_week(self):
        skipped = Calendar("Europe/Berlin", {6: [(time(2), time(3))]})

        assert due_at(berlin(2026, 3, 28), 30, skipped) == berlin(2026, 4, 5, 2, 30)

    def test_a_window_inside_the_repeated_hour_opens_twice(self):
        repeated = Calendar("Europe/Berlin", {6: [(time(2, 15), time(2, 45))]})

        worked = [
            part
            for part in intervals(berlin(2026, 10, 25), berlin(2026, 10, 26), repeated)
            if part.kind == "counted"
        ]

        assert [part.start for part in worked] == [
            datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
        ]
        assert [part.minutes for part in worked] == [30, 30]

    def test_the_start_may_be_either_of_two_equal_wall_times(self):
        first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

        assert due_at(first, 30, NIGHTS) == datetime(2026, 10, 25, 1, tzinfo=UTC)
        assert due_at(first.replace(fold=1), 30, NIGHTS) == datetime(2026, 10, 25, 2, tzinfo=UTC)
        assert business_minutes(first, first.replace(fold=1), NIGHTS) == 60

    def test_the_day_that_samoa_skipped_holds_no_working_time(self):
        apia = ZoneInfo("Pacific/Apia")

        due = due_at(datetime(2011, 12, 29, 16, tzinfo=apia), 120, Calendar("Pacific/Apia", WEEKDAYS))

        assert due == datetime(2012, 1, 2, 10, tzinfo=apia)

    @pytest.mark.parametrize(
        ("zone", "since"),
        [
            ("America/Recife", datetime(2000, 10, 7, tzinfo=UTC)),
            ("Asia/Gaza", datetime(2040, 10, 18, tzinfo=UTC)),
        ],
    )
    def test_a_change_taken_back_within_a_week_is_noticed(self, zone: str, since: datetime):
        calendar = Calendar(zone, {day: [(time(0), time(12))] for day in range(7)})
        at = [since + timedelta(hours=hour) for hour in range(14 * 24)]
        mornings = sum(moment.astimezone(ZoneInfo(zone)).hour < 12 for moment in at)

        assert len({moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in at}) == 2
        assert business_minutes(since, since + timedelta(14), calendar) == mornings * 60


class TestHolidays:
    def test_a_yearly_range_crosses_new_year_in_every_year(self):
        closed = Calendar("Europe/Berlin", WEEKDAYS, [((12, 24), (1, 6))])

        assert due_at(berlin(2026, 12, 23, 16), 120, closed) == berlin(2027, 1, 7, 10)
        assert due_at(berlin(2030, 1, 2, 16), 60, closed) == berlin(2030, 1, 7, 10)
        assert due_at(berlin(2031, 12, 31, 10), 60, closed) == berlin(2032, 1, 7, 10)

    def test_the_end_of_february_is_the_29th_only_in_leap_years(self):
        leap_day = Calendar("Europe/Berlin", EVERY_DAY, [YearlyRange((2, 29), (2, 29))])
        to_its_end = Calendar("Europe/Berlin", EVERY_DAY, [YearlyRange((2, 28), (2, 29))])
        from_its_end = Calendar("Europe/Berlin", EVERY_DAY, [YearlyRange((2, 29), (3, 1))])

        def free_days(year: int, calendar: Calendar) -> float:
            return (
                5 - business_minutes(berlin(year, 2, 26), berlin(year, 2, 26) + timedelta(5), calendar) / 1440
            )

        assert [free_days(year, leap_day) for year in (2027, 2028, 2100)] == [0, 1, 0]
        assert [free_days(year, to_its_end) for year in (2027, 2028, 2100)] == [1, 2, 1]
        assert [free_days(year, from_its_end) for year in (2027, 2028, 2100)] == [1, 2, 1]

    def test_work_on_the_leap_day_alone_waits_for_years(self):
        leap_days = Calendar("Europe/Berlin", {0: [(time(9), time(17))]}, [((3, 1), (2, 28))])

        assert due_at(berlin(2026, 1, 1), 480, leap_days) == berlin(2044, 2, 29, 17)

    def test_ranges_include_both_their_dates_and_may_overlap(self):
        closed = Calendar(
            "Europe/Berlin",
            WEEKDAYS,
            [(date(2026, 6, 9), date(2026, 6, 10)), DateRange(date(2026, 6, 8), date(2026, 6, 9))],
        )

        assert due_at(berlin(2026, 6, 5, 16), 61, closed) == berlin(2026, 6, 11, 9, 1)

    def test_a_single_month_and_day_is_free_every_year(self):
        closed = Calendar("Europe/Berlin", WEEKDAYS, [(12, 25)])

        assert due_at(berlin(2026, 12, 25, 9), 60, closed) == berlin(2026, 12, 28, 10)
        assert due_at(berlin(2028, 12, 25, 9), 60, closed) == berlin(2028, 12, 26, 10)

    def test_neighbouring_holidays_are_told_apart_by_name(self):
        closed = Calendar(
            "Europe/Berlin",
            WEEKDAYS,
            [YearlyRange((12, 25), (12, 25), "Christmas Day"), YearlyRange((12, 26), (12, 26), "Boxing Day")],
        )

        found = list(intervals(berlin(2025, 12, 24, 17), berlin(2025, 12, 29, 9), closed))

        assert [(part.reason, part.name) for part in found] == [
            ("outside_hours", ""),
            ("holiday", "Christmas Day"),
            ("holiday", "Boxing Day"),
            ("outside_hours", ""),
        ]
        assert all(before.end == after.start for before, after in pairwise(found))


class TestPauses:
    def test_order_and_overlap_do_not_matter(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)
        ten, eleven, twelve, one = (berlin(2026, 6, 5, hour) for hour in (10, 11, 12, 13))
        start = berlin(2026, 6, 5, 9)

        for pauses in (
            [(ten, one)],
            [(twelve, one), (ten, eleven), (eleven, twelve)],
            [(ten, one), (eleven, twelve), (eleven, eleven)],
            ((ten, twelve), (eleven, one)),
        ):
            assert due_at(start, 120, office, pauses) == berlin(2026, 6, 5, 14)
            assert due_at(start, 60, office, iter(pauses)) == ten
            assert business_minutes(start, berlin(2026, 6, 5, 17), office, pauses) == 300

    def test_an_open_pause_swallows_what_comes_after_it(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)
        pauses = [(berlin(2026, 6, 5, 12), berlin(2026, 6, 5, 13)), (berlin(2026, 6, 5, 11), None)]

        assert business_minutes(berlin(2026, 6, 5, 9), berlin(2026, 6, 9, 17), office, pauses) == 120

    def test_a_target_that_starts_paused_begins_when_it_is_resumed(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)
        pauses = [(berlin(2026, 6, 5, 9), berlin(2026, 6, 5, 10, 30))]

        assert due_at(berlin(2026, 6, 5, 10), 60, office, pauses) == berlin(2026, 6, 5, 11, 30)

    def test_pauses_apply_round_the_clock_too(self):
        pauses = [(berlin(2026, 6, 5, 9), berlin(2026, 6, 5, 10))]

        assert due_at(berlin(2026, 6, 5, 8), 120, Calendar.always(), pauses) == berlin(2026, 6, 5, 11)


class TestExactness:
    def test_nothing_is_due_at_the_start_itself(self):
        closed_now = berlin(2026, 6, 6, 12)

        assert due_at(closed_now, 0, Calendar("Europe/Berlin", WEEKDAYS)) == closed_now
        assert due_at(closed_now, 0, Calendar("Europe/Berlin", WEEKDAYS), [(closed_now, None)]) == closed_now

    def test_microseconds_survive_any_distance(self):
        start = datetime(2026, 6, 5, 10, 0, 0, 1, tzinfo=UTC)
        office = Calendar("Europe/Berlin", WEEKDAYS)

        due = due_at(start, 480 * 5 * 400, office)

        assert due.microsecond == 1
        assert business_minutes(start, due, office) == 480 * 5 * 400
        assert business_minutes(start, due - timedelta(microseconds=1), office) < 480 * 5 * 400

    def test_fractions_are_rounded_to_the_microsecond(self):
        start = datetime(2026, 6, 5, 10, tzinfo=UTC)

        assert due_at(start, 0.1, Calendar.always()) == start + timedelta(seconds=6)
        assert due_at(start, 1 / 3, Calendar.always()) == start + timedelta(seconds=20)
        assert due_at(start, 1e-9, Calendar.always()) == start

    def test_answers_are_in_utc(self):
        assert due_at(berlin(2026, 6, 5, 10), 60, NIGHTS).tzinfo is UTC
        assert due_at(berlin(2026, 6, 5, 10), 0, NIGHTS).tzinfo is UTC


class TestFarFuture:
    def test_decades_ahead_the_hours_still_hold(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)

        due = due_at(berlin(2026, 6, 5, 10), 10_000_000, office)

        # 20,833 working days, that is 4,166 weeks and 3 days, and 160 minutes
        assert due.astimezone(BERLIN).replace(tzinfo=None) == datetime(2106, 4, 14, 12, 40)

    @pytest.mark.parametrize("holidays", [[((12, 24), (1, 6))], [date(2300, 3, 2)]])
    def test_skipping_400_years_at_a_time_changes_nothing(self, holidays: list):
        calendar = Calendar("America/Santiago", WEEKDAYS, holidays)
        moments = [datetime(year, 5, 4, 9, tzinfo=UTC) for year in (2101, 2301, 2601, 2901, 2950)]
        first, last = moments[0], moments[-1]

        in_parts = sum(business_minutes(since, until, calendar) for since, until in pairwise(moments))

        assert business_minutes(first, last, calendar) == in_parts
        due = due_at(first, in_parts, calendar)
        assert due <= last
        assert business_minutes(due, last, calendar) == 0

    @pytest.mark.parametrize("minutes", [10**10, 1e300])
    @pytest.mark.parametrize(
        "calendar", [Calendar.always(), Calendar("Europe/Berlin", WEEKDAYS, [date(9000, 1, 2)])]
    )
    def test_a_target_past_the_year_9999_is_refused(self, minutes: float, calendar: Calendar):
        def look() -> None:
            with pytest.raises(OutOfTime):
                due_at(berlin(2026, 6, 5, 10), minutes, calendar)

        assert calls(look) < 8_000 * 365, "more steps than days"

    def test_nothing_is_looked_for_after_the_latest_that_is_wanted(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)
        friday, monday = berlin(2026, 6, 5, 16), berlin(2026, 6, 8, 9, 30)

        assert due_at(friday, 90, office, latest=monday) == monday
        with pytest.raises(OutOfTime):
            due_at(friday, 91, office, latest=monday)
        with pytest.raises(NoWorkingTime):
            due_at(berlin(2026, 6, 6), 1, office, latest=berlin(2026, 6, 7))
        with pytest.raises(OutOfTime):
            due_at(friday, 90, office, [(friday, monday)], latest=friday)

    @pytest.mark.parametrize(
        ("weekly", "holidays"),
        [
            ({0: [(time(9), time(9, 1))]}, []),
            (
                {day: [(time(h, m), time(h, m + 1)) for h in range(24) for m in (0, 30)] for day in range(7)},
                [],
            ),
            (EVERY_DAY, [((3, 1), (2, 28))]),
            (EVERY_DAY, [(date(2026, 1, 1), date(2125, 12, 31))]),
            (EVERY_DAY, [(date(year, 1, 1), date(year, 12, 30)) for year in range(2026, 2200)]),
        ],
        ids=["a minute a week", "a minute each half hour", "on 29 February", "closed", "at New Year's Eve"],
    )
    def test_a_century_of_odd_hours_is_soon_passed(self, weekly: dict, holidays: list):
        calendar, start = Calendar("Africa/Casablanca", weekly, holidays), datetime(2026, 6, 5, tzinfo=UTC)

        def look() -> None:
            for minutes in range(5_256_000, 5_256_016):
                with pytest.raises((OutOfTime, NoWorkingTime)):
                    due_at(start, minutes, calendar, latest=datetime(2126, 6, 5, tzinfo=UTC))

        assert calls(look) < 16 * 36_525, "more steps than days"

    def test_the_first_and_the_last_instant_are_within_reach(self):
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
            calendar = Calendar(zone, EVERY_DAY, [date(2026, 1, 1)])
            assert due_at(first, 1, calendar) == first + timedelta(minutes=1)
            assert due_at(last - timedelta(minutes=2), 1, calendar) == last - timedelta(minutes=1)
            with pytest.raises(OutOfTime):
                due_at(last - timedelta(minutes=2), 3, calendar)
            assert business_minutes(last - timedelta(days=2), last, calendar) == pytest.approx(2880)

    def test_a_target_of_years_may_be_due_on_the_last_working_day_there_is(self):
        office = Calendar("Europe/Berlin", WEEKDAYS)

        assert due_at(berlin(9990, 6, 4, 10), 1_199_940, office) == berlin(9999, 12, 31, 17)
        with pytest.raises(OutOfTime):
            due_at(berlin(9990, 6, 4, 10), 1_199_941, office)

    def test_a_calendar_that_has_closed_for_ever_says_so(self):
        over = Calendar(
            "Europe/Berlin", WEEKDAYS, [(date(2026, 6, 6), date(9998, 12, 31)), (date(9999, 1, 1), date.max)]
        )

        assert due_at(berlin(2026, 6, 5, 16), 60, over) == berlin(2026, 6, 5, 17)
        with pytest.raises(NoWorkingTime):
            due_at(berlin(2026, 6, 5, 17), 1, over)


class TestCalendarAsAValue:
    def test_equal_hours_are_equal_calendars(self):
        split = Calendar(
            "UTC", {0: [(time(12), time(17)), [time(9), time(12)]]}, [date(2026, 1, 1), date(2026, 1, 2)]
        )
        whole = Calendar("UTC", {0: [(time(9), time(17))], 3: []}, [(date(2026, 1, 1), date(2026, 1, 2))])

        assert split == whole
        assert hash(split) == hash(whole)
        assert split != Calendar("Europe/Berlin", {0: [(time(9), time(17))]})

    def test_later_changes_of_its_arguments_do_not_reach_it(self):
        weekly, holidays = {0: [(time(9), time(17))]}, [date(2026, 6, 8)]
        calendar = Calendar("UTC", weekly, holidays)

        weekly[0].clear()
        holidays.clear()

        assert due_at(datetime(2026, 6, 8, tzinfo=UTC), 60, calendar) == datetime(2026, 6, 15, 10, tzinfo=UTC)
        with pytest.raises(AttributeError):
            calendar.timezone = "Europe/Berlin"
        with pytest.raises(TypeError):
            calendar.weekly[0] = ()

    def test_it_can_be_copied(self):
        calendar = Calendar("UTC", {0: [(time(9), time(17))]}, [((12, 24), (1, 6))])

        assert copy.deepcopy(calendar) == calendar
