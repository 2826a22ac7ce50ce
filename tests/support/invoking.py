"""Lambda's Invoke, on loopback: runs the egress function's own handler in this process, as Lambda would."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from chalicelib.egress import egress
from tests.support.api import Context
from tests.support.stranger import Asked, Stranger, Told

PREFIX, SUFFIX = "/2015-03-31/functions/", "/invocations"


class Lambda(Stranger):
    """`calls` is what it was invoked with. `script` answers in the function's place."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[dict[str, Any]] = []
        self.script: Callable[[Asked], Told] | None = None
        self.routes = _Every(self._invoke)

    def _invoke(self, asked: Asked) -> Told:
        name = unquote(asked.path.removeprefix(PREFIX).removesuffix(SUFFIX))
        assert asked.path.startswith(PREFIX)
        assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=testing/")
        if name != "mesa-egress":
            return Told(404, {"X-Amzn-ErrorType": "ResourceNotFoundException"}, b"{}")
        event = json.loads(asked.body)
        self.calls.append(event)
        if self.script:
            return self.script(asked)
        return Told(body=json.dumps(egress(event, Context())).encode())


class _Every(dict[str, Any]):
    """One route for every path."""

    def __init__(self, route: Callable[[Asked], Told]) -> None:
        super().__init__()
        self.route = route

    def get(self, _: object, __: object = None) -> Any:
        return self.route
