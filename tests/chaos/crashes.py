"""PostgreSQL killed with -9 and started again, under load: `make chaos` alone runs this, for it takes a
minute. tests/sla/test_sweep_faults.py crashes one while the clock of promises runs."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import boto3

from local import processes
from local.postgres import Cluster
from tests.chaos.profile import SEED, dice
from tests.chaos.tally import tally
from tests.conftest import DATABASE
from tests.sla.promised import Promised
from tests.support.cast import make_cast
from tests.support.database import Database
from tests.support.many_sandboxes import Load, Loaded, loaded

CRASHES, RECOVERED_SECONDS = 4, 30.0
WRITTEN = """
    SELECT id::text, subject AS said FROM tickets WHERE subject LIKE 'Load %'
    UNION ALL SELECT id::text, body FROM comments WHERE body LIKE 'Load %'
"""


def test_a_server_killed_again_and_again_under_load(frail: Callable[..., Cluster]) -> None:
    cluster, told, drawn = frail(), tally("PostgreSQL killed with -9"), dice("crashes")
    with closing(Database(cluster.dsn("postgres", DATABASE))) as database:
        cast = make_cast(database)
        ticket = Promised(database, cast).ticket()
    load = Load(
        tokens=[who.token for who in (cast.carol, cast.dario, cast.ada)],
        ticket=str(ticket),
        sandboxes=8,
        surge=60.0,
        after=5.0,
        rest=1,
        pause=0.4,
        seed=SEED,
    )
    environment = {
        "MESA_DATABASE_SECRET_ARN": secret_of(cluster),
        "MESA_EVENT_QUEUE_URLS": "http://127.0.0.1:9/x",
    }

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(loaded, load, environment)
        crashes = [crash(cluster, more=drawn.randint(5, 25)) for _ in range(CRASHES)]
        outcome = running.result()

    told.faults["server killed with -9"] += CRASHES
    told.faults["connection lost to it"] += outcome.statuses.get(503, 0)
    with closing(Database(cluster.dsn("postgres", DATABASE))) as database:
        rows = database.rows(WRITTEN)
    there = {row["said"]: row["id"] for row in rows}
    told.acknowledged += len(outcome.made)
    told.lost += sum(there.get(f"Load {call.key}") != call.id for call in outcome.made)
    told.twice += len(rows) - len(there)
    slowest = max(recovery(outcome, at) for at in crashes)
    told.measured.append(f"answered 2xx again within {slowest:.1f} s of the kill; {outcome.statuses}")

    assert set(outcome.statuses) <= {200, 201, 503}
    assert told.is_clean
    assert slowest <= RECOVERED_SECONDS


def secret_of(cluster: Cluster) -> str:
    """The ARN of the secret that leads there."""
    dsn = cluster.dsn("mesa_app", DATABASE)
    content = {name: dsn[name] for name in ("host", "port", "password")}
    content |= {"dbname": dsn["database"], "username": dsn["user"], "sslmode": "disable"}
    manager = boto3.client("secretsmanager", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    made = manager.create_secret(Name=f"frail-{dsn['port']}", SecretString=json.dumps(content))
    return str(made["ARN"])


def crash(cluster: Cluster, more: int) -> float:
    """Kills the server once so much more was written, and starts it again; when that was."""
    enough = written(cluster) + more
    while written(cluster) < enough:
        time.sleep(0.1)
    server = cluster.process()
    assert server is not None
    at = time.monotonic()
    server.kill()
    assert not processes.await_end([server], seconds=10)
    cluster.start()
    return at


def written(cluster: Cluster) -> int:
    with suppress(OSError), closing(Database(cluster.dsn("postgres", DATABASE))) as database:
        return len(database.rows(WRITTEN))
    return 0


def recovery(outcome: Loaded, at: float) -> float:
    """Seconds from then until the first answer of a call that began later and was answered 2xx."""
    since = at - outcome.zero
    ended = [
        call.began + call.seconds + call.waited
        for call in outcome.calls
        if call.status < 300 and call.began > since
    ]
    return min(ended) - since
