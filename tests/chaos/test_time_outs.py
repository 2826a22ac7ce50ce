"""A server that does not answer, or not in time: the caller hears 503 with Retry-After while somebody is
there to tell it, nothing is written, and the same key does it once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import pytest

from chalicelib.core import connection, db
from chalicelib.core.db import engine
from local.postgres import Cluster
from tests.chaos.profile import IS_LONG, dice, short_or_long
from tests.chaos.strikes import counted
from tests.chaos.tally import Tally, tally
from tests.support.api import Reply
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

SHORT_SOCKET = 1.5


class Outage:
    """The servers of the app's connections, frozen: they neither answer nor end."""

    def __init__(self, cluster: Cluster) -> None:
        self.postmaster = cluster.process()

    @contextmanager
    def of_backends(self, database: Database) -> Iterator[None]:
        pids = [row["pid"] for row in database.rows(BACKENDS)]
        with frozen(list(alive(pids))):
            yield

    @contextmanager
    def of_everything(self, database: Database) -> Iterator[None]:
        assert self.postmaster is not None
        with self.of_backends(database), frozen([self.postmaster]):
            yield


BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'mesa_app'"


def alive(pids: list[int]) -> Iterator[psutil.Process]:
    """Some end just now: a connection that was closed takes its backend along a moment later."""
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


@contextmanager
def frozen(processes: list[psutil.Process]) -> Iterator[None]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[None]:
    """Sockets wait for a tenth of their time, and what follows from that is as short."""
    engine().dispose()
    share = SHORT_SOCKET / connection.SOCKET_TIMEOUT_SECONDS
    monkeypatch.setattr(db, "REPEATED_WITHIN_SECONDS", db.REPEATED_WITHIN_SECONDS * share)
    monkeypatch.setattr(connection.log_in, "__defaults__", (SHORT_SOCKET, None))
    yield
    engine().dispose()


def asked(desk: ServiceDesk, key: str) -> Reply:
    body = {"subject": key, "description": "B"}
    return desk.as_(desk.cast.carol).post("/v1/tickets", body, Idempotency_Key=key)


@pytest.mark.parametrize("whole", [False, True], ids=["one backend", "the whole server"])
def test_a_frozen_server_is_waited_for_once_and_told_of_with_503(
    desk: ServiceDesk, database: Database, cluster: Cluster, hurried: None, whole: bool
) -> None:
    """Twice would outlast the function, and nobody would be answered at all. Once it goes on, the same key is
    answered, and its work was done once."""
    outage, told = Outage(cluster), tally("a frozen server")
    for number in range(short_or_long(1, 6)):
        desk.as_(desk.cast.carol).get("/v1/tickets")
        if whole:
            engine().dispose()  # not even a connection is to be had
        with (outage.of_everything if whole else outage.of_backends)(database), counted() as found:
            began = time.monotonic()
            reply = asked(desk, f"k{number}")
            spent = time.monotonic() - began
        told.faults["whole server frozen" if whole else "backend frozen"] += 1

        assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
        assert reply.headers["retry-after"]
        assert len(found.at) == (0 if whole else 1), "it was tried again"
        assert not IS_LONG or spent < 2 * SHORT_SOCKET
        told.acknowledged += acknowledged(desk, f"k{number}")
        told.twice += once(database, f"k{number}")
    assert told.is_clean


def acknowledged(desk: ServiceDesk, key: str) -> bool:
    """The same again, until whoever holds the key has gone."""
    until = time.monotonic() + 60
    while (reply := asked(desk, key)).status in (409, 503):
        assert time.monotonic() < until, reply.text
    assert reply.status == 201, reply.text
    return True


def once(database: Database, key: str) -> int:
    """How many times too often it was done."""
    return int(database.value("SELECT count(*) FROM tickets WHERE subject = :s", s=key)) - 1


STRAINS: dict[str, tuple[str, Callable[[Database, dict[str, Any]], None]]] = {
    "lock": (
        "lock_timeout",
        lambda other, ticket: other.run("SELECT FROM tickets WHERE id = :t FOR UPDATE", t=ticket["id"]),
    ),
    "statement": (
        "statement_timeout",
        lambda other, _: other.run("LOCK TABLE comments IN ACCESS EXCLUSIVE MODE"),
    ),
}


@pytest.mark.parametrize("strain", STRAINS)
def test_a_time_out_of_the_server_is_told_of_with_503_and_nothing_is_written(
    desk: ServiceDesk, database: Database, strain: str
) -> None:
    setting, hold = STRAINS[strain]
    told = tally("time-outs of the server")
    ticket, drawn = desk.networks_ticket(), dice(strain)
    engine().dispose()
    database.run(f"ALTER ROLE mesa_app SET {setting} = '{drawn.randint(300, 600)}ms'")
    try:
        for number in range(short_or_long(1, 20)):
            mark = f"{strain} {number}"
            with database.another() as other:
                other.run("BEGIN")
                hold(other, ticket)
                refused = commented(desk, ticket, mark)
                other.run("ROLLBACK")
            told.faults[f"{strain} time-out"] += 1
            assert (refused.status, refused.code) == (503, "SERVICE_UNAVAILABLE")
            assert refused.headers["retry-after"]
            count = database.value("SELECT count(*) FROM comments WHERE body = :b", b=mark)
            assert count == 0
            while (done := commented(desk, ticket, mark)).status == 503:
                continue
            assert done.status == 201, done.text
            told.acknowledged += 1
            count_now(database, mark, told)
    finally:
        limits = {"lock_timeout": "5s", "statement_timeout": "10s"}
        database.run(f"ALTER ROLE mesa_app SET {setting} = '{limits[setting]}'")
        engine().dispose()
    assert told.is_clean


def commented(desk: ServiceDesk, ticket: dict[str, Any], mark: str) -> Reply:
    path = f"/v1/tickets/{ticket['id']}/comments"
    return desk.as_(desk.cast.dario).post(path, {"body": mark}, Idempotency_Key=mark)


def count_now(database: Database, mark: str, told: Tally) -> None:
    there = database.value("SELECT count(*) FROM comments WHERE body = :b", b=mark)
    told.lost += there == 0
    told.twice += there > 1
