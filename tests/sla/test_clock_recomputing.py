"""Another priority, policy or number of minutes: same start, same pauses, other due times."""

from dataclasses import replace
from uuid import UUID

import pytest

from chalicelib.sla.announcing import number
from chalicelib.sla.clock import Clock
from tests.sla.office import about, armed, june, of, promising, started, sweep

ANSWER = promising(next_response=60)
BOTH = promising(resolution={"high": 480, "low": 960, "urgent": 120})


def test_a_change_of_priority_after_a_pause_counts_from_the_original_start_and_keeps_the_pause() -> None:
    clock = started(BOTH, june(5, 10))
    clock.paused(june(5, 11))
    clock.resumed(june(5, 13))

    clock.recomputed(june(5, 14), BOTH, about(priority="low"))

    (target,) = clock.targets
    assert (target.minutes, target.started_at, target.due_at) == (960, june(5, 10), june(9, 12))
    assert target.paused_intervals == [(june(5, 11), june(5, 13))]


def test_a_change_of_priority_while_paused_shows_once_work_goes_on() -> None:
    clock = started(BOTH, june(5, 10))
    clock.paused(june(5, 11))

    clock.recomputed(june(5, 12), BOTH, about(priority="low"))

    assert clock.targets[0].due_at is None
    assert armed(clock.targets[0]) == {}
    clock.resumed(june(5, 13))
    assert clock.targets[0].due_at == june(9, 12)


def test_only_steps_that_have_not_fired_are_armed_again() -> None:
    clock = started(BOTH, june(5, 10))
    sweep(clock, june(5, 16, 30))  # 75 % of 480 minutes

    clock.recomputed(june(5, 16, 40), BOTH, about(priority="low"))

    assert armed(clock.targets[0]) == {90: june(8, 16, 24), 100: june(9, 10)}


def test_a_shorter_promise_that_has_run_out_is_left_to_the_sweep_once() -> None:
    clock = started(BOTH, june(5, 10))

    clock.recomputed(june(5, 15), BOTH, about(priority="urgent"))

    assert clock.breaches == []
    assert clock.targets[0].breached_by(june(5, 15))
    told = sweep(clock, june(5, 15, 1))
    assert told == [("resolution", 1, 75), ("resolution", 1, 90), ("resolution", 1, 100)]
    assert sweep(clock, june(5, 15, 2)) == []


def test_what_was_late_stays_late_though_the_promise_grows() -> None:
    clock = started(BOTH, june(5, 10))

    clock.recomputed(june(8, 11), BOTH, about(priority="low"))

    (target,) = clock.breaches
    assert (target.breached_at, target.due_at) == (june(8, 10), june(9, 10))
    assert target.breached_by(june(8, 11))
    assert armed(target) == {}
    assert sweep(clock, june(30, 10)) == []


def test_minutes_of_the_ticket_itself_go_before_the_policy_and_survive_a_change_of_priority() -> None:
    clock = started(BOTH, june(5, 10))

    clock.recomputed(june(5, 11), BOTH, about(sla_minutes=60))
    assert clock.targets[0].due_at == june(5, 11)
    clock.recomputed(june(5, 11), BOTH, about(priority="low", sla_minutes=60))
    assert clock.targets[0].due_at == june(5, 11)
    clock.recomputed(june(5, 11), BOTH, about(priority="low"))
    assert clock.targets[0].due_at == june(9, 10)


def test_another_policy_brings_its_calendar() -> None:
    clock = started(BOTH, june(5, 10))
    around_the_clock = promising(always=True, resolution=480)

    clock.recomputed(june(5, 11), around_the_clock, about())

    (target,) = clock.targets
    assert (target.policy_id, target.calendar_id) == (around_the_clock.id, around_the_clock.calendar_id)
    assert target.due_at == june(5, 18)


def test_what_stays_as_it_was_need_not_be_saved() -> None:
    clock = started(BOTH, june(5, 10))
    clock.targets[0].changed = False

    clock.recomputed(june(5, 11), BOTH, about())

    assert not clock.targets[0].changed


def test_a_target_that_the_new_policy_lacks_is_withdrawn() -> None:
    clock = started(promising(first_response=120, resolution=480), june(5, 10))

    clock.recomputed(june(5, 11), promising(first_response=120), about())

    (target,) = of(clock, "resolution")
    assert (target.ended_at, target.fulfilled_at, target.due_at) == (june(5, 11), None, None)
    assert sweep(clock, june(5, 12)) != []
    assert not target.breached_by(june(30, 10))


