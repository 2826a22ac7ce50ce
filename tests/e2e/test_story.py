"""The story of the desk, over HTTP through the gateway, the authorizer, the API, the queue, the schedule and
SES."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import Mailbox
from tests.e2e.http import Http, awaited

PASSWORD = "a fine long passphrase"


@pytest.mark.waits
def test_the_main_job_from_registration_to_a_breach_mail(http: Http, mail: Mailbox) -> None:
    # 1. A workspace with its admin, who signs in.
    made = http.post(
        "/v1/auth/register",
        {
            "workspace_name": "Acme Story",
            "admin_email": "ada@story.example",
            "admin_password": PASSWORD,
            "admin_name": "Ada",
        },
    )
    assert made.status == 201, made.text
    slug = made.json["workspace"]["slug"]
    admin = sign_in(http, "ada@story.example")
    me = admin.get("/v1/auth/me")
    assert (me.status, me.json["role"], me.json["email"]) == (200, "admin", "ada@story.example")

    # 2. A team, a dispatcher, an agent in the team, a customer.
    team = admin.post("/v1/teams", {"name": "Networks"})
    assert team.status == 201, team.text
    people = {
        role: add(admin, role, {"team_ids": [team.json["id"]]} if role == "agent" else {})
        for role in ("dispatcher", "agent", "customer")
    }
    dispatcher, agent, customer = (sign_in(http, f"{role}@story.example") for role in people)

    # 6 begins: a ticket with a one-minute promise is left alone.
    lonely = dispatcher.post(
        "/v1/tickets",
        {
            "subject": "Nobody looks at this",
            "description": "For more than a minute.",
            "sla_minutes": 1,
            "assignee_id": people["agent"]["id"],
        },
    )
    assert lonely.status == 201, lonely.text

    # 3. The customer opens a ticket; the same key opens no second one.
    body = {
        "subject": "VPN drops every hour",
        "description": "Since the update this morning.",
        "priority": "high",
    }
    first = customer.post("/v1/tickets", body, Idempotency_Key="story-1")
    again = customer.post("/v1/tickets", body, Idempotency_Key="story-1")
    assert (first.status, again.status) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    ticket = first.json
    assert again.json["id"] == ticket["id"]
    assert (ticket["number"], ticket["version"], ticket["sla_minutes"]) == (2, 1, 480)
    assert ticket["label"].startswith("TKT-")
    assert ticket["due_at"].endswith("Z")

    # 4. The dispatcher finds and assigns it; the agent works on it; the customer closes it.
    found = dispatcher.get("/v1/tickets?status=NEW,OPEN&priority=HIGH").json["items"]
    assert [item["id"] for item in found] == [ticket["id"]]
    path = f"/v1/tickets/{ticket['id']}"
    steps: list[tuple[Http, str, dict[str, Any], str]] = [
        (dispatcher, "assign", {"assignee_id": people["agent"]["id"], "team_id": team.json["id"]}, "open"),
        (agent, "pause", {"waiting_on": "customer", "reason": "Which client version?"}, "pending"),
        (agent, "resume", {}, "open"),
    ]
    for who, verb, given, status in steps:
        reply = who.post(f"{path}/{verb}", given)
        assert (reply.status, reply.json["status"]) == (200, status), reply.text
    assert agent.post(f"{path}/comments", {"body": "Restarted the gateway."}).status == 201
    assert (
        agent.post(f"{path}/comments", {"body": "It leaks memory.", "visibility": "internal"}).status == 201
    )
    version = agent.get(path).headers["etag"]
    patched = agent.patch(path, {"tags": ["vpn"]}, If_Match=version)
    stale = agent.patch(path, {"tags": ["lan"]}, If_Match=version)
    assert (patched.status, patched.json["tags"]) == (200, ["vpn"])
    assert (stale.status, stale.code) == (412, "OPTIMISTIC_LOCK")
    assert agent.post(f"{path}/resolve", {"resolution": "Updated the gateway."}).json["status"] == "resolved"
    assert customer.post(f"{path}/close", {}).json["status"] == "closed"
    detail = customer.get(path).json
    assert [c["body"] for c in detail["comments"]] == ["Restarted the gateway.", "Updated the gateway."]
    assert [e["action"] for e in detail["timeline"]] == [
        "created", "assigned", "paused", "resumed", "commented", "updated", "commented", "resolved", "closed",
    ]  # fmt: skip

    # 5. Without an account: a ticket, then its status by label and email; a wrong email learns nothing.
    public = http.post(
        f"/v1/public/{slug}/tickets",
        {
            "name": "Nadia Petit",
            "email": "nadia@people.example",
            "subject": "No paper",
            "description": "The printer on floor 2 is empty.",
            "type": "incident",
            "category": "Hardware",
        },
    )
    assert public.status == 201, public.text
    look_up = f"/v1/public/{slug}/ticket-status"
    right = http.post(look_up, {"label": public.json["label"], "email": "nadia@people.example"})
    wrong = http.post(look_up, {"label": public.json["label"], "email": "ada@story.example"})
    assert (right.status, right.json["status"]) == (200, "new")
    assert (wrong.status, wrong.code) == (404, "NOT_FOUND")
    assert public.json["label"] not in wrong.text

    # 7. Another workspace sees none of it.
    http.post(
        "/v1/auth/register",
        {
            "workspace_name": "Globex Story",
            "admin_email": "mallory@globex.example",
            "admin_password": PASSWORD,
        },
    )
    mallory = sign_in(http, "mallory@globex.example")
    foreign = [
        ("GET", path, None),
        ("PATCH", path, {"subject": "Mine"}),
        ("DELETE", path, None),
        ("GET", f"{path}/comments", None),
        ("GET", f"{path}/timeline", None),
        ("POST", f"{path}/comments", {"body": "Hello"}),
        ("POST", f"{path}/assign", {"assignee_id": None}),
        ("POST", f"{path}/close", {}),
        ("GET", f"/v1/users/{people['agent']['id']}", None),
        ("GET", f"/v1/teams/{team.json['id']}", None),
    ]
    for method, foreign_path, given_body in foreign:
        headers = {"If-Match": '"1"'} if method == "PATCH" else {}
        assert mallory.request(method, foreign_path, given_body, headers).status == 404, foreign_path
    assert mallory.get("/v1/tickets").json["items"] == []

    # 6 ends: the schedule finds the breach once, and the notification reaches assignee and dispatcher.
    lonely_path = f"/v1/tickets/{lonely.json['id']}"

    def breach() -> dict[str, Any] | None:
        now = dispatcher.get(lonely_path).json
        return now if any(e["action"] == "sla_breached" for e in now["timeline"]) else None

    late = awaited("the sweep to find the breach", breach)
    assert late["breached"] is True
    assert late["hours_remaining"] < 0
    for role in ("agent", "dispatcher"):
        awaited(f"the breach mail to the {role}", partial(breach_mails, mail, role, lonely.json["label"]))
    told = [e for e in late["timeline"] if e["action"] in ("sla_warned", "sla_breached")]
    promised = [(e["action"], e["meta"]["percent"]) for e in told if e["meta"]["metric"] == "resolution"]
    assert promised == [("sla_warned", 75), ("sla_warned", 90), ("sla_breached", 100)]
    for step in told:
        assert step["meta"]["at"] < step["meta"]["noticed_at"]
    targets = dispatcher.get(f"{lonely_path}/sla").json["targets"]
    (explained,) = (target for target in targets if target["metric"] == "resolution")
    assert (explained["goal"], explained["breached"], explained["adds_up"]) == (1, True, True)
    assert explained["breached_at"] == explained["due_at"] == late["due_at"]
    figures = dispatcher.get("/v1/analytics/sla?days=2&metric=resolution").json
    assert figures["total"]["breached"] == 1
    behind = dispatcher.get("/v1/analytics/sla/targets?days=2&metric=resolution").json["items"]
    assert [item["ticket"]["id"] for item in behind] == [lonely.json["id"]]
    breached = dispatcher.get("/v1/tickets?breached=true").json["items"]
    assert [item["id"] for item in breached] == [lonely.json["id"]]
    again = [e["action"] for e in dispatcher.get(lonely_path).json["timeline"]]
    assert again.count("sla_breached") == len([e for e in told if e["action"] == "sla_breached"])


def sign_in(http: Http, address: str) -> Http:
    """The API as somebody who has just signed in."""
    answered = http.sign_in(address, PASSWORD)
    assert answered["token"] == answered["access_token"]
    assert answered["token_type"] == "Bearer"
    return http.with_token(answered["access_token"])


def add(admin: Http, role: str, more: dict[str, Any]) -> dict[str, Any]:
    body = {
        "name": role.title(),
        "email": f"{role}@story.example",
        "role": role,
        "password": PASSWORD,
        **more,
    }
    reply = admin.post("/v1/users", body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def breach_mails(mail: Mailbox, role: str, label: str) -> list[dict[str, str]]:
    """The mails that tell somebody that this ticket is late."""
    about = [message for message in mail.to(f"{role}@story.example") if label in message["Subject"]]
    return [message for message in about if "late" in message["BodyText"] or "breach" in message["BodyText"]]
