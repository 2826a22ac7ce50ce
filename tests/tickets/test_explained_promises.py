"""`GET /v1/tickets/{id}/sla`: the promises of a ticket, explained to the staff that sees it."""

from typing import Any

import pytest

from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def ticket(desk: ServiceDesk) -> dict[str, Any]:
    return desk.networks_ticket(priority="high")


def test_every_target_of_the_ticket_is_explained(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    reply = desk.as_(desk.cast.ana).get(f"/v1/tickets/{ticket['id']}/sla")

    assert reply.status == 200, reply.text
    assert reply.json["policy"] == ticket["sla"]["policy"]
    by_metric = {target["metric"]: target for target in reply.json["targets"]}
    assert {metric: target["goal"] for metric, target in by_metric.items()} == {
        "first_response": 120,
        "resolution": 480,
    }
    resolution = by_metric["resolution"]
    assert resolution["due_at"] == ticket["due_at"]
    assert resolution["calendar"]["name"]
    assert [each["kind"] for each in resolution["explain"]["intervals"]] == ["counted"]
    assert resolution["explain"]["counted"] == 480
    assert resolution["remaining"] + resolution["elapsed"] == pytest.approx(480)


def test_a_late_ticket_tells_its_overtime(
    desk: ServiceDesk, ticket: dict[str, Any], database: Database
) -> None:
    database.run(
        "UPDATE sla_targets SET started_at = started_at - interval '10 hours', "
        "due_at = due_at - interval '10 hours' WHERE metric = 'resolution'"
    )

    targets = desk.as_(desk.cast.dario).get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]

    (late,) = (target for target in targets if target["metric"] == "resolution")
    assert late["breached"] is True
    assert late["remaining"] == pytest.approx(-120, abs=1)
    assert late["overtime"]["counted"] == pytest.approx(120, abs=1)
    assert late["adds_up"] is True


def test_customers_are_told_their_promise_and_not_how_it_is_counted(
    desk: ServiceDesk, ticket: dict[str, Any]
) -> None:
    assert desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/sla").status == 403


def test_an_agent_of_another_team_does_not_know_the_ticket(desk: ServiceDesk, ticket: dict[str, Any]) -> None:
    assert desk.as_(desk.cast.ben).get(f"/v1/tickets/{ticket['id']}/sla").status == 404


def test_a_ticket_that_no_policy_matches_promises_nothing(desk: ServiceDesk, database: Database) -> None:
    database.run("UPDATE sla_policies SET enabled = false")
    ticket = desk.networks_ticket()

    reply = desk.as_(desk.cast.ana).get(f"/v1/tickets/{ticket['id']}/sla")

    assert (reply.json["policy"], reply.json["targets"]) == (None, [])


def test_of_each_promise_the_hundred_newest_cycles_are_told(
    desk: ServiceDesk, database: Database, ticket: dict[str, Any]
) -> None:
    database.run(
        "INSERT INTO sla_targets (workspace_id, ticket_id, metric, cycle, calendar_id, minutes, started_at, "
        "due_at, fulfilled_at, used_minutes) SELECT workspace_id, ticket_id, kind.metric, many.cycle, "
        "calendar_id, 60, started_at, started_at + interval '1 hour', started_at, 1 FROM sla_targets g, "
        "generate_series(2, 131) AS many(cycle), (VALUES ('next_response'), ('resolution')) AS kind(metric) "
        "WHERE g.metric = 'resolution'"
    )
    ada = desk.as_(desk.cast.ada)

    (listed,) = ada.get("/v1/tickets").json["items"]
    explained = ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]

    for told in (explained, listed["sla"]["targets"], desk.detail(desk.cast.ada, ticket)["sla"]["targets"]):
        for metric in ("next_response", "resolution"):
            assert [one["cycle"] for one in told if one["metric"] == metric] == list(range(32, 132))
    assert explained[-1]["used_before"] == 129
    assert listed["sla_minutes"] == 60 + 129
