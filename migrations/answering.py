"""How a custom resource tells CloudFormation what became of it: one PUT to an address that was signed for it.

Source: AWS CloudFormation User Guide, "Custom resource request objects", "Custom resource response objects".
"""

import http.client
import json
import logging
import ssl
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

ATTEMPTS, SECONDS = 3, 10.0
# CloudFormation takes 4 kB in all.
MOST_REASON = 1000

log = logging.getLogger(__name__)


class Answer:
    """Told once, whoever comes first: the work that is done, or the clock that ran out."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event
        self._lock = Lock()
        self.told: dict[str, Any] | None = None

    def succeeded(self, data: Mapping[str, Any]) -> None:
        self._tell({"Status": "SUCCESS", "Data": dict(data)})

    def failed(self, reason: str) -> None:
        self._tell({"Status": "FAILED", "Reason": reason[:MOST_REASON] or "No reason given."})

    def _tell(self, outcome: dict[str, Any]) -> None:
        with self._lock:
            if self.told is not None:
                return
            self.told = outcome
        event = self._event
        # The same for ever: another one would have CloudFormation delete what it takes for the old.
        name = event.get("PhysicalResourceId") or event.get("LogicalResourceId", "")
        named = {key: event.get(key, "") for key in ("StackId", "RequestId", "LogicalResourceId")}
        if url := event.get("ResponseURL"):
            _put(str(url), json.dumps({**outcome, **named, "PhysicalResourceId": name}).encode())


def _put(url: str, body: bytes) -> None:
    """Raises OSError where the last attempt fails too."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            status = _put_once(url, body)
            if status < 400:
                return
            reason: object = status
        except (OSError, http.client.HTTPException) as error:
            reason = repr(error)[:200]
        log.warning("CloudFormation was not told", extra={"attempt": attempt, "reason": reason})
        time.sleep(attempt)
    raise OSError(f"CloudFormation was not told in {ATTEMPTS} attempts: {reason}.")


def _put_once(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        trusted = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=trusted)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        # An empty type: the address was signed with none.
        headers = {"Content-Type": "", "Content-Length": str(len(body))}
        connection.request("PUT", f"{parts.path}?{parts.query}", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
