"""More sandboxes than connections: who has none hears 503, nobody anything else, and soon all are served."""

from collections.abc import Iterator

import pytest

from chalicelib.core.db import engine
from tests.chaos.profile import IS_LONG, SEED, short_or_long
from tests.chaos.tally import tally
from tests.support.database import Database
from tests.support.many_sandboxes import Load, Loaded, loaded
from tests.support.service_desk import ServiceDesk

SANDBOXES, CONNECTIONS = short_or_long((24, 8), (200, 60))
NOWHERE = "http://127.0.0.1:9/nowhere"
RECOVERED_SECONDS = 5.0
LOAD = {
    "sandboxes": SANDBOXES,
    "surge": short_or_long(2.0, 15.0),
    "after": short_or_long(3.0, 8.0),
    "pause": short_or_long(0.5, 6.0),
    "seed": SEED,
}


@pytest.fixture
def few_connections(database: Database) -> Iterator[None]:
    """The app's role has so many, and whoever comes next is refused: as a whole server does, with 53300."""
    engine().dispose()
    database.run(f"ALTER ROLE mesa_app CONNECTION LIMIT {CONNECTIONS}")
    yield
    database.run("ALTER ROLE mesa_app CONNECTION LIMIT -1")


@pytest.fixture
def outcome(desk: ServiceDesk, few_connections: None) -> Loaded:
    """What came of it, with a queue that does not answer: what is unsent is the relay's."""
    cast, ticket = desk.cast, desk.networks_ticket()
    engine().dispose()
    tokens = [who.token for who in (cast.carol, cast.ana, cast.dario, cast.ada)]
    return loaded(Load(tokens=tokens, ticket=ticket["id"], **LOAD), {"MESA_EVENT_QUEUE_URLS": NOWHERE})


def test_more_sandboxes_than_connections(outcome: Loaded, database: Database) -> None:
    """Only 2xx or 503, each acknowledged write once, whatever was refused and sent again."""
    told, told_of = tally("many sandboxes"), outcome.made
    told.faults["connection refused"] += outcome.statuses.get(503, 0)
    told.acknowledged += len(told_of)
    rows = database.rows(
        "SELECT id::text, subject AS said FROM tickets WHERE subject LIKE 'Load %' "
        "UNION ALL SELECT id::text, body FROM comments WHERE body LIKE 'Load %'"
    )
    by_words = {row["said"]: row["id"] for row in rows}
    told.twice += len(rows) - len(by_words)
    told.lost += sum(by_words.get(f"Load {call.key}") != call.id for call in told_of)
    told.measured.append(
        f"{SANDBOXES} sandboxes on {CONNECTIONS} connections: {outcome.statuses}, "
        f"p99 of the 2xx {outcome.percentile(0.99) * 1000:.0f} ms, recovered in {outcome.recovered_in:.1f} s"
    )

    assert set(outcome.statuses) <= {200, 201, 503}
    assert outcome.statuses.get(503), "there were connections for everybody"
    assert told.is_clean
    assert outcome.served_after >= set(range(0, SANDBOXES, outcome.load.rest))
    if IS_LONG:  # elsewhere it would tell of the machine; how fast answers are is measured by `make bench`
        assert outcome.recovered_in <= RECOVERED_SECONDS
