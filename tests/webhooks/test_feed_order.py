"""The feed skips nothing and tells nothing twice, whatever order transactions begin and commit in."""

import itertools
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from chalicelib.accounts import principals
from chalicelib.core import events, paging
from chalicelib.core.db import Transaction
from chalicelib.tickets import commenting, pausing, releasing
from chalicelib.webhooks import feed_queries, feeding
from tests.support.cast import Cast, Person
from tests.support.connections import ANYBODY_WAITS, Connections
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

pytestmark = pytest.mark.usefixtures("quiet_server")

TYPE = "user.updated"


class Reader:
    """A consumer that goes on where it stopped."""

    def __init__(self, connections: Connections, person: Person, limit: int = 100) -> None:
        self.connections, self.person, self.limit = connections, person, limit
        self.cursor: str | None = None
        self.seen: list[dict[str, Any]] = []

    def poll(self) -> None:
        has_more = True
        while has_more:
            page = self.connections.run(self._page)
            self.seen += page["items"]
            self.cursor, has_more = page["next_cursor"], page["has_more"]

    def _page(self, tx: Transaction) -> dict[str, Any]:
        actor = principals.enter(tx, self.person.workspace_id, self.person.id)
        return feeding.listing(tx, actor, self.cursor, (), self.limit)

    @property
    def marks(self) -> list[int]:
        return [item["data"]["mark"] for item in self.seen]


class Writer:
    """A transaction of the app's role that is held open."""

    def __init__(self, connections: Connections, person: Person) -> None:
        self.connection: Connection = connections.engine.connect()
        self.transaction = self.connection.begin()
        self.tx, self.person = Transaction(self.connection), person
        self.marks: list[int] = []
        principals.enter(self.tx, person.workspace_id, person.id)

    def write(self, mark: int) -> None:
        events.record(self.tx, self.person.workspace_id, TYPE, {"mark": mark})
        self.marks.append(mark)

    def begin_early(self) -> None:
        """Draws its number long before it writes an event, as a request with an Idempotency-Key does."""
        self.connection.execute(text("SELECT pg_current_xact_id()"))

    def end(self, *, commits: bool) -> list[int]:
        (self.transaction.commit if commits else self.transaction.rollback)()
        self.connection.close()
        return self.marks if commits else []


@pytest.mark.parametrize("seed", range(12))
def test_late_commits_are_neither_skipped_nor_told_twice(
    connections: Connections, cast: Cast, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_queries, "LOOKED_AT", 3)
    random, marks = Random(seed), itertools.count()
    reader = Reader(connections, cast.ada, limit=random.choice([1, 2, 100]))
    open_now: list[Writer] = []
    committed: list[int] = []
    for _ in range(60):
        step = random.choice(["begin", "begin", "write", "write", "write", "commit", "roll back", "poll"])
        if step == "begin" and len(open_now) < 5:
            open_now.append(Writer(connections, cast.ada))
            if random.random() < 0.5:
                open_now[-1].begin_early()
        elif step == "write" and open_now:
            random.choice(open_now).write(next(marks))
        elif step in ("commit", "roll back") and open_now:
            writer = open_now.pop(random.randrange(len(open_now)))
            committed += writer.end(commits=step == "commit")
        elif step == "poll":
            reader.poll()
    for writer in open_now:
        committed += writer.end(commits=True)
    reader.poll()

    assert sorted(reader.marks) == sorted(committed)
    assert len(set(reader.marks)) == len(committed)


def test_what_is_committed_late_comes_after_the_cursor_of_whoever_read_before(
    connections: Connections, cast: Cast
) -> None:
    reader = Reader(connections, cast.ada)
    slow, quick = Writer(connections, cast.ada), Writer(connections, cast.ada)
    slow.write(1)
    quick.write(2)
    quick.end(commits=True)

    reader.poll()
    assert reader.marks == []  # it waits for the slow one, and skips nothing
    slow.end(commits=True)
    reader.poll()

    assert sorted(reader.marks) == [1, 2]


def test_what_was_rolled_back_leaves_no_gap_to_wait_for(connections: Connections, cast: Cast) -> None:
    reader = Reader(connections, cast.ada)
    for mark, commits in ((1, True), (2, False), (3, True)):
        writer = Writer(connections, cast.ada)
        writer.write(mark)
        writer.end(commits=commits)

    reader.poll()

    assert reader.marks == [1, 3]


def test_an_event_comes_after_what_its_writer_saw_though_its_transaction_began_first(
    connections: Connections, desk: ServiceDesk, cast: Cast
) -> None:
    """Two calls with an Idempotency-Key draw their numbers before they wait for the ticket."""
    ticket = UUID(desk.in_status("open")["id"])
    reader = Reader(connections, cast.ada)
    reader.poll()
    reader.seen.clear()
    early, later = Writer(connections, cast.dario), Writer(connections, cast.dario)
    early.begin_early()
    later.begin_early()
    actor = principals.enter(later.tx, cast.acme, cast.dario.id)
    pausing.pause(later.tx, actor, ticket, "customer", "asked")
    later.end(commits=True)
    pausing.resume(early.tx, principals.enter(early.tx, cast.acme, cast.dario.id), ticket)
    early.end(commits=True)

    reader.poll()

    assert [item["type"] for item in reader.seen] == ["ticket.paused", "ticket.resumed"]


