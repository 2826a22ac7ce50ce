"""Merges and links at the same time, a connection each: one legal outcome, and nobody waits for ever."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, NullPool, create_engine

from chalicelib.accounts import principals
from chalicelib.core.connection import connect
from chalicelib.core.errors import Conflict, IllegalTransition
from chalicelib.core.settings import DatabaseSettings
from chalicelib.tickets import commenting, linking, merging
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.tickets.test_file_races import at_once


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    settings = DatabaseSettings.load()
    assert database
    made = create_engine("postgresql+pg8000://", creator=lambda: connect(settings), poolclass=NullPool)
    yield made
    made.dispose()


def doing(cast: Cast, verb: Any, *values: Any) -> Any:
    return lambda tx: verb(tx, principals.enter(tx, cast.acme, cast.dario.id), *values)


def kinds(given: list[Any]) -> Counter[str]:
    return Counter(type(each).__name__ for each in given)


def test_merges_that_cross_leave_no_cycle_and_no_deadlock(
    engine: Engine, cast: Cast, database: Database
) -> None:
    for _ in range(5):
        tickets = [Desk(database, cast).ticket(cast.carol) for _ in range(4)]
        pairs = [(one, other) for one in tickets for other in tickets if one != other]

        given = at_once(engine, *(doing(cast, merging.merge, *pair) for pair in pairs))

        assert kinds(given) == {"NoneType": 3, IllegalTransition.__name__: 9}
        rows = database.rows("SELECT merged_into FROM tickets WHERE id = ANY(:t)", t=tickets)
        assert len({row["merged_into"] for row in rows}) == 2


def test_comments_on_a_chain_that_is_being_made_all_show_at_its_end(
    engine: Engine, cast: Cast, database: Database
) -> None:
    for _ in range(5):
        one, two, three = (Desk(database, cast).ticket(cast.carol) for _ in range(3))
        words = [doing(cast, commenting.comment, ticket, "word") for ticket in (one, two, one, two)]

        given = at_once(
            engine, doing(cast, merging.merge, one, two), doing(cast, merging.merge, two, three), *words
        )

        found = kinds(given)
        assert found.keys() <= {"NoneType", "Comment", Conflict.__name__, IllegalTransition.__name__}


def test_two_links_that_close_a_circle_only_together_are_one(
    engine: Engine, cast: Cast, database: Database
) -> None:
    for _ in range(5):
        one, two, three, four = (Desk(database, cast).ticket(cast.carol) for _ in range(4))
        at_once(engine, link(cast, one, two), link(cast, three, four))

        given = at_once(engine, link(cast, two, three), link(cast, four, one))

        assert kinds(given) == {"tuple": 1, Conflict.__name__: 1}


def link(cast: Cast, parent: UUID, child: UUID) -> Any:
    return doing(cast, linking.link, parent, "parent", child)
