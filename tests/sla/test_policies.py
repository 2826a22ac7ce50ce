"""Which policy a ticket gets, and what that promises."""

from typing import Any
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.policies import Policy, choose, read
from tests.sla.office import NETWORKS, OFFICE, OFFICE_ID, about, promising
from tests.support.for_each import for_each

APPS = UUID("00000000-0000-7000-8000-000000000002")
ORGANISATION = UUID("00000000-0000-7000-8000-0000000000f1")


def policy(name: str, **conditions: Any) -> Policy:
    return Policy(UUID(int=len(name)), name, conditions, {}, OFFICE_ID, OFFICE)


def test_the_first_policy_that_matches_is_chosen() -> None:
    urgent, high, all_else = (
        policy("urgent", priority=["urgent"]),
        policy("high", priority=["high"]),
        policy(""),
    )

    assert choose([urgent, high, all_else], about(priority="high")) is high
    assert choose([urgent, all_else, high], about(priority="high")) is all_else
    assert choose([urgent], about(priority="high")) is None
    assert choose([], about()) is None


@for_each(
    "condition, ticket, matches",
    [
        ({}, {}, True),
        ({"type": []}, {}, True),
        ({"type": None}, {}, True),
        ({"type": ["claim", "incident"]}, {"type": "incident"}, True),
        ({"type": ["claim"]}, {"type": "incident"}, False),
        ({"priority": ["high", "urgent"]}, {"priority": "urgent"}, True),
        ({"priority": ["low"]}, {"priority": "urgent"}, False),
        ({"team": [str(NETWORKS)]}, {"team_id": NETWORKS}, True),
        ({"team": [str(NETWORKS).upper()]}, {"team_id": NETWORKS}, True),
        ({"team": [str(APPS)]}, {"team_id": NETWORKS}, False),
        ({"category": ["Hardware"]}, {"category": "hardware"}, True),
        ({"category": ["Hardware"]}, {"category": None}, False),
        ({"category": ["None"]}, {"category": None}, False),
        ({"category": "hardware"}, {"category": "HARDWARE"}, True),
        ({"tag": ["VIP", "board"]}, {"tags": ("printer", "vip")}, True),
        ({"tag": ["VIP"]}, {"tags": ("printer",)}, False),
        ({"tag": ["VIP"]}, {"tags": ()}, False),
        ({"organisation": [str(ORGANISATION)]}, {"organisation_id": ORGANISATION}, True),
        ({"organisation": [str(ORGANISATION)]}, {"organisation_id": None}, False),
        ({"type": ["incident"], "priority": ["low"]}, {"type": "incident", "priority": "high"}, False),
        ({"type": ["incident"], "priority": ["high"]}, {"type": "incident", "priority": "high"}, True),
        ({"moon": ["full"]}, {}, False),
    ],
)
def test_conditions(condition: dict[str, Any], ticket: dict[str, Any], matches: bool) -> None:
    assert policy("one", **condition).matches(about(**ticket)) is matches


def test_minutes_are_those_of_the_priority_and_none_where_nothing_is_promised() -> None:
    chosen = promising(resolution={"high": 480, "low": 2880}, first_response={"high": 60})

    assert chosen.minutes(Metric.RESOLUTION, about(priority="high")) == 480
    assert chosen.minutes(Metric.RESOLUTION, about(priority="low")) == 2880
    assert chosen.minutes(Metric.RESOLUTION, about(priority="urgent")) is None
    assert chosen.minutes(Metric.FIRST_RESPONSE, about(priority="low")) is None
    assert chosen.minutes(Metric.NEXT_RESPONSE, about()) is None


def test_the_ticket_s_own_minutes_are_those_of_its_resolution_whatever_the_policy_says() -> None:
    chosen = promising(first_response=60)

    assert chosen.minutes(Metric.RESOLUTION, about(sla_minutes=90)) == 90
    assert chosen.minutes(Metric.FIRST_RESPONSE, about(sla_minutes=90)) == 60


def test_policies_are_read_as_they_are_stored() -> None:
    stored = {
        "id": "00000000-0000-7000-8000-0000000000b1",
        "name": "Gold",
        "conditions": {"priority": ["high"]},
        "targets": {"resolution": {"high": 480}},
        "calendar_id": str(OFFICE_ID),
        "calendar": {
            "timezone": "Europe/Berlin",
            "weekly": {str(day): [["09:00", "17:00"]] for day in range(5)},
            "holidays": [],
        },
        "warnings": [{"percent": 50}],
        "escalations": [{"id": str(NETWORKS), "metric": None, "when": "after", "minutes": 5, "actions": []}],
    }

    (gold,) = read([stored])

    assert (gold.id, gold.name, gold.calendar_id) == (UUID(int=gold.id.int), "Gold", OFFICE_ID)
    assert gold.id == UUID("00000000-0000-7000-8000-0000000000b1")
    assert gold.calendar == OFFICE
    assert gold.minutes(Metric.RESOLUTION, about(priority="high")) == 480
    assert [step.key for step in gold.steps(Metric.RESOLUTION)] == [
        ("warning", 50),
        ("breach", 100),
        ("escalation", 1),
    ]
    assert read([stored])[0].calendar is gold.calendar  # parsed once
