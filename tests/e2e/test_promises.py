"""Promises on the deployed stack, by its own clock: an escalation that raises and mails, hours that change,
what was resolved closing by itself, and a customer who is reminded and then waited for no longer."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import Mailbox
from tests.e2e.http import Http, awaited
from tests.support.database import Database

PASSWORD = "violet staple horse"
ADA, CAROL = "ada@promises.example", "carol@promises.example"
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}
HALF_DAYS = {str(day): [["00:00", "12:00"]] for day in range(7)}
# What waits is a day older.
OLDER = """
    UPDATE ticket_waits SET since = since - interval '24 hours', wakes_at = wakes_at - interval '24 hours',
        reminded_at = reminded_at - interval '24 hours'
    WHERE ticket_id = :ticket
"""


@pytest.mark.waits
def test_the_clock_escalates_recounts_closes_and_reminds(
    http: Http, mail: Mailbox, database: Database
) -> None:
    registered = http.post(
        "/v1/auth/register",
        {"workspace_name": "Promises", "admin_email": ADA, "admin_password": PASSWORD},
    ).json
    ada = http.with_token(registered["access_token"])
    database.run("SELECT set_config('app.workspace_id', :w, false)", w=registered["workspace"]["id"])
    carol = made(
        ada, "/v1/users", {"name": "Carol", "email": CAROL, "role": "customer", "password": PASSWORD}
    )
    changed(
        ada,
        "/v1/workspace",
        {"reopen_window_days": 1, "pending_reminder_days": [1], "pending_resolve_days": 2},
    )

    # Who is late by a moment is raised, and an administrator told.
    (policy,) = ada.get("/v1/sla-policies").json["items"]
    raising = {"action": "raise_priority", "to": "urgent"}
    telling = {"action": "notify", "to": [{"role": "admin"}]}
    escalation = {"metric": "resolution", "when": "after", "minutes": 0, "actions": [raising, telling]}
    changed(ada, f"/v1/sla-policies/{policy['id']}", {"escalations": [escalation]})
    late = ticket(ada, "Late", sla_minutes=1, priority="low")

    # Another policy, whose hours will change.
    hours = made(ada, "/v1/calendars", {"name": "Hours", "timezone": "UTC", "weekly": ALWAYS})
    office = {
        "name": "Office",
        "conditions": {"tag": ["office"]},
        "targets": {"resolution": 2880},
        "position": 0,
    }
    made(ada, "/v1/sla-policies", {**office, "calendar_id": hours["id"]})
    promised = ticket(ada, "Promised", tags=["office"])
    recount = changed(ada, f"/v1/calendars/{hours['id']}", {"weekly": HALF_DAYS})

    # One that is resolved, one that waits for Carol since yesterday.
    resolved = ticket(ada, "Resolved")
    done(ada, resolved, "resolve", {"resolution": "Filled up."})
    asked = ticket(ada, "Which printer?", requester_id=carol["id"])
    done(ada, asked, "pause", {"waiting_on": "customer", "reason": "Which printer is it?"})
    for each in (resolved, asked):
        database.run(OLDER, ticket=each["id"])

    # The schedule finds them all.
    awaited("the closing", partial(with_action, ada, resolved, "closed"))
    awaited("the reminder", partial(with_action, ada, asked, "reminded"))
    awaited("the reminder's mail", lambda: about(mail, CAROL, asked, "waiting for your answer"))
    database.run(OLDER, ticket=asked["id"])
    escalated = awaited("the escalation", partial(with_action, ada, late, "escalation_done"))
    (told,) = awaited("the escalation's mail", lambda: about(mail, ADA, late, "Escalated"))
    job = awaited("the recount", partial(ended, ada, recount["job_id"]))
    given_up = awaited("the end of the wait", partial(with_action, ada, asked, "resolved"))

    assert escalated["priority"] == "urgent"
    assert late["label"] in told["Subject"]
    assert [actions(ada, late).count(each) for each in ("escalated", "sla_breached", "escalation_done")] == [
        1
    ] * 3

    assert (job["status"], job["done"]) == ("done", 1), job
    now = ada.get(f"/v1/tickets/{promised['id']}").json
    assert now["due_at"] > promised["due_at"]
    targets = ada.get(f"/v1/tickets/{promised['id']}/sla").json["targets"]
    (explained,) = (each for each in targets if each["metric"] == "resolution")
    assert (explained["adds_up"], explained["explain"]["counted"]) == (True, 2880)

    system = {"closed": resolved, "reminded": asked, "resolved": asked}
    for action, each in system.items():
        (entry,) = [entry for entry in entries(ada, each) if entry["action"] == action and by_time(entry)]
        assert entry["actor"]["type"] == "system"
    assert (given_up["status"], given_up["comments"][-1]["visibility"]) == ("resolved", "public")
    assert len(about(mail, CAROL, asked, "waiting for your answer")) == 1


def made(ada: Http, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = ada.post(path, body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def changed(ada: Http, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = ada.patch(path, body)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def ticket(ada: Http, subject: str, **facts: Any) -> dict[str, Any]:
    return made(ada, "/v1/tickets", {"subject": subject, "description": "By the clock.", **facts})


def done(ada: Http, each: dict[str, Any], verb: str, body: dict[str, Any]) -> None:
    reply = ada.post(f"/v1/tickets/{each['id']}/{verb}", body)
    assert reply.status == 200, reply.text


def entries(ada: Http, each: dict[str, Any]) -> list[dict[str, Any]]:
    return list(ada.get(f"/v1/tickets/{each['id']}").json["timeline"])


def actions(ada: Http, each: dict[str, Any]) -> list[str]:
    return [entry["action"] for entry in entries(ada, each)]


def by_time(entry: dict[str, Any]) -> bool:
    return bool(entry["actor"]["type"] == "system")


def with_action(ada: Http, each: dict[str, Any], action: str) -> dict[str, Any] | None:
    """The ticket, once this was done to it."""
    now: dict[str, Any] = ada.get(f"/v1/tickets/{each['id']}").json
    return now if action in [entry["action"] for entry in now["timeline"]] else None


def about(mail: Mailbox, address: str, each: dict[str, Any], words: str) -> list[dict[str, str]]:
    """The mails about a ticket that say this."""
    sent = [message for message in mail.to(address) if each["label"] in message["Subject"]]
    return [message for message in sent if words in message["Subject"] + message["BodyText"]]


def ended(ada: Http, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = ada.get(f"/v1/jobs/{job_id}").json
    return job if job["status"] in ("done", "failed") else None
