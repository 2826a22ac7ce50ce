"""A small HTTP client that treats every status as an answer."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from tests.support.api import Reply

Found = TypeVar("Found")
PAUSE = 0.2


class Http:
    """Requests to an address, as somebody or as nobody."""

    def __init__(self, base: str, token: str | None = None) -> None:
        self.base = base
        self.token = token

    def with_token(self, token: str | None) -> "Http":
        return Http(self.base, token)

    def sign_in(self, email: str, password: str, **workspace: str) -> dict[str, Any]:
        """What it is answered with: tokens, and whose they are."""
        facts = {"email": email, "password": password, **workspace}
        reply = self.with_token(None).post("/v1/auth/login", facts)
        assert reply.status == 200, reply.text
        return dict(reply.json)

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("POST", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("PATCH", path, body, headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, None, headers)

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        """Header names are given with underscores. A `bytes` body goes out as it is."""
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        request = urllib.request.Request(f"{self.base}{path}", raw, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return _reply(answer.status, answer)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error)


def _reply(status: int, answer: Any) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(status, headers, answer.read().decode())


def awaited(what: str, look: Callable[[], Found | None], seconds: float = 150) -> Found:
    """Looks again until there is something to see; fails, saying what was missed, when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
