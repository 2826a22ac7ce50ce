"""Roll-ups: how long after its commit a change is in the figures, and what counting takes."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch

from benchmarks.figure import Figure, progress
from benchmarks.quick_queue import quick_queue
from benchmarks.sampling import timed
from benchmarks.stage import Stage
from tests.support.mailbox import LambdaContext, batch_of

TICKETS, CHANGES, ROUNDS = 2000, 200, 20
# What a queue may wait for before it wakes its function (MaximumBatchingWindowInSeconds), in milliseconds.
WINDOW = 1000.0
MAKE = """
    INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, created_at)
    SELECT t.workspace_id, 1000000 + n, 'B-' || n, t.subject, t.description, t.requester_id, t.team_id,
        now() - n * interval '1 hour'
    FROM (SELECT * FROM tickets WHERE workspace_id = :w LIMIT 1) AS t CROSS JOIN generate_series(1, :n) AS n
"""
CHANGE = """
    UPDATE tickets SET priority = CASE priority WHEN 'low' THEN 'high' ELSE 'low' END WHERE id = ANY(:t)
"""


def measure(stage: Stage) -> Iterator[Figure]:
    """A batch is handed over as SQS does, at the end of its window; the queue answers after 10 ms."""
    assert stage.cast
    assert stage.environment
    from chalicelib import queues
    from chalicelib.core import sqs

    queues.insight_settings.cache_clear()
    with (
        quick_queue() as address,
        patch.dict(os.environ, {"AWS_ENDPOINT_URL_SQS": address, "MESA_LOG_LEVEL": "ERROR"}),
        open(os.devnull, "w") as nowhere,
        redirect_stdout(nowhere),
    ):
        sqs.client.cache_clear()
        sqs.breaker.reset()
        try:
            tickets = _tickets(stage)
            yield from _lag(stage, tickets, f"{address}/000000000000/insight")
            yield from _cost(stage, tickets)
        finally:
            sqs.client.cache_clear()


def _tickets(stage: Stage) -> list[Any]:
    assert stage.cast
    workspace = stage.cast.acme
    stage.database.run(
        "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
        "SELECT :w, 999999, 'B-0', 'VPN', 'drops', :u, id FROM teams WHERE workspace_id = :w AND is_default",
        w=workspace,
        u=stage.cast.carol.id,
    )
    stage.database.run(MAKE, w=workspace, n=TICKETS)
    stage.database.run("CALL sp_rollup_rebuild(:w)", w=workspace)
    found = stage.database.rows("SELECT id FROM tickets WHERE workspace_id = :w ORDER BY id", w=workspace)
    return [row["id"] for row in found]


def _lag(stage: Stage, tickets: Sequence[Any], url: str) -> Iterator[Figure]:
    from sqlalchemy import text

    from chalicelib.core import events
    from chalicelib.core.db import Transaction, in_transaction

    assert stage.cast
    workspace = stage.cast.acme
    enter = text("SELECT set_config('app.workspace_id', :w, true)")
    progress(f"{CHANGES} changes, from the commit until they are counted")

    def change(tx: Transaction, ticket: Any) -> list[dict[str, Any]]:
        tx.connection.execute(enter, {"w": str(workspace)})
        tx.connection.execute(text(CHANGE), {"t": [ticket]})
        events.record(tx, workspace, "ticket.reclassified", {"text": "VPN drops " * 80})
        return [{**event, "ticket_id": ticket} for event in tx.events]

    lags = []
    for ticket in tickets[:CHANGES]:
        (event,) = in_transaction(lambda tx, it=ticket: change(tx, it), repeatable=False)  # type: ignore[misc]
        committed = time.perf_counter()
        events.send_committed([event], [url])
        _deliver([event])
        lags.append((time.perf_counter() - committed) * 1000 + WINDOW)
    name = "insight: from a commit to the figures, the queue's window included"
    yield Figure(f"{name}, p50", median(lags), 2500, "ms")
    yield Figure(f"{name}, p99", quantiles(lags, n=100)[98], 5000, "ms")


def _cost(stage: Stage, tickets: Sequence[Any]) -> Iterator[Figure]:
    assert stage.cast
    progress(f"100 changed tickets counted, {ROUNDS} rounds")
    taken = []
    for number in range(ROUNDS):
        some = tickets[100 * (number % (TICKETS // 100)) :][:100]
        stage.database.run(CHANGE, t=list(some))
        news = [_event(stage.cast.acme, ticket, place) for place, ticket in enumerate(some)]
        taken.append(timed(lambda it=news: _deliver(it)) / 100)  # type: ignore[misc]
    yield Figure("insight: a changed ticket counted, of 100 in a batch", median(taken), 5, "ms")


def _event(workspace: Any, ticket: Any, number: int) -> dict[str, Any]:
    names = {"id": number + 1, "type": "ticket.reclassified", "workspace_id": workspace, "ticket_id": ticket}
    return {
        **names,
        "sequence": 1,
        "internal": False,
        "created_at": "2026-11-20T00:00:00+00:00",
        "payload": {},
    }


def _deliver(news: Sequence[dict[str, Any]]) -> None:
    from chalicelib import queues

    bodies = [json.dumps(event, default=str) for event in news]
    answer = queues.insight(batch_of(*bodies), LambdaContext(60))
    assert answer == {"batchItemFailures": []}
