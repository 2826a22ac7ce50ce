"""What a policy announces: when its warnings and escalations come, and what becomes of them as it changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chalicelib.models.words import Metric
from chalicelib.sla.announcing import number
from chalicelib.sla.policies import Policy
from chalicelib.sla.targets import Step, Target
from tests.sla.office import about, june, of, promising, started, sweep

FIRST, SECOND = UUID(int=7 << 76 | 11), UUID(int=7 << 76 | 12)
RAISE = [{"action": "raise_priority"}]


def escalating(*escalations: dict[str, Any], **given: Any) -> Policy:
    policy = promising(**{"resolution": 240, **given})
    return replace(policy, escalations=escalations)


def after(minutes: int, id: UUID = FIRST, **facts: Any) -> dict[str, Any]:
    return {
        "id": str(id),
        "metric": None,
        "when": "after",
        "minutes": minutes,
        "actions": RAISE,
        **facts,
    }


def step_of(target: Target, id: UUID) -> Step:
    return next(step for step in target.steps if step.escalation_id == id)


def due(policy: Policy, *keys: tuple[str, int]) -> list[datetime | None]:
    (target,) = of(started(policy, june(5, 9)), Metric.RESOLUTION)
    return [next(step.at for step in target.steps if step.key == key) for key in keys]


def test_a_warning_comes_at_its_percentage_or_so_many_business_minutes_before() -> None:
    policy = replace(promising(resolution=480), warnings=[{"percent": 50}, {"minutes_before": 90}])

    assert due(policy, ("warning", 50), ("warning", -90)) == [june(5, 13), june(5, 15, 30)]


def test_a_policy_may_warn_of_nothing() -> None:
    (target,) = of(started(replace(promising(resolution=60), warnings=[]), june(5, 9)), Metric.RESOLUTION)

    assert [step.kind for step in target.steps] == ["breach"]


def test_what_is_for_some_metrics_is_announced_of_no_other() -> None:
    policy = replace(
        promising(resolution=60, first_response=30),
        warnings=[{"percent": 50, "metrics": ["first_response"]}],
        escalations=[after(5, metric="resolution")],
    )
    clock = started(policy, june(5, 9))

    assert [step.kind for step in of(clock, Metric.FIRST_RESPONSE)[0].steps] == ["warning", "breach"]
    assert [step.kind for step in of(clock, Metric.RESOLUTION)[0].steps] == ["breach", "escalation"]


def test_minutes_after_are_business_minutes() -> None:
    # Due on Friday at 17:00; an hour of work later is Monday, 10:00.
    assert due(escalating(after(60), resolution=480), ("escalation", number(FIRST))) == [june(8, 10)]


def test_what_would_come_before_the_start_comes_with_it() -> None:
    policy = escalating(after(600, when="before"))
    policy = replace(policy, warnings=[{"minutes_before": 300}])

    assert due(policy, ("escalation", number(FIRST)), ("warning", -300)) == [june(5, 9), june(5, 9)]


def test_escalations_go_on_after_the_breach_and_warnings_do_not() -> None:
    clock = started(escalating(after(60), after(120, SECOND)), june(5, 9))
    sweep(clock, june(5, 13, 1))
    clock.recomputed(june(5, 13, 2), escalating(after(60), after(120, SECOND)), about())

    told = sweep(clock, june(5, 14, 1))
    (target,) = of(clock, Metric.RESOLUTION)

    assert told == [("resolution", 1, number(FIRST))]
    assert step_of(target, SECOND).at == june(5, 15)


def test_what_a_verb_finds_late_still_escalates() -> None:
    clock = started(escalating(after(30, when="before"), after(60, SECOND)), june(5, 9))

    clock.recomputed(june(5, 13, 5), escalating(after(30, when="before"), after(60, SECOND)), about())
    (target,) = of(clock, Metric.RESOLUTION)

    assert clock.breaches == [target]
    assert [step_of(target, id).at for id in (FIRST, SECOND)] == [june(5, 12, 30), june(5, 14)]
    assert all(step.at is None for step in target.steps if step.kind == "warning")


@pytest.mark.parametrize("verb", ["paused", "resolved", "ended"])
def test_they_end_with_the_promise_and_wait_while_it_is_paused(verb: str) -> None:
    clock = started(escalating(after(60)), june(5, 9))
    sweep(clock, june(5, 13, 1))

    getattr(clock, verb)(june(5, 13, 30))
    (target,) = of(clock, Metric.RESOLUTION)

    assert step_of(target, FIRST).at is None
    if verb == "paused":
        clock.resumed(june(5, 15, 30))
        assert step_of(target, FIRST).at == june(5, 16)


def test_one_that_has_run_does_not_run_again_when_the_priority_changes() -> None:
    policy = escalating(after(60), resolution={"high": 240, "urgent": 60})
    clock = started(policy, june(5, 9))
    sweep(clock, june(5, 14, 1))

    clock.recomputed(june(5, 14, 2), policy, about(priority="urgent"))

    assert sweep(clock, june(5, 16)) == []
    assert of(clock, Metric.RESOLUTION)[0].due_at == june(5, 10)


def test_a_raised_priority_announces_its_breach_once_and_comes_to_an_end() -> None:
    policy = escalating(after(30, when="before"), resolution={"high": 240, "urgent": 60})
    clock = started(policy, june(5, 9))

    assert sweep(clock, june(5, 12, 31))[-1] == ("resolution", 1, number(FIRST))
    clock.recomputed(june(5, 12, 31), policy, about(priority="urgent"))  # due at ten: late by now
    assert sweep(clock, june(5, 12, 32)) == [("resolution", 1, 90), ("resolution", 1, 100)]
    clock.recomputed(june(5, 12, 33), policy, about(priority="urgent"))
    assert sweep(clock, june(5, 16)) == []


def test_of_another_policy_only_what_has_not_fired_is_armed_and_what_it_lacks_is_dropped() -> None:
    clock = started(replace(escalating(after(60)), warnings=[{"percent": 50}, {"percent": 80}]), june(5, 9))
    sweep(clock, june(5, 11, 1))

    other = replace(escalating(after(30, SECOND)), warnings=[{"percent": 50}, {"minutes_before": 30}])
    clock.recomputed(june(5, 11, 2), other, about())
    (target,) = of(clock, Metric.RESOLUTION)

    assert {(step.kind, step.step): step.at for step in target.steps if not step.fired_at} == {
        ("warning", -30): june(5, 12, 30),
        ("breach", 100): june(5, 13),
        ("escalation", number(SECOND)): june(5, 13, 30),
    }
    assert {step.key for step in target.dropped} == {("warning", 80), ("escalation", number(FIRST))}
    assert target.changed


def test_what_was_dropped_and_comes_back_is_armed_again() -> None:
    policy = escalating(after(60))
    clock = started(policy, june(5, 9))

    clock.recomputed(june(5, 9, 1), replace(policy, escalations=()), about())
    clock.recomputed(june(5, 9, 1), policy, about())
    (target,) = of(clock, Metric.RESOLUTION)

    assert (step_of(target, FIRST).at, target.dropped) == (june(5, 14), [])


def test_one_whose_minutes_were_changed_moves_where_it_has_not_run() -> None:
    clock = started(escalating(after(60)), june(5, 9))

    clock.recomputed(june(5, 9, 1), escalating(after(90)), about())

    assert step_of(of(clock, Metric.RESOLUTION)[0], FIRST).at == june(5, 14, 30)


def test_what_is_reopened_late_is_announced_no_more() -> None:
    policy = escalating(after(60))
    clock = started(policy, june(5, 9))
    sweep(clock, june(5, 15))
    clock.resolved(june(5, 15))

    clock.reopened(june(5, 16), policy, about())
    clock.recomputed(june(5, 16, 1), policy, about(priority="urgent"))

    assert sweep(clock, june(12, 16) + timedelta(days=3)) == []
