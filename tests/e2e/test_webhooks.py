"""Webhooks on the deployed stack: from a ticket through queues and Lambdas to a receiver that verifies it
with the reference library."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.e2e.http import Http, awaited
from tests.support.stranger import Asked, Stranger, Told

PASSWORD = "violet staple horse"


@pytest.mark.waits
def test_a_local_receiver_verifies_what_a_ticket_tells(http: Http, receivers: Callable[[], Stranger]) -> None:
    receiver = receivers()
    owner = {"admin_email": "ada@hooks.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", {"workspace_name": "Hooks", **owner}).json
    ada = http.with_token(registered["access_token"])
    body = {
        "name": "Receiver",
        "url": f"{receiver.url}/hook",
        "events": ["ticket.created", "ticket.resolved"],
    }
    made = ada.post("/v1/webhooks", body)
    assert made.status == 201, made.text
    path = f"/v1/webhooks/{made.json['id']}"
    again = {
        **body,
        "name": "At the second try",
        "url": f"{receiver.url}/again",
        "events": ["ticket.resolved"],
    }
    again_path = f"/v1/webhooks/{ada.post('/v1/webhooks', again).json['id']}"
    answers = [Told(500, body=b"out of order"), Told(204)]
    receiver.routes["/again"] = lambda _: answers.pop(0)

    # Tried at once, and told.
    tried = ada.post(f"{path}/test")
    assert (tried.status, tried.json["status_code"], tried.json["answer"]) == (200, 200, "thank you"), (
        tried.text
    )
    webhook = Webhook(made.json["secret"])
    assert webhook.verify(receiver.heard[0].body, receiver.heard[0].headers)["type"] == "webhook.test"

    def heard() -> list[Asked]:
        return [asked for asked in receiver.heard if asked.path == "/hook"]

    # A ticket, by the queues; its second event under another secret, and the first one too.
    ticket = ada.post("/v1/tickets", {"subject": "No paper", "description": "Since Monday."}).json
    awaited("the first call", lambda: len(heard()) >= 2)
    rotated = ada.post(f"{path}/rotate-secret", {"grace_hours": 1}).json
    resolved = ada.post(f"/v1/tickets/{ticket['id']}/resolve", {"resolution": "Filled up."})
    assert resolved.status == 200, resolved.text
    awaited("the second call", lambda: len(heard()) >= 3)

    created, second = heard()[1:3]
    told = webhook.verify(created.body, created.headers)
    assert (told["type"], told["data"]["ticket"]["id"]) == ("ticket.created", ticket["id"])
    told = webhook.verify(second.body, second.headers)
    assert told == Webhook(rotated["secret"]).verify(second.body, second.headers)
    assert (told["type"], told["data"]["ticket"]["status"]) == ("ticket.resolved", "resolved")
    listed = awaited("the log", partial(settled, ada, path, 2))
    assert [(each["status"], each["status_code"], each["answer"]) for each in listed] == [
        ("succeeded", 200, "thank you")
    ] * 2

    # What failed comes again by the schedule, under the same id.
    (late,) = awaited("the second try", partial(settled, ada, again_path, 1), seconds=200)
    tries = [asked.headers["webhook-id"] for asked in receiver.heard if asked.path == "/again"]
    assert (late["attempts"], late["status_code"], tries) == (2, 204, [late["message_id"]] * 2)


@pytest.mark.waits
def test_a_receiver_that_is_gone_is_called_no_more(http: Http, receivers: Callable[[], Stranger]) -> None:
    receiver = receivers()
    owner = {"admin_email": "ada@gone.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", {"workspace_name": "Gone", **owner}).json
    ada = http.with_token(registered["access_token"])
    receiver.routes["/hook"] = lambda _: Told(410)
    body = {"name": "Gone", "url": f"{receiver.url}/hook", "events": ["*"]}
    path = f"/v1/webhooks/{ada.post('/v1/webhooks', body).json['id']}"

    ada.post("/v1/tickets", {"subject": "No paper", "description": "Since Monday."})

    told = awaited("its end", lambda: off(ada, path))
    assert told["disabled_reason"] == "gone"
    assert len(receiver.heard) == 1


def settled(ada: Http, path: str, count: int) -> list[dict[str, Any]] | None:
    items: list[dict[str, Any]] = ada.get(f"{path}/deliveries").json["items"]
    return items if [each["status"] for each in items].count("succeeded") == count else None


def off(ada: Http, path: str) -> dict[str, Any] | None:
    told: dict[str, Any] = ada.get(path).json
    return None if told["enabled"] else told
