"""Hours and holidays as JSON: what can be read, and what is refused with a sentence."""

from datetime import date, time
from typing import Any

import pytest

from chalicelib.sla.calendars import parse, read
from chalicelib.sla.hours import DateRange, NoWorkingTime, UnknownTimeZone, YearlyRange
from tests.support.for_each import for_each

MONDAY = {"0": [["09:00", "17:00"]]}


def test_windows_are_times_of_day_and_24_00_closes_one() -> None:
    calendar = parse(
        "Europe/Berlin", {"0": [["09:00", "12:30"], ["13:30:15", "24:00"]], "4": [["22:00", "06:00"]]}
    )

    assert calendar.timezone == "Europe/Berlin"
    assert dict(calendar.weekly) == {
        0: ((time(9), time(12, 30)), (time(13, 30, 15), time.max)),
        4: ((time(22), time(6)),),
    }


def test_holidays_are_dates_ranges_and_yearly_ranges_with_or_without_a_name() -> None:
    calendar = parse(
        "UTC",
        MONDAY,
        [
            "2026-12-25",
            {"from": "2026-08-03", "to": "2026-08-14", "name": "Works holiday"},
            {"from": "2026-10-03"},
            {"yearly_from": "12-24", "yearly_to": "01-02"},
            {"yearly_from": "05-01", "name": "Labour Day"},
        ],
    )

    assert calendar.holidays.entries == (
        DateRange(date(2026, 12, 25), date(2026, 12, 25)),
        DateRange(date(2026, 8, 3), date(2026, 8, 14), "Works holiday"),
        DateRange(date(2026, 10, 3), date(2026, 10, 3)),
        YearlyRange((12, 24), (1, 2)),
        YearlyRange((5, 1), (5, 1), "Labour Day"),
    )


@for_each(
    "weekly",
    [
        {"7": [["09:00", "17:00"]]},
        {"monday": [["09:00", "17:00"]]},
        {"0": "09:00-17:00"},
        {"0": [["09:00"]]},
        {"0": ["09:00", "17:00"]},
        {"0": [["24:00", "17:00"]]},
        {"0": [["9:00", "17:00"]]},
        {"0": [["09", "17:00"]]},
        {"0": [["0900", "17:00"]]},
        {"0": [["25:00", "26:00"]]},
        {"0": [["09:00+01:00", "17:00"]]},
        {"0": [[9, 17]]},
    ],
    ids=str,
)
def test_hours_that_make_no_sense_are_refused(weekly: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a weekday is|the hours of a day|a window is|a time of day"):
        parse("UTC", weekly)


@for_each(
    "holiday",
    [
        "25.12.2026",
        "20261225",
        "2026-02-30",
        "2026-12-25T00:00",
        20261225,
        {"on": "2026-12-25"},
        {"from": "2026-12-27", "to": "2026-12-24"},
        {"yearly_from": "13-01"},
        {"yearly_from": "1224", "yearly_to": "01-02"},
        {"yearly_from": "02-30"},
        {"yearly_from": 1224},
        ["2026-12-24", "2026-12-25"],
        None,
    ],
    ids=str,
)
def test_holidays_that_make_no_sense_are_refused(holiday: Any) -> None:
    with pytest.raises(ValueError, match=r"holiday|a date looks like|a day of the year"):
        parse("UTC", MONDAY, [holiday])


@pytest.mark.parametrize("weekly", [{}, {"0": []}])
def test_case_s16_a_calendar_without_a_working_day_is_refused(weekly: dict[str, Any]) -> None:
    with pytest.raises(NoWorkingTime):
        parse("UTC", weekly)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownTimeZone):
        parse("Europe/Berlim", MONDAY)


def test_the_same_hours_are_the_same_object_and_others_are_not() -> None:
    tuesday = {"1": [["09:00", "12:00"]]}
    stored = {"timezone": "UTC", "weekly": MONDAY | tuesday, "holidays": []}

    assert read(stored) is read({"holidays": [], "weekly": tuesday | MONDAY, "timezone": "UTC"})
    assert read(stored) != read({**stored, "holidays": ["2026-06-08"]})
