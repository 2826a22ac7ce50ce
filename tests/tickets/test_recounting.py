"""A changed calendar: its open targets are counted anew in the background, each once, and say so."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chalicelib import queues
from chalicelib.accounts.jobs import take_up
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.tickets import recounting
from tests.support.api import Api
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk

NEVER_ON_A_WEEKDAY = {"weekly": {"5": [["00:00", "24:00"]], "6": [["00:00", "24:00"]]}}
DUE = """
    SELECT t.label, g.metric, g.due_at, g.breached_at, t.due_at AS shown
    FROM sla_targets g JOIN tickets t ON t.id = g.ticket_id ORDER BY t.number, g.metric, g.cycle
"""
TOLD = "SELECT count(*) FROM timeline_entries WHERE action = 'sla_recounted'"


@pytest.fixture
def workshop(stage: dict[str, str], aws: str, database: Database) -> Workshop:
    return Workshop(stage, aws, database)


@pytest.fixture
def ada(desk: ServiceDesk) -> Api:
    return desk.as_(desk.cast.ada)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "BATCH", 2)


def calendar(ada: Api) -> dict[str, Any]:
    (only,) = ada.get("/v1/calendars").json["items"]
    return dict(only)


def change(ada: Api, **fields: Any) -> dict[str, Any]:
    reply = ada.patch(f"/v1/calendars/{calendar(ada)['id']}", fields)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def resolution_due(ada: Api, ticket: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(ada.get(f"/v1/tickets/{ticket['id']}").json["due_at"])


def test_case_s7_open_targets_get_the_due_time_of_the_changed_calendar(
    desk: ServiceDesk, ada: Api, workshop: Workshop
) -> None:
    ticket = desk.networks_ticket(priority="low")

    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.work()

    due = resolution_due(ada, ticket)
    explained = ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]
    assert due > datetime.fromisoformat(ticket["due_at"])
    assert all(target["adds_up"] for target in explained)
    assert next(t for t in explained if t["metric"] == "resolution")["explain"]["counted"] == 2880


def test_each_ticket_is_counted_once_in_batches_and_its_timeline_says_what_moved(
    desk: ServiceDesk, ada: Api, workshop: Workshop, small_batches: None
) -> None:
    tickets = [desk.networks_ticket(priority="low") for _ in range(5)]

    job_id = change(ada, **NEVER_ON_A_WEEKDAY)["job_id"]
    workshop.work()

    job = ada.get(f"/v1/jobs/{job_id}").json
    assert (job["status"], job["done"]) == ("done", 5)
    for ticket in tickets:
        entries = ada.get(f"/v1/tickets/{ticket['id']}/timeline").json["items"]
        (told,) = (entry for entry in entries if entry["action"] == "sla_recounted")
        moved = {target["metric"]: target for target in told["meta"]["targets"]}
        assert moved["resolution"]["from"] == ticket["due_at"]
        assert datetime.fromisoformat(moved["resolution"]["to"]) == resolution_due(ada, ticket)
        assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
        assert ada.get(f"/v1/tickets/{ticket['id']}").json["version"] == ticket["version"]


def test_delivered_twice_it_is_done_once(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    desk.networks_ticket(priority="low")
    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.relay()
    (message,) = (body for body in workshop.take() if body["type"] == "job.requested")

    workshop.deliver(message)
    once = database.rows(DUE)
    workshop.deliver(message)

    assert database.rows(DUE) == once
    assert database.value(TOLD) == 1


def test_asked_for_again_it_waits_for_the_requests_of_the_second_change_too(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    desk.networks_ticket(priority="low")
    first = change(ada, **NEVER_ON_A_WEEKDAY)["job_id"]
    workshop.relay()
    (early,) = (body for body in workshop.take() if body["type"] == "job.requested")
    again = change(ada, weekly={"6": [["00:00", "24:00"]]})["job_id"]

    assert workshop.deliver(early) == []
    assert ada.get(f"/v1/jobs/{first}").json["status"] == "queued"
    workshop.work()

    assert again == first
    assert ada.get(f"/v1/jobs/{first}").json["status"] == "done"
    assert database.value(TOLD) == 1


def test_cut_off_midway_it_goes_on_where_it_was(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database, small_batches: None
) -> None:
    for _ in range(5):
        desk.networks_ticket(priority="low")
    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.relay()
    (message,) = (body for body in workshop.take() if body["type"] == "job.requested")

    time_left = iter([True, False])
    queues.do_job(Event.parse(json.dumps(message)), queues.job_settings(), lambda: next(time_left))
    assert database.value(TOLD) == 2
    workshop.work()

    assert database.value(TOLD) == 5


def test_what_was_late_stays_late_and_is_told_once(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    ticket = desk.networks_ticket(priority="urgent")
    database.run(
        "UPDATE sla_targets SET started_at = started_at - interval '1 day', "
        "due_at = due_at - interval '1 day'"
    )
    database.run("UPDATE sla_steps SET at = at - interval '1 day'")

    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.work()

    shown = ada.get(f"/v1/tickets/{ticket['id']}").json
    actions = [entry["action"] for entry in shown["timeline"]]
    assert shown["breached"] is True
    assert actions.count("sla_breached") == len(shown["sla"]["targets"])
    assert database.value("SELECT count(*) FROM sla_steps WHERE fired_at IS NULL AND at IS NOT NULL") == 0


def test_what_was_announced_stays_so_and_a_step_that_was_never_stored_is(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    whole, lacking = (desk.networks_ticket(priority="low") for _ in range(2))
    warned = "2026-01-01T00:00:00Z"
    database.run("UPDATE sla_steps SET fired_at = :at, at = :at WHERE step = 75", at=warned)
    database.run("DELETE FROM sla_steps WHERE kind = 'breach' AND ticket_id = :t", t=lacking["id"])

    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.work()

    steps = database.rows(
        "SELECT s.ticket_id, s.step, s.at = g.due_at AS at_the_end, s.at < now() AS past, s.fired_at "
        "FROM sla_steps s JOIN sla_targets g ON g.id = s.target_id WHERE g.metric = 'resolution'"
    )
    told = {(str(row["ticket_id"]), row["step"]): row for row in steps}
    for ticket in (whole, lacking):
        fired, coming, breach = (told[ticket["id"], step] for step in (75, 90, 100))
        assert (fired["fired_at"].isoformat(), fired["past"]) == ("2026-01-01T00:00:00+00:00", True)
        assert (coming["fired_at"], coming["past"]) == (None, False)
        assert (breach["fired_at"], breach["at_the_end"]) == (None, True)
        assert resolution_due(ada, ticket).isoformat() > ticket["due_at"]


def test_paused_and_finished_targets_are_left_as_they_are(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    paused, closed = desk.in_status("pending"), desk.in_status("resolved")
    before = [row for row in database.rows(DUE) if row["metric"] == "resolution"]

    change(ada, **NEVER_ON_A_WEEKDAY)
    workshop.work()

    assert [row for row in database.rows(DUE) if row["metric"] == "resolution"] == before
    desk.do(desk.cast.ana, paused, "resume")
    assert resolution_due(ada, paused).weekday() in (5, 6, 0)
    assert closed["status"] == "resolved"


BAD = """
    UPDATE sla_targets SET paused_intervals = '[["2026-06-05T15:00:00+00:00", "2026-06-05T14:00:00+00:00"]]'
    WHERE ticket_id = :t AND metric = 'resolution'
