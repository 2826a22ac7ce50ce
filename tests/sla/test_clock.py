"""What happens to promises as a ticket is paused, resolved, closed or cancelled; cases S9 to S18."""

from typing import Any

import pytest

from chalicelib.models.words import Metric
from chalicelib.sla import calendars
from chalicelib.sla.hours import business_minutes
from tests.sla.office import ALWAYS, OFFICE, about, armed, june, of, promising, started, sweep

DAY = promising(resolution=480)
FULL = promising(first_response=120, next_response=60, resolution=480, team_resolution=240)


def test_case_s9_a_pause_over_the_weekend_moves_the_due_time_by_the_working_time_it_took() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(5, 15))
    clock.resumed(june(8, 11))

    (target,) = clock.targets
    assert target.due_at == june(8, 14)
    assert target.paused_intervals == [(june(5, 15), june(8, 11))]


def test_case_s10_a_pause_wholly_outside_hours_changes_nothing() -> None:
    clock = started(DAY, june(5, 10))
    due = clock.targets[0].due_at

    clock.paused(june(5, 18))
    clock.resumed(june(7, 12))

    assert clock.targets[0].due_at == due == june(8, 10)


def test_case_s12_resolved_while_paused_the_pause_is_deducted_first() -> None:
    clock = started(DAY, june(5, 10))
    clock.paused(june(5, 12))

    clock.resolved(june(9, 12))

    (target,) = clock.targets
    assert target.fulfilled_at == june(9, 12)
    assert not target.paused
    assert target.paused_intervals == [(june(5, 12), june(9, 12))]
    assert target.due_at == june(10, 10)
    assert not target.breached_by(june(30, 12))
    used = business_minutes(target.started_at, target.fulfilled_at, OFFICE, target.paused_intervals)
    assert used == 120


def test_case_s13_breached_then_paused_then_resolved_late_stays_breached_and_is_told_once() -> None:
    clock = started(DAY, june(5, 10))
    told = sweep(clock, june(8, 10, 1))

    clock.paused(june(8, 11))
    clock.resumed(june(9, 11))
    told += sweep(clock, june(9, 11, 1))
    clock.resolved(june(9, 12))
    told += sweep(clock, june(10, 12))

    (target,) = clock.targets
    assert told == [("resolution", 1, 75), ("resolution", 1, 90), ("resolution", 1, 100)]
    assert clock.breaches == []
    assert target.breached_at == june(8, 10)
    assert target.breached_by(june(9, 12))


def test_case_s17_without_a_resolution_target_there_is_nothing_to_fail() -> None:
    clock = started(promising(first_response=60), june(5, 10))

    clock.answered(june(5, 10, 30))
    clock.resolved(june(30, 10))

    assert clock.resolution() is None
    assert [target.metric for target in clock.targets] == [Metric.FIRST_RESPONSE]
    assert clock.breaches == []


def test_case_s17_without_a_policy_there_is_no_promise() -> None:
    clock = started(None, june(5, 10))

    clock.paused(june(5, 11))
    clock.resolved(june(5, 12))
    clock.reopened(june(8, 12), None, about())

    assert clock.targets == []


def test_case_s17b_the_resolution_comment_is_the_first_response() -> None:
    clock = started(FULL, june(5, 10))

    clock.answered(june(5, 11))
    clock.resolved(june(5, 11))

    (first,) = of(clock, "first_response")
    assert first.fulfilled_at == june(5, 11)
    assert clock.breaches == []


def test_case_s18_a_cancelled_ticket_is_never_breached_later() -> None:
    clock = started(FULL, june(5, 10))

    clock.ended(june(5, 10, 30))

    assert sweep(clock, june(30, 10)) == []
    assert [target.ended_at for target in clock.targets] == [june(5, 10, 30)] * 3
    assert not any(target.fulfilled_at or target.breached_by(june(30, 10)) for target in clock.targets)


def test_case_s18_what_was_late_before_it_was_cancelled_is_told() -> None:
    clock = started(DAY, june(5, 10))

    clock.ended(june(8, 10, 0, 1))

    (target,) = clock.breaches
    assert (target.breached_at, target.breach.fired_at) == (june(8, 10), june(8, 10, 0, 1))
    assert sweep(clock, june(30, 10)) == []


