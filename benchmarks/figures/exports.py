"""Exports: rows a second from the database to the bucket, and the memory of the Lambda that does it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from benchmarks.bucket_sink import BucketSink
from benchmarks.desks import SERVER, Desks, name
from benchmarks.figure import Figure, progress
from benchmarks.open_desk import PERSON, OpenDesk
from benchmarks.stage import Stage
from chalicelib.accounts import principals
from chalicelib.analytics import exporting
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from local.files import PROJECT
from local.postgres import Cluster

# Half of the tickets are one desk's, with three entries of the timeline each: more than a million.
TICKETS = 700_000
ROWS_A_SECOND, MEGABYTES = 20_000, 200
ROUNDS = 3
# The Lambda by itself: its handler, one message, and how large the process has ever been.
PROGRAM = """
import json, sys, time
from chalicelib.queues import work_off
from tests.support.mailbox import LambdaContext, batch_of
message = json.load(sys.stdin)
started = time.perf_counter()
answer = work_off(batch_of(message), LambdaContext(300))
spent = time.perf_counter() - started
assert answer == {"batchItemFailures": []}, answer
with open("/proc/self/status") as told:
    (peak,) = [int(line.split()[1]) * 1024 for line in told if line.startswith("VmHWM")]
print()
print(json.dumps([spent, peak]))
"""
ASKED: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("tickets as CSV", {"resource": "tickets", "format": "csv"}),
    ("tickets as CSV, compressed", {"resource": "tickets", "format": "csv", "compress": "gzip"}),
    ("tickets as JSON Lines", {"resource": "tickets", "format": "jsonl"}),
    ("entries of timelines as CSV", {"resource": "timeline", "format": "csv"}),
)
NOTHING = dict.fromkeys(("compress", "since", "until", "columns")) | {"filter": {}, "user_filter": {}}


def measure(stage: Stage) -> Iterator[Figure]:
    """Each export from its message on; the quickest of three, for others use the machine too."""
    environment = stage.environment
    cluster = Cluster(stage.folder / "exports", durable=False, settings=SERVER)
    with ExitStack() as ending:
        ending.callback(cluster.destroy)
        cluster.start()
        desks = Desks(cluster)
        desks.load(TICKETS, rolled_up=False)
        desk = OpenDesk(desks, TICKETS)
        ending.callback(desk.close)
        sink = ending.enter_context(BucketSink())
        ending.callback(sink.shutdown)
        secret = stage.database_secret("exports", cluster.dsn("mesa_app", name(TICKETS)))
        lambdas = {
            **environment,
            "MESA_DATABASE_SECRET_ARN": secret,
            "MESA_MAIL_FROM": "desk@mesa.example",
            "MESA_LOG_LEVEL": "ERROR",
            "AWS_ENDPOINT_URL_S3": sink.url,
            "PYTHONPATH": str(PROJECT),
        }
        yield from _figures(desk, sink, lambdas)


def _figures(desk: OpenDesk, sink: BucketSink, environment: Mapping[str, str]) -> Iterator[Figure]:
    (person,) = desk.database.rows(PERSON, slug="desk-1", email="agent1@desk.example")
    for what, wanted in ASKED:
        progress(f"{what}, {ROUNDS} times")
        rounds = [
            _made(desk, sink, person["workspace_id"], person["id"], wanted, environment)
            for _ in range(ROUNDS)
        ]
        rows = rounds[0][0]
        each = min(seconds / rows for rows, seconds, _ in rounds) * 1_000_000
        told = f"{rows:,} {what}: each row ({1_000_000 / each:,.0f} a second)"
        yield Figure(told, each, 1_000_000 / ROWS_A_SECOND, "µs")
        held = max(peak for _, _, peak in rounds) / 1_000_000
        yield Figure(f"{rows:,} {what}: the Lambda's memory", held, MEGABYTES, "MB")


def _made(
    desk: OpenDesk,
    sink: BucketSink,
    workspace_id: UUID,
    user_id: UUID,
    wanted: Mapping[str, Any],
    environment: Mapping[str, str],
) -> tuple[int, float, float]:
    """How many rows, in how many seconds, and the bytes of the process."""
    with desk.engine.begin() as connection:
        tx = Transaction(connection)
        actor = principals.enter(tx, workspace_id, user_id)
        job = exporting.ask(tx, actor, {**NOTHING, **wanted})
        tx.finish()
        (message,) = tx.events
    sent = sink.bytes
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT,
        env=dict(environment),
        input=dumps(message),
        capture_output=True,
        check=False,
        text=True,
        timeout=400,
    )
    if finished.returncode != 0:
        raise RuntimeError(f"{wanted} failed:\n{finished.stdout[-2000:]}\n{finished.stderr}")
    seconds, peak = json.loads(finished.stdout.splitlines()[-1])
    (made,) = desk.database.rows("SELECT done, status FROM jobs WHERE id = :id", id=job["id"])
    assert made["status"] == "done", made
    assert sink.bytes > sent
    return made["done"], seconds, peak
