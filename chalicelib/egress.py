"""Door: all calls to strangers. Its own Lambda, outside the VPC, without database or secret: what it is asked
to call it vets first, and what it hears it hands back to who asked. Standard library but for Chalice.

It is invoked with `{method, url, headers?, body?, seconds?, max_bytes?}`, `body` a text, and answers
`{status, headers, body}`, `body` in base64, or `{refused, detail}`: a word of `core.outbound`, a sentence.
"""

import base64
import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalice import Blueprint

import chalicelib.core.cold_start
from chalicelib.core import logs, metrics, outbound
from chalicelib.core.settings import EgressSettings
from chalicelib.core.vetting import Refused

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
    most = event.get("max_bytes", outbound.MOST_BYTES)
    if not (
        isinstance(method, str)
        and isinstance(url, str)
        and isinstance(headers, dict)
        and all(isinstance(part, str) for pair in headers.items() for part in pair)
        and isinstance(body, str | None)
        and isinstance(seconds, int | float)
        and isinstance(most, int)
    ):
        raise Refused("bad_request", "This is no call that can be made.")
    raw = None if body is None else body.encode()
    return outbound.Call(method, url, headers, raw, seconds, most)


@lru_cache(maxsize=1)
def settings() -> EgressSettings:
    """Checked once a sandbox: what is unfit refuses to start."""
    loaded = EgressSettings.load()
    logs.configure(loaded.log_level)
    return loaded


chalicelib.core.cold_start.over(__name__)
