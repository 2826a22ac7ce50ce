"""Files, when several things happen to them at once: one legal outcome, whatever came first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, NullPool, create_engine

from chalicelib.accounts import principals
from chalicelib.core.connection import connect
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.settings import DatabaseSettings
from chalicelib.models.words import Scan
from chalicelib.tickets import attaching, receiving
from chalicelib.tickets.attachment_queries import MAX_A_TICKET
from chalicelib.tickets.file_names import NewFile
from chalicelib.tickets.file_news import Arrived, Scanned
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.desk import Desk

FILE = NewFile("a.png", "image/png", 5)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """A connection of its own for each that asks."""
    settings = DatabaseSettings.load()
    assert database
    made = create_engine("postgresql+pg8000://", creator=lambda: connect(settings), poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def ticket(database: Database, cast: Cast) -> UUID:
    return Desk(database, cast).ticket(cast.carol)


def at_once(engine: Engine, *units: Any) -> list[Any]:
    """Runs them all at the same time, a transaction each; what one raises stands in its place."""
    start = Barrier(len(units))

    def run(unit: Any) -> Any:
        with engine.connect() as connection:
            start.wait(timeout=30)
            try:
                with connection.begin():
                    tx = Transaction(connection)
                    given = unit(tx)
                    tx.finish()
                    return given
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(units)) as threads:
        return list(threads.map(run, units))


def announcing(who: Person, ticket: UUID) -> Any:
    return lambda tx: attaching.announce(tx, principals.enter(tx, who.workspace_id, who.id), ticket, FILE)


def detaching(who: Person, ticket: UUID, file: UUID) -> Any:
    return lambda tx: attaching.detach(tx, principals.enter(tx, who.workspace_id, who.id), ticket, file)


def receiving_(cast: Cast, file: UUID, version: str = "v1") -> Any:
    return partial(receiving.receive, news=Arrived(cast.acme, file, version, 5), scan=Scan.PENDING)


def judging(cast: Cast, file: UUID, scan: Scan) -> Any:
    return partial(receiving.judge, news=Scanned(cast.acme, file, "v1", scan))


@pytest.fixture
def file(database: Database, cast: Cast, ticket: UUID) -> UUID:
    """One that is announced."""
    made = uuid4()
    database.run(
        "INSERT INTO attachments (workspace_id, id, ticket_id, uploaded_by, file_name, content_type, size) "
        "VALUES (:w, :i, :t, :u, 'a.png', 'image/png', 5)",
        w=cast.acme,
        i=made,
        t=ticket,
        u=cast.carol.id,
    )
    return made


def told(database: Database, action: str) -> int:
    return int(database.value("SELECT count(*) FROM timeline_entries WHERE action = :a", a=action))


def test_twenty_at_once_fill_the_last_five_places(
    engine: Engine, cast: Cast, database: Database, ticket: UUID
) -> None:
    database.run(
        "INSERT INTO attachments (workspace_id, ticket_id, uploaded_by, file_name, content_type, size) "
        "SELECT :w, :t, :u, 'a', 'a/b', 1 FROM generate_series(1, :n)",
        w=cast.acme,
        t=ticket,
        u=cast.carol.id,
        n=MAX_A_TICKET - 5,
    )

    answers = at_once(engine, *[announcing(cast.carol, ticket)] * 20)

    assert sum(isinstance(answer, Conflict) for answer in answers) == 15
    assert database.value("SELECT count(*) FROM attachments") == MAX_A_TICKET


def test_case_45_ten_deliveries_at_once_are_one_arrival(
    engine: Engine, cast: Cast, database: Database, file: UUID
) -> None:
    answers = at_once(engine, *[receiving_(cast, file)] * 10)

    assert answers == [True] * 10
    assert told(database, "attached") == 1


def test_case_45_on_a_deleted_ticket_too(
    engine: Engine, cast: Cast, database: Database, ticket: UUID, file: UUID
) -> None:
    """Whoever comes second must not take the file for another version of itself, and delete it."""
    database.run("UPDATE tickets SET deleted_at = now() WHERE id = :t", t=ticket)

    answers = at_once(engine, *[receiving_(cast, file)] * 10)

    assert answers == [True] * 10
    assert database.value("SELECT object_version FROM attachments") == "v1"
    assert told(database, "attached") == 0


def test_of_two_versions_at_once_one_counts(
    engine: Engine, cast: Cast, database: Database, file: UUID
) -> None:
    answers = at_once(engine, receiving_(cast, file, "v1"), receiving_(cast, file, "v2"))

    kept = database.value("SELECT object_version FROM attachments")
    assert answers == [kept == "v1", kept == "v2"]
    assert told(database, "attached") == 1


def test_an_arrival_and_a_result_at_once_leave_both(
    engine: Engine, cast: Cast, database: Database, file: UUID
) -> None:
    at_once(engine, receiving_(cast, file), judging(cast, file, Scan.INFECTED))

    (row,) = database.rows("SELECT state, scan, object_version FROM attachments")
    assert row == {"state": "uploaded", "scan": "infected", "object_version": "v1"}
    assert (told(database, "attached"), told(database, "quarantined")) == (1, 1)


def test_taken_off_while_it_comes_it_is_gone_and_so_is_its_object(
    engine: Engine, cast: Cast, database: Database, ticket: UUID, file: UUID
) -> None:
    came, went = at_once(engine, receiving_(cast, file), detaching(cast.carol, ticket, file))

    assert went is None
    assert database.value("SELECT count(*) FROM attachments") == 0
    assert database.value("SELECT count(*) FROM discarded_files") == 1
    assert told(database, "attached") == told(database, "detached") == int(came)


def test_taken_off_by_two_at_once_it_is_told_once(
    engine: Engine, cast: Cast, database: Database, ticket: UUID, file: UUID
) -> None:
    at_once(engine, receiving_(cast, file))

    answers = at_once(engine, *[detaching(who, ticket, file) for who in (cast.ada, cast.dario, cast.carol)])

    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 2
    assert told(database, "detached") == 1
