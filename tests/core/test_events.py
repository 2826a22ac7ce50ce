"""News: one event a change, sent after the commit and never without it, at least once whatever breaks."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chalicelib.core import events, sqs
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.core.errors import Unavailable
from chalicelib.core.event import Event
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each

GOOD = {
    "id": 1,
    "type": "ticket.created",
    "workspace_id": "0198c1f0-0000-7000-8000-000000000000",
    "ticket_id": None,
    "sequence": None,
    "internal": False,
    "created_at": "2026-06-05T15:00:00Z",
    "payload": {},
}
ENTER = text("SELECT set_config('app.workspace_id', :workspace, true)")


@pytest.fixture
def urls(queue: Queue) -> Iterator[list[str]]:
    """The queues that events go to; the breaker is closed before and after."""
    sqs.breaker.reset()
    yield [queue.url]
    sqs.breaker.reset()


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    return Desk(database, cast)


@pytest.fixture
def sqs_down(monkeypatch: pytest.MonkeyPatch, aws: str) -> Iterator[Callable[[], None]]:
    """SQS is out of reach until the function given is called."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = closed.getsockname()
    point_at(monkeypatch, f"http://127.0.0.1:{address[1]}")
    yield lambda: point_at(monkeypatch, aws)
    sqs.client.cache_clear()
    sqs.breaker.reset()


