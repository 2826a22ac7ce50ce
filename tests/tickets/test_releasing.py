"""Who leaves lets go: their tickets return to the team's queue, and the timeline says so."""

import pytest

from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


@pytest.mark.parametrize("how", ["deactivated", "made a customer"])
def test_active_tickets_return_to_the_queue(desk: ServiceDesk, database: Database, how: str) -> None:
    ana = desk.cast.ana
    held = [desk.networks_ticket(assignee_id=ana.id) for _ in range(2)]
    finished = desk.networks_ticket(assignee_id=ana.id)
    desk.do(ana, finished, "resolve", resolution="Done.")
    admin = desk.as_(desk.cast.ada)

    if how == "deactivated":
        reply = admin.post(f"/v1/users/{ana.id}/deactivate")
    else:
        reply = admin.patch(f"/v1/users/{ana.id}", {"role": "customer"})

    assert reply.status == 200
    for ticket in held:
        now = desk.detail(desk.cast.ada, ticket)
        assert (now["assignee"], now["status"], now["team"]["name"]) == (None, "open", "Networks")
        assert now["version"] == ticket["version"] + 1
        entry = now["timeline"][-1]
        assert (entry["action"], entry["actor"]["name"]) == ("unassigned", "Ada")
        assert entry["changes"] == {"assignee_id": {"from": str(ana.id), "to": None}}
    assert desk.detail(desk.cast.ada, finished)["assignee"]["name"] == "Ana"
    assert database.value("SELECT count(*) FROM events WHERE type = 'ticket.unassigned'") == 2
