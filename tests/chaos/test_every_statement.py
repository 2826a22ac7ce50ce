"""Each route, its backend killed before each of its statements and COMMITs, and at last its COMMIT's answer
lost: the caller hears what it would have heard, or 503; then nothing is written, or all of it, once.

The routes come from the route table, so a new one is among them. `make chaos` takes all, `make test` some.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from chalicelib.api.endpoint import Endpoint
from chalicelib.core import sqs
from tests.chaos.profile import IS_LONG, dice
from tests.chaos.strikes import counted, killed
from tests.chaos.tally import Tally, tally
from tests.support.api import Api, Reply
from tests.support.database import Database
from tests.support.lossy_proxy import LossyProxy
from tests.support.specimens import address, body, headers, name_of, routes
from tests.support.tenants import fingerprint, key_of, tenant_tables
from tests.support.world import World, make_world

WITH_DATABASE = [endpoint for endpoint in routes() if endpoint.needs_database]
READS = [endpoint for endpoint in WITH_DATABASE if endpoint.method == "GET"]
WRITES = [endpoint for endpoint in WITH_DATABASE if endpoint.method != "GET"]
# Who is asked by another process, and what is counted beside the work.
if not IS_LONG:
    READS = dice("reads").sample(READS, 3)
    WRITES = dice("writes").sample(WRITES, 4)
MOST_POINTS = 60
Holdings = Mapping[str, str]


class Caller:
    """One route, called as often as one likes with the same request."""

    def __init__(self, world: World, endpoint: Endpoint) -> None:
        self.world, self.endpoint = world, endpoint
        self.path = address(endpoint, world.acme.slug, world.acme.ids)
        self.body = body(endpoint, world.acme.ids)
        self.headers = headers(endpoint)
        if endpoint.method == "POST":
            self.headers["Idempotency_Key"] = str(uuid4())

    def call(self) -> Reply:
        sqs.breaker.reset()
        self.world.database.run("DELETE FROM rate_limits")
        api = self.world.api.with_token(self.world.cast.ada.token)
        return api.request(self.endpoint.method, self.path, self.body, self.headers)

    @property
    def is_keyed(self) -> bool:
        return self.endpoint.method == "POST" and not self.endpoint.secret


def rows_of(database: Database, workspace: UUID) -> dict[str, int]:
    """How many rows of each table are a workspace's."""
    each = (
        f"SELECT '{table}' AS name, count(*) AS count FROM {table} WHERE {key_of(table)} = :w"
        for table in tenant_tables(database)
    )
    return {row["name"]: row["count"] for row in database.rows(" UNION ALL ".join(each), w=workspace)}


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: after[name] - count for name, count in before.items() if after[name] != count}


def strangers_in(reply: Reply, world: World) -> int:
    """How many of Globex's ids an answer shows."""
    return sum(str(each) in reply.text for each in world.globex.ids.values())


def is_refused_in_time(reply: Reply) -> bool:
    return reply.status == 503 and "retry-after" in reply.headers


@pytest.mark.parametrize("endpoint", READS, ids=name_of)
def test_a_read_is_answered_as_ever(api: Api, database: Database, endpoint: Endpoint) -> None:
    world, told = make_world(api, database), tally("each statement of each read")
    caller = Caller(world, endpoint)
    with counted() as undisturbed:
        expected = caller.call()

    for place in range(1, undisturbed.seen + 1):
        with killed(database, place) as once:
            reply = caller.call()
        with killed(database, place, place + 1) as twice:
            refused = caller.call()

        told.faults["backend killed"] += once.hits
        told.faults["backend killed, and again"] += twice.hits
        told.foreign += strangers_in(reply, world) + strangers_in(refused, world)
        assert reply.status == expected.status, f"{once.at}: {reply.text}"
        assert is_refused_in_time(refused) or refused.status == expected.status, refused.text
    assert told.is_clean


@pytest.mark.parametrize("endpoint", WRITES, ids=name_of)
def test_a_write_is_there_once_or_not_at_all(
    api: Api, database: Database, proxy: LossyProxy, endpoint: Endpoint
) -> None:
    told = tally("each statement of each write")
    expected, effect, seen = undisturbed(make_world(api, database), endpoint)
    database.empty()
    world = make_world(api, database)
    caller = Caller(world, endpoint)
    globex = fingerprint(database, world.cast.globex)

    done = killed_everywhere(caller, database, told, expected, seen)
    if not done:
        lose_the_answer(caller, database, proxy, told, expected, effect)

    told.foreign += fingerprint(database, world.cast.globex) != globex
    assert told.is_clean


def undisturbed(world: World, endpoint: Endpoint) -> tuple[Reply, dict[str, int], int]:
    """What it answers, the rows that it makes, and how many points it has."""
    before = rows_of(world.database, world.cast.acme)
    with counted() as found:
        reply = Caller(world, endpoint).call()
    assert found.seen <= MOST_POINTS
    return reply, difference(before, rows_of(world.database, world.cast.acme)), found.seen


def killed_everywhere(caller: Caller, database: Database, told: Tally, expected: Reply, seen: int) -> bool:
    """Before each point and the next one. Whether it was done all the same: the last points are those of
    what comes after the COMMIT."""
    before = fingerprint(database, caller.world.cast.acme)
    for place in range(1, seen + 1):
        with killed(database, place, place + 1) as struck:
            reply = caller.call()
        told.faults["backend killed, and again"] += struck.hits
        told.foreign += strangers_in(reply, caller.world)
        if not is_refused_in_time(reply):
            assert reply.status == expected.status, f"{struck.at}: {reply.text}"
            if reply.status < 300:
                told.acknowledged += 1
                return True
        now = fingerprint(database, caller.world.cast.acme)
        assert now == before, f"{struck.at}: {[name for name in now if now[name] != before[name]]}"
    return False


def lose_the_answer(
    caller: Caller,
    database: Database,
    proxy: LossyProxy,
    told: Tally,
    expected: Reply,
    effect: dict[str, int],
) -> None:
    """The first COMMIT is done and nobody hears of it. With a key the caller does not notice, and the same
    sent again is answered from what was kept; without one it is told that it is not known."""
    before = rows_of(database, caller.world.cast.acme)
    proxy.armed = True
    reply = caller.call()
    told.faults["COMMIT's answer lost"] += not proxy.armed
    proxy.armed = False
    told.foreign += strangers_in(reply, caller.world)
    assert reply.status == expected.status or is_refused_in_time(reply), reply.text
    if caller.is_keyed:
        again = caller.call()
        assert again.status == expected.status, again.text
        if expected.status < 300:
            told.acknowledged += 1
            told.lost += reply.status < 300 and again.text != reply.text
    made = difference(before, rows_of(database, caller.world.cast.acme))
    if expected.status < 300 and (caller.is_keyed or reply.status < 300):
        told.twice += any(made.get(name, 0) > count for name, count in effect.items())
        told.lost += any(made.get(name, 0) < count for name, count in effect.items())
    assert made in (effect, {}), f"{made} instead of {effect}"