def test_a_withdrawn_target_that_was_late_is_told_late() -> None:
    clock = started(BOTH, june(5, 10))

    clock.recomputed(june(8, 11), None, about())

    assert [target.breached_at for target in clock.breaches] == [june(8, 10)]


def test_a_withdrawn_target_comes_back_with_its_start_and_every_pause() -> None:
    clock = started(BOTH, june(5, 10))
    sweep(clock, june(5, 16, 0, 1))
    clock.recomputed(june(5, 16, 30), None, about())
    clock.paused(june(8, 10))
    clock.resumed(june(8, 12))

    clock.recomputed(june(8, 13), BOTH, about(priority="low"))

    (target,) = clock.targets
    assert (target.cycle, target.ended_at, target.due_at) == (1, None, june(9, 12))
    assert 75 not in armed(target)


def test_a_first_response_given_while_withdrawn_is_not_asked_for_again() -> None:
    policy = promising(first_response=120)
    clock = started(policy, june(5, 10))
    clock.recomputed(june(5, 10, 30), None, about())
    clock.answered(june(5, 11))

    clock.recomputed(june(5, 12), policy, about())

    (first,) = clock.targets
    assert first.fulfilled_at == june(5, 11)
    assert sweep(clock, june(30, 10)) == []


def test_an_unanswered_first_response_comes_back() -> None:
    policy = promising(first_response=120)
    clock = started(policy, june(5, 10))
    clock.recomputed(june(5, 10, 30), None, about())

    clock.recomputed(june(5, 11), policy, about())

    assert [(target.cycle, target.due_at) for target in clock.targets] == [(1, june(5, 12))]


def test_a_first_response_that_staff_gave_unseen_does_not_come_back() -> None:
    policy = promising(first_response=120)
    clock = started(policy, june(5, 10))
    clock.recomputed(june(5, 10, 30), None, about())

    again = Clock(clock.targets, clock.calendars, was_answered=True)
    again.recomputed(june(5, 11), policy, about())

    assert clock.targets[0].ended_at == june(5, 10, 30)
    assert len(clock.targets) == 1


def asked_and_withdrawn() -> Clock:
    """An hour was promised; since half of it nobody promises an answer."""
    clock = started(ANSWER, june(5, 10))
    clock.answered(june(5, 10, 30))
    clock.asked(june(5, 11), ANSWER, about())
    clock.recomputed(june(5, 11, 30), None, about())
    return clock


def test_a_withdrawn_next_response_comes_back_while_the_customer_waits() -> None:
    clock = asked_and_withdrawn()
    clock.paused(june(5, 11, 35))
    clock.resumed(june(5, 11, 40))

    clock.recomputed(june(5, 11, 50), ANSWER, about())

    (asked,) = of(clock, "next_response")
    assert (asked.ended_at, asked.started_at, asked.due_at) == (None, june(5, 11), june(5, 12, 5))


def test_asked_again_under_a_promise_that_is_back_the_first_question_counts() -> None:
    clock = asked_and_withdrawn()

    clock.asked(june(5, 11, 50), None, about())
    clock.asked(june(5, 11, 55), ANSWER, about())

    assert [target.due_at for target in of(clock, "next_response")] == [june(5, 12)]


def test_a_question_answered_while_its_promise_was_withdrawn_is_not_asked_for_again() -> None:
    clock = asked_and_withdrawn()
    clock.paused(june(5, 11, 35))
    clock.answered(june(5, 11, 40))

    clock.recomputed(june(5, 11, 50), ANSWER, about())

    (asked,) = of(clock, "next_response")
    assert (asked.fulfilled_at, asked.paused, asked.breached_by(june(30, 10))) == (
        june(5, 11, 40),
        False,
        False,
    )
    clock.asked(june(5, 12), ANSWER, about())
    assert of(clock, "next_response")[-1].started_at == june(5, 12)


@pytest.mark.parametrize("verb", ["resolved", "ended"])
def test_a_withdrawn_question_on_a_ticket_that_was_over_does_not_come_back(verb: str) -> None:
    clock = asked_and_withdrawn()
    getattr(clock, verb)(june(5, 11, 40))
    clock.reopened(june(8, 10), None, about())

    clock.recomputed(june(8, 11), ANSWER, about())

    assert [target.running for target in of(clock, "next_response")] == [False]


