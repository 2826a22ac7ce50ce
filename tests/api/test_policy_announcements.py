"""Warnings and escalations of policies as admins set them up: what is taken, refused and kept apart."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import Api, Reply
from tests.support.database import Database
from tests.support.escalations import RAISE, after, before, notify
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

ACTIVE = "There is no such active member of the staff."


@pytest.fixture
def ada(desk: ServiceDesk) -> Api:
    return desk.as_(desk.cast.ada)


def make(ada: Api, **fields: Any) -> Reply:
    calendar_id = ada.get("/v1/calendars").json["items"][0]["id"]
    facts = {"name": "Network", "targets": {"resolution": 60}, "calendar_id": calendar_id, **fields}
    return ada.post("/v1/sla-policies", facts)


def made(ada: Api, **fields: Any) -> dict[str, Any]:
    reply = make(ada, **fields)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def refused(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status in (404, 422), reply.text
    return [(each["field"], each["message"]) for each in reply.json["errors"]]


def patch(ada: Api, policy: dict[str, Any], **fields: Any) -> Reply:
    return ada.patch(f"/v1/sla-policies/{policy['id']}", fields)


class TestWarnings:
    def test_without_any_it_warns_at_75_and_90_percent_and_escalates_nothing(self, ada: Api) -> None:
        policy = made(ada)

        assert policy["warnings"] == [{"percent": 75}, {"percent": 90}]
        assert policy["escalations"] == []

    def test_they_are_kept_as_they_were_sent(self, ada: Api) -> None:
        given = [
            {"percent": 50, "metrics": ["first_response"]},
            {"percent": 50, "metrics": ["resolution"]},
            {"minutes_before": 30},
        ]

        policy = made(ada, warnings=given)

        assert ada.get(f"/v1/sla-policies/{policy['id']}").json["warnings"] == given
        assert patch(ada, policy, warnings=[]).json["warnings"] == []

    @for_each(
        "warnings, field",
        [
            ([{"percent": 0}], "warnings.0.percent"),
            ([{"percent": 100}], "warnings.0.percent"),
            ([{"percent": 75.5}], "warnings.0.percent"),
            ([{"percent": "75"}], "warnings.0.percent"),
            ([{"minutes_before": 0}], "warnings.0.minutes_before"),
            ([{"minutes_before": 525_601}], "warnings.0.minutes_before"),
            ([{}], "warnings.0"),
            ([{"percent": 5, "minutes_before": 5}], "warnings.0"),
            ([{"percent": 5, "metrics": []}], "warnings.0.metrics"),
            ([{"percent": 5, "metrics": ["speed"]}], "warnings.0.metrics.0"),
            ([{"percent": 5, "when": "now"}], "warnings.0.when"),
            ([{"percent": each} for each in range(1, 7)], "warnings"),
            ([{"percent": 5}, {"percent": 5}], "warnings.1.percent"),
            ([{"minutes_before": 5}, {"minutes_before": 5}], "warnings.1.minutes_before"),
            ([{"percent": 5}, {"percent": 5, "metrics": ["resolution"]}], "warnings.1.percent"),
            (None, "warnings"),
        ],
    )
    def test_what_makes_no_sense_is_422_and_says_where(self, ada: Api, warnings: Any, field: str) -> None:
        assert [name for name, _ in refused(make(ada, warnings=warnings))] == [field]


class TestEscalations:
    def test_they_are_answered_whole_each_with_its_id(self, desk: ServiceDesk, ada: Api) -> None:
        team = str(desk.cast.teams["Apps"])
        given = [
            after(60, RAISE, notify({"role": "dispatcher"}, {"to": "team"}), metric=None),
            before(
                15,
                {"action": "raise_priority", "to": "urgente"},
                {"action": "transfer", "team_id": team, "assignee_id": None},
                notify({"team_id": team}, {"user_id": desk.cast.ana.id}),
            ),
        ]

        policy = made(ada, escalations=given)

        given[1]["actions"][0]["to"] = "urgent"
        kept = ada.get(f"/v1/sla-policies/{policy['id']}").json["escalations"]
        assert [{name: value for name, value in each.items() if name != "id"} for each in kept] == given
        assert len({each["id"] for each in kept}) == 2

    @for_each(
        "escalation, field",
        [
            ({"minutes": 5, "actions": [RAISE]}, "escalations.0.when"),
            (after(-1, RAISE), "escalations.0.minutes"),
            (after(525_601, RAISE), "escalations.0.minutes"),
            (after(5, RAISE, when="at"), "escalations.0.when"),
            (after(5, RAISE, metric="speed"), "escalations.0.metric"),
            (after(5), "escalations.0.actions"),
            (after(5, RAISE, id="first"), "escalations.0.id"),
            (before(0, RAISE), "escalations.0.minutes"),
            (after(5, {"action": "set_status", "status": "open"}), "escalations.0.actions.0.action"),
            (after(5, {"to": "high"}), "escalations.0.actions.0.action"),
            (after(5, RAISE | {"to": "asap"}), "escalations.0.actions.0.to"),
            (after(5, {"action": "assign"}), "escalations.0.actions.0.assignee_id"),
            (after(5, {"action": "assign", "assignee_id": "me"}), "escalations.0.actions.0.assignee_id"),
            (after(5, {"action": "transfer"}), "escalations.0.actions.0.team_id"),
            (after(5, {"action": "notify", "to": []}), "escalations.0.actions.0.to"),
            (after(5, notify({})), "escalations.0.actions.0.to.0"),
            (after(5, notify({"role": "customer"})), "escalations.0.actions.0.to.0.role"),
            (after(5, notify({"role": "admin", "to": "team"})), "escalations.0.actions.0.to.0"),
            (after(5, notify({"role": "admin"}, {"role": "admin"})), "escalations.0.actions.0.to.1"),
            (after(5, RAISE, RAISE), "escalations.0.actions.1.action"),
        ],
    )
    def test_what_makes_no_sense_is_422_and_says_where(
        self, ada: Api, escalation: dict[str, Any], field: str
    ) -> None:
        assert [name for name, _ in refused(make(ada, escalations=[escalation]))] == [field]

    def test_who_works_on_it_is_said_once(self, desk: ServiceDesk, ada: Api) -> None:
        cast = desk.cast
        move = {"action": "transfer", "team_id": str(cast.teams["Apps"]), "assignee_id": None}
        give = {"action": "assign", "assignee_id": str(cast.ana.id)}

        assert refused(make(ada, escalations=[after(5, move, give)])) == [
            ("escalations.0.actions.1.assignee_id", "The transfer says already who works on it.")
        ]

    @pytest.mark.parametrize("metric", ["resolution", None])
    def test_one_that_is_there_twice_is_refused(self, ada: Api, metric: str | None) -> None:
        twice = [after(5, RAISE), after(5, RAISE, metric=metric)]
        apart = [after(5, RAISE), after(5, RAISE, metric="first_response"), after(5, notify({"to": "team"}))]

        assert refused(make(ada, escalations=twice)) == [("escalations.1", "This escalation is there twice.")]
        assert make(ada, escalations=apart).status == 201

    def test_no_more_than_ten(self, ada: Api) -> None:
        many = [after(minutes, RAISE) for minutes in range(11)]

        assert [field for field, _ in refused(make(ada, escalations=many))] == ["escalations"]
        assert make(ada, escalations=many[:10]).status == 201

    def test_whom_it_names_must_be_there(self, desk: ServiceDesk, ada: Api, database: Database) -> None:
        cast = desk.cast
        theirs = database.value("SELECT id FROM teams WHERE workspace_id = :w LIMIT 1", w=cast.globex)
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ben.id)
        escalations = [
            after(0, RAISE),
            after(
                5,
                {"action": "transfer", "team_id": str(uuid4()), "assignee_id": str(cast.ben.id)},
                notify({"team_id": theirs}, {"user_id": cast.carol.id}, {"user_id": cast.mallory.id}),
            ),
        ]

        reply = make(ada, escalations=escalations)

        assert (reply.status, reply.code) == (404, "NOT_FOUND")
        assert refused(reply) == [
            ("escalations.1.actions.0.team_id", "There is no such team."),
            ("escalations.1.actions.0.assignee_id", ACTIVE),
            ("escalations.1.actions.1.to.0.team_id", "There is no such team."),
            ("escalations.1.actions.1.to.1.user_id", ACTIVE),
            ("escalations.1.actions.1.to.2.user_id", ACTIVE),
        ]

    def test_what_was_there_when_it_was_kept_does_not_stop_another_change(
        self, desk: ServiceDesk, ada: Api, database: Database
    ) -> None:
        policy = made(ada, escalations=[after(5, notify({"user_id": desk.cast.ben.id}))])
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=desk.cast.ben.id)

        assert patch(ada, policy, name="Nets", escalations=policy["escalations"]).status == 200
        again = [*policy["escalations"], after(9, RAISE)]
        assert refused(patch(ada, policy, escalations=again)) == [
            ("escalations.0.actions.0.to.0.user_id", ACTIVE)
        ]

    def test_each_change_is_in_the_audit_log(self, ada: Api) -> None:
        policy = made(ada, escalations=[after(5, RAISE)])

        patch(ada, policy, warnings=[], escalations=[])

        entry = ada.get("/v1/audit-log?limit=1").json["items"][0]
        assert entry["action"] == "sla_policy.changed"
        assert entry["before"] == {name: policy[name] for name in ("warnings", "escalations")}
        assert entry["after"] == {"warnings": [], "escalations": []}


class TestIds:
    def test_they_stay_whatever_the_order_and_whoever_sends_none(self, ada: Api) -> None:
        policy = made(ada, escalations=[after(5, RAISE), after(10, RAISE)])
        five, ten = policy["escalations"]

        def ids(*given: dict[str, Any]) -> list[str]:
            reply = patch(ada, policy, escalations=list(given))
            assert reply.status == 200, reply.text
            return [each["id"] for each in reply.json["escalations"]]

        assert ids(ten, five) == [ten["id"], five["id"]]
        assert ids(after(10, RAISE), after(5, RAISE)) == [ten["id"], five["id"]]
        assert ids(after(5, notify({"to": "team"})), ten) == [five["id"], ten["id"]]
        assert ids({**ten, "minutes": 20}) == [ten["id"]]

    def test_a_new_one_takes_no_other_s_place(self, ada: Api) -> None:
        policy = made(ada, escalations=[after(5, RAISE)])
        (five,) = policy["escalations"]

        changed = patch(ada, policy, escalations=[after(6, RAISE), five]).json["escalations"]

        assert changed[1] == five
        assert changed[0]["id"] != five["id"]

    def test_another_policy_s_are_not_found(self, ada: Api) -> None:
        policy, other = made(ada, escalations=[after(5, RAISE)]), made(ada, name="Other")

        reply = patch(ada, other, escalations=policy["escalations"])

        assert reply.status == 404
        assert refused(reply) == [("escalations.0.id", "The policy has no such escalation.")]

    def test_a_copy_of_a_policy_says_the_same_and_has_its_own(self, ada: Api) -> None:
        policy = made(ada, warnings=[{"percent": 80}], escalations=[after(5, RAISE), before(9, RAISE)])
        said = ("conditions", "targets", "warnings", "escalations", "enabled")

        copy = made(ada, name="Copy", **{name: policy[name] for name in said})

        ids = [{each["id"] for each in one["escalations"]} for one in (policy, copy)]
        assert len(ids[0]) == len(ids[1]) == 2
        assert not ids[0] & ids[1]
        for one in (policy, copy):
            for each in one["escalations"]:
                del each["id"]
        assert {name: copy[name] for name in said} == {name: policy[name] for name in said}

    def test_one_named_twice_is_refused(self, ada: Api) -> None:
        policy = made(ada, escalations=[after(5, RAISE)])
        (five,) = policy["escalations"]

        reply = patch(ada, policy, escalations=[five, {**five, "minutes": 6}])

        assert refused(reply) == [("escalations.1.id", "This escalation is there twice.")]


def test_trying_a_policy_tells_what_it_would_announce_and_when(desk: ServiceDesk, ada: Api) -> None:
    ticket = desk.networks_ticket()
    policy = made(ada, warnings=[{"percent": 50}, {"minutes_before": 90}], escalations=[after(60, RAISE)])

    told = ada.post(f"/v1/sla-policies/{policy['id']}/test", {"ticket_id": ticket["id"]}).json

    (target,) = told["targets"]
    steps = [(each["kind"], each["percent"], each["minutes_before"], each["at"]) for each in target["steps"]]
    created = ticket["created_at"]
    assert [step[:3] for step in steps] == [
        ("warning", None, 90),
        ("warning", 50, None),
        ("breach", 100, None),
        ("escalation", None, None),
    ]
    assert steps[0][3] == created
    assert steps[2][3] == target["due_at"]
    assert target["steps"][3]["escalation_id"] == policy["escalations"][0]["id"]
    assert created < steps[1][3] < steps[2][3] < steps[3][3]
