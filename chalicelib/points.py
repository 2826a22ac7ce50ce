"""Door: points of a time series, written to an InfluxDB of the operator's. A Lambda outside the VPC, without
database; it exists where the stack is told of such a server. Standard library only but for Chalice.

It gets every event. What is wrong with one point is found by halving the batch, and loses no other; where the
server itself fails, all of it comes again, which overwrites: see analytics/points.py.
"""

import gzip
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice import Blueprint
from chalice.app import SQSEvent, SQSRecord

from chalicelib.analytics.points import points_of
from chalicelib.core import logs, metrics, outbound
from chalicelib.core.event import Event
from chalicelib.core.line_protocol import line
from chalicelib.core.secrets import SecretUnavailable, forget_secret, get_secret
from chalicelib.core.settings import PointSettings
from chalicelib.core.vetting import Refused

BATCH, WINDOW_SECONDS = 100, 5
# A call and the secret before it. What is not asked by then comes again.
CALL_SECONDS = 22.0
MOST_HEARD = 2048
# What the server says of points that it will not have, whoever sends them and whenever.
OF_THE_POINTS = frozenset({400, 413, 422})
OF_THE_TOKEN = frozenset({401, 403})
# So many refusals of single events, and it is not the events.
MOST_REFUSED = 10

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


class Written(NamedTuple):
    """A record, the event that it carries, and its lines."""

    record: SQSRecord
    event: Event
    lines: list[str]

    @property
    def facts(self) -> dict[str, Any]:
        return {"message_id": message_id(self.record), "event_id": self.event.id, "type": self.event.type}


class Unanswered(Exception):
    """The server does not take points at all now, whatever they are."""


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-points",
    batch_size=BATCH,
    maximum_batching_window_in_seconds=WINDOW_SECONDS,
    name="points",
)
def points(batch: SQSEvent) -> dict[str, Any]:
    """Writes the points of a batch in one call, if the server takes it."""
    logs.request_id.set(getattr(batch.context, "aws_request_id", None))
    loaded = settings()
    records = list(batch)
    read = [(record, read_one(record)) for record in records]
    failed = {message_id(record) for record, written in read if written is None}
    to_write = [written for _, written in read if written is not None and written.lines]
    attempt = Attempt(
        loaded, lambda: bool(batch.context.get_remaining_time_in_millis() > CALL_SECONDS * 1000)
    )
    failed |= attempt.write_all(to_write)
    done = [each for _, each in read if each is not None and message_id(each.record) not in failed]
    now = datetime.now(UTC)
    metrics.emit(
        {
            "RecordsDone": (len(records) - len(failed), "Count"),
            "RecordsFailed": (len(failed), "Count"),
            "PointsWritten": (sum(len(each.lines) for each in done), "Count"),
            "PointsRefused": (attempt.refused, "Count"),
            **({"EventAge": (ages(done, now), "Seconds")} if done else {}),
        },
        Consumer="points",
    )
    return {"batchItemFailures": [{"itemIdentifier": id} for id in map(message_id, records) if id in failed]}


def ages(done: Sequence[Written], now: datetime) -> list[float]:
    """In seconds."""
    return [round((now - each.event.created_at).total_seconds(), 3) for each in done]


def read_one(record: SQSRecord) -> Written | None:
    """None for what is no event: it comes again, and ends among the dead letters."""
    try:
        event = Event.parse(record.body)
        return Written(record, event, [line(point) for point in points_of(event)])
    except ValueError:
        log.exception("record failed", extra={"message_id": message_id(record)})
        return None


def message_id(record: SQSRecord) -> str:
    found: str = record.to_dict()["messageId"]
    return found


class Attempt:
    """The calls of one batch. `refused` counts the events that the server will not have."""

    def __init__(self, loaded: PointSettings, has_time: Callable[[], bool]) -> None:
        self.loaded = loaded
        self.has_time = has_time
        self.refused = 0

    def write_all(self, given: Sequence[Written]) -> set[str]:
        """The messages that must come again."""
        waiting, failed = [list(given)] if given else [], set[str]()
        while waiting:
            some = waiting.pop()
            try:
                is_taken = self.write(some)
            except Unanswered as rest:
                log.warning("points come again", extra={"reason": str(rest)})
                return failed.union(message_id(each.record) for part in (some, *waiting) for each in part)
            if is_taken:
                continue
            if len(some) == 1:
                self.refused += 1
                failed.add(message_id(some[0].record))
            else:
                middle = len(some) // 2
                waiting += [some[middle:], some[:middle]]
        return failed

    def write(self, some: Sequence[Written]) -> bool:
        """One call. False where these points are refused; raises Unanswered where it is not for their
        sake."""
        if not self.has_time():
            raise Unanswered("time is over")
        if self.refused >= MOST_REFUSED:
            raise Unanswered(f"{self.refused} events were refused")
        body = "\n".join(text for each in some for text in each.lines).encode()
        try:
            answer = outbound.call(call_of(self.loaded, body), self.loaded.local_hosts)
        except Refused as refused:
            raise Unanswered(f"{refused.kind}: {refused}") from refused
        except SecretUnavailable as unavailable:
            raise Unanswered(str(unavailable)) from unavailable
        if 200 <= answer.status < 300:
            return True
        if answer.status not in OF_THE_POINTS:
            if answer.status in OF_THE_TOKEN:
                forget_secret(self.loaded.influx_secret_arn)
            raise Unanswered(f"the server answers {answer.status}")
        if len(some) == 1:
            # Its words may quote the point, which holds ids and words alone.
            said = answer.body.decode("utf-8", "replace")[:300]
            log.error("points refused", extra={**some[0].facts, "status": answer.status, "said": said})
        return False


def call_of(loaded: PointSettings, body: bytes) -> outbound.Call:
    """InfluxDB API v2, `POST /api/v2/write`; InfluxDB 1.8 and newer and VictoriaMetrics speak it too. Raises
    SecretUnavailable."""
    asked = {"bucket": loaded.influx_bucket, "org": loaded.influx_org, "precision": "ns"}
    query = urlencode({name: value for name, value in asked.items() if value})
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Encoding": "gzip"}
    if token := get_secret(loaded.influx_secret_arn).get("token"):
        headers["Authorization"] = f"Token {token}"
    url = f"{loaded.influx_url}/api/v2/write?{query}"
    packed = gzip.compress(body, mtime=0)
    return outbound.Call("POST", url, headers, packed, max_bytes=MOST_HEARD, cut=True)


@lru_cache(maxsize=1)
def settings() -> PointSettings:
    """Checked once a sandbox: what is unfit refuses to start."""
    loaded = PointSettings.load()
    logs.configure(loaded.log_level)
    return loaded
