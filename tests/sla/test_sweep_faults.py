"""Sweeps that are cut off, at any point, and a database that goes away: one announcement each, one legal
history, and the next sweep catches up."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import chain
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from app import app
from chalicelib import schedules
from chalicelib.core.db import engine
from chalicelib.core.wire import Connection
from local import processes
from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.sla.ledger import Ledger, listed_as_breached
from tests.sla.promised import Promised
from tests.sla.sandboxes import resolves_whatever_comes, sandboxes, sweeps_whatever_comes
from tests.support.api import Api
from tests.support.cast import make_cast
from tests.support.database import Database
from tests.support.lossy_proxy import lossy_proxy
from tests.support.migrated import migrated

MINUTE = timedelta(minutes=1)
BLOCKED = """
    SELECT pid FROM pg_stat_activity WHERE query LIKE 'CALL sp_sla_sweep%' AND wait_event_type = 'Lock'
"""
KILL_THE_APP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'"
SWEEP = "from chalicelib.schedules import sweep; sweep(lambda: True)"


def a_sweep() -> int:
    """A run of the schedule."""
    return schedules.sweep(lambda: True)


@pytest.fixture
def late(promised: Promised) -> set[UUID]:
    """Three tickets, each with two warnings and a breach to announce."""
    a_sweep()  # there is a connection to be cut
    return {promised.late(MINUTE, resolution=60) for _ in range(3)}


@contextmanager
def struck(moment: str, strike: Callable[[], Any]) -> Iterator[None]:
    """At the moment of the app's next statement; once."""
    left = [strike]

    def act(*_: Any) -> None:
        if left:
            left.pop()()

    event.listen(engine(), moment, act)
    try:
        yield
    finally:
        event.remove(engine(), moment, act)
    assert not left, "nothing was sent"


@contextmanager
def stuck_in_the_middle(database: Database) -> Iterator[None]:
    """It gets as far as stamping the breaches: their rows are locked."""
    with database.another() as blocker:
        blocker.run("BEGIN")
        blocker.run("SELECT FROM sla_targets FOR UPDATE")
        yield


def assert_nothing_is_done(database: Database) -> None:
    for trace in (
        "SELECT count(*) FROM timeline_entries",
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM sla_steps WHERE fired_at IS NOT NULL",
        "SELECT count(*) FROM sla_targets WHERE breached_at IS NOT NULL",
    ):
        assert database.value(trace) == 0, trace


def assert_all_is_done_once(database: Database, late: set[UUID]) -> None:
    ledger = Ledger(database)
    ledger.assert_legal()
    assert ledger.late == late
    assert [entry["percent"] for entry in chain(*ledger.entries.values())] == [75, 90, 100] * len(late)
    assert len(ledger.news) == 3 * len(late)


@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_a_backend_killed_before_the_statement_or_before_its_commit_costs_nothing(
    promised: Promised, database: Database, late: set[UUID], moment: str
) -> None:
    with struck(moment, lambda: database.run(KILL_THE_APP)):
        announced = a_sweep()

    assert announced == 9
    assert_all_is_done_once(database, late)
    assert a_sweep() == 0


def test_a_commit_whose_answer_is_lost_is_not_announced_again(
    promised: Promised, database: Database, late: set[UUID]
) -> None:
    with lossy_proxy(int(database.dsn["port"])) as proxy:
        proxy.armed = True
        announced = a_sweep()

    assert (announced, proxy.armed) == (0, False)
    assert_all_is_done_once(database, late)


def test_a_backend_killed_in_the_middle_leaves_nothing_half_done(
    promised: Promised, database: Database, late: set[UUID]
) -> None:
    with ThreadPoolExecutor(1) as threads, stuck_in_the_middle(database):
        sweeping = threads.submit(a_sweep)
        first = blocked(database)
        database.run("SELECT pg_terminate_backend(:pid)", pid=first)
        second = blocked(database, after=first)  # it is tried once more, on a new connection
        database.run("SELECT pg_terminate_backend(:pid)", pid=second)
        with pytest.raises(Exception, match="out of reach"):
            sweeping.result(timeout=10)

    assert_nothing_is_done(database)
    assert a_sweep() == 9
    assert_all_is_done_once(database, late)


