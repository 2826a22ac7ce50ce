"""Door: all calls to strangers. Lambdas outside the VPC, without database or secret: what they are asked to
call they vet first, and what they hear they hand back to who asked. Standard library but for Chalice.

`egress` is invoked with `{method, url, headers?, body?, seconds?, max_bytes?, cut?}`, `body` a text, and
answers `{status, headers, body}`, `body` in base64, or `{refused, detail}`: a word of `core.outbound`, a
sentence. `deliveries` takes signed calls from a queue and tells what became of each by another; see
core/deliveries.py.
"""

import base64
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from chalice import Blueprint
from chalice.app import SQSEvent, SQSRecord

import chalicelib.core.cold_start
from chalicelib.core import logs, metrics, outbound, sqs
from chalicelib.core.deliveries import Outgoing, Result
from chalicelib.core.settings import DeliverySettings, EgressSettings
from chalicelib.core.vetting import Refused

# As many calls as one sandbox makes at once: a whole batch, so that none of it waits for another.
BATCH = 10
# Of what a receiver says this much is kept.
MOST_HEARD = 1024

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


@bp.lambda_function(name="egress")  # type: ignore[untyped-decorator]
def egress(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One call. What cannot be done is an answer too: a raised error would be told with its words."""
    logs.request_id.set(getattr(context, "aws_request_id", None))
    local_hosts = settings().local_hosts
    started = time.perf_counter()
    outcome = "answered"
    try:
        answer = outbound.call(read(event), local_hosts)
    except Refused as refused:
        # Neither the URL nor a word of the answer: either may hold what is nobody's business in a log.
        outcome = refused.kind
        log.warning("call refused", extra={"kind": refused.kind, "reason": str(refused)})
        return {"refused": refused.kind, "detail": str(refused)}
    finally:
        milliseconds = (time.perf_counter() - started) * 1000
        metrics.emit({"Calls": (1, "Count"), "CallLatency": (milliseconds, "Milliseconds")}, Outcome=outcome)
    body = base64.b64encode(answer.body).decode("ascii")
    return {"status": answer.status, "headers": dict(answer.headers), "body": body}


def read(event: Mapping[str, Any]) -> outbound.Call:
    """What is asked for. Raises Refused."""
    method, url, headers = event.get("method", "GET"), event.get("url"), event.get("headers", {})
    body, seconds = event.get("body"), event.get("seconds", outbound.LONGEST_SECONDS)
    most, cut = event.get("max_bytes", outbound.MOST_BYTES), event.get("cut", False)
    if not (
        isinstance(method, str)
        and isinstance(url, str)
        and isinstance(headers, dict)
        and all(isinstance(part, str) for pair in headers.items() for part in pair)
        and isinstance(body, str | None)
        and isinstance(seconds, int | float)
        and isinstance(most, int)
        and isinstance(cut, bool)
    ):
        raise Refused("bad_request", "This is no call that can be made.")
    raw = None if body is None else body.encode()
    return outbound.Call(method, url, headers, raw, seconds, most, cut)


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-deliveries", batch_size=BATCH, name="deliveries"
)
def deliveries(batch: SQSEvent) -> dict[str, Any]:
    """Makes the calls of a batch at once, and tells of each as soon as it is over. One whose result no queue
    took is made again."""
    logs.request_id.set(getattr(batch.context, "aws_request_id", None))
    loaded = delivery_settings()
    records = list(batch)
    with ThreadPoolExecutor(BATCH) as pool:
        done = [pool.submit(copy_context().run, deliver, record, loaded) for record in records]
    failed = [record for record, one in zip(records, done, strict=True) if not one.result()]
    metrics.emit(
        {"RecordsDone": (len(records) - len(failed), "Count"), "RecordsFailed": (len(failed), "Count")},
        Consumer="deliveries",
    )
    return {"batchItemFailures": [{"itemIdentifier": record.to_dict()["messageId"]} for record in failed]}


def deliver(record: SQSRecord, loaded: DeliverySettings) -> bool:
    """Makes one call and tells of it. False where the message must come again."""
    try:
        asked = Outgoing.parse(record.body)
        if time.time() > asked.not_after:
            log.warning("call is too old", extra={"delivery_id": asked.delivery_id, "attempt": asked.attempt})
            return True
        result = attempt(asked, loaded)
        return sqs.send(loaded.result_queue_url, {0: result.text()}, "patient").answered
    except Exception:
        log.exception("delivery failed", extra={"message_id": record.to_dict()["messageId"]})
        return False


def attempt(asked: Outgoing, loaded: DeliverySettings) -> Result:
    """One call, whatever comes of it."""
    started = time.perf_counter()
    status = error = answer = retry_after = None
    try:
        heard = outbound.call(
            outbound.Call(
                "POST", asked.url, asked.headers, asked.body.encode(), max_bytes=MOST_HEARD, cut=True
            ),
            loaded.local_hosts,
        )
        status, retry_after = heard.status, seconds_of(heard.headers.get("retry-after"))
        answer = heard.body.decode("utf-8", "replace").replace("\0", "�")
    except Refused as refused:
        error = refused.kind
    milliseconds = round((time.perf_counter() - started) * 1000)
    facts = {"delivery_id": asked.delivery_id, "attempt": asked.attempt, "status": status, "kind": error}
    log.info("call made", extra={**facts, "milliseconds": milliseconds})
    metrics.emit(
        {"Calls": (1, "Count"), "CallLatency": (milliseconds, "Milliseconds")},
        Outcome=error or f"{(status or 0) // 100}xx",
    )
    return Result.of(asked, status, error, answer, retry_after, milliseconds, datetime.now(UTC))


def seconds_of(retry_after: str | None) -> int | None:
    """What Retry-After asks for (RFC 9110 §10.2.3), as seconds from now; None for what is neither form."""
    if retry_after is None or len(retry_after) > 40:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after), 10**6)
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0, min(round((then - datetime.now(UTC)).total_seconds()), 10**6))


@lru_cache(maxsize=1)
def settings() -> EgressSettings:
    """Checked once a sandbox: what is unfit refuses to start."""
    loaded = EgressSettings.load()
    logs.configure(loaded.log_level)
    return loaded


@lru_cache(maxsize=1)
def delivery_settings() -> DeliverySettings:
    """The same, for what delivers."""
    loaded = DeliverySettings.load()
    logs.configure(loaded.log_level)
    return loaded


chalicelib.core.cold_start.over(__name__)
