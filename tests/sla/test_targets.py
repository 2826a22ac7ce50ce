"""A target by itself, and what answers say of targets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.sla.aiming import aim, left
from chalicelib.sla.facts import breach_meta, is_breached, resolution_facts, sla_facts
from chalicelib.sla.targets import new_id
from tests.sla.office import OFFICE, about, june, promising, started

NOW = datetime(2026, 6, 5, 12, tzinfo=UTC)


def shown(**given: Any) -> dict[str, Any]:
    """A target as TARGETS_JSON has it."""
    return {
        "id": "00000000-0000-7000-8000-0000000000a1",
        "metric": "resolution",
        "cycle": 1,
        "minutes": 480,
        "started_at": "2026-06-05T08:00:00.000000Z",
        "due_at": "2026-06-05T16:00:00.000000Z",
        "paused_at": None,
        "fulfilled_at": None,
        "ended_at": None,
        "breached_at": None,
        "used_minutes": None,
        **given,
    }


def test_a_target_is_breached_once_it_is_later_than_due_and_from_then_on() -> None:
    (target,) = started(promising(resolution=480), june(5, 10)).targets

    assert not target.breached_by(june(8, 10))
    assert target.breached_by(june(8, 10) + timedelta(microseconds=1))
    target.breached_at, target.due_at = june(8, 10), None
    assert target.breached_by(june(8, 9))


def test_a_finished_target_arms_nothing() -> None:
    (target,) = started(promising(resolution=480), june(5, 10)).targets
    target.fulfilled_at = june(5, 11)

    aim(target, OFFICE)

    assert target.due_at == june(8, 10)
    assert not any(step.at for step in target.steps)


def test_a_rest_below_the_microsecond_is_no_rest() -> None:
    assert left(480, 479.5) == 0.5
    assert left(480, 480 - 1e-9) == 0
    assert left(480, 500) == 0


def test_ids_of_targets_are_ordered_by_time_and_never_the_same() -> None:
    moments = [june(5, 10) + timedelta(milliseconds=number) for number in range(50)]

    ids = [new_id(moment) for moment in moments]

    assert ids == sorted(ids)
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}
    assert len({new_id(june(5, 10)) for _ in range(1000)}) == 1000


def test_the_figures_of_a_running_resolution() -> None:
    assert resolution_facts([shown()], NOW) == {
        "sla_minutes": 480,
        "due_at": "2026-06-05T16:00:00.000000Z",
        "hours_remaining": 4.0,
        "breached": False,
    }


def test_hours_remaining_are_negative_once_late() -> None:
    figures = resolution_facts([shown(due_at="2026-06-05T11:45:00.000000Z")], NOW)

    assert (figures["hours_remaining"], figures["breached"]) == (-0.25, True)


def test_due_and_remaining_are_null_while_paused() -> None:
    figures = resolution_facts([shown(due_at=None, paused_at="2026-06-05T09:00:00.000000Z")], NOW)

    assert figures == {"sla_minutes": 480, "due_at": None, "hours_remaining": None, "breached": False}


@pytest.mark.parametrize("end", ["fulfilled_at", "ended_at"])
def test_the_figures_are_frozen_once_finished(end: str) -> None:
    target = shown(**{end: "2026-06-05T10:00:00.000000Z"})

    assert resolution_facts([target], NOW) == resolution_facts([target], NOW + timedelta(days=30))
    assert resolution_facts([target], NOW)["hours_remaining"] == 6.0
    assert resolution_facts([target], NOW + timedelta(days=30))["breached"] is False


def test_the_last_cycle_is_the_one_shown() -> None:
    cycles = [
        shown(cycle=2, minutes=90.5, due_at="2026-06-05T13:30:00.000000Z"),
        shown(fulfilled_at="2026-06-05T10:00:00.000000Z"),
    ]

    assert resolution_facts(cycles, NOW)["sla_minutes"] == 90.5
    assert resolution_facts(cycles, NOW)["hours_remaining"] == 1.5


def test_the_minutes_of_a_reopened_promise_are_those_of_the_whole() -> None:
    finished = {"fulfilled_at": "2026-06-05T10:00:00.000000Z"}
    once = shown(used_minutes=300.1, **finished)
    again = shown(cycle=2, minutes=179.9, used_minutes=200, **finished)
    raised = shown(cycle=2, minutes=659.9)

    assert resolution_facts([again, once], NOW)["sla_minutes"] == 480
    assert resolution_facts([once, again, shown(cycle=3, minutes=0)], NOW)["sla_minutes"] == 480
    assert resolution_facts([once, raised], NOW)["sla_minutes"] == 960


def test_answers_tell_of_each_metric_the_hundred_newest_cycles() -> None:
    cycles = [shown(metric="next_response", cycle=cycle) for cycle in range(1, 131)]

    told = sla_facts(None, [*cycles, shown()], NOW)["targets"]

    assert [(each["metric"], each["cycle"]) for each in told] == [
        *(("next_response", cycle) for cycle in range(31, 131)),
        ("resolution", 1),
    ]


@pytest.mark.parametrize(
    "targets",
    [
        [],
        [shown(metric="first_response", due_at="2026-06-05T09:00:00.000000Z")],
        [shown(due_at=None, ended_at="2026-06-05T09:00:00.000000Z")],
    ],
    ids=["no target", "another metric", "withdrawn"],
)
def test_case_s17_without_a_promised_resolution_nothing_applies_and_nothing_failed(
    targets: list[dict[str, Any]],
) -> None:
    assert resolution_facts(targets, NOW) == {
        "sla_minutes": None,
        "due_at": None,
        "hours_remaining": None,
        "breached": False,
    }


def test_a_withdrawn_promise_that_was_broken_before_stays_broken() -> None:
    at = "2026-06-05T09:00:00.000000Z"

    figures = resolution_facts([shown(due_at=None, ended_at=at, breached_at=at)], NOW)

    assert figures == {"sla_minutes": None, "due_at": None, "hours_remaining": None, "breached": True}


def test_minutes_are_whole_where_they_are_and_have_two_decimals_where_not() -> None:
    assert resolution_facts([shown(minutes=60.0)], NOW)["sla_minutes"].__class__ is int
    assert resolution_facts([shown(minutes=60.1234)], NOW)["sla_minutes"] == 60.12


def test_all_targets_with_their_policy() -> None:
    policy = {"id": "00000000-0000-7000-8000-0000000000b1", "name": "Gold", "position": 1}
    targets = [shown(), shown(metric="team_resolution", breached_at="2026-06-05T09:00:00.000000Z")]

    answer = sla_facts(policy, targets, NOW)

    assert answer["policy"] == {"id": "00000000-0000-7000-8000-0000000000b1", "name": "Gold"}
    assert answer["targets"][0] == {
        "metric": "resolution",
        "cycle": 1,
        "minutes": 480,
        "used_minutes": None,
        "started_at": "2026-06-05T08:00:00.000000Z",
        "due_at": "2026-06-05T16:00:00.000000Z",
        "paused": False,
        "fulfilled_at": None,
        "ended_at": None,
        "breached_at": None,
        "breached": False,
        "status": "running",
    }
    assert answer["targets"][1]["breached"] is True


def test_customers_do_not_see_what_teams_promise_each_other() -> None:
    targets = [shown(), shown(metric="team_resolution")]

    assert [one["metric"] for one in sla_facts(None, targets, NOW, for_customer=True)["targets"]] == [
        "resolution"
    ]
    assert len(sla_facts(None, targets, NOW)["targets"]) == 2
    assert sla_facts(None, targets, NOW)["policy"] is None


@pytest.mark.parametrize(
    ("moments", "status"),
    [
        ({}, "running"),
        ({"paused_at": "2026-06-05T09:00:00Z", "due_at": None}, "paused"),
        ({"fulfilled_at": "2026-06-05T09:00:00Z"}, "fulfilled"),
        ({"ended_at": "2026-06-05T09:00:00Z"}, "ended"),
    ],
)
def test_the_status_of_a_target(moments: dict[str, Any], status: str) -> None:
    (target,) = sla_facts(None, [shown(**moments)], NOW)["targets"]

    assert (target["status"], target["paused"]) == (status, status == "paused")


def test_breached_is_one_rule_in_answers_and_in_the_clock() -> None:
    late = shown(due_at=NOW)

    assert not is_breached(late, NOW)
    assert is_breached(late, NOW + timedelta(microseconds=1))
    assert not is_breached({**late, "fulfilled_at": NOW}, NOW + timedelta(days=1))
    assert is_breached({**late, "due_at": None, "breached_at": NOW}, NOW)


def test_a_breach_that_a_verb_found_says_when_it_was_due_and_when_it_was_noticed() -> None:
    clock = started(promising(resolution=480), june(5, 10))

    clock.recomputed(june(8, 10, 0, 30), promising(resolution=960), about())

    assert breach_meta(clock.breaches[0]) == {
        "metric": "resolution",
        "cycle": 1,
        "percent": 100,
        "at": "2026-06-08T08:00:00.000000Z",
        "due_at": "2026-06-08T08:00:00.000000Z",
        "noticed_at": "2026-06-08T08:00:30.000000Z",
    }
