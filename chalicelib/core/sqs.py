"""Sending to SQS: in batches that it takes, and not at all for a while where it does not answer."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from functools import lru_cache
from typing import Any, Literal, NamedTuple

# What SendMessageBatch takes at once (Amazon SQS API reference); newer queues take more bytes.
MAX_ENTRIES = 10
MAX_BYTES = 262_144
# Room for what a queue adds around a message.
MAX_MESSAGE_BYTES = 240_000

WORKERS = 8
REST_SECONDS = 30.0

# Whoever answers a caller gives up soon, for a relay comes after it; the relay itself has time.
Patience = Literal["hasty", "patient"]
TIMEOUTS: Mapping[Patience, Mapping[str, Any]] = {
    "hasty": {"connect_timeout": 1, "read_timeout": 2, "retries": {"total_max_attempts": 1}},
    "patient": {
        "connect_timeout": 2,
        "read_timeout": 5,
        "retries": {"mode": "standard", "total_max_attempts": 3},
    },
}

log = logging.getLogger(__name__)


class Breaker:
    """Open for a while after a queue did not answer, so that not every call waits for the same time-out."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._until

    def trip(self) -> None:
        self._until = time.monotonic() + REST_SECONDS

    def reset(self) -> None:
        self._until = 0.0


breaker = Breaker()


class Outcome(NamedTuple):
    """The keys that the queue has taken, and whether it answered for all the others too."""

    taken: set[int]
    answered: bool


def send(url: str, bodies: Mapping[int, str], patience: Patience) -> Outcome:
    """Sends texts, which are ASCII and at most MAX_MESSAGE_BYTES long each.

    Raises nothing: what is not taken is to be sent again. After a failure the hasty send nothing for 30 s.
    """
    return send_to_each({url: bodies}, patience)[url]


def send_to_each(bodies: Mapping[str, Mapping[int, str]], patience: Patience) -> dict[str, Outcome]:
    """The same to several queues at once, by their URLs: it takes as long as the slowest of them."""
    if patience == "hasty" and breaker.is_open:
        return {url: Outcome(set(), not each) for url, each in bodies.items()}
    attempts = {url: _Attempt(url, patience) for url, each in bodies.items() if each}
    parts = [(attempt, batch) for url, attempt in attempts.items() for batch in _batches(bodies[url])]
    for (attempt, _), taken in zip(parts, _all_of(parts), strict=True):
        attempt.taken.update(taken)
    nothing = Outcome(set(), True)
    return {
        url: Outcome(attempts[url].taken, not attempts[url].failed) if url in attempts else nothing
        for url in bodies
    }


def check(url: str) -> None:
    """Raises where the queue does not answer."""
    client("hasty").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


@lru_cache(maxsize=2)
def client(patience: Patience) -> Any:
    """An SQS client with the time-outs of a patience."""
    # Imported when first sent: it costs a cold start 140 ms that a read never pays.
    import boto3
    from botocore.config import Config

    return boto3.client("sqs", config=Config(max_pool_connections=WORKERS, **TIMEOUTS[patience]))


def _all_of(parts: Sequence[tuple["_Attempt", Sequence[tuple[int, str]]]]) -> Iterable[list[int]]:
    if len(parts) < 2:
        return [attempt.send(batch) for attempt, batch in parts]
    from concurrent.futures import ThreadPoolExecutor  # only who sends pays for it

    with ThreadPoolExecutor(min(WORKERS, len(parts))) as pool:
        # What is logged there belongs to the same request.
        sent = [pool.submit(copy_context().run, attempt.send, batch) for attempt, batch in parts]
        return [each.result() for each in sent]


class _Attempt:
    """What goes to one queue: the first batch that gets no answer spares the others the wait."""

    def __init__(self, url: str, patience: Patience) -> None:
        self.url = url
        self.client = client(patience)
        self.failed = False
        self.taken = set[int]()

    def send(self, batch: Sequence[tuple[int, str]]) -> list[int]:
        if self.failed:
            return []
        entries = [{"Id": str(key), "MessageBody": body} for key, body in batch]
        try:
            answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
        except Exception as error:
            self.failed = True
            breaker.trip()
            log.warning("queue does not answer", extra={"queue": self.url, "error": repr(error)[:300]})
            return []
        breaker.reset()
        for refused in answer.get("Failed", ()):
            log.error(
                "queue refused a message", extra={"event_id": refused["Id"], "reason": refused.get("Code")}
            )
        return [int(taken["Id"]) for taken in answer.get("Successful", ())]


def _batches(bodies: Mapping[int, str]) -> Iterator[list[tuple[int, str]]]:
    batch: list[tuple[int, str]] = []
    size = 0
    for key, body in bodies.items():
        if batch and (len(batch) == MAX_ENTRIES or size + len(body) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((key, body))
        size += len(body)
    if batch:
        yield batch
