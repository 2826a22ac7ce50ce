"""What the staff says among itself, and who has left, is no customer's business."""

from typing import Any

import pytest

from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("assign", {"assignee_id": "ana"}),
        ("transfer", {"team_id": "Apps"}),
        ("reclassify", {"priority": "low"}),
    ],
)
def test_a_reason_for_moving_work_is_not_shown_to_the_customer(
    desk: ServiceDesk, verb: str, body: dict[str, Any]
) -> None:
    ids = {"ana": desk.cast.ana.id, "Apps": desk.cast.teams["Apps"]}
    ticket = desk.networks_ticket()
    given = {name: ids.get(value, value) for name, value in body.items()}

    desk.do(desk.cast.dario, ticket, verb, reason="she always complains", **given)

    seen = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}")
    listed = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/timeline")
    assert len(seen.json["timeline"]) == len(listed.json["items"]) == 2
    assert "complains" not in seen.text + listed.text
    assert desk.detail(desk.cast.ana if verb == "assign" else desk.cast.dario, ticket)["timeline"][-1][
        "meta"
    ]["reason"]


def test_a_reason_for_waiting_is(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket()

    desk.do(desk.cast.dario, ticket, "pause", waiting_on="customer", reason="Which version?")

    assert desk.detail(desk.cast.carol, ticket)["timeline"][-1]["meta"]["reason"] == "Which version?"


def test_tags_and_minutes_are_the_staffs_own(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket()

    desk.patch(desk.cast.dario, ticket, tags=["difficult"], sla_minutes=5, subject="VPN")

    (entry,) = desk.detail(desk.cast.carol, ticket)["timeline"][1:]
    assert entry["changes"] == {"subject": {"from": "VPN drops", "to": "VPN"}}


def test_that_somebody_left_is_not_told(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

    desk.as_(desk.cast.ada).post(f"/v1/users/{desk.cast.ana.id}/deactivate")

    assert [e["action"] for e in desk.detail(desk.cast.carol, ticket)["timeline"]] == ["created"]


class TestATicketThatComesBackToWork:
    def test_reopened_returns_to_the_queue_if_its_assignee_has_left(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)
        desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")
        desk.as_(desk.cast.ada).post(f"/v1/users/{desk.cast.ana.id}/deactivate")

        reply = desk.do(desk.cast.carol, ticket, "reopen", reason="It is back.")

        assert (reply.json["status"], reply.json["assignee"]) == ("open", None)
        assert desk.actions(ticket)[-1] == "unassigned"

    def test_restored_too(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ben.id)
        admin = desk.as_(desk.cast.ada)
        admin.delete(f"/v1/tickets/{ticket['id']}")
        admin.post(f"/v1/users/{desk.cast.ben.id}/deactivate")

        reply = admin.post(f"/v1/tickets/{ticket['id']}/restore")

        assert (reply.status, reply.json["assignee"]) == (200, None)

    def test_stays_with_whoever_is_still_here(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)
        desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")

        reply = desk.do(desk.cast.carol, ticket, "reopen", reason="It is back.")

        assert reply.json["assignee"]["name"] == "Ana"


def test_restoring_honours_the_version(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket()
    admin = desk.as_(desk.cast.ada)
    admin.delete(f"/v1/tickets/{ticket['id']}")

    assert admin.post(f"/v1/tickets/{ticket['id']}/restore", If_Match='"1"').status == 412
    assert admin.post(f"/v1/tickets/{ticket['id']}/restore", If_Match='"2"').status == 200


def test_restoring_arms_the_answer_that_a_customer_waits_for(desk: ServiceDesk, database: Database) -> None:
    database.run(
        'UPDATE sla_policies SET targets = targets || \'{"next_response": {"medium": 60}}\' '
        "WHERE workspace_id = :w",
        w=desk.cast.acme,
    )
    ticket = desk.networks_ticket()
    desk.comment(desk.cast.ana, ticket, "Looking.")
    desk.comment(desk.cast.carol, ticket, "And now?")
    admin = desk.as_(desk.cast.ada)
    admin.delete(f"/v1/tickets/{ticket['id']}")

    now = admin.post(f"/v1/tickets/{ticket['id']}/restore").json

    waiting = [t["status"] for t in now["sla"]["targets"] if t["metric"] == "next_response"]
    assert waiting[-1] == "running"
