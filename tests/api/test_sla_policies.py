"""SLA policies: made and ordered by admins, tried on tickets, obeyed by what is promised from then on."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.support.api import Api
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def ada(desk: ServiceDesk) -> Api:
    return desk.as_(desk.cast.ada)


@pytest.fixture
def calendar_id(ada: Api) -> str:
    return str(ada.get("/v1/calendars").json["items"][0]["id"])


def make(ada: Api, calendar_id: str, **fields: Any) -> dict[str, Any]:
    facts = {"name": "Network", "targets": {"resolution": 60}, "calendar_id": calendar_id, **fields}
    reply = ada.post("/v1/sla-policies", facts)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def first(ada: Api, policy: dict[str, Any]) -> None:
    """Puts a policy before all others."""
    ids = [each["id"] for each in ada.get("/v1/sla-policies").json["items"]]
    reply = ada.post(
        "/v1/sla-policies/reorder", {"policy_ids": sorted(ids, key=lambda id: id != policy["id"])}
    )
    assert reply.status == 200, reply.text


class TestMaking:
    def test_it_is_answered_whole_at_the_end_of_the_order(self, ada: Api, calendar_id: str) -> None:
        made = make(
            ada,
            calendar_id,
            conditions={"type": ["INCIDENTE"], "priority": ["urgente", "high"], "tag": ["VPN"]},
            targets={"first_response": 15, "resolution": {"urgent": 60, "high": 120}},
        )

        assert made["conditions"] == {"type": ["incident"], "priority": ["urgent", "high"], "tag": ["vpn"]}
        assert made["targets"] == {
            "first_response": {"low": 15, "medium": 15, "high": 15, "urgent": 15},
            "resolution": {"urgent": 60, "high": 120},
        }
        assert made["calendar"]["id"] == calendar_id
        assert [each["id"] for each in ada.get("/v1/sla-policies").json["items"]][-1] == made["id"]
        assert ada.get(f"/v1/sla-policies/{made['id']}").json == made

    @for_each(
        "fields, field",
        [
            ({"targets": {"resolution": 0}}, "targets.resolution"),
            ({"targets": {"resolution": True}}, "targets.resolution"),
            ({"targets": {"resolution": 1.5}}, "targets.resolution"),
            ({"targets": {"resolution": {"asap": 5}}}, "targets.resolution.asap"),
            ({"targets": {"due": 5}}, "targets.due"),
            ({"conditions": {"status": ["open"]}}, "conditions.status"),
            ({"conditions": {"type": ["idea"]}}, "conditions.type.0"),
            ({"conditions": {"team": ["networks"]}}, "conditions.team.0"),
            ({"conditions": {"tag": None}}, "conditions.tag"),
            ({"name": ""}, "name"),
            ({"position": -1}, "position"),
        ],
    )
    def test_what_cannot_be_is_422_and_says_where(
        self, ada: Api, calendar_id: str, fields: dict[str, Any], field: str
    ) -> None:
        facts = {"name": "Network", "targets": {"resolution": 60}, "calendar_id": calendar_id, **fields}
        reply = ada.post("/v1/sla-policies", facts)

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), reply.text
        assert reply.json["errors"][0]["field"].startswith(field)

    def test_case_15_what_is_another_workspaces_is_not_found(
        self, desk: ServiceDesk, ada: Api, calendar_id: str, database: Database
    ) -> None:
        theirs = database.value("SELECT id FROM teams WHERE workspace_id <> :w LIMIT 1", w=desk.cast.acme)
        foreign = database.value(
            "SELECT id FROM calendars WHERE workspace_id <> :w LIMIT 1", w=desk.cast.acme
        )
        facts = {"name": "Network", "targets": {}, "calendar_id": calendar_id}

        for wrong in (
            {"calendar_id": str(foreign)},
            {"calendar_id": str(uuid4())},
            {"conditions": {"team": [str(theirs)]}},
            {"conditions": {"organisation": [str(uuid4())]}},
        ):
            assert ada.post("/v1/sla-policies", {**facts, **wrong}).status == 404, wrong

    def test_a_name_is_taken_once(self, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id)
        default = ada.get("/v1/sla-policies").json["items"][0]

        again = {"name": "Network", "targets": {}, "calendar_id": calendar_id}
        assert ada.post("/v1/sla-policies", again).status == 409
        assert ada.patch(f"/v1/sla-policies/{made['id']}", {"name": default["name"]}).status == 409

    def test_18_only_admins_say_what_is_promised(self, desk: ServiceDesk, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id)
        path = f"/v1/sla-policies/{made['id']}"

        for who in (desk.cast.dario, desk.cast.ana):
            assert desk.as_(who).get(path).status == 200
            assert desk.as_(who).patch(path, {"name": "Mine"}).status == 403
        assert desk.as_(desk.cast.carol).get(path).status == 403


class TestObeying:
    def test_the_first_that_matches_in_order_is_the_tickets(
        self, desk: ServiceDesk, ada: Api, calendar_id: str
    ) -> None:
        made = make(ada, calendar_id, conditions={"type": ["incident"]}, targets={"resolution": 30})
        behind = desk.networks_ticket(type="incident")
        first(ada, made)

        incident, question = desk.networks_ticket(type="incident"), desk.networks_ticket(type="question")

        assert behind["sla_minutes"] != 30
        assert (incident["sla"]["policy"]["id"], incident["sla_minutes"]) == (made["id"], 30)
        assert question["sla"]["policy"]["id"] != made["id"]

    def test_a_disabled_one_is_passed_over(self, desk: ServiceDesk, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id, targets={"resolution": 30})
        first(ada, made)
        ada.patch(f"/v1/sla-policies/{made['id']}", {"enabled": False})

        assert desk.networks_ticket()["sla_minutes"] != 30

    def test_what_was_promised_stands_until_the_ticket_changes(
        self, desk: ServiceDesk, ada: Api, calendar_id: str
    ) -> None:
        made = make(ada, calendar_id, targets={"resolution": 30})
        first(ada, made)
        ticket = desk.networks_ticket(priority="low")

        ada.patch(f"/v1/sla-policies/{made['id']}", {"targets": {"resolution": 90}})
        assert ada.get(f"/v1/tickets/{ticket['id']}").json["sla_minutes"] == 30

        changed = desk.patch(desk.cast.dario, ticket, priority="high").json
        assert changed["sla_minutes"] == 90

    def test_what_a_deleted_one_promised_stands(self, desk: ServiceDesk, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id, targets={"resolution": 30})
        first(ada, made)
        ticket = desk.networks_ticket()

        assert ada.delete(f"/v1/sla-policies/{made['id']}").status == 204
        assert ada.get(f"/v1/sla-policies/{made['id']}").status == 404
        assert ada.get(f"/v1/tickets/{ticket['id']}").json["sla_minutes"] == 30
        assert desk.networks_ticket()["sla_minutes"] != 30

    def test_case_s17_without_a_resolution_target_nothing_applies_and_nothing_fails(
        self, desk: ServiceDesk, ada: Api, calendar_id: str
    ) -> None:
        first(ada, make(ada, calendar_id, targets={"first_response": 15}))

        ticket = desk.networks_ticket()

        assert [target["metric"] for target in ticket["sla"]["targets"]] == ["first_response"]
        names = ("sla_minutes", "due_at", "hours_remaining", "breached")
        assert [ticket[name] for name in names] == [None, None, None, False]


class TestOrdering:
    def test_the_order_is_of_all_of_them(self, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id)
        default = ada.get("/v1/sla-policies").json["items"][0]

        strange = [made["id"], default["id"], str(uuid4())]
        assert ada.post("/v1/sla-policies/reorder", {"policy_ids": strange}).status == 404
        assert ada.post("/v1/sla-policies/reorder", {"policy_ids": [made["id"]]}).status == 409
        for wrong in ([made["id"]] * 2, [made["id"], default["id"], made["id"]]):
            reply = ada.post("/v1/sla-policies/reorder", {"policy_ids": wrong})
            assert (reply.status, reply.json["errors"][0]["field"]) == (422, "policy_ids")

        answer = ada.post("/v1/sla-policies/reorder", {"policy_ids": [made["id"], default["id"]]}).json
        assert [(each["id"], each["position"]) for each in answer["items"]] == [
            (made["id"], 1),
            (default["id"], 2),
        ]

    def test_each_change_is_in_the_audit_log(self, ada: Api, calendar_id: str) -> None:
        made = make(ada, calendar_id)
        ada.patch(f"/v1/sla-policies/{made['id']}", {"targets": {"resolution": 5}})
        first(ada, made)
        ada.delete(f"/v1/sla-policies/{made['id']}")

        entries = ada.get("/v1/audit-log?limit=4").json["items"]

        assert [entry["action"] for entry in entries] == [
            "sla_policy.deleted",
            "sla_policies.reordered",
            "sla_policy.changed",
            "sla_policy.created",
        ]
        assert entries[2]["before"] == {"targets": {"resolution": dict.fromkeys(PRIORITIES, 60)}}


PRIORITIES = ("low", "medium", "high", "urgent")


class TestTrying:
    def test_each_condition_is_told_with_what_the_ticket_has(
        self, desk: ServiceDesk, ada: Api, calendar_id: str
    ) -> None:
        ticket = desk.networks_ticket(type="incident", tags=["vpn"], priority="high")
        made = make(ada, calendar_id, conditions={"type": ["incident"], "tag": ["wifi"]})

        told = ada.post(f"/v1/sla-policies/{made['id']}/test", {"ticket_id": ticket["id"]}).json

        assert told["matches"] is False
        assert told["conditions"] == [
            {"name": "type", "wanted": ["incident"], "actual": ["incident"], "holds": True},
            {"name": "tag", "wanted": ["wifi"], "actual": ["vpn"], "holds": False},
        ]
        assert told["chosen"] == ticket["sla"]["policy"]
        assert [(each["metric"], each["minutes"]) for each in told["targets"]] == [("resolution", 60)]

    def test_nothing_changes(self, desk: ServiceDesk, ada: Api, calendar_id: str) -> None:
        ticket = desk.networks_ticket()
        made = make(ada, calendar_id)
        before = ada.get(f"/v1/tickets/{ticket['id']}").json

        reply = ada.post(f"/v1/sla-policies/{made['id']}/test", {"ticket_id": ticket["id"]})

        assert (reply.status, reply.json["matches"]) == (200, True)
        assert ada.get(f"/v1/tickets/{ticket['id']}").json["version"] == before["version"]

    def test_a_ticket_that_somebody_holds_is_tried_all_the_same(
        self, desk: ServiceDesk, ada: Api, calendar_id: str, connections: Connections
    ) -> None:
        ticket, made = desk.networks_ticket(), make(ada, calendar_id)

        with connections.engine.begin() as other:
            other.execute(text("SELECT set_config('app.workspace_id', :w, true)"), {"w": str(desk.cast.acme)})
            held = text("SELECT FROM tickets WHERE id = :id FOR UPDATE")
            assert other.execute(held, {"id": ticket["id"]}).rowcount == 1
            reply = ada.post(f"/v1/sla-policies/{made['id']}/test", {"ticket_id": ticket["id"]})

        assert reply.status == 200

    def test_it_is_the_admins_and_of_their_own_workspace(
        self, desk: ServiceDesk, ada: Api, calendar_id: str
    ) -> None:
        ticket, made = desk.networks_ticket(), make(ada, calendar_id)
        path, body = f"/v1/sla-policies/{made['id']}/test", {"ticket_id": ticket["id"]}

        assert desk.as_(desk.cast.dario).post(path, body).status == 403
        assert ada.post(path, {"ticket_id": str(uuid4())}).status == 404
