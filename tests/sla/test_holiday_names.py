"""What holidays are called: by the first of those that cover a day and have a name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sla.holiday_names import names_of
from chalicelib.sla.holidays import EPOCH_ORDINAL, DateRange, Holidays, YearlyRange
from tests.support.work import calls

NAMES = st.sampled_from(["", "Eve", "Day", "Bridge"])
DATES = st.dates(date(2026, 12, 15), date(2027, 1, 15))
DATED = st.builds(
    lambda one, other, name: DateRange(min(one, other), max(one, other), name), DATES, DATES, NAMES
)
MONTH_DAYS = st.sampled_from([(12, 20), (12, 24), (12, 31), (1, 1), (1, 6), (2, 29)])
YEARLY = st.builds(YearlyRange, MONTH_DAYS, MONTH_DAYS, NAMES)


def number(day: date) -> int:
    return day.toordinal() - EPOCH_ORDINAL


def covers(entry: DateRange | YearlyRange, day: date) -> bool:
    if isinstance(entry, DateRange):
        return entry.first <= day <= entry.last
    edges, of_year = (entry.first, entry.last), (day.month, day.day)
    return edges[0] <= of_year <= edges[1] if edges[0] <= edges[1] else not edges[1] < of_year < edges[0]


@given(st.lists(st.one_of(DATED, YEARLY), max_size=8))
def test_the_first_named_one_that_covers_a_day_names_it(entries: list[DateRange | YearlyRange]) -> None:
    names = names_of(Holidays(entries))

    for day in (date(2026, 12, 10) + timedelta(n) for n in range(45)):
        expected = next((entry.name for entry in entries if entry.name and covers(entry, day)), "")
        assert names.of(number(day)) == expected


def test_a_thousand_holidays_name_ten_years_by_a_few_steps_a_day() -> None:
    entries = [
        YearlyRange((1 + n % 12, 1 + n % 28), (1 + n % 12, 1 + n % 28), f"Day {n}") for n in range(500)
    ]
    entries += [
        DateRange(date(2026, 1, 1) + timedelta(7 * n), date(2026, 1, 2) + timedelta(7 * n))
        for n in range(500)
    ]
    first = number(date(2026, 1, 1))

    names = names_of(Holidays(entries))
    told: list[str] = []

    made = calls(lambda: told.extend(names.of(first + n) for n in range(3650)))

    assert made < 30 * 3650  # each day by a walk over all of them took minutes
    assert told[0] == "Day 0"


@pytest.mark.parametrize("edge", [(2, 30), (13, 1), [12, 24], (12.0, 24), (12,), ([], 1), "12-24"])
def test_a_day_that_no_year_has_is_refused(edge: object) -> None:
    with pytest.raises(ValueError, match="a yearly holiday runs from"):
        YearlyRange(edge, (12, 31))  # type: ignore[arg-type]