def test_resolved_in_the_very_second_it_is_due_it_was_in_time() -> None:
    clock = started(DAY, june(5, 10))

    clock.resolved(june(8, 10))

    assert clock.breaches == []
    assert not clock.targets[0].breached_by(june(30, 10))


def test_resolved_late_before_the_sweep_came_the_breach_is_told_by_the_resolving() -> None:
    clock = started(DAY, june(5, 10))

    clock.resolved(june(8, 10, 0, 1))

    (target,) = clock.breaches
    assert target.breached_at == june(8, 10)
    assert sweep(clock, june(30, 10)) == []


def test_several_late_promises_are_told_in_the_order_of_their_due_times() -> None:
    clock = started(promising(resolution=60, team_resolution=30, first_response=45), june(5, 10))

    clock.ended(june(5, 12))

    assert [target.metric for target in clock.breaches] == ["team_resolution", "first_response", "resolution"]


def test_a_promise_is_due_and_warns_by_its_calendar() -> None:
    clock = started(DAY, june(5, 10))

    (target,) = clock.targets
    assert armed(target) == {75: june(5, 16), 90: june(8, 9, 12), 100: june(8, 10)}
    assert target.cycle == 1
    assert target.due_at == june(8, 10)


def test_warnings_and_breach_wait_while_the_ticket_does() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(5, 11))

    assert clock.targets[0].due_at is None
    assert sweep(clock, june(30, 12)) == []
    clock.resumed(june(8, 11))
    assert armed(clock.targets[0]) == {75: june(8, 16), 90: june(9, 9, 12), 100: june(9, 10)}


def test_the_first_response_never_pauses_and_all_else_does() -> None:
    clock = started(FULL, june(5, 10))
    clock.answered(june(5, 10, 10))
    clock.asked(june(5, 10, 20), FULL, about())
    unanswered = started(FULL, june(5, 10))

    clock.paused(june(5, 10, 30))
    unanswered.paused(june(5, 10, 30))

    assert {target.metric for target in clock.targets if target.paused} == {
        "next_response",
        "resolution",
        "team_resolution",
    }
    assert armed(of(unanswered, "first_response")[0])[100] == june(5, 12)


def test_pending_to_on_hold_is_one_pause() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(5, 11))
    clock.paused(june(5, 12))
    clock.resumed(june(5, 13))

    assert clock.targets[0].paused_intervals == [(june(5, 11), june(5, 13))]


def test_pauses_add_up() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(5, 11))
    clock.resumed(june(5, 12))
    clock.paused(june(5, 13))
    clock.resumed(june(5, 14))

    assert clock.targets[0].due_at == june(8, 12)


def test_paused_in_the_very_moment_it_was_due_it_is_due_when_work_goes_on() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(8, 10))
    clock.resolved(june(8, 15))

    assert clock.breaches == []
    assert clock.targets[0].due_at == june(8, 15)
    assert not clock.targets[0].breached_by(june(30, 10))


def test_a_late_ticket_that_is_paused_before_the_sweep_is_told_late_and_not_again() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(8, 10, 0, 1))
    clock.resumed(june(8, 12))

    assert [target.breached_at for target in clock.breaches] == [june(8, 10)]
    assert clock.targets[0].due_at == june(8, 10)
    assert sweep(clock, june(30, 10)) == []


def test_a_pause_of_no_length_leaves_no_trace() -> None:
    clock = started(DAY, june(5, 10))

    clock.paused(june(5, 11))
    clock.resumed(june(5, 11))

    assert clock.targets[0].paused_intervals == []
    assert armed(clock.targets[0])[100] == june(8, 10)


def test_resolving_without_a_word_gives_no_answer_and_owes_none() -> None:
    clock = started(FULL, june(5, 10))

    clock.resolved(june(5, 11))

    (first,) = of(clock, "first_response")
    assert (first.fulfilled_at, first.ended_at) == (None, june(5, 11))
    assert sweep(clock, june(30, 10)) == []