def test_steps_that_fired_keep_the_moment_they_were_due() -> None:
    clock = started(BOTH, june(5, 10))
    sweep(clock, june(5, 16, 30))

    clock.recomputed(june(5, 16, 40), BOTH, about(priority="low"))
    clock.resolved(june(5, 16, 50))

    assert clock.targets[0].steps[0].at == june(5, 16)


def test_a_first_promise_made_late_counts_from_the_ticket_s_creation() -> None:
    clock = started(None, june(5, 10))
    policy = promising(first_response=240, resolution=480)

    clock.recomputed(june(5, 12), policy, about(created_at=june(5, 10)))

    assert {target.metric.value: target.due_at for target in clock.targets} == {
        "first_response": june(5, 14),
        "resolution": june(8, 10),
    }


def test_a_resolution_promised_late_knows_the_pauses_that_others_kept() -> None:
    clock = started(promising(team_resolution=480), june(5, 10))
    clock.paused(june(5, 11))
    clock.resumed(june(5, 12))
    clock.paused(june(5, 13))

    clock.recomputed(june(5, 14), promising(team_resolution=480, resolution=480), about())

    (target,) = of(clock, "resolution")
    assert target.due_at is None
    clock.resumed(june(5, 15))
    assert target.started_at == june(5, 10)
    assert target.due_at == june(8, 13)


def test_no_first_response_is_promised_late_once_staff_has_answered() -> None:
    clock = started(promising(resolution=480), june(5, 10))

    clock.answered(june(5, 11))

    clock.recomputed(june(5, 12), promising(first_response=60, resolution=480), about())

    assert of(clock, "first_response") == []


def test_a_team_s_promise_made_late_counts_from_now() -> None:
    clock = started(promising(resolution=480), june(5, 10))

    policy = promising(resolution=480, team_resolution=60)
    clock.recomputed(june(5, 12), policy, about(created_at=june(5, 10)))

    assert of(clock, "team_resolution")[0].due_at == june(5, 13)


def test_what_is_finished_stays_as_it_was() -> None:
    policy = promising(first_response={"high": 120, "low": 999}, resolution={"high": 480, "low": 960})
    clock = started(policy, june(5, 10))
    clock.answered(june(5, 11))
    clock.targets[0].changed = False

    clock.recomputed(june(5, 12), policy, about(priority="low"))

    assert (of(clock, "first_response")[0].minutes, of(clock, "resolution")[0].minutes) == (120, 960)
    assert not of(clock, "first_response")[0].changed


def test_what_a_changed_policy_promises_in_addition_and_is_past_is_broken_from_then_on() -> None:
    clock = started(promising(resolution=960), june(5, 10))
    more = promising(first_response=60, resolution=240)

    clock.repromised(june(8, 12), more, about(created_at=june(5, 10)))

    (first,), (resolution,) = of(clock, "first_response"), of(clock, "resolution")
    assert (first.due_at, first.breached_at, first.breach.fired_at) == (june(5, 11), june(8, 12), june(8, 12))
    # What it had promised before, and is past by its new minutes, is for the sweep to tell.
    assert (resolution.due_at, resolution.breached_at) == (june(5, 14), None)


def test_what_a_changed_policy_promises_again_and_is_past_is_told_to_nobody() -> None:
    more = promising(next_response=60, resolution=480)
    clock = started(more, june(5, 10))
    clock.repromised(june(5, 12), ANSWER, about())

    clock.repromised(june(9, 12), more, about())

    target = clock.resolution()
    assert target is not None
    assert (target.due_at, target.breached_at) == (june(8, 10), june(9, 12))
    assert sweep(clock, june(30, 12)) == []


def test_a_reopened_promise_that_another_priority_leaves_nothing_still_escalates() -> None:
    id = "00000000-0000-7000-8000-0000000000e1"
    later = {"id": id, "metric": None, "when": "after", "minutes": 60, "actions": []}
    policy = replace(BOTH, escalations=[later])
    clock = started(policy, june(5, 10))
    clock.resolved(june(5, 15))
    clock.reopened(june(8, 9), policy, about())

    clock.recomputed(june(8, 10), policy, about(priority="urgent"))

    assert sweep(clock, june(8, 10))[-1] == ("resolution", 2, 100)
    assert sweep(clock, june(8, 11)) == [("resolution", 2, number(UUID(id)))]
