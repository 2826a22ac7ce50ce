"""A changed policy: what it promises and announces holds for the tickets under it, in the background."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts.jobs import take_up
from chalicelib.core.db import Transaction
from chalicelib.sla import queries as sla_queries
from chalicelib.tickets import recounting, repromising
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.escalations import RAISE, Escalations, after, notify
from tests.support.jobs import Workshop
from tests.support.mailbox import Mailbox
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk

ARMED = """
    SELECT s.kind, s.step FROM sla_steps s JOIN sla_targets g ON g.id = s.target_id
    WHERE s.ticket_id = :t AND g.metric = 'resolution' AND s.fired_at IS NULL ORDER BY s.kind, s.step
"""


@pytest.fixture
def policy(desk: ServiceDesk, database: Database, book: RuleBook) -> Escalations:
    mailbox = Mailbox()
    mailbox.empty()
    return Escalations(desk, database, book, mailbox)


def armed(database: Database, ticket: dict[str, Any]) -> list[tuple[str, int]]:
    return [(row["kind"], row["step"]) for row in database.rows(ARMED, t=UUID(ticket["id"]))]


def change(policy: Escalations, workshop: Workshop, **fields: Any) -> dict[str, Any]:
    reply = policy.ada.patch(f"/v1/sla-policies/{policy.policy['id']}", fields)
    assert reply.status == 200, reply.text
    workshop.work()
    return dict(reply.json)


def test_other_minutes_move_open_tickets_and_their_timeline_says_so(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "BATCH", 2)
    policy.set()
    tickets = [desk.networks_ticket() for _ in range(3)]
    resolved = desk.in_status("resolved")

    job_id = change(policy, workshop, targets={"resolution": 90})["job_id"]

    job = policy.ada.get(f"/v1/jobs/{job_id}").json
    assert (job["kind"], job["status"], job["done"]) == ("repromise", "done", 3)
    for ticket in tickets:
        now = policy.look(ticket)
        due = datetime.fromisoformat(now["due_at"])
        assert now["sla_minutes"] == 90
        assert due - datetime.fromisoformat(ticket["due_at"]) == timedelta(minutes=30)
        (told,) = [each for each in now["timeline"] if each["action"] == "sla_recounted"]
        assert told["meta"]["policy_id"] == policy.policy["id"]
        assert told["meta"]["targets"] == [
            {"metric": "resolution", "cycle": 1, "from": ticket["due_at"], "to": now["due_at"]}
        ]
        assert now["version"] == ticket["version"]
    assert policy.look(resolved)["sla_minutes"] == 60


def test_other_warnings_and_escalations_replace_what_has_not_fired(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop, database: Database
) -> None:
    policy.set(after(30, RAISE), warnings=[{"percent": 50}, {"percent": 90}])
    ticket = desk.networks_ticket()
    policy.pass_time(31)
    policy.sweep()

    change(policy, workshop, warnings=[{"percent": 50}, {"minutes_before": 5}], escalations=[])

    assert armed(database, ticket) == [("breach", 100), ("warning", -5)]
    assert policy.count("sla_warned", ticket) == 1
    assert "sla_recounted" not in desk.actions(ticket)


def test_what_is_added_and_past_is_told_to_nobody(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop
) -> None:
    policy.set()
    running, paused = desk.networks_ticket(priority="low"), desk.networks_ticket(priority="low")
    policy.pass_time(61)
    policy.run()
    desk.do(desk.cast.dario, paused, "pause", waiting_on="customer", reason="Asked.")

    fields = {"escalations": [after(0, RAISE), after(30, notify({"role": "dispatcher"}))]}
    change(policy, workshop, **fields, targets={"resolution": 60, "first_response": 10})
    desk.do(desk.cast.dario, paused, "resume")
    policy.run()

    for ticket in (running, paused):
        now = policy.look(ticket)
        assert (now["priority"], policy.count("escalated", ticket)) == ("low", 0)
        assert policy.count("sla_breached", ticket) == 1
        (first,) = [each for each in now["sla"]["targets"] if each["metric"] == "first_response"]
        assert first["breached"] is True

    policy.pass_time(31)
    policy.run()
    assert [policy.count("escalated", ticket) for ticket in (running, paused)] == [1, 1]


def test_what_is_promised_no_longer_is_withdrawn(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop
) -> None:
    policy.set(targets={"resolution": 60, "first_response": 10})
    ticket = desk.networks_ticket()

    change(policy, workshop, targets={"first_response": 10})

    now = policy.look(ticket)
    assert (now["sla_minutes"], now["due_at"], now["breached"]) == (None, None, False)


def test_an_answered_ticket_is_promised_no_first_response(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop
) -> None:
    policy.set()
    ticket = desk.networks_ticket()
    desk.comment(desk.cast.dario, ticket, "We are looking.")

    change(policy, workshop, targets={"resolution": 60, "first_response": 10})

    metrics = [each["metric"] for each in policy.look(ticket)["sla"]["targets"]]
    assert metrics == ["resolution"]


def test_a_ticket_of_another_policy_stays_as_it_is(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop
) -> None:
    policy.set()
    ticket = desk.networks_ticket()
    calendar_id = policy.policy["calendar"]["id"]
    facts = {"name": "Other", "targets": {"resolution": 5}, "calendar_id": calendar_id, "position": 0}
    other = policy.ada.post("/v1/sla-policies", facts).json

    policy.ada.patch(f"/v1/sla-policies/{other['id']}", {"targets": {"resolution": 6}})
    workshop.work()

    assert policy.look(ticket)["due_at"] == ticket["due_at"]


def test_a_ticket_s_own_minutes_stand(policy: Escalations, desk: ServiceDesk, workshop: Workshop) -> None:
    policy.set()
    ticket = desk.networks_ticket(sla_minutes=45)

    change(policy, workshop, targets={"resolution": 90})

    assert policy.look(ticket)["due_at"] == ticket["due_at"]


def test_what_only_says_who_gets_it_asks_for_no_job(policy: Escalations, desk: ServiceDesk) -> None:
    path = f"/v1/sla-policies/{policy.policy['id']}"

    for fields in ({"name": "Usual"}, {"conditions": {"type": ["incident"]}}, {"enabled": False}, {}):
        assert policy.ada.patch(path, fields).json["job_id"] is None

    assert policy.ada.get("/v1/audit-log?limit=1").json["items"][0]["action"] == "sla_policy.changed"


def test_a_second_change_waits_for_the_same_job(policy: Escalations, workshop: Workshop) -> None:
    path = f"/v1/sla-policies/{policy.policy['id']}"

    first = policy.ada.patch(path, {"targets": {"resolution": 30}}).json["job_id"]
    second = policy.ada.patch(path, {"warnings": []}).json["job_id"]

    assert first == second
    workshop.work()
    assert policy.ada.get(f"/v1/jobs/{first}").json["status"] == "done"


def test_beside_sweeps_each_step_is_announced_once(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop, connections: Connections
) -> None:
    (kept,) = policy.set(after(30, RAISE))
    workshop.work()
    tickets = [desk.networks_ticket(priority="low") for _ in range(8)]
    policy.pass_time(75)
    path = f"/v1/sla-policies/{policy.policy['id']}"
    job_id = policy.ada.patch(path, {"escalations": [{**kept, "minutes": 10}]}).json["job_id"]
    job = connections.run(lambda tx: take_up(tx, desk.cast.acme, UUID(job_id)))
    state: dict[str, Any] = {"after": None, "done": 0, "again": [], "failed": 0}

    def promise(tx: Transaction) -> None:
        state.update(recounting.step(tx, job, state, repromising.POLICIES) or {})

    sweeps = [lambda tx: sla_queries.sweep(tx, 2)] * 12
    told = connections.side_by_side([sweeps, [promise] * 3, sweeps])
    policy.run()

    assert [each for queue in told for each in queue if isinstance(each, Exception)] == []
    assert [policy.count("escalated", ticket) for ticket in tickets] == [1] * 8
    assert {policy.look(ticket)["priority"] for ticket in tickets} == {"medium"}


def test_of_a_deleted_policy_what_was_promised_stands(
    policy: Escalations, desk: ServiceDesk, workshop: Workshop
) -> None:
    policy.set()
    ticket = desk.networks_ticket()
    path = f"/v1/sla-policies/{policy.policy['id']}"
    policy.ada.patch(path, {"targets": {"resolution": 90}})
    assert policy.ada.delete(path).status == 204

    workshop.work()

    assert policy.look(ticket)["due_at"] == ticket["due_at"]
