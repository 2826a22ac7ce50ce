"""Asking the egress function to call a stranger, and hearing what came of it: one signed Invoke, no boto3.

Sources: AWS Lambda API reference, Invoke; chalicelib/egress.py for what is asked and answered.
"""

import base64
import http.client
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from chalicelib.core.errors import Unavailable
from chalicelib.core.sigv4 import Answered, Credentials, NotConfigured, Service, post

# The function's own start, and Lambda's way there and back, beside the time that the stranger has.
OVERHEAD_SECONDS = 5.0
# Base64 and JSON around the megabyte that the function lets through.
MOST_ANSWER = 2 * 1024 * 1024
_HEADERS = {"Content-Type": "application/json"}

log = logging.getLogger(__name__)


class NotCalled(Exception):
    """The stranger was not called, or not heard to the end. `kind` is a word of chalicelib.core.outbound; the
    text is a sentence for people, without a word of what was answered."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Heard:
    """What a stranger answered, whatever the status; header names in lower case, some of them only."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def call(
    function: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    seconds: float,
    max_bytes: int,
    cut: bool = False,
) -> Heard:
    """Calls through the egress function of this name; `cut` as in outbound.Call. Raises NotCalled, or
    Unavailable without that function.

    Never inside a transaction.
    """
    asked: dict[str, Any] = {"method": method, "url": url, "headers": dict(headers or {}), "body": body}
    asked |= {"seconds": seconds, "max_bytes": max_bytes, "cut": cut}
    answer = _invoke(function, asked, seconds + OVERHEAD_SECONDS)
    try:
        if "refused" in answer:
            raise NotCalled(str(answer["refused"]), str(answer["detail"]))
        return Heard(answer["status"], answer["headers"], base64.b64decode(answer["body"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _unavailable("the egress function's answer has another shape") from error


def _invoke(function: str, payload: dict[str, Any], seconds: float) -> dict[str, Any]:
    try:
        service = Service.of("lambda", "LAMBDA", os.environ)
        answered = post(
            service,
            Credentials.of(os.environ),
            f"/2015-03-31/functions/{quote(function, safe='')}/invocations",
            _HEADERS,
            json.dumps(payload).encode("ascii"),
            seconds=seconds,
            max_bytes=MOST_ANSWER,
        )
    except (NotConfigured, OSError, http.client.HTTPException) as error:
        raise _unavailable(repr(error)[:200]) from error
    if answered.status != 200 or "x-amz-function-error" in answered.headers:
        raise _unavailable(_fault(answered))
    try:
        answer = json.loads(answered.body)
    except ValueError as error:
        raise _unavailable("the egress function did not answer JSON") from error
    if not isinstance(answer, dict):
        raise _unavailable("the egress function's answer has another shape")
    return answer


def _fault(answered: Answered) -> str:
    """Lambda's own word for what is wrong; a failed function's words stay in its log."""
    told = answered.headers.get("x-amz-function-error") or answered.headers.get("x-amzn-errortype", "")
    return f"{answered.status} {told[:60]}".strip()


def _unavailable(reason: str) -> Unavailable:
    log.error("egress function cannot be had", extra={"reason": reason})
    return Unavailable("Nobody outside can be called right now. Try again in a moment.", retry_after=5)
