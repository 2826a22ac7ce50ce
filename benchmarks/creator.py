"""A process that creates tickets at the room, one transaction each; or, as the floor, only counts them.

It says when it is ready, begins at a line on its standard input, and tells when it was done and its labels.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

WARM_UP = 5
COUNT = "UPDATE ticket_counters SET last_number = last_number WHERE workspace_id = '{}'"


def creating(workspace: UUID, user: UUID) -> Callable[[], str]:
    """A create as the API does it: the caller entered, the ticket written, one COMMIT."""
    from chalicelib.accounts.principals import enter
    from chalicelib.core.db import Transaction, in_transaction
    from chalicelib.tickets.creating import NewTicket, open_ticket

    new = NewTicket(subject="VPN drops every hour", description="Since the update this morning.")

    def create(tx: Transaction) -> str:
        return open_ticket(tx, enter(tx, workspace, user), new).label

    return lambda: in_transaction(create, repeatable=False)


def counting(workspace: UUID, dsn: dict[str, Any]) -> Callable[[], str]:
    """The least that numbers without gaps cost: the counter's row and a COMMIT, through pg8000 alone."""
    import pg8000.native

    connection = pg8000.native.Connection(**dsn)

    def count() -> str:
        connection.run(COUNT.format(workspace))
        return ""

    return count


def main() -> None:
    order = json.loads(sys.argv[1])
    workspace, dsn = UUID(order["workspace"]), order.get("dsn")
    action = counting(workspace, dsn) if dsn else creating(workspace, UUID(order["user"]))
    for _ in range(WARM_UP):
        action()
    print("ready", flush=True)
    sys.stdin.readline()
    made = [action() for _ in range(order["times"])]
    print(json.dumps([time.monotonic(), made]), flush=True)


if __name__ == "__main__":
    main()