"""


def test_one_bad_ticket_keeps_no_other_from_being_counted_and_the_job_tells_of_it(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    tickets = [desk.networks_ticket(priority="low") for _ in range(4)]
    bad = tickets[1]
    database.run(BAD, t=bad["id"])

    job_id = change(ada, **NEVER_ON_A_WEEKDAY)["job_id"]
    workshop.work()

    job = ada.get(f"/v1/jobs/{job_id}").json
    assert (job["status"], job["done"], job["counts"]) == ("done", 3, {"failed": 1})
    (failure,) = job["failures"]
    assert (failure["ticket_id"], failure["label"]) == (bad["id"], bad["label"])
    assert failure["error"]["detail"].startswith("Its promises could not be counted anew")
    moved = [ticket for ticket in tickets if resolution_due(ada, ticket).isoformat() > ticket["due_at"]]
    assert moved == [ticket for ticket in tickets if ticket is not bad]
    assert database.value(TOLD) == 3
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]


def test_many_bad_tickets_are_tried_alone_and_all_told(
    desk: ServiceDesk,
    ada: Api,
    workshop: Workshop,
    database: Database,
    small_batches: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recounting, "CHUNK", 1)
    monkeypatch.setattr(recounting, "MOST_AGAIN", 2)
    monkeypatch.setattr(recounting, "AGAIN_AT_ONCE", 1)
    tickets = [desk.networks_ticket(priority="low") for _ in range(7)]
    bad = [tickets[place]["id"] for place in (0, 2, 3, 6)]
    for each in bad:
        database.run(BAD, t=each)

    job_id = change(ada, **NEVER_ON_A_WEEKDAY)["job_id"]
    workshop.work()

    job = ada.get(f"/v1/jobs/{job_id}").json
    assert (job["done"], [failure["ticket_id"] for failure in job["failures"]]) == (3, bad)
    assert [item["status"] for item in ada.get(f"/v1/jobs/{job_id}/results").json["items"]] == ["failed"] * 4
    assert database.value(TOLD) == 3


def test_tickets_that_others_hold_are_passed_over_and_counted_at_the_end(
    desk: ServiceDesk, ada: Api, database: Database, connections: Connections
) -> None:
    held, free = desk.networks_ticket(priority="low"), desk.networks_ticket(priority="low")
    job_id = change(ada, **NEVER_ON_A_WEEKDAY)["job_id"]
    job = connections.run(lambda tx: take_up(tx, desk.cast.acme, UUID(job_id)))
    state: dict[str, Any] = {"after": None, "done": 0, "again": [], "failed": 0}

    def step(tx: Transaction) -> None:
        state.update(recounting.step(tx, job, state, recounting.CALENDARS) or {"over": True})

    with connections.engine.begin() as other:
        other.execute(text("SELECT set_config('app.workspace_id', :w, true)"), {"w": str(desk.cast.acme)})
        other.execute(text("SELECT FROM tickets WHERE id = :id FOR NO KEY UPDATE"), {"id": held["id"]})
        connections.run(step)
    assert (state["done"], state["again"]) == (1, [held["id"]])
    assert resolution_due(ada, free).isoformat() > free["due_at"]
    assert ada.get(f"/v1/tickets/{held['id']}").json["due_at"] == held["due_at"]

    connections.run(step)
    connections.run(step)

    assert (state["done"], state["again"], state["over"]) == (2, [], True)
    assert resolution_due(ada, held).isoformat() > held["due_at"]


def test_another_calendars_targets_do_not_move(
    desk: ServiceDesk, ada: Api, workshop: Workshop, database: Database
) -> None:
    desk.networks_ticket(priority="low")
    other = ada.post("/v1/calendars", {"name": "Other", "timezone": "UTC", **NEVER_ON_A_WEEKDAY}).json
    before = database.rows(DUE)

    ada.patch(f"/v1/calendars/{other['id']}", {"timezone": "Asia/Tokyo"})
    workshop.work()

    assert database.rows(DUE) == before
