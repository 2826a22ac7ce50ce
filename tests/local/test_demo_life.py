"""A life that is told of the past: what comes due late is noticed after what had happened by then."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.models.words import Priority, Status
from chalicelib.sla.policies import Policy
from local.demo_life import Ids, IsNow, Life, person
from local.demo_story import AROUND_THE_CLOCK

BEGAN = datetime(2026, 11, 16, 9, tzinfo=UTC)
ASKED, AGENT, DISPATCHER = (uuid4() for _ in range(3))
HOUR = timedelta(hours=1)


@pytest.fixture
def life() -> Life:
    """Of medium priority, promised an answer in six hours and a resolution in a day; two days of it."""
    minutes = {
        "first_response": {"medium": 360, "urgent": 60},
        "resolution": {"medium": 1440, "urgent": 240},
    }
    policy = Policy(uuid4(), "Default", {}, minutes, uuid4(), AROUND_THE_CLOCK)
    values: dict[str, Any] = dict.fromkeys(
        ("assignee_id", "organisation_id", "sla_policy_id", "merged_into", "resolved_at", "closed_at")
    )
    values |= {"id": uuid4(), "label": "TKT-2026-00001", "subject": "VPN drops", "type": "incident"}
    values |= {"priority": Priority.MEDIUM, "status": Status.NEW, "category": None, "tags": []}
    values |= {"team_id": uuid4(), "requester_id": ASKED, "source": "api", "version": 1, "last_sequence": 0}
    values |= {"created_at": BEGAN, "finished_at": None}
    life = Life(Ids(Random(1)), BEGAN + 48 * HOUR, [policy], values, BEGAN)
    life.open(person(ASKED))
    return life


def told(life: Life) -> list[tuple[str, datetime]]:
    return [(entry["action"], entry["created_at"]) for entry in life.entries]


def test_the_sweep_notices_at_the_next_minute(life: Life) -> None:
    life.come_to(BEGAN + 5 * HOUR)

    assert told(life)[1:] == [("sla_warned", BEGAN + 4.5 * HOUR + timedelta(minutes=1, seconds=1.5))]


def test_what_a_change_makes_late_is_noticed_after_the_change(life: Life) -> None:
    life.come_to(BEGAN + 4 * HOUR)
    life.reclassify(person(DISPATCHER), "all are hit", priority=Priority.URGENT)
    life.come_to(BEGAN + 5 * HOUR)

    actions, times = zip(*told(life), strict=True)

    assert actions[1] == "reclassified"
    assert actions.count("sla_breached") == 2
    assert list(times) == sorted(times)
    assert [entry["sequence"] for entry in life.entries] == [*range(1, len(times) + 1)]


def test_a_verb_that_comes_before_the_sweep_tells_the_breach_itself(life: Life) -> None:
    life.come_to(BEGAN + 6 * HOUR + timedelta(seconds=20))
    life.comment(person(AGENT), "On it.")

    breached, commented = life.entries[-2:]

    assert (breached["action"], breached["actor_type"]) == ("sla_breached", "system")
    assert commented["action"] == "commented"
    assert breached["created_at"] == commented["created_at"] == life.at


def test_the_present_ends_it(life: Life) -> None:
    with pytest.raises(IsNow):
        life.come_to(BEGAN + 48 * HOUR)

    assert life.at == BEGAN


def test_what_others_do_happens_in_its_time(life: Life) -> None:
    when = BEGAN + 2 * HOUR
    life.agenda.append((when, lambda: life.absorb(person(DISPATCHER), uuid4(), "TKT-2026-00002", "twice")))

    life.come_to(BEGAN + 3 * HOUR)

    assert told(life)[1] == ("merged_from", when)
    assert (life.at, life.values["version"]) == (BEGAN + 3 * HOUR, 2)
