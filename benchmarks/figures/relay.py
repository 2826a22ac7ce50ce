"""Events on their way: drained from the outbox into its queues, and sent right after a commit; against
boto3 sending the same and nothing else."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch
from uuid import UUID

from benchmarks.figure import Figure, progress
from benchmarks.quick_queue import quick_queue
from benchmarks.sampling import timed
from benchmarks.stage import Stage

EVENTS, ROUNDS = 2000, 5
COMMITS = 300
WAITING = """
    INSERT INTO events (workspace_id, type, payload, leased_until)
    SELECT :w, 'ticket.updated', jsonb_build_object('text', repeat('VPN drops ', 80)), now()
    FROM generate_series(1, :n)
"""


def measure(stage: Stage) -> Iterator[Figure]:
    """Each event of 1 kB goes to three queues, which answer after 10 ms each, as SQS does."""
    assert stage.cast
    assert stage.environment
    from chalicelib.core import sqs

    with (
        quick_queue() as address,
        patch.dict(os.environ, {"AWS_ENDPOINT_URL_SQS": address}),
        open(os.devnull, "w") as nowhere,
        redirect_stdout(nowhere),
    ):
        urls = [f"{address}/000000000000/{name}" for name in ("notifications", "rules", "webhooks")]
        sqs.client.cache_clear()
        sqs.breaker.reset()
        try:
            yield from _drained(stage, urls)
            yield from _committed(stage.cast.acme, urls)
        finally:
            sqs.client.cache_clear()


def _drained(stage: Stage, urls: Sequence[str]) -> Iterator[Figure]:
    from chalicelib.core import events, sqs

    progress(f"{EVENTS} events relayed, {ROUNDS} rounds")
    stage.database.run("DELETE FROM events")
    client, message = sqs.client("patient"), "x" * 1100
    ours, bare = [], []

    def drain() -> None:
        assert events.drain(urls, lambda: True) == EVENTS

    def send(batch: Sequence[int], url: str) -> Any:
        entries = [{"Id": str(key), "MessageBody": message} for key in batch]
        return client.send_message_batch(QueueUrl=url, Entries=entries)

    def send_all() -> None:
        batches = [range(start, start + 10) for start in range(0, EVENTS, 10)]
        with ThreadPoolExecutor(sqs.WORKERS) as pool:
            for url in urls:
                list(pool.map(send, batches, [url] * len(batches)))

    for _ in range(ROUNDS):
        stage.database.run(WAITING, w=stage.cast.acme, n=EVENTS)
        ours.append(timed(drain) / EVENTS)
        bare.append(timed(send_all) / EVENTS)
    yield Figure("relay: an event leased, sent to three queues, marked", median(ours), 1, "ms")
    name = "relay: an event (floor: its three messages by boto3 alone)"
    yield Figure(name, median(ours), 1.6, "ms", median(bare))


def _committed(workspace: UUID, urls: Sequence[str]) -> Iterator[Figure]:
    from sqlalchemy import text

    from chalicelib.core import events, sqs
    from chalicelib.core.db import Transaction, in_transaction

    progress(f"{COMMITS} commits, each sent at once")
    enter = text("SELECT set_config('app.workspace_id', :w, true)")
    client = sqs.client("hasty")

    def change(tx: Transaction) -> list[dict[str, Any]]:
        tx.connection.execute(enter, {"w": str(workspace)})
        events.record(tx, workspace, "user.updated", {"text": "VPN drops " * 80})
        return tx.events

    waited, bare = [], []
    for _ in range(COMMITS):
        news = in_transaction(change, repeatable=False)
        committed = time.perf_counter()
        events.send_committed(news, urls)
        waited.append((time.perf_counter() - committed) * 1000)
        entries = [{"Id": "1", "MessageBody": "x" * 1100}]
        began = time.perf_counter()
        for url in urls:
            client.send_message_batch(QueueUrl=url, Entries=entries)
        bare.append((time.perf_counter() - began) * 1000)
    late = quantiles(waited, n=100)[98]
    yield Figure("relay: from a commit to its three queues, p99", late, 2000, "ms")
    name = "relay: from a commit to its queues, p50 (floor: three messages by boto3)"
    yield Figure(name, median(waited), 2, "ms", median(bare))
