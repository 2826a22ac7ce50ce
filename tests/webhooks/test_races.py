"""Claims, sweeps and results at once, on connections of their own: each delivery in one hand, and no receiver
with more calls than it gets."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chalicelib.core.deliveries import Result
from chalicelib.webhooks import dispatching
from chalicelib.webhooks.settling import settle
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.post_office import PostOffice


def waiting(office: PostOffice, database: Database, count: int) -> dict[str, Any]:
    """A webhook with so many deliveries that are due, none of them claimed."""
    webhook = office.make(events=["ticket.created"])
    for _ in range(count):
        office.desk.ticket()
    office.fan_out(*office.events())
    office.calls()
    database.run(
        "UPDATE webhook_deliveries "
        "SET status = 'pending', attempts = 0, tries_left = 10, next_attempt_at = now()"
    )
    return webhook


def test_of_claims_and_sweeps_at_once_each_delivery_is_in_one_hand_and_twenty_in_flight(
    office: PostOffice, database: Database, connections: Connections
) -> None:
    webhook = waiting(office, database, 24)
    workspace = office.desk.cast.acme

    def claim(tx: Any) -> Any:
        return dispatching.claim(tx, workspace, UUID(webhook["id"]))

    claimed = [row for rows in connections.at_once([claim, dispatching.claim] * 4) for row in rows]

    ids = [row.delivery_id for row in claimed]
    assert len(ids) == len(set(ids)) == 20
    assert database.value("SELECT max(attempts) FROM webhook_deliveries") == 1


def test_of_one_result_told_eight_times_at_once_one_counts(
    office: PostOffice, database: Database, connections: Connections
) -> None:
    webhook = waiting(office, database, 1)
    (row,) = connections.run(dispatching.claim)
    result = Result(row.workspace_id, row.delivery_id, 1, 500, None, "no", None, 7, datetime.now(UTC))

    connections.at_once([lambda tx: settle(tx, result)] * 8)

    assert office.look(webhook)["failures"] == 1
    assert database.value("SELECT tries_left FROM webhook_deliveries") == 9
