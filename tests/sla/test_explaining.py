"""What each promise of a ticket says of itself: figures, and the stretches of time that made them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models.words import Metric
from chalicelib.sla import calendars
from chalicelib.sla.clock import Clock
from chalicelib.sla.explaining import MOST_INTERVALS, MOST_TOLD, explain
from tests.sla.examples import examples
from tests.sla.office import OFFICE_ID, about, june, promising, started

POLICY = promising(resolution=480)


def told(clock: Clock, now: datetime) -> list[dict[str, Any]]:
    named = {id: ("Office", calendar) for id, calendar in clock.calendars.items()}
    return explain(clock.targets, named, now)


def one(clock: Clock, now: datetime) -> dict[str, Any]:
    (explained,) = told(clock, now)
    return explained


def kinds(stretch: dict[str, Any]) -> list[tuple[str, str, float]]:
    return [(each["kind"], each["reason"], each["minutes"]) for each in stretch["intervals"]]


def gapless(stretch: dict[str, Any], start: datetime, end: datetime) -> bool:
    edges = [(each["start"], each["end"]) for each in stretch["intervals"]]
    starts, ends = [since for since, _ in edges], [until for _, until in edges]
    return [start, *ends] == [*starts, end]


def test_a_pause_over_the_weekend_is_told_apart_from_the_closed_hours() -> None:
    clock = started(POLICY, june(5, 10))
    clock.paused(june(5, 15))
    clock.resumed(june(8, 11))

    target = one(clock, june(8, 12))

    assert target["due_at"] == june(8, 14)
    assert kinds(target["explain"]) == [
        ("counted", "within_hours", 300),
        ("paused", "paused", 120),
        ("closed", "outside_hours", 3840),
        ("paused", "paused", 120),
        ("counted", "within_hours", 180),
    ]
    assert gapless(target["explain"], june(5, 10), june(8, 14))
    figures = ("goal", "elapsed", "remaining", "breached", "paused", "within_hours", "overtime", "adds_up")
    assert [target[name] for name in figures] == [480, 360, 120, False, False, True, None, True]


def test_while_paused_there_is_no_due_time_and_the_time_until_now_is_told() -> None:
    clock = started(POLICY, june(5, 10))
    clock.paused(june(5, 15))

    target = one(clock, june(8, 10))

    assert (target["due_at"], target["paused"], target["elapsed"], target["remaining"]) == (
        None,
        True,
        300,
        180,
    )
    assert gapless(target["explain"], june(5, 10), june(8, 10))
    assert (target["explain"]["counted"], target["explain"]["paused"]) == (300, 180)


def test_once_late_the_overtime_is_told_beside_what_adds_up_to_the_goal() -> None:
    clock = started(promising(resolution=60), june(5, 16, 30))

    target = one(clock, june(8, 10))

    assert target["explain"]["counted"] == 60
    assert (target["breached"], target["remaining"]) == (True, -30)
    assert kinds(target["overtime"]) == [("counted", "within_hours", 30)]
    assert gapless(target["overtime"], june(8, 9, 30), june(8, 10))


def test_outside_its_hours_it_says_so() -> None:
    clock = started(POLICY, june(5, 10))

    assert one(clock, june(6, 12))["within_hours"] is False


def test_what_was_kept_has_its_own_end_and_the_due_time_that_was_promised() -> None:
    clock = started(POLICY, june(5, 10))
    clock.resolved(june(5, 12))

    target = one(clock, june(20, 12))

    assert (target["elapsed"], target["remaining"], target["overtime"]) == (120, 360, None)
    assert (target["fulfilled_at"], target["due_at"]) == (june(5, 12), june(8, 10))
    assert target["explain"]["counted"] == 480


def test_a_reopened_promise_says_what_was_used_before() -> None:
    clock = started(POLICY, june(5, 10))
    clock.resolved(june(5, 12))
    clock.reopened(june(8, 9), POLICY, about())

    first, second = told(clock, june(8, 9, 30))

    assert (first["cycle"], first["goal"], first["used_before"]) == (1, 480, 0)
    assert (second["cycle"], second["goal"], second["used_before"], second["elapsed"]) == (2, 360, 120, 30)
    assert second["explain"]["counted"] == 360


def test_what_was_withdrawn_is_told_to_its_end() -> None:
    clock = started(POLICY, june(5, 10))
    clock.recomputed(june(5, 11), None, about())

    target = one(clock, june(8, 9))

    assert (target["due_at"], target["ended_at"]) == (None, june(5, 11))
    assert gapless(target["explain"], june(5, 10), june(5, 11))


def test_holidays_have_their_names() -> None:
    hours = {str(day): [["09:00", "17:00"]] for day in range(5)}
    calendar = calendars.parse("Europe/Berlin", hours, [{"from": "2026-06-08", "name": "Pentecost"}])
    clock = started(replace(POLICY, calendar=calendar), june(5, 10))

    target = one(clock, june(5, 11))

    assert target["due_at"] == june(9, 10)
    names = [(each["reason"], each["name"]) for each in target["explain"]["intervals"] if each["name"]]
    assert names == [("holiday", "Pentecost")]


def test_a_finished_promise_on_a_calendar_that_changed_since_says_so() -> None:
    clock = started(POLICY, june(5, 10))
    clock.resolved(june(5, 12))
    clock.calendars[OFFICE_ID] = calendars.parse("Europe/Berlin", {"4": [["10:00", "12:00"]]})

    target = one(clock, june(8, 9))

    assert target["due_at"] == june(8, 10)
    assert (target["elapsed"], target["remaining"]) == (120, 360)
    assert target["adds_up"] is False


def test_a_calendar_that_changed_what_was_used_but_not_the_whole_does_not_add_up_either() -> None:
    clock = started(POLICY, june(5, 10))
    clock.resolved(june(5, 12))
    later = {"4": [["11:00", "17:00"]], "0": [["08:00", "10:00"]]}
    clock.calendars[OFFICE_ID] = calendars.parse("Europe/Berlin", later)

    target = one(clock, june(8, 9))

    assert target["explain"]["counted"] == 480
    assert target["elapsed"] == 120
    assert target["adds_up"] is False


def test_what_earlier_cycles_used_is_told_by_the_calendar_of_then() -> None:
    clock = started(POLICY, june(5, 10))
    clock.resolved(june(5, 15))
    clock.calendars[OFFICE_ID] = calendars.parse("Europe/Berlin", {"4": [["14:00", "17:00"]]})
    clock.reopened(june(12, 14), replace(POLICY, calendar=clock.calendars[OFFICE_ID]), about())

    _, again = told(clock, june(12, 15))

    assert (again["goal"], again["used_before"], again["elapsed"]) == (180, 300, 60)
    assert again["adds_up"] is True


def test_ten_years_of_office_hours_are_cut_and_still_add_up() -> None:
    clock = started(promising(resolution=1_000_000), june(5, 10))

    target = one(clock, june(5, 11))

    assert len(target["explain"]["intervals"]) == MOST_INTERVALS
    assert target["explain"]["truncated"] is True
    assert target["explain"]["counted"] == 1_000_000
    assert target["adds_up"] is True


def test_a_stretch_that_is_told_whole_says_so() -> None:
    clock = started(POLICY, june(5, 10))

    assert one(clock, june(5, 11))["explain"]["truncated"] is False


def test_of_very_many_cycles_the_newest_are_told_and_all_add_up() -> None:
    clock = started(promising(resolution=1_000_000), june(5, 10))
    for minute in range(1, 58, 2):
        clock.resolved(june(5, 11, minute))
        clock.reopened(june(5, 11, minute + 1), promising(resolution=1_000_000), about())

    cycles = [each["explain"] for each in told(clock, june(5, 13))]

    numbers = [len(each["intervals"]) for each in cycles]
    assert numbers == [0] * 20 + [MOST_INTERVALS] * 10
    assert sum(numbers) == MOST_TOLD
    assert all(each["truncated"] for each in cycles)
    assert [each["counted"] for each in cycles] == [each["goal"] for each in told(clock, june(5, 13))]


def test_what_would_take_more_than_a_hundred_years_is_never_due_and_is_told_to_now() -> None:
    weekly = calendars.parse("UTC", {"0": [["09:00", "09:01"]]})
    clock = started(replace(promising(resolution=10_000), calendar=weekly), june(5, 10))

    target = one(clock, june(9, 10))

    assert (target["due_at"], target["breached"], target["paused"]) == (None, False, False)
    assert (target["goal"], target["elapsed"], target["remaining"]) == (10_000, 1, 9999)
    assert gapless(target["explain"], june(5, 10), june(9, 10))
    assert target["steps"] == []
    clock.resolved(june(9, 11))
    assert one(clock, june(9, 12))["breached"] is False


def test_metrics_come_in_one_order_and_cycles_by_number() -> None:
    clock = started(promising(resolution=60, first_response=30, team_resolution=20), june(5, 10))

    metrics = [target["metric"] for target in told(clock, june(5, 11))]

    assert metrics == [Metric.FIRST_RESPONSE, Metric.RESOLUTION, Metric.TEAM_RESOLUTION]


MOMENTS = st.integers(0, 60 * 24 * 20).map(lambda minute: june(1, 0) + timedelta(minutes=minute))


@examples
@given(
    start=MOMENTS,
    minutes=st.integers(1, 5000),
    pauses=st.lists(st.tuples(MOMENTS, MOMENTS), max_size=4),
    later=st.integers(0, 60 * 24 * 30),
)
def test_the_counted_minutes_always_add_up_to_the_goal(
    start: datetime, minutes: int, pauses: list[tuple[datetime, datetime]], later: int
) -> None:
    clock = started(promising(resolution=minutes), start)
    now = start
    for since, until in sorted((min(pause), max(pause)) for pause in pauses):
        if since >= now:
            clock.paused(since)
            clock.resumed(until)
            now = until
    now += timedelta(minutes=later)

    target = one(clock, now)

    assert target["adds_up"] is True
    assert abs(target["explain"]["counted"] - minutes) < 1e-6
    assert gapless(target["explain"], start, target["due_at"])
    late = target["overtime"]["counted"] if target["overtime"] else 0
    assert abs(late - max(0, target["elapsed"] - minutes)) < 1e-6
