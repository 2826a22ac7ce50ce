"""Faults at a point of what the app does: before its n-th statement or COMMIT, counted from where one looks.

`killed` ends the backend there, and again at the point after it, where the app has begun anew; `died` ends
the process itself, as far as that goes in one: nothing that it would have done afterwards is done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from chalicelib.core.db import engine
from tests.support.database import Database

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'"
MOMENTS = ("before_cursor_execute", "commit")


class Died(BaseException):
    """The sandbox is gone: nobody catches this."""


@dataclass
class Points:
    """How many points there were by now, and how many strikes hit."""

    seen: int = 0
    hits: int = 0
    at: list[str] = field(default_factory=list)


@contextmanager
def points(strike: Callable[[int], bool]) -> Iterator[Points]:
    """Asks `strike` at each point, by its number from 1 on; whether it struck."""
    found = Points()

    def pass_by(*given: Any) -> None:
        found.seen += 1
        what = str(given[2]).split(maxsplit=1)[0] if len(given) > 2 else "COMMIT"
        found.at.append(what)
        found.hits += strike(found.seen)

    for moment in MOMENTS:
        event.listen(engine(), moment, pass_by)
    try:
        yield found
    finally:
        for moment in MOMENTS:
            event.remove(engine(), moment, pass_by)


def counted() -> Any:
    """No strike at all."""
    return points(lambda _: False)


def killed(database: Database, *places: int) -> Any:
    """The backend is terminated right before these points."""

    def strike(place: int) -> bool:
        if place in places:
            database.run(KILL)
        return place in places

    return points(strike)


@contextmanager
def died(database: Database, place: int) -> Iterator[Points]:
    """The process ends right before this point, and its connection with it."""

    def strike(now: int) -> bool:
        if now == place:
            found.hits += 1
            database.run(KILL)
            raise Died
        return False

    with points(strike) as found:
        try:
            yield found
        except Died:
            engine().dispose()
