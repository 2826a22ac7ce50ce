"""Sixty tickets changed at once on the deployed stack: by the queue and the jobs' Lambda, to one mail."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import Mailbox
from tests.e2e.http import Http, awaited
from tests.e2e.moved import moved

PASSWORD = "violet staple horse"
MANY = 60


@pytest.mark.waits
def test_sixty_tickets_are_assigned_through_the_queue(
    http: Http, mail: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = {"workspace_name": "Bulk", "admin_email": "ada@bulk.example", "admin_password": PASSWORD}
    ada = http.with_token(http.post("/v1/auth/register", desk).json["access_token"])
    agent = {"name": "Ana", "email": "ana@bulk.example", "role": "agent", "password": PASSWORD}
    ana = ada.post("/v1/users", agent).json
    moved(
        ada,
        tmp_path_factory.mktemp("bulk"),
        "zoe@bulk.example",
        [f"Outage {n}" for n in range(MANY)],
        tags=["outage"],
    )
    tickets = ada.get(f"/v1/tickets?tag=outage&sort=created_at&limit={MANY}").json["items"]
    assert len(tickets) == MANY

    # Asked for by a filter, and twice with one key.
    body = {
        "filter": {"tag": "outage"},
        "actions": [
            {"action": "assign", "assignee_id": ana["id"]},
            {
                "action": "comment",
                "body": "About {{ticket.label}}: the line is cut.",
                "visibility": "internal",
            },
        ],
    }
    asked, again = (ada.post("/v1/tickets/bulk", body, Idempotency_Key="outage") for _ in range(2))
    assert (asked.status, again.status, again.json["id"]) == (202, 202, asked.json["id"]), asked.text
    assert (asked.json["total"], asked.headers["location"]) == (MANY, f"/api/v1/jobs/{asked.json['id']}")

    # Followed to its end.
    job = awaited("the job's end", partial(ended, ada, asked.json["id"]))
    assert (job["status"], job["done"], job["counts"]) == ("done", MANY, {"changed": MANY}), job
    first = ada.get(f"/v1/jobs/{job['id']}/results?limit=100").json["items"]
    assert [result["ticket_id"] for result in first] == [ticket["id"] for ticket in tickets]
    shown = ada.get(f"/v1/tickets/{tickets[-1]['id']}").json
    assert (shown["assignee"]["id"], shown["status"], shown["version"]) == (ana["id"], "open", 2)
    assert [comment["body"] for comment in shown["comments"]] == [f"About {shown['label']}: the line is cut."]
    assert ada.post(f"/v1/jobs/{job['id']}/cancel").status == 409

    # Ana hears of all of them at once.
    (told,) = awaited("Ana's mail", lambda: mail.to(ana["email"]))
    assert f"{MANY} tickets" in told["Subject"]


def ended(ada: Http, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = ada.get(f"/v1/jobs/{job_id}").json
    return job if job["status"] in ("done", "failed", "cancelled") else None
