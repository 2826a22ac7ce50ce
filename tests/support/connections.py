"""The rooms without HTTP: transactions on connections of their own, one after another or all at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

from sqlalchemy import Connection, Engine, text

from chalicelib.core.db import Transaction

Unit = Callable[[Transaction], Any]

ANYBODY_WAITS = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")


class Connections:
    """Runs units of work as `in_transaction` does, but each on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def run(self, unit: Unit) -> Any:
        with self.engine.begin() as connection:
            return _whole(unit, Transaction(connection))

    def at_once(self, units: Sequence[Unit]) -> list[Any]:
        """Runs them all at the same time; what one raises stands in its place."""
        start = Barrier(len(units))

        def attempt(unit: Unit) -> Any:
            with self.engine.connect() as connection:
                start.wait(timeout=30)
                return _committed(connection, unit)

        with ThreadPoolExecutor(len(units)) as threads:
            return list(threads.map(attempt, units))

    def side_by_side(self, queues: Sequence[Sequence[Unit]]) -> list[list[Any]]:
        """Runs all queues at the same time, each on a connection of its own, a transaction a unit."""
        start = Barrier(len(queues))

        def work(units: Sequence[Unit]) -> list[Any]:
            with self.engine.connect() as connection:
                start.wait(timeout=30)
                return [_committed(connection, unit) for unit in units]

        with ThreadPoolExecutor(len(queues)) as threads:
            return list(threads.map(work, queues))

    def behind(self, first: Unit, second: Unit) -> Any:
        """What `second` gives where it begins while `first` is done but not yet committed."""
        with ThreadPoolExecutor(1) as threads, self.engine.connect() as connection:
            with connection.begin():
                first(Transaction(connection))
                waiting = threads.submit(self.at_once, [second])
                while not (waiting.done() or connection.scalar(ANYBODY_WAITS)):
                    wait([waiting], timeout=0.01)
            (given,) = waiting.result(timeout=30)
            return given


def _committed(connection: Connection, unit: Unit) -> Any:
    """What the unit gives, or raises."""
    try:
        with connection.begin():
            return _whole(unit, Transaction(connection))
    except Exception as error:
        return error


def _whole(unit: Unit, tx: Transaction) -> Any:
    """What the unit gives, with what it left for the end done."""
    given = unit(tx)
    tx.finish()
    return given
