"""One connection a sandbox, and the one place where a transaction begins and ends: return commits, raise
rolls back.

Time-outs nest: lock 5 s < statement 10 s (both the role's, see the first migration) < socket 15 s < Lambda.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from chalicelib.core import connection as driver
from chalicelib.core.connection import BUSY, connect, server_fields
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import DatabaseSettings

REPEATABLE = {"40001", "40P01"}
CANCELLED, LOCK_NOT_AVAILABLE = "57014", "55P03"
REPEATED_WITHIN_SECONDS = 8.0  # later, with a socket's time-out on top, it would outlast the API's Lambda

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a unit of work comes from: the caller's address and the request's id, as far as there are any."""

    address: str | None = None
    request_id: str | None = None


@dataclass
class Transaction:
    """An open transaction: what rooms read and write through, and what they recorded in it.

    `last` is done right before the commit: what takes a lock that many want, or that must come after others.
    """

    connection: Connection
    events: list[dict[str, Any]] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)
    audited: list[dict[str, Any]] = field(default_factory=list)
    last: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is raised here undoes what was done here alone: rows, events, entries of the audit log.

        PostgreSQL remembers 64 of these a transaction without a cost to all others; do no more.
        """
        recorded: tuple[list[Any], ...] = (self.events, self.audited, self.last)
        lengths = [len(each) for each in recorded]
        savepoint = self.connection.begin_nested()
        try:
            yield
        except BaseException as error:
            if not is_lost(error):
                savepoint.rollback()
            for each, length in zip(recorded, lengths, strict=True):
                del each[length:]
            raise
        savepoint.commit()

    def finish(self) -> None:
        """Does what was left for the end."""
        while self.last:
            self.last.pop(0)()


def sqlstate(error: BaseException | None) -> str | None:
    """The five-character SQLSTATE of a database error, where it has one."""
    return server_fields(_cause(error)).get("C")


def violated_constraint(error: BaseException | None) -> str | None:
    """The name of the constraint that a database error speaks of."""
    return server_fields(_cause(error)).get("n")


def _cause(error: BaseException | None) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, so that the next try needs a new one."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return driver.is_lost(_cause(error))


def is_passing(error: BaseException) -> bool:
    """Whether it is the server's or the moment's fault, so that the same may succeed another time."""
    return is_lost(error) or sqlstate(error) in REPEATABLE | BUSY


@lru_cache(maxsize=1)
def engine() -> Engine:
    """This sandbox's engine: one connection, kept while it lives, unless the server has few left."""
    settings = DatabaseSettings.load()
    made = create_engine(
        "postgresql+pg8000://",
        creator=lambda: connect(settings),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,  # they are people's texts, and errors are logged
    )
    event.listen(made, "connect", lambda opened, record: record.info.update(scarce=driver.is_scarce(opened)))
    return made


def in_transaction(
    unit: Callable[[Transaction], T],
    *,
    repeatable: bool,
    of_one_moment: bool = False,
    origin: Origin | None = None,
) -> T:
    """Runs `unit` in a transaction of its own and commits what it returns.

    A connection lost before COMMIT, a deadlock or a serialisation failure is tried once more, if it came
    soon: nothing was written. Lost at COMMIT, the outcome is unknown, and the unit runs again only where it
    is `repeatable`: a read, or a write that knows its own traces (an idempotency key, an event id).
    `of_one_moment`: all its statements see the same, so that what is put together of several holds together;
    what is written between is not seen, and locking what was changed since is a serialisation failure.
    Raises Unavailable where the database cannot be had; whatever else the unit raises goes through.
    """
    attempt = partial(_attempt, unit, repeatable, of_one_moment, origin or Origin())
    started = time.monotonic()
    try:
        return attempt()
    except _TryAgain as again:
        if time.monotonic() - started > REPEATED_WITHIN_SECONDS:
            raise _unavailable() from again.cause
        facts = {"sqlstate": sqlstate(again.cause), "error": repr(again.cause)[:200]}
        log.warning("transaction repeated", extra=facts)
        time.sleep(0.02)
    try:
        return attempt()
    except _TryAgain as again:
        raise _unavailable() from again.cause


def in_time(tx: Transaction, milliseconds: int, unit: Callable[[], T]) -> T | None:
    """What the unit gives, or None where one of its statements takes longer than that, or waits too long for
    a lock: then nothing of it was done, and the transaction goes on."""
    tx.connection.exec_driver_sql(f"SAVEPOINT in_time; SET LOCAL statement_timeout = {milliseconds:d}")
    try:
        given = unit()
    except DBAPIError as error:
        if sqlstate(error) not in BUSY:
            raise
        tx.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT in_time; RELEASE SAVEPOINT in_time")
        return None
    tx.connection.exec_driver_sql("SET LOCAL statement_timeout TO DEFAULT; RELEASE SAVEPOINT in_time")
    return given


def check() -> None:
    """Raises Unavailable where the database does not answer."""
    in_transaction(lambda tx: tx.connection.execute(text("SELECT 1")), repeatable=True)


class _TryAgain(Exception):
    def __init__(self, cause: Exception) -> None:
        self.cause = cause


def _attempt(unit: Callable[[Transaction], T], repeatable: bool, of_one_moment: bool, origin: Origin) -> T:
    committing = False
    connection: Connection | None = None
    try:
        connection = engine().connect()
        wire: Any = connection.connection.driver_connection
        wire.of_one_moment = of_one_moment
        transaction = connection.begin()
        tx = Transaction(connection, origin=origin)
        result = unit(tx)
        tx.finish()
        committing = True
        transaction.commit()
        return result
    except Exception as error:
        lost = is_lost(error)
        if lost and connection is not None:
            connection.invalidate()
        if (lost and (repeatable or not committing)) or sqlstate(error) in REPEATABLE:
            raise _TryAgain(error) from error
        if lost or sqlstate(error) in BUSY:
            raise _unavailable() from error
        raise
    finally:
        if connection is not None:
            if not connection.invalidated and connection.info.get("scarce"):
                connection.detach()  # so that it is not kept: the server has few left
            connection.close()


def _unavailable() -> Unavailable:
    return Unavailable(
        "The desk is busy or its database is out of reach. Try again in a moment.", retry_after=1
    )
