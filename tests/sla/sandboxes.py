"""Lambdas beside each other in one process: each thread has a sandbox, with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, local
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from chalicelib.accounts.principals import enter
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.core.errors import IllegalTransition, Unavailable
from chalicelib.core.wire import Connection
from chalicelib.schedules import sweep
from chalicelib.tickets.resolving import resolve
from tests.support.cast import Person


@contextmanager
def sandboxes(connect: Callable[[], Connection]) -> Iterator[None]:
    """What the app does from here on, it does on its thread's own connection."""
    mine, made = local(), list[Engine]()

    def engine() -> Engine:
        if not hasattr(mine, "engine"):
            mine.engine = create_engine(
                "postgresql+pg8000://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0
            )
            made.append(mine.engine)
        return mine.engine

    with patch("chalicelib.core.db.engine", engine):
        yield
    for each in made:
        each.dispose()


def in_step(rounds: int, *players: Callable[[int], Callable[[], Any]]) -> None:
    """Each player in a thread of its own, which makes itself ready for a round; they act when the last is."""
    barrier = Barrier(len(players), timeout=60)

    def play(player: Callable[[int], Callable[[], Any]]) -> None:
        for number in range(rounds):
            act = player(number)
            barrier.wait()
            act()

    with ThreadPoolExecutor(len(players)) as threads:
        for done in [threads.submit(play, player) for player in players]:
            done.result()


def sweeps_whatever_comes() -> int:
    """A run of the schedule, where the database may be gone: the next minute has another."""
    try:
        return sweep(lambda: True)
    except Unavailable:
        return 0


def resolves_whatever_comes(who: Person, ticket_id: UUID) -> None:
    """Somebody who is told 503 tries again, until it is resolved."""

    def unit(tx: Transaction) -> None:
        resolve(tx, enter(tx, who.workspace_id, who.id), ticket_id, "Done.")

    while True:
        try:
            return in_transaction(unit, repeatable=False)
        except Unavailable:
            continue
        except IllegalTransition:
            return None  # the COMMIT whose answer was lost had come through
