"""Statements a call, beside BEGIN and COMMIT; tests/architecture/test_statement_counts.py holds them all."""

import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from unittest.mock import patch

from benchmarks.figure import Figure, progress
from benchmarks.stage import Stage
from tests.support.api import Api
from tests.support.statements import recorded

READ, CREATE = 3, 8


def measure(stage: Stage) -> Iterator[Figure]:
    """The reads and writes of a ticket."""
    progress("counting statements")
    cast = stage.cast
    from app import app

    api = Api(app)
    ticket = stage.database.value("SELECT id FROM tickets WHERE status = 'open' ORDER BY number DESC LIMIT 1")
    path, body = f"/v1/tickets/{ticket}", {"subject": "VPN drops", "description": "Every hour."}
    calls = [
        ("get a ticket", cast.dario, "GET", path, None, {}, READ),
        ("list tickets", cast.ana, "GET", "/v1/tickets", None, {}, READ),
        ("timeline", cast.dario, "GET", f"{path}/timeline", None, {}, READ),
        ("comments", cast.dario, "GET", f"{path}/comments", None, {}, READ),
        ("create a ticket", cast.carol, "POST", "/v1/tickets", body, {}, CREATE),
        ("create with a key", cast.carol, "POST", "/v1/tickets", body, {"Idempotency-Key": "k"}, CREATE),
        ("comment", cast.dario, "POST", f"{path}/comments", {"body": "Restarted."}, {}, CREATE),
    ]
    unsent = patch("chalicelib.core.events.send_committed")
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), unsent:
        for name, who, method, where, what, headers, limit in calls:
            with recorded() as sent:
                reply = api.with_token(who.token).request(method, where, what, headers)
            assert reply.status < 300, reply.text
            yield Figure(f"statements: {name}", len(sent), limit)
