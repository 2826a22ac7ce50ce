"""The door of queues: each record alone, failures reported, logs that say whose event it was."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from chalice.app import SQSEvent

from chalicelib import queues
from chalicelib.core import logs
from chalicelib.core.event import Event
from chalicelib.core.settings import SettingsError
from chalicelib.queues import ComesAgain, HasTime, consume
from tests.support.mailbox import LambdaContext, batch_of

WORKSPACE = "0198c1f0-0000-7000-8000-000000000000"


def message(id: int) -> dict[str, Any]:
    return {
        "id": id,
        "type": "ticket.created",
        "workspace_id": WORKSPACE,
        "ticket_id": None,
        "sequence": None,
        "internal": False,
        "created_at": "2026-06-05T15:00:00Z",
        "payload": {},
    }


class Consumer:
    """Remembers what it was handed, and fails where it is told to."""

    def __init__(self, failing: dict[int, Exception] | None = None) -> None:
        self.handled: list[int] = []
        self.failing = failing or {}

    def __call__(self, event: Event, has_time: HasTime) -> None:
        assert event.workspace_id == UUID(WORKSPACE)
        if event.id in self.failing:
            raise self.failing[event.id]
        self.handled.append(event.id)


def run(consumer: Consumer, *bodies: dict[str, Any] | str, seconds: float = 60.0) -> list[int]:
    """The places of the records that were reported as failed."""
    batch = batch_of(*bodies)
    answer = consume(SQSEvent(batch, LambdaContext(seconds)), "test", consumer, seconds=30)
    ids = [record["messageId"] for record in batch["Records"]]
    return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """What is logged, as the lines that Lambda writes."""
    written: list[dict[str, Any]] = []
    formatter = logs.JsonFormatter()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(formatter.format(record)))

    handler = Handler()
    log = logging.getLogger("chalicelib.queues")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield written
    log.removeHandler(handler)
    log.setLevel(level)


class TestBatch:
    def test_all_done_reports_nothing(self) -> None:
        consumer = Consumer()

        assert run(consumer, message(1), message(2)) == []
        assert consumer.handled == [1, 2]

    def test_case_47_of_ten_with_one_poison_nine_are_done(self) -> None:
        consumer = Consumer({4: RuntimeError("poison")})

        assert run(consumer, *(message(id) for id in range(1, 11))) == [3]
        assert consumer.handled == [1, 2, 3, 5, 6, 7, 8, 9, 10]

    def test_what_is_no_event_fails_alone(self) -> None:
        consumer = Consumer()

        assert run(consumer, "poison", message(1), "{}", message(2)) == [0, 2]
        assert consumer.handled == [1, 2]

    def test_an_event_that_is_half_done_comes_again(self) -> None:
        consumer = Consumer({1: ComesAgain("one mail unsent")})

        assert run(consumer, message(1), message(2)) == [0]

    def test_what_does_not_fit_into_the_time_left_is_not_begun(self) -> None:
        consumer = Consumer()

        assert run(consumer, message(1), message(2), seconds=29) == [0, 1]
        assert consumer.handled == []

    def test_the_lambda_answers_what_event_sources_understand(self, stage: dict[str, str]) -> None:
        batch = batch_of("poison")

        answer = queues.notifications(batch, LambdaContext())

        assert answer == {"batchItemFailures": [{"itemIdentifier": batch["Records"][0]["messageId"]}]}


class TestLogs:
    def test_every_line_names_the_workspace_and_the_event(self, lines: list[dict[str, Any]]) -> None:
        run(Consumer({2: RuntimeError("broken")}), message(1), message(2))

        assert [line["event_id"] for line in lines] == [1, 2]
        assert {line["workspace_id"] for line in lines} == {WORKSPACE}
        assert {line["request_id"] for line in lines} == {"test"}
        assert lines[0]["type"] == "ticket.created"
        assert lines[0]["age_seconds"] > 0
        assert "broken" in lines[1]["exception"]
        assert lines[1]["level"] == "ERROR"
        assert lines[1]["receive_count"] == "1"

    def test_a_line_after_the_batch_names_neither(self) -> None:
        before = (logs.event_id.get(), logs.workspace_id.get())

        run(Consumer(), message(1))

        assert (logs.event_id.get(), logs.workspace_id.get()) == before
        assert before[0] is None

    def test_poison_is_told_without_its_content(self, lines: list[dict[str, Any]]) -> None:
        run(Consumer(), '{"canary": "carol@customers.example"}')

        (line,) = lines
        assert line["message"] == "record failed"
        assert "carol" not in json.dumps(line)

    def test_counts_what_was_done_and_what_failed(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(Consumer({2: RuntimeError()}), message(1), message(2), message(3))

        metric = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (metric["RecordsDone"], metric["RecordsFailed"]) == (2, 1)
        assert metric["Consumer"] == "test"

    def test_tells_how_old_what_is_done_was_by_then(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(Consumer({2: RuntimeError()}), message(1), message(2), message(3))
        run(Consumer({2: RuntimeError()}), message(2))

        first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
        assert len(first["EventAge"]) == 2
        assert min(first["EventAge"]) > 0
        assert "EventAge" not in second


class TestStart:
    def test_case_4_without_its_settings_it_refuses_to_start(
        self, stage: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("MESA_MAIL_FROM")
        queues.notification_settings.cache_clear()

        with pytest.raises(SettingsError, match="MESA_MAIL_FROM"):
            queues.notifications(batch_of(message(1)), LambdaContext())
