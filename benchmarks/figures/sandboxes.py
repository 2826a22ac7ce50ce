"""Two hundred sandboxes on sixty connections: by themselves, and through PgBouncer in RDS Proxy's place."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.figure import Figure, progress
from benchmarks.stage import CONNECTIONS, Stage
from local.errors import StackError
from local.pooler import Pooler
from tests.support.many_sandboxes import Load, Loaded, loaded

# A call in ten seconds of each while they are busy: on AWS each has a processor of its own, and so has
# PostgreSQL; here all share what there is, and most calls begin with a new process of PostgreSQL's.
LOAD: dict[str, Any] = {"sandboxes": 200, "surge": 20.0, "after": 12.0, "pause": 10.0, "asleep": True}
# What PostgreSQL keeps for itself and what a migration needs is left out.
POOLED = 50
P99, RECOVERED = 1000, 5
OURS = """
    UPDATE tickets SET requester_id = :carol
    WHERE id = (SELECT id FROM tickets WHERE assignee_id = :ana ORDER BY number DESC LIMIT 1) RETURNING id
"""


def measure(stage: Stage) -> Iterator[Figure]:
    """What is answered, how fast, and how long after the surge all are served again; three of four sandboxes
    then sleep with what they hold. Times are without those in which a sandbox waited for a processor."""
    cast, environment = stage.cast, stage.environment
    ticket: UUID = stage.database.value(OURS, carol=cast.carol.id, ana=cast.ana.id)
    tokens = [who.token for who in (cast.carol, cast.ana, cast.dario, cast.ada)]
    load = Load(tokens=tokens, ticket=str(ticket), **LOAD)
    yield from _figures("a connection each", loaded(load, environment), 50)
    pooler = Pooler(stage.folder / "pooler", stage.dsn, POOLED)
    try:
        pooler.start()
    except StackError as error:
        progress(f"nothing is measured through PgBouncer: {error}")
        return
    try:
        secret = {"MESA_DATABASE_SECRET_ARN": stage.database_secret("pooled", pooler.dsn)}
        yield from _figures("PgBouncer", loaded(load, {**environment, **secret}), 1)
    finally:
        pooler.stop()


def _figures(way: str, outcome: Loaded, refused: float) -> Iterator[Figure]:
    told = f"{outcome.load.sandboxes} sandboxes on {CONNECTIONS} connections, {way}"
    progress(f"{told}: {outcome.statuses}")
    others = sum(not (call.status < 300 or call.status == 503) for call in outcome.calls)
    yield Figure(f"{told}: neither 2xx nor 503", others, 0)
    share = 100 * outcome.statuses.get(503, 0) / len(outcome.calls)
    yield Figure(f"{told}: 503, of a hundred", share, refused)
    yield Figure(f"{told}: 2xx, p99", 1000 * outcome.percentile(0.99), P99, "ms")
    yield Figure(f"{told}: all are served again after", outcome.recovered_in, RECOVERED, "s")