def test_what_waits_for_a_ticket_tells_of_it_after_what_it_waited_for(
    connections: Connections, desk: ServiceDesk, database: Database, cast: Cast
) -> None:
    """A statement that has waited sees by the snapshot of before."""
    ticket = UUID(desk.in_status("open")["id"])
    database.run("UPDATE tickets SET assignee_id = :a WHERE id = :t", a=cast.ana.id, t=ticket)
    reader = Reader(connections, cast.ada)
    reader.poll()
    reader.seen.clear()
    leaving, pausing_it = Writer(connections, cast.ada), Writer(connections, cast.dario)
    leaving.begin_early()
    actor = principals.enter(pausing_it.tx, cast.acme, cast.dario.id)
    pausing.pause(pausing_it.tx, actor, ticket, "customer", "asked")
    with ThreadPoolExecutor(1) as threads:
        admin = principals.enter(leaving.tx, cast.acme, cast.ada.id)
        waiting = threads.submit(releasing.release_all, leaving.tx, admin, cast.ana.id, "left")
        while not database.value(ANYBODY_WAITS.text):
            wait([waiting], timeout=0.01)
        pausing_it.end(commits=True)
        assert waiting.result(timeout=30) == 1
    leaving.end(commits=True)

    reader.poll()

    assert [item["type"] for item in reader.seen] == ["ticket.paused", "ticket.unassigned"]


def test_a_ticket_s_story_is_told_in_order_while_many_write_it(
    connections: Connections, desk: ServiceDesk, cast: Cast
) -> None:
    ticket = UUID(desk.in_status("open")["id"])
    reader = Reader(connections, cast.ada, limit=3)

    def say(tx: Transaction) -> None:
        tx.connection.execute(text("SELECT pg_current_xact_id()"))
        actor = principals.enter(tx, cast.acme, cast.ana.id)
        commenting.comment(tx, actor, ticket, "On it.")

    def look(_: Transaction) -> None:
        reader.poll()

    ended = connections.side_by_side([*([say] * 6 for _ in range(4)), [look] * 8])
    reader.poll()

    assert [error for queue in ended for error in queue if isinstance(error, Exception)] == []
    sequences = [item["sequence"] for item in reader.seen if item["ticket_id"] == ticket]
    assert sequences == [*range(1, len(sequences) + 1)]
    assert sum(item["type"] == "ticket.commented" for item in reader.seen) == 24


def test_all_pages_are_everything_in_the_order_of_each_ticket(
    connections: Connections, desk: ServiceDesk, cast: Cast, database: Database
) -> None:
    tickets = [desk.in_status("closed") for _ in range(3)]
    reader = Reader(connections, cast.ada, limit=2)

    reader.poll()

    stored = [row["id"] for row in database.rows("SELECT id FROM events ORDER BY id")]
    assert [item["id"] for item in reader.seen] == stored
    for ticket in tickets:
        sequences = [item["sequence"] for item in reader.seen if str(item["ticket_id"]) == ticket["id"]]
        assert sequences == list(range(1, len(sequences) + 1))


class TestAfterARestore:
    """A dump in another cluster brings along numbers that this one's transactions have not come to."""

    def test_what_it_brought_along_is_told_and_what_is_new_comes_after_it(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        for mark in (1, 2):
            writer = Writer(connections, cast.ada)
            writer.write(mark)
            writer.end(commits=True)
        database.run("UPDATE events SET xact_id = CAST(CAST(9000000000 + id AS text) AS xid8)")
        reader = Reader(connections, cast.ada)

        reader.poll()
        reader.poll()
        writer = Writer(connections, cast.ada)
        writer.write(3)
        writer.end(commits=True)
        reader.poll()

        assert reader.marks == [1, 2, 3]

    def test_a_cursor_of_the_cluster_before_is_gone(self, desk: ServiceDesk, cast: Cast) -> None:
        cursor = paging.encode("feed", (9_000_000_000, 1, datetime.now(UTC)))

        reply = desk.as_(cast.ada).get(f"/v1/events?after={cursor}")

        assert (reply.status, reply.json["code"]) == (410, "GONE")

    def test_nobody_else_s_events_are_placed_anew(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        writer = Writer(connections, cast.mallory)
        writer.write(1)
        writer.end(commits=True)
        database.run("UPDATE events SET xact_id = CAST('9000000000' AS xid8)")

        def ask(tx: Transaction) -> None:
            principals.enter(tx, cast.acme, cast.ada.id)
            feed_queries.place_anew(tx, cast.globex)

        connections.run(ask)

        assert database.value("SELECT CAST(xact_id AS text) FROM events") == "9000000000"
