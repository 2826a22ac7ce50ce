"""Alerts on the deployed stack: signed as Standard Webhooks has it, they open a ticket and resolve it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from tests.e2e.http import Http
from tests.support.api import Reply

PASSWORD = "violet staple horse"
FIRING = Path(__file__).parent.parent / "channels" / "payloads" / "alertmanager_firing.json"


def test_a_signed_alert_opens_a_ticket_and_resolves_it(http: Http) -> None:
    owner = {"admin_email": "ada@alerts.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", {"workspace_name": "Alerts", **owner}).json
    ada = http.with_token(registered["access_token"])
    made = ada.post("/v1/integrations", {"name": "Alertmanager", "kind": "alertmanager"})
    assert made.status == 201, made.text
    firing = json.loads(FIRING.read_text())
    over = {"status": "resolved", "endsAt": "2026-11-20T21:30:00Z"}
    resolved = {**firing, "status": "resolved", "alerts": [{**alert, **over} for alert in firing["alerts"]]}

    # Nobody opens anything without the secret, or with another's.
    unsigned = http.post(made.json["url"], firing)
    forged = post(http, {**made.json, "secret": "whsec_" + "A" * 32}, "m-0", firing)
    assert (unsigned.status, forged.status) == (401, 401)
    assert ada.get("/v1/tickets").json["items"] == []

    opened = post(http, made.json, "m-1", firing)
    repeated = post(http, made.json, "m-1", firing)
    assert (opened.status, opened.json["outcome"], repeated.status) == (201, "created", 409), opened.text
    path = f"/v1/tickets/{opened.json['ticket']['id']}"
    ticket = ada.get(path).json
    assert (ticket["subject"], ticket["type"], ticket["status"]) == ("InstanceDown: node", "incident", "new")
    assert ticket["source"] == "webhook"

    still = post(http, made.json, "m-2", firing)
    done = post(http, made.json, "m-3", resolved)
    assert (still.status, still.json["outcome"]) == (200, "unchanged"), still.text
    assert (done.status, done.json["outcome"], done.json["ticket"]["status"]) == (200, "updated", "resolved")
    assert ada.get(path).json["status"] == "resolved"
    assert [item["id"] for item in ada.get("/v1/tickets").json["items"]] == [ticket["id"]]


def post(http: Http, integration: dict[str, Any], message_id: str, document: dict[str, Any]) -> Reply:
    """As a sender does that has the integration's secret."""
    body, now = json.dumps(document).encode(), datetime.now(UTC)
    headers = {
        "Webhook_Id": message_id,
        "Webhook_Timestamp": str(int(now.timestamp())),
        "Webhook_Signature": Webhook(integration["secret"]).sign(message_id, now, body.decode()),
    }
    return http.post(integration["url"], body, **headers)