def point_at(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    sqs.client.cache_clear()
    sqs.breaker.reset()


@contextmanager
def silence(monkeypatch: pytest.MonkeyPatch, aws: str) -> Iterator[Callable[[], int]]:
    """SQS takes connections and says nothing; the function given counts those since it was last asked."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        silent.setblocking(False)
        point_at(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")

        def came() -> int:
            count = 0
            with suppress(BlockingIOError):
                while True:
                    silent.accept()[0].close()
                    count += 1
            return count

        yield came
        point_at(monkeypatch, aws)


# A relay that hangs once the first queue has its batch.
STUCK = """
import sys, time
from chalicelib.core import events, sqs

send, batches = sqs._Attempt.send, []

def or_hang(attempt, batch):
    if attempt.url == sys.argv[2]:
        time.sleep(600)
    batches.append(send(attempt, batch))
    if len(batches) == 2:
        print("sent", flush=True)
    return batches[-1]

sqs._Attempt.send = or_hang
events.drain(sys.argv[1:], lambda: True)
"""


class Refusing:
    """A client whose queue refuses some events and takes the others."""

    def __init__(self, refused: set[int]) -> None:
        self.real = sqs.client("patient")
        self.refused = {str(id) for id in refused}

    def send_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        good = [entry for entry in Entries if entry["Id"] not in self.refused]
        answer = self.real.send_message_batch(QueueUrl=QueueUrl, Entries=good) if good else {}
        bad = [
            {"Id": e["Id"], "SenderFault": True, "Code": "InvalidMessageContents"}
            for e in Entries
            if e not in good
        ]
        return {"Successful": answer.get("Successful", []), "Failed": bad}


def record(workspace: UUID, type: str = "user.invited", **payload: Any) -> list[dict[str, Any]]:
    """Records one event in a transaction of its own; what the transaction would send."""

    def unit(tx: Transaction) -> list[dict[str, Any]]:
        tx.connection.execute(ENTER, {"workspace": str(workspace)})
        events.record(tx, workspace, type, payload)
        return tx.events

    return in_transaction(unit, repeatable=False)


def killed(_ids: set[int]) -> None:
    raise KeyboardInterrupt


def unmarked(_ids: set[int]) -> None:
    raise Unavailable("The database is out of reach.")


def end_leases(database: Database) -> None:
    database.run("UPDATE events SET leased_until = now() - interval '1 second'")


def ids(messages: list[dict[str, object]]) -> list[object]:
    return sorted(message["id"] for message in messages)  # type: ignore[type-var]


class TestCommit:
    def test_case_44_a_rollback_leaves_no_event_and_no_message(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        def unit(tx: Transaction) -> None:
            tx.connection.execute(ENTER, {"workspace": str(cast.acme)})
            events.record(tx, cast.acme, "user.invited", {})
            raise RuntimeError("the change failed after its event")

        with pytest.raises(RuntimeError):
            in_transaction(unit, repeatable=False)

        assert database.value("SELECT count(*) FROM events") == 0
        assert events.relay(urls) == 0
        assert queue.take() == []

    def test_what_is_committed_is_sent_and_marked_at_once(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        committed = record(cast.acme, user={"name": "Zoë"})

        events.send_committed(committed, urls)

        (sent,) = queue.take()
        assert sent["type"] == "user.invited"
        assert sent["payload"] == {"user": {"name": "Zoë"}}
        assert database.value("SELECT count(*) FROM events WHERE sent_at IS NULL") == 0
        end_leases(database)
        assert events.relay(urls) == 0

    def test_the_relay_sends_the_very_message_that_the_commit_would_have_sent(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        at = datetime(2026, 6, 5, 15, tzinfo=UTC)
        committed = record(cast.acme, user_id=cast.ana.id, at=at, tags=("a", "b"))
        events.send_committed(committed, urls)
        database.run("UPDATE events SET sent_at = NULL, leased_until = now()")

        events.relay(urls)

        first, second = queue.take()
        assert first == second
        assert first["payload"] == {
            "user_id": str(cast.ana.id),
            "at": "2026-06-05T15:00:00Z",
            "tags": ["a", "b"],
        }
        assert str(first["created_at"]).endswith("Z")

    def test_the_relay_leaves_a_fresh_event_to_whoever_committed_it(
        self, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        record(cast.acme)

        assert events.relay(urls) == 0
        assert queue.take() == []

    def test_a_commit_that_comes_late_is_not_skipped(
        self, database: Database, desk: Desk, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        first, second = desk.ticket(cast.carol), desk.ticket(cast.chris)
        with database.another() as slow:
            slow.run("BEGIN")
            late = Desk(slow, cast).event("ticket.created", first)
            early = desk.event("ticket.created", second)
            sent_before = events.relay(urls)
            slow.run("COMMIT")

        assert late["id"] < early["id"]
        assert sent_before == 1
        assert events.relay(urls) == 1
        assert ids(queue.take()) == [late["id"], early["id"]]

    def test_nothing_to_send_asks_no_queue(
        self, urls: list[str], monkeypatch: pytest.MonkeyPatch, aws: str
    ) -> None:
        with silence(monkeypatch, aws) as asked:
            events.send_committed([], urls)

            assert asked() == 0


class TestQueueDown:
    def test_after_the_commit_nothing_is_lost(
        self,
        database: Database,
        cast: Cast,
        queue: Queue,
        urls: list[str],
        sqs_down: Callable[[], None],
    ) -> None:
        committed = [record(cast.acme) for _ in range(3)]
        for each in committed:
            events.send_committed(each, urls)
        end_leases(database)
        with pytest.raises(Unavailable):
            events.relay(urls)
        sqs_down()
        end_leases(database)

        assert events.relay(urls) == 3
        assert ids(queue.take()) == [each[0]["id"] for each in committed]

    def test_it_goes_out_in_the_same_pass_once_the_queue_is_back(
        self,
        database: Database,
        cast: Cast,
        queue: Queue,
        urls: list[str],
        monkeypatch: pytest.MonkeyPatch,
        aws: str,
    ) -> None:
        other = Queue(queue.client.create_queue(QueueName="mesa-other")["QueueUrl"], aws)
        committed = [record(cast.acme)[0]["id"] for _ in range(3)]
        end_leases(database)
        asked: list[str] = []
        real = sqs._Attempt.send

        def down_at_first(attempt: sqs._Attempt, batch: Sequence[tuple[int, str]]) -> list[int]:
            asked.append(attempt.url)
            if attempt.url == other.url and asked.count(other.url) < 3:
                attempt.failed = True
                return []
            return real(attempt, batch)

        monkeypatch.setattr(sqs._Attempt, "send", down_at_first)
        monkeypatch.setattr(events, "PAUSE_SECONDS", 0)

        assert events.drain([queue.url, other.url], lambda: True) == 3
        assert (ids(queue.take()), ids(other.take())) == (committed, committed)
        assert database.value("SELECT count(*) FROM events WHERE sent_at IS NULL") == 0

    def test_the_next_minute_finds_free_what_could_not_be_sent(
        self,
        database: Database,
        cast: Cast,
        queue: Queue,
        urls: list[str],
        sqs_down: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(events, "TRIES", 1)
        for _ in range(3):
            record(cast.acme)
        end_leases(database)
        with pytest.raises(Unavailable):
            events.drain(urls, lambda: True)
        sqs_down()
        database.run("UPDATE events SET leased_until = leased_until - interval '55 seconds'")

        assert events.drain(urls, lambda: True) == 3
        assert len(queue.take()) == 3

    def test_a_queue_that_does_not_answer_is_not_asked_again_by_the_next_caller(
        self, cast: Cast, urls: list[str], monkeypatch: pytest.MonkeyPatch, aws: str
    ) -> None:
        monkeypatch.setitem(sqs.TIMEOUTS, "hasty", {**sqs.TIMEOUTS["hasty"], "read_timeout": 0.3})  # type: ignore[arg-type]
        with silence(monkeypatch, aws) as asked:
            for _ in range(3):
                events.send_committed(record(cast.acme), urls)

            assert asked() == 1

    def test_one_queue_of_two_down_and_both_get_it_in_the_end(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str], aws: str
    ) -> None:
        other = Queue(queue.client.create_queue(QueueName="mesa-other")["QueueUrl"], aws)
        gone = queue.client.create_queue(QueueName="mesa-gone")["QueueUrl"]
        queue.client.delete_queue(QueueUrl=gone)
        (committed,) = record(cast.acme)
        events.send_committed([committed], [queue.url, gone])
        end_leases(database)
        sqs.breaker.reset()

        events.relay([queue.url, other.url])

        assert ids(other.take()) == [committed["id"]]
        assert set(ids(queue.take())) == {committed["id"]}
        assert database.value("SELECT count(*) FROM events WHERE sent_at IS NULL") == 0

    def test_a_mark_that_fails_is_the_relays_to_make_good(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (committed,) = record(cast.acme)
        with monkeypatch.context() as failing:
            failing.setattr(events, "_mark", unmarked)
            events.send_committed([committed], urls)
        end_leases(database)

        assert events.relay(urls) == 1
        assert ids(queue.take()) == [committed["id"]] * 2

    def test_readiness_tells_that_a_queue_is_gone(
        self, sqs_down: Callable[[], None], urls: list[str]
    ) -> None:
        with pytest.raises(Exception, match="connect"):
            events.check_queues(urls)


class TestRelay:
    def test_killed_between_sending_and_marking_it_sends_again_under_the_same_id(
        self,
        database: Database,
        cast: Cast,
        queue: Queue,
        urls: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (committed,) = record(cast.acme)
        end_leases(database)
        with monkeypatch.context() as killing:
            killing.setattr(events, "_mark", killed)
            with pytest.raises(KeyboardInterrupt):
                events.relay(urls)
        at_once = events.relay(urls)
        end_leases(database)

        assert at_once == 0
        assert events.relay(urls) == 1
        assert ids(queue.take()) == [committed["id"]] * 2

    def test_a_process_killed_between_two_queues_loses_nothing(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str], aws: str
    ) -> None:
        other = Queue(queue.client.create_queue(QueueName="mesa-other")["QueueUrl"], aws)
        committed = [record(cast.acme)[0]["id"] for _ in range(12)]
        end_leases(database)
        command = [sys.executable, "-c", STUCK, queue.url, other.url]
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "sent\n"
            process.kill()
        held = events.drain([queue.url, other.url], lambda: True)
        database.run("UPDATE events SET leased_until = leased_until - interval '45 seconds'")

        assert held == 0
        assert events.drain([queue.url, other.url], lambda: True) == 12
        assert (ids(queue.take()), ids(other.take())) == (sorted(committed * 2), committed)

    def test_two_relays_at_once_share_the_work(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        for _ in range(4):
            record(cast.acme)
        end_leases(database)
        with database.another() as other:
            other.run("BEGIN")
            taken = other.rows("SELECT id FROM fn_lease_unsent_events(2, 60)")
            sent = events.relay(urls)
            other.run("COMMIT")

        assert len(taken) == 2
        assert sent == 2
        assert not {row["id"] for row in taken} & set(ids(queue.take()))

    def test_all_queues_are_asked_at_once(
        self, cast: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each waits until the others are asked too: one after another, none would ever be."""
        queues = [queue.url, *(queue.client.create_queue(QueueName=f"mesa-{n}")["QueueUrl"] for n in "abc")]
        together, real = Barrier(4, timeout=20), sqs._Attempt.send

        def with_the_others(attempt: sqs._Attempt, batch: Sequence[tuple[int, str]]) -> list[int]:
            together.wait()
            return real(attempt, batch)

        monkeypatch.setattr(sqs._Attempt, "send", with_the_others)
        committed = record(cast.acme)
        events.send_committed(committed, queues)

        assert ids(queue.take()) == [committed[0]["id"]]
        assert not together.broken

    def test_what_a_queue_refuses_waits_and_holds_up_no_other(
        self,
        database: Database,
        cast: Cast,
        queue: Queue,
        urls: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        committed = [record(cast.acme)[0]["id"] for _ in range(6)]
        end_leases(database)
        refusing = Refusing(set(committed[:3]))
        monkeypatch.setattr(sqs, "client", lambda _patience: refusing)

        sent = events.drain(urls, lambda: True, limit=3)

        assert sent == 3
        assert ids(queue.take()) == committed[3:]
        assert database.value("SELECT count(*) FROM events WHERE sent_at IS NULL") == 3

    def test_drains_more_than_one_pass_takes(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        committed = [record(cast.acme)[0]["id"] for _ in range(7)]
        end_leases(database)

        assert events.drain(urls, lambda: True, limit=3) == 7
        assert ids(queue.take()) == committed

    def test_stops_when_its_time_is_over(self, database: Database, cast: Cast, urls: list[str]) -> None:
        for _ in range(4):
            record(cast.acme)
        end_leases(database)
        times = iter([True, False])

        assert events.drain(urls, lambda: next(times), limit=2) == 2

    def test_many_batches_go_out_together_and_each_event_once(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        database.run(
            "INSERT INTO events (workspace_id, type, payload, leased_until) "
            "SELECT :w, 'user.invited', '{}', now() FROM generate_series(1, 95)",
            w=cast.acme,
        )

        assert events.relay(urls) == 95
        assert ids(queue.take()) == [row["id"] for row in database.rows("SELECT id FROM events ORDER BY id")]

    def test_tells_how_long_the_oldest_waits(self, database: Database, cast: Cast, urls: list[str]) -> None:
        before = events.oldest_unsent_seconds()
        record(cast.acme)
        database.run("UPDATE events SET created_at = now() - interval '90 seconds'")
        waiting = events.oldest_unsent_seconds()
        end_leases(database)
        events.relay(urls)

        assert before == 0
        assert 90 <= waiting < 100
        assert events.oldest_unsent_seconds() == 0


class TestSize:
    def test_a_batch_holds_no_more_than_a_queue_takes(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        for _ in range(5):
            record(cast.acme, text="x" * 100_000)
        end_leases(database)
        sizes: list[int] = []
        queue_client = sqs.client("patient")
        queue_client.meta.events.register(
            "before-call.sqs.SendMessageBatch", lambda params, **_: sizes.append(len(params["body"]))
        )

        assert events.relay(urls) == 5
        assert len(sizes) == 3
        assert len(queue.take()) == 5
        sqs.client.cache_clear()

    def test_what_no_queue_can_carry_is_read_by_its_consumer(
        self, database: Database, cast: Cast, queue: Queue, urls: list[str]
    ) -> None:
        huge = "\x01💥" * 30_000
        events.send_committed(record(cast.acme, text=huge), urls)

        (sent,) = queue.take()
        event = Event.parse(json.dumps(sent))

        def read(tx: Transaction) -> Any:
            tx.connection.execute(ENTER, {"workspace": str(cast.acme)})
            return events.payload_of(tx, event)

        assert event.payload is None
        assert in_transaction(read, repeatable=True) == {"text": huge}

    def test_a_purged_payload_is_none(self, database: Database, cast: Cast) -> None:
        event = Event(7, "x", cast.acme, None, None, False, datetime.now(UTC), None)

        def read(tx: Transaction) -> Any:
            tx.connection.execute(ENTER, {"workspace": str(cast.acme)})
            return events.payload_of(tx, event)

        assert in_transaction(read, repeatable=True) is None

    @for_each("character", ["\ufffe", "\uffff", "\x02", "\ud7ff", "💥", '"', "\\"])
    def test_every_character_survives_the_queue(
        self, cast: Cast, database: Database, queue: Queue, urls: list[str], character: str
    ) -> None:
        events.send_committed(record(cast.acme, text=character), urls)

        assert [message["payload"] for message in queue.take()] == [{"text": character}]


class TestParse:
    def test_reads_what_message_wrote(self, desk: Desk, cast: Cast) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)

        event = Event.parse(json.dumps(told))

        assert event.id == told["id"]
        assert event.workspace_id == cast.acme
        assert event.sequence == 1
        assert event.created_at.isoformat() == str(told["created_at"]).replace("Z", "+00:00")
        assert event.payload == told["payload"]

    def test_takes_the_good_one_that_the_poison_is_made_of(self) -> None:
        assert Event.parse(json.dumps(GOOD)).payload == {}

    @for_each(
        "body",
        [
            "",
            "poison",
            "null",
            "[]",
            "{}",
            "[" * 100_000,
            '{"id": "x", "type": "t", "workspace_id": "w"}',
            json.dumps({**GOOD, "workspace_id": 7}),
            json.dumps({**GOOD, "ticket_id": "seven"}),
            json.dumps({**GOOD, "sequence": "x"}),
            json.dumps({**GOOD, "created_at": "yesterday"}),
            json.dumps({**GOOD, "created_at": 7}),
            json.dumps({**GOOD, "payload": []}),
        ],
    )
    def test_refuses_what_is_no_event(self, body: str) -> None:
        with pytest.raises(ValueError, match="no event"):
            Event.parse(body)