def test_closing_from_an_active_state_fulfils_the_work_and_ends_the_answers() -> None:
    clock = started(FULL, june(5, 10))

    clock.closed(june(5, 11))

    assert {target.metric.value: bool(target.fulfilled_at) for target in clock.targets} == {
        "first_response": False,
        "resolution": True,
        "team_resolution": True,
    }
    assert not any(target.running or armed(target) for target in clock.targets)


def test_closing_what_is_resolved_changes_nothing() -> None:
    clock = started(FULL, june(5, 10))
    clock.answered(june(5, 11))
    clock.resolved(june(5, 11))
    for target in clock.targets:
        target.changed = False

    clock.closed(june(12, 11))

    assert not any(target.changed for target in clock.targets)
    assert clock.breaches == []


def test_a_verb_that_waited_for_a_faster_one_counts_from_there() -> None:
    clock = started(DAY, june(5, 10))
    clock.paused(june(5, 11))
    clock.resumed(june(5, 12, 0, 5))

    clock.paused(june(5, 12))  # its transaction had begun before
    clock.resumed(june(5, 12, 0, 4))

    assert clock.targets[0].paused_intervals == [(june(5, 11), june(5, 12, 0, 5))]
    assert clock.targets[0].due_at == june(8, 11, 0, 5)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("paused", ()),
        ("answered", ()),
        ("resolved", ()),
        ("closed", ()),
        ("ended", ()),
        ("asked", (FULL, about())),
        ("transferred", (FULL, about())),
        ("recomputed", (None, about())),
        ("recomputed", (promising(next_response=1, first_response=1), about())),
    ],
)
def test_nothing_happens_before_what_happened_before_it(verb: str, arguments: tuple[Any, ...]) -> None:
    clock = started(FULL, june(5, 10))
    noticed = june(5, 11, 45)
    sweep(clock, noticed)
    clock.was_answered = True
    known = {id(target) for target in clock.targets}

    getattr(clock, verb)(june(5, 11), *arguments)

    moments = [target.finished_at or target.paused_at for target in clock.targets]
    moments += [target.started_at for target in clock.targets if id(target) not in known]
    assert {moment for moment in moments if moment} == {noticed}


def test_a_resumption_that_waited_for_the_sweep_comes_after_it() -> None:
    clock = started(FULL, june(5, 10))
    clock.paused(june(5, 11))
    sweep(clock, june(5, 11, 45))

    clock.resumed(june(5, 11, 44))

    assert of(clock, "resolution")[0].paused_intervals == [(june(5, 11), june(5, 11, 45))]


def test_a_ticket_reopened_by_one_who_waited_for_the_resolving_comes_back_after_it() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 12))

    clock.reopened(june(5, 11, 59), DAY, about())

    assert clock.resolution().started_at == june(5, 12)


def test_a_resolution_that_waited_for_the_sweep_came_after_the_breach() -> None:
    clock = started(DAY, june(5, 10))
    sweep(clock, june(8, 10, 0, 2))

    clock.resolved(june(8, 9, 59, 59))  # its transaction had begun before the due time

    (target,) = clock.targets
    assert target.fulfilled_at == june(8, 10, 0, 2)
    assert target.due_at < target.fulfilled_at


def test_a_promise_of_more_than_a_hundred_years_is_never_due() -> None:
    hopeless = promising(always=True, resolution=60 * 24 * 366 * 120)

    clock = started(hopeless, june(5, 10))
    clock.paused(june(5, 11))
    clock.resumed(june(5, 12))

    assert clock.targets[0].due_at is None
    assert armed(clock.targets[0]) == {75: clock.targets[0].steps[0].at}
    clock.resolved(june(5, 13))
    assert business_minutes(june(5, 10), june(5, 13), ALWAYS, clock.targets[0].paused_intervals) == 120
    assert clock.breaches == []


def test_where_a_calendar_stops_working_for_good_nothing_more_is_due() -> None:
    clock = started(DAY, june(5, 10))
    given_up = calendars.parse(
        "UTC", {"0": [["09:00", "17:00"]]}, [{"from": "2026-06-05", "to": "9999-12-31"}]
    )
    clock.calendars[clock.targets[0].calendar_id] = given_up

    clock.paused(june(5, 11))
    clock.resumed(june(5, 12))

    assert clock.targets[0].due_at is None
    assert armed(clock.targets[0]) == {}
