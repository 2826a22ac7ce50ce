"""A walk through the pages of a list while the desk works on: what nobody touched is seen once, whatever
happens around it."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import TextClause, text

from chalicelib.accounts import principals
from chalicelib.core import paging
from chalicelib.core.db import Transaction
from chalicelib.tickets import listing
from chalicelib.tickets.listing import Filter
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database

SORTS = [
    f"{direction}{name}"
    for name in ("created_at", "updated_at", "due_at", "priority")
    for direction in ("", "-")
]
PRIORITIES = ["low", "medium", "high", "urgent"]
MAKE = text(
    """
    INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, tags,
        priority, due_at, created_at, updated_at)
    SELECT :w, made.n, 'T' || made.n, 's', 'd', :r, :t, ARRAY[CAST(:tag AS text)], :priority,
        now() + CAST(:due AS integer) * interval '1 hour', made.at, made.at
    FROM (SELECT CAST(:n AS integer) AS n,
                 now() + CAST(:made AS integer) * interval '1 hour' AS at) AS made
    RETURNING id
    """
)
# As verbs do: the key of each sort moves somewhere.
TOUCH = text(
    """
    UPDATE tickets SET updated_at = clock_timestamp(), priority = :priority,
        due_at = now() + CAST(:due AS integer) * interval '1 hour'
    WHERE workspace_id = :w AND id = :id RETURNING id
    """
)
DELETE = text("UPDATE tickets SET deleted_at = now() WHERE workspace_id = :w AND id = :id RETURNING id")
_numbers = count(1)
_tags = (f"walk-{number}" for number in count())


@dataclass
class Walk:
    """Tickets with a tag of their own, what is done to them, and their list."""

    connections: Connections
    cast: Cast
    tag: str = field(default_factory=partial(next, _tags))
    ids: list[UUID] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)

    def make(self, priority: str, due: int | None, made: int) -> UUID:
        values = {"r": self.cast.carol.id, "t": self.cast.teams["Networks"], "n": next(_numbers)}
        values |= {"tag": self.tag, "priority": priority, "due": due, "made": made}
        made_id: UUID = self.write(MAKE, **values)
        self.ids.append(made_id)
        return made_id

    def write(self, statement: TextClause, **values: Any) -> Any:
        """The id that the statement gives back."""

        def work(tx: Transaction) -> Any:
            principals.enter(tx, self.cast.acme, self.cast.dario.id)
            return tx.connection.scalar(statement, {"w": self.cast.acme, **values})

        return self.connections.run(work)

    def page(self, sort: str, limit: int, cursor: str | None) -> tuple[list[Any], str | None]:
        """The rows of a page and the cursor of the next one."""
        wanted = Filter({"tag": self.tag, "not_archived": None}, sort)
        page = paging.Page(limit, cursor)

        def read(tx: Transaction) -> list[Any]:
            return listing.page_of(tx, principals.enter(tx, self.cast.acme, self.cast.dario.id), wanted, page)

        rows = self.connections.run(read)
        told = paging.answer(
            rows, page, sort, lambda row: listing.sort_key(row, sort), lambda row: str(row.id)
        )
        return rows[: len(told["items"])], told["next_cursor"]

    def pages(self, sort: str, limit: int) -> Iterator[list[Any]]:
        cursor: str | None = None
        for _ in range(200):
            rows, cursor = self.page(sort, limit, cursor)
            yield rows
            if cursor is None:
                return
        raise AssertionError("the walk comes to no end")


HOURS = st.integers(-5, 5)
NEW = st.tuples(st.sampled_from(PRIORITIES), st.none() | HOURS, HOURS)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("make"), NEW),
        st.tuples(st.just("touch"), st.tuples(st.integers(0, 50), st.sampled_from(PRIORITIES), HOURS)),
        st.tuples(st.just("delete"), st.integers(0, 50)),
    ),
    max_size=3,
)


def change(walk: Walk, what: str, how: Any) -> None:
    if what == "make":
        walk.touched.add(walk.make(*how))
        return
    place = how if what == "delete" else how[0]
    chosen = walk.ids[place % len(walk.ids)]
    walk.touched.add(chosen)
    if what == "delete":
        walk.write(DELETE, id=chosen)
    else:
        walk.write(TOUCH, id=chosen, priority=how[1], due=how[2])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sort=st.sampled_from(SORTS),
    limit=st.integers(1, 4),
    first=st.lists(NEW, min_size=1, max_size=9),
    between=st.lists(CHANGES, max_size=5),
)
def test_what_nobody_touched_is_seen_once_and_the_rest_in_order(
    cast: Cast,
    connections: Connections,
    sort: str,
    limit: int,
    first: list[Any],
    between: list[Any],
) -> None:
    walk = Walk(connections, cast)
    for each in first:
        walk.make(*each)
    seen: list[Any] = []

    for place, rows in enumerate(walk.pages(sort, limit)):
        seen += [(row.id, listing.sort_key(row, sort)) for row in rows]
        for what, how in between[place] if place < len(between) else ():
            change(walk, what, how)

    times = Counter(each for each, _ in seen)
    assert {times[each] for each in walk.ids if each not in walk.touched} <= {1}
    # Whoever is seen twice has moved on between.
    assert all(times[each] == 1 or each in walk.touched for each in times)
    keys = [(infinite(value), each) for _, (value, each) in seen]
    assert keys == sorted(set(keys), reverse=sort.startswith("-"))


def infinite(value: Any) -> Any:
    """A ticket that is not due is due after all others."""
    return (value is None, value or 0) if value is None or not isinstance(value, int) else value


@pytest.mark.parametrize("sort", ["-created_at", "updated_at", "-due_at", "-priority"])
def test_while_others_write_at_the_same_time(
    cast: Cast, connections: Connections, database: Database, sort: str
) -> None:
    walk = Walk(connections, cast)
    for number in range(60):
        walk.make(PRIORITIES[number % 4], number % 7 or None, -number)
    kept, moved = walk.ids[::2], walk.ids[1::2]

    def write(part: list[UUID], how: Callable[[UUID, int], None]) -> None:
        for number, each in enumerate(part):
            how(each, number)

    def touch(each: UUID, number: int) -> None:
        walk.write(TOUCH, id=each, priority=PRIORITIES[number % 4], due=number % 5)

    def replace(each: UUID, number: int) -> None:
        walk.write(DELETE, id=each)
        walk.make(PRIORITIES[number % 4], None, number % 3)

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(write, moved[::2], touch), threads.submit(write, moved[1::2], replace)]
        walks = 0
        while walks < 2 or not all(one.done() for one in writing):
            seen = Counter(row.id for rows in walk.pages(sort, 7) for row in rows)
            assert [each for each in kept if seen[each] != 1] == []
            walks += 1
        for one in writing:
            one.result()

    assert database.value("SELECT count(*) FROM tickets WHERE deleted_at IS NULL") == 60


def test_sorted_by_change_whatever_changes_is_seen_again_at_the_end(
    cast: Cast, connections: Connections
) -> None:
    walk = Walk(connections, cast)
    first, second, third = (walk.make("low", None, hours) for hours in (-3, -2, -1))
    _, cursor = walk.page("updated_at", 1, None)

    walk.write(TOUCH, id=first, priority="low", due=None)
    walk.write(TOUCH, id=second, priority="low", due=None)

    rows, end = walk.page("updated_at", 5, cursor)
    assert ([row.id for row in rows], end) == ([third, first, second], None)
