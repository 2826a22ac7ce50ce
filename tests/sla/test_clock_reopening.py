"""Reopening goes on with what was left; teams hold a ticket one after the other."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.sla.clock import Clock
from tests.sla.office import ALWAYS, OFFICE_ID, about, armed, june, of, promising, started, sweep

DAY = promising(resolution=480)
BOTH = promising(first_response=120, resolution=480)
OLA = promising(resolution=4800, team_resolution=240)


def test_reopened_after_days_it_has_the_business_time_that_was_left() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 15))

    clock.reopened(june(10, 10), DAY, about())

    once, again = of(clock, "resolution")
    assert once.fulfilled_at == june(5, 15)
    assert (again.cycle, again.minutes) == (2, 180)
    assert (again.started_at, again.due_at) == (june(10, 10), june(10, 13))
    assert armed(again)[100] == june(10, 13)
    assert clock.resolution() is again


def test_pauses_before_the_resolution_are_not_held_against_the_reopened_ticket() -> None:
    clock = started(DAY, june(5, 10))
    clock.paused(june(5, 11))
    clock.resolved(june(8, 12))

    clock.reopened(june(10, 9), DAY, about())

    assert clock.resolution().minutes == 420


def test_reopened_again_each_cycle_takes_from_the_same_promise() -> None:
    clock = started(DAY, june(5, 9))
    clock.resolved(june(5, 12))
    clock.reopened(june(8, 9), DAY, about())
    clock.resolved(june(8, 11))

    clock.reopened(june(9, 9), DAY, about())

    assert [target.minutes for target in of(clock, "resolution")] == [480, 300, 180]


@pytest.mark.parametrize("resolved", [june(5, 17), june(8, 16)], ids=["in the last second", "late"])
def test_reopened_with_nothing_left_it_is_breached_at_once_without_a_word(resolved: datetime) -> None:
    clock = started(DAY, june(5, 9))
    clock.resolved(resolved)
    told = len(clock.breaches)

    clock.reopened(june(10, 10), DAY, about())

    again = clock.resolution()
    assert (again.minutes, again.due_at, again.breached_at) == (0, june(10, 10), june(10, 10))
    assert again.breached_by(june(10, 10))
    assert sweep(clock, june(30, 10)) == []
    clock.resolved(june(10, 11))
    assert len(clock.breaches) == told


def test_a_cancelled_ticket_that_comes_back_goes_on_where_it_stopped() -> None:
    policy = promising(first_response=120, resolution=480)
    clock = started(policy, june(5, 10))
    clock.ended(june(5, 11))

    clock.reopened(june(8, 9), policy, about())

    assert [target.minutes for target in of(clock, "first_response")] == [120, 60]
    assert [target.minutes for target in of(clock, "resolution")] == [480, 420]


def test_reopening_asks_for_no_second_first_response() -> None:
    policy = promising(first_response=120, resolution=480)
    clock = started(policy, june(5, 10))
    clock.answered(june(5, 11))
    clock.resolved(june(5, 11))

    clock.reopened(june(8, 9), policy, about())

    assert len(of(clock, "first_response")) == 1


@pytest.mark.parametrize("verb", ["ended", "resolved", "closed"])
def test_a_ticket_that_left_while_it_waited_is_not_paused_once_it_is_back(verb: str) -> None:
    clock = started(DAY, june(5, 10))
    clock.paused(june(5, 11))
    clock.recomputed(june(5, 12), None, about())
    getattr(clock, verb)(june(5, 13))

    clock.reopened(june(8, 9), DAY, about())

    assert clock.resolution().due_at == june(8, 16)


def test_reopening_what_nothing_was_promised_for_begins_now() -> None:
    clock = started(None, june(5, 10))
    clock.resolved(june(5, 11))

    clock.reopened(june(8, 9), DAY, about())

    assert (clock.resolution().cycle, clock.resolution().due_at) == (1, june(8, 17))


def test_reopening_what_still_runs_changes_nothing() -> None:
    clock = started(OLA, june(5, 10))

    clock.reopened(june(5, 11), OLA, about())

    assert [target.cycle for target in clock.targets] == [1, 1]


def test_reopening_begins_no_first_response_that_nobody_had_promised() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 11))

    clock.reopened(june(8, 9), promising(first_response=60, resolution=480), about())

    assert of(clock, "first_response") == []


def test_minutes_given_to_the_ticket_while_it_was_resolved_count_once_it_is_back() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 12))

    clock.reopened(june(8, 9), DAY, about(sla_minutes=150))

    assert (clock.resolution().minutes, clock.resolution().due_at) == (30, june(8, 9, 30))


def test_promised_again_after_it_came_back_without_a_promise_it_goes_on_with_what_was_left() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 15))
    clock.reopened(june(8, 9), None, about())

    clock.recomputed(june(8, 10), DAY, about())

    assert (clock.resolution().cycle, clock.resolution().minutes) == (2, 180)


def test_promised_again_while_it_waits_it_begins_when_work_does() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 15))
    clock.reopened(june(8, 9), None, about())

    clock.recomputed(june(8, 10), DAY, about(paused=True))
    clock.resumed(june(9, 9))

    assert clock.resolution().due_at == june(9, 12)


def test_reopening_without_a_promise_now_starts_nothing() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 11))

    clock.reopened(june(8, 9), None, about())

    assert len(clock.targets) == 1


def test_what_was_left_is_still_what_was_left_after_another_priority() -> None:
    policy = promising(resolution={"high": 480, "low": 960})
    clock = started(policy, june(5, 9))
    clock.resolved(june(5, 14))
    clock.reopened(june(8, 9), policy, about())

    clock.recomputed(june(8, 10), policy, about(priority="low"))

    assert clock.resolution().minutes == 960 - 300
    clock.recomputed(june(8, 10), policy, about(priority="high"))
    assert clock.resolution().minutes == 180


def test_each_team_that_holds_the_ticket_has_a_promise_of_its_own() -> None:
    clock = started(OLA, june(5, 10))

    clock.transferred(june(5, 12), OLA, about())

    first, second = of(clock, "team_resolution")
    assert (first.fulfilled_at, first.ended_at) == (None, june(5, 12))
    assert (second.cycle, second.started_at, second.due_at) == (2, june(5, 12), june(5, 16))
    assert len(of(clock, "resolution")) == 1


def test_a_team_that_hands_it_on_late_was_late() -> None:
    clock = started(OLA, june(5, 10))

    clock.transferred(june(5, 15), OLA, about())

    assert [(target.metric, target.cycle) for target in clock.breaches] == [("team_resolution", 1)]


def test_a_ticket_handed_on_while_it_waits_waits_for_the_new_team_too() -> None:
    clock = started(OLA, june(5, 10))
    clock.paused(june(5, 11))

    clock.transferred(june(5, 12), OLA, about())
    clock.resumed(june(8, 9))

    assert [target.paused_intervals for target in of(clock, "team_resolution")] == [
        [(june(5, 11), june(5, 12))],
        [(june(5, 12), june(8, 9))],
    ]
    assert of(clock, "team_resolution")[1].due_at == june(8, 13)


def test_resolving_meets_the_promise_of_the_team_that_holds_it() -> None:
    clock = started(OLA, june(5, 10))
    clock.transferred(june(5, 12), OLA, about())

    clock.resolved(june(5, 13))

    assert [target.fulfilled_at for target in of(clock, "team_resolution")] == [None, june(5, 13)]


def test_a_team_whose_ticket_is_reopened_begins_anew() -> None:
    clock = started(OLA, june(5, 10))
    clock.resolved(june(5, 13))

    clock.reopened(june(8, 9), OLA, about())

    assert [target.minutes for target in of(clock, "team_resolution")] == [240, 240]


def test_handing_on_to_a_team_without_a_promise_ends_the_old_one() -> None:
    clock = started(OLA, june(5, 10))

    clock.transferred(june(5, 12), DAY, about())

    (held,) = of(clock, "team_resolution")
    assert held.ended_at == june(5, 12)
    clock.paused(june(5, 13))
    assert not held.paused


def test_a_team_that_had_no_promise_gets_one_from_the_moment_it_is_made() -> None:
    clock = started(OLA, june(5, 10))
    clock.transferred(june(5, 12), DAY, about())

    clock.recomputed(june(5, 13), OLA, about())

    assert [target.due_at for target in of(clock, "team_resolution")] == [june(5, 14), june(5, 17)]


def test_another_priority_takes_nothing_from_a_team_for_what_the_one_before_it_used() -> None:
    policy = promising(team_resolution={"high": 240, "low": 480})
    clock = started(policy, june(5, 10))
    clock.transferred(june(5, 12), policy, about())

    clock.recomputed(june(5, 13), policy, about(priority="low"))

    assert of(clock, "team_resolution")[1].minutes == 480


def test_what_a_finished_cycle_used_stands_though_its_calendar_is_changed_afterwards() -> None:
    clock = started(DAY, june(5, 10))
    clock.paused(june(5, 11))
    clock.resolved(june(8, 12))
    (once,) = of(clock, "resolution")
    assert once.used_minutes == 60

    changed = replace(DAY, calendar=ALWAYS)
    again = Clock(clock.targets, {OFFICE_ID: ALWAYS})
    again.reopened(june(10, 9), changed, about())

    assert (again.resolution().minutes, again.resolution().due_at) == (420, june(10, 16))
    assert again.resolution().used_minutes is None


def test_what_a_row_of_old_does_not_say_it_used_is_counted() -> None:
    clock = started(DAY, june(5, 10))
    clock.resolved(june(5, 15))
    clock.targets[0].used_minutes = None

    clock.reopened(june(10, 10), DAY, about())

    assert clock.resolution().minutes == 180


def test_a_first_response_promised_again_while_the_ticket_waits_runs() -> None:
    clock = started(promising(first_response=60, resolution=480), june(5, 10))
    clock.ended(june(5, 10, 20))
    clock.reopened(june(5, 11), promising(resolution=480), about())
    clock.paused(june(5, 12))

    clock.recomputed(june(5, 13), promising(first_response=60, resolution=480), about())

    first = of(clock, "first_response")[-1]
    assert (first.cycle, first.paused, first.due_at) == (2, False, june(5, 13, 40))
    assert of(clock, "resolution")[-1].paused


@pytest.mark.parametrize("verb", ["ended", "resolved", "closed"])
@pytest.mark.parametrize("at_once", [True, False], ids=["by the reopening", "later"])
def test_withdrawn_and_back_it_counts_no_day_on_which_the_ticket_was_over(verb: str, at_once: bool) -> None:
    clock = started(BOTH, june(5, 10))
    clock.recomputed(june(5, 11), promising(next_response=60), about())
    getattr(clock, verb)(june(5, 11, 30))
    clock.ended(june(8, 16))  # deleted as well

    clock.reopened(june(9, 9), BOTH if at_once else None, about())
    clock.recomputed(june(9, 9, 15), BOTH, about())

    (first,), (resolution,) = of(clock, "first_response"), of(clock, "resolution")
    assert (first.due_at, first.breached_by(june(9, 9, 15))) == (june(9, 9, 30), False)
    assert (resolution.started_at, resolution.due_at) == (june(5, 10), june(9, 15, 30))
    clock.paused(june(9, 9, 20))
    assert not first.paused


def test_withdrawn_and_restored_while_it_waits_it_goes_on_waiting() -> None:
    clock = started(DAY, june(5, 10))
    clock.recomputed(june(5, 11), None, about())
    clock.paused(june(5, 12))
    clock.ended(june(5, 13))

    clock.reopened(june(8, 9), DAY, about(paused=True))

    assert clock.resolution().paused
    clock.resumed(june(9, 9))
    assert clock.resolution().due_at == june(9, 15)


def test_a_first_response_that_staff_gave_unseen_stays_withdrawn_when_the_ticket_is_back() -> None:
    clock = started(BOTH, june(5, 10))
    clock.recomputed(june(5, 11), None, about())
    again = Clock(clock.targets, clock.calendars, was_answered=True)
    again.ended(june(5, 12))

    again.reopened(june(8, 9), BOTH, about())

    assert [(target.running, target.paused) for target in of(again, "first_response")] == [(False, False)]


@pytest.mark.parametrize("promised", [True, False], ids=["which promises", "which promises nothing yet"])
def test_what_was_withdrawn_from_one_team_is_no_other_team_s(promised: bool) -> None:
    clock = started(OLA, june(5, 10))
    clock.recomputed(june(5, 11), DAY, about())
    clock.paused(june(5, 11, 30))
    clock.resumed(june(5, 12))

    clock.transferred(june(5, 15), OLA if promised else DAY, about())
    clock.recomputed(june(5, 15), OLA, about())

    first, second = of(clock, "team_resolution")
    assert (first.ended_at, first.breached_by(june(30, 10))) == (june(5, 11), False)
    assert (second.started_at, second.due_at) == (june(5, 15), june(8, 11))


def test_what_was_withdrawn_from_a_team_begins_anew_when_the_ticket_is_back() -> None:
    clock = started(OLA, june(5, 10))
    clock.recomputed(june(5, 11), DAY, about())
    clock.resolved(june(5, 12))
    clock.reopened(june(8, 9), DAY, about())

    clock.recomputed(june(8, 10), OLA, about())

    assert of(clock, "team_resolution")[-1].due_at == june(8, 14)


def test_a_promise_that_is_never_due_counts_no_day_on_which_the_ticket_was_over_either() -> None:
    clock = started(DAY, june(5, 10), sla_minutes=10**9)
    clock.ended(june(5, 12))

    clock.reopened(june(9, 9), DAY, about())

    assert clock.resolution().due_at == june(9, 15)
