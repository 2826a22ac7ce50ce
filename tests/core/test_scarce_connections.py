"""A server whose connections come to an end: whoever holds one of the last gives it back, and whoever finds
none waits a moment."""

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pg8000.dbapi import InterfaceError
from sqlalchemy import text

from chalicelib.core import connection, db
from chalicelib.core.connection import connect
from chalicelib.core.db import engine, in_transaction
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import DatabaseSettings
from chalicelib.core.wire import Connection
from tests.support.database import Database

WHO = text("SELECT pg_backend_pid()")
OF_OURS = "FROM pg_stat_activity WHERE usename = 'mesa_app'"
OURS = f"SELECT count(*) {OF_OURS}"


@pytest.fixture
def fresh(stage: dict[str, str], database: Database) -> Iterator[None]:
    """A sandbox that has no connection yet, and leaves none. The public look-up's tests have left its own:
    it is ended, as a server may at any time."""
    assert stage
    engine().dispose()
    database.run(f"SELECT pg_terminate_backend(pid) {OF_OURS}")
    await_none(database)
    yield
    engine().dispose()


def await_none(database: Database) -> None:
    """A server takes a moment to see that a client is gone."""
    deadline = time.monotonic() + 10
    while database.value(OURS):
        assert time.monotonic() < deadline, "the app keeps a connection"


def process() -> int:
    return int(in_transaction(lambda tx: tx.connection.execute(WHO).scalar_one(), repeatable=True))


@pytest.mark.usefixtures("fresh")
def test_a_sandbox_keeps_its_connection_while_there_are_enough() -> None:
    assert process() == process()


@pytest.mark.usefixtures("fresh")
def test_one_of_the_last_connections_is_given_back_after_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "KEPT", 0.0)

    assert process() != process()


@pytest.mark.usefixtures("fresh")
def test_one_of_the_last_connections_is_given_back_after_a_failure(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "KEPT", 0.0)

    def fails(_: db.Transaction) -> None:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        in_transaction(fails, repeatable=True)

    await_none(database)


@pytest.mark.usefixtures("fresh")
def test_through_a_proxy_a_sandbox_keeps_what_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "KEPT", 0.0)
    opened = connect(DatabaseSettings.load())
    try:
        opened._backend_key_data = bytes(8)  # a proxy tells of itself, not of a server's process

        assert not connection.is_scarce(opened)
    finally:
        opened.close()


@pytest.fixture
def one_connection(database: Database) -> Iterator[Connection]:
    """The only one that the app's role may have."""
    await_none(database)
    database.run("ALTER ROLE mesa_app CONNECTION LIMIT 1")
    held = connect(DatabaseSettings.load())
    yield held
    database.run("ALTER ROLE mesa_app CONNECTION LIMIT -1")
    with suppress(InterfaceError):  # a test may have given it back
        held.close()


@pytest.mark.usefixtures("fresh")
def test_where_all_are_taken_one_that_is_given_back_soon_is_had(
    database: Database, one_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def given_back(seconds: float) -> None:
        waited.append(seconds)
        one_connection.close()
        await_none(database)

    monkeypatch.setattr(connection, "sleep", given_back)

    assert process()
    assert len(waited) == 1


@pytest.mark.usefixtures("fresh", "one_connection")
def test_where_all_stay_taken_the_desk_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PAUSES", (0.0,))

    with pytest.raises(Unavailable):
        process()