def test_a_process_killed_in_the_middle_leaves_nothing_half_done(
    promised: Promised, database: Database, late: set[UUID]
) -> None:
    with stuck_in_the_middle(database):
        process = subprocess.Popen(
            [sys.executable, "-c", SWEEP], env={**os.environ, "PYTHONPATH": os.getcwd()}
        )
        backend = blocked(database)
        process.kill()
        process.wait()
    awaited(lambda: not database.rows("SELECT FROM pg_stat_activity WHERE pid = :pid", pid=backend))

    assert_nothing_is_done(database)
    assert a_sweep() == 9
    assert_all_is_done_once(database, late)


def blocked(database: Database, after: int = 0) -> int:
    """The backend that waits for a lock inside the sweep, after another one."""
    found = awaited(lambda: [row["pid"] for row in database.rows(BLOCKED) if row["pid"] != after])
    return int(found[0])


def awaited(look: Callable[[], Any]) -> Any:
    """What there is to see, once there is."""
    until = monotonic() + 30
    while monotonic() < until:
        if found := look():
            return found
    raise AssertionError("waited in vain")


RESTARTS, TICKETS, BATCH = 3, 240, 4


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory, stage: dict[str, str]) -> Iterator[Cluster]:
    """A server of its own, that a test may bring down. What it has committed, it keeps."""
    settings = {"synchronous_commit": "on", "full_page_writes": "on"}
    cluster = migrated(tmp_path_factory, DATABASE, settings)
    yield cluster
    cluster.destroy()


def test_a_database_that_crashes_again_and_again_while_sweeps_and_people_work(
    frail: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connection() -> Connection:
        return Connection(**frail.dsn("mesa_app", DATABASE), timeout=15, ssl_context=False)

    monkeypatch.setattr(schedules, "SWEEP_LIMIT", BATCH)
    with closing(Database(frail.dsn("postgres", DATABASE))) as database:
        cast = make_cast(database)
        promised = Promised(database, cast, connection)
        late = [promised.late(MINUTE, resolution=60) for _ in range(TICKETS)]
        promised.close()
    resolved = late[::2]

    def crash(number: int) -> None:
        reached(frail, number * TICKETS // (RESTARTS + 1))
        server = frail.process()
        assert server is not None
        server.send_signal(signal.SIGQUIT)  # an immediate shutdown: nobody is waited for, nothing is written
        assert not processes.await_end([server], seconds=10)
        frail.start()

    with sandboxes(connection), ThreadPoolExecutor(3) as threads:
        working = True

        def sweeping() -> None:
            while working:
                sweeps_whatever_comes()

        sweeps = [threads.submit(sweeping) for _ in range(2)]
        people = threads.submit(lambda: [resolves_whatever_comes(cast.dario, ticket) for ticket in resolved])
        for number in range(RESTARTS):
            crash(number + 1)
        people.result(timeout=60)
        working = False
        for sweep in sweeps:
            sweep.result(timeout=60)
        a_sweep()
        listed = listed_as_breached(Api(app, cast.ada.token))

    with closing(Database(frail.dsn("postgres", DATABASE))) as database:
        ledger = Ledger(database)
    ledger.assert_legal()
    assert ledger.late == listed == set(late)
    assert {ticket["id"] for ticket in ledger.tickets if ticket["status"] == "resolved"} == set(resolved)


def reached(cluster: Cluster, breaches: int) -> None:
    """Waits until so many are announced."""
    count = "SELECT count(*) FROM sla_targets WHERE breached_at IS NOT NULL"
    with closing(Database(cluster.dsn("postgres", DATABASE))) as database:
        awaited(lambda: database.value(count) >= breaches)
