"""A gateway in process: what API Gateway does between the wire and the app, so that tests speak HTTP to
it."""

import json
import os
import time
import uuid
from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from threading import local
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalice import Chalice
from chalice.app import ChaliceAuthorizer
from pydantic import TypeAdapter

from chalicelib.api import problem_document
from chalicelib.core.errors import Forbidden, HelpdeskError, MethodNotAllowed, NotFound, Unauthenticated
from tests.support.contract import contract

ARN = "arn:aws:execute-api:us-east-1:123456789012:testapi/api"
# How long API Gateway keeps what the authorizer said of a token.
TTL_SECONDS = 60

# Chalice keeps its one request on the app, for a sandbox of Lambda has one at a time. Here threads call it at
# once, and each must find its own.
OWN = local()
Chalice.current_request = property(  # type: ignore[assignment]
    lambda _: getattr(OWN, "request", None), lambda _, request: setattr(OWN, "request", request)
)


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its header fields by lower-case name, its body as text."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def read(self, shape: Any) -> Any:
        """The body as a shape of the API has it: ids and times as themselves."""
        return TypeAdapter(shape).validate_json(self.text)

    @property
    def code(self) -> str | None:
        """The code of a problem, None of anything else."""
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return None
        return str(self.json["code"])


class Context:
    """The Lambda context, as far as the app looks at it."""

    function_name = "mesa-test"
    aws_request_id = "test"

    def get_remaining_time_in_millis(self) -> int:
        return 28_000


class Api:
    """Requests to the app, through its authorizer. `with_token` gives the same with a token.

    Every answer of the app is held to the OpenAPI document: one of another shape fails the test, whatever it
    asserts.
    """

    # What the addresses that callers use have before the routes: nothing in `chalice local`, "/api" deployed.
    stage = ""

    def __init__(self, app: Chalice, token: str | None = None, address: str = "203.0.113.7") -> None:
        self.app = app
        self.token = token
        self.address = address

    def with_token(self, token: str | None) -> "Api":
        return Api(self.app, token, self.address)

    def at(self, address: str) -> "Api":
        """The same caller from another address."""
        return Api(self.app, self.token, address)

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("POST", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("PATCH", path, body, headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, headers=headers)

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Header names are given with underscores (`Idempotency_Key`). A `bytes` body goes out as it is."""
        sent = {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
        if self.token and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.token}"
        event = self._event(method, path, body, sent)
        if event is None:
            return _refused(NotFound("There is no such address."))
        known = self.app.routes[event["resource"]]
        if method not in known:
            allowed = ", ".join(known)
            return _refused(
                MethodNotAllowed(f"This address answers to {allowed}.", headers={"Allow": allowed})
            )
        refused = self._authorize(event)
        if refused:
            return refused
        answer = self.app(event, Context())
        headers_out = {name.lower(): value for name, value in answer["headers"].items()}
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers_out[name.lower()] = values[0]
        reply = Reply(answer["statusCode"], headers_out, answer["body"])
        self.hold(method, event["resource"], reply)
        return reply

    def hold(self, method: str, resource: str, reply: Reply) -> None:
        """Raises AssertionError where the document knows no such answer of this route."""
        contract().check(method, resource, reply.status, reply.headers, reply.text)

    def _event(self, method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any] | None:
        parts = urlsplit(path)
        resource, parameters = self._match(parts.path)
        if resource is None:
            return None
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if raw is not None and "content-type" not in headers:
            headers["content-type"] = "application/json"
        return {
            "resource": resource,
            "path": parts.path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": parameters,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "path": f"{self.stage}{parts.path}",
                "requestId": str(uuid.uuid4()),
                "identity": {"sourceIp": self.address},
            },
            "body": b64encode(raw).decode() if raw is not None else None,
            "isBase64Encoded": raw is not None,
        }

    def _match(self, path: str) -> tuple[str | None, dict[str, str]]:
        """API Gateway's choice: a literal segment wins over a parameter."""
        asked = path.strip("/").split("/")
        best: tuple[str | None, dict[str, str]] = (None, {})
        fewest = 99
        for route, segments in _routes_by_length(self.app)[len(asked)]:
            parameters = {}
            for have, want in zip(asked, segments, strict=True):
                if want.startswith("{"):
                    parameters[want[1:-1]] = have
                elif want != have:
                    break
            else:
                if len(parameters) < fewest:
                    best, fewest = (route, parameters), len(parameters)
        return best

    def _authorize(self, event: dict[str, Any]) -> Reply | None:
        context = event["requestContext"]
        route = self.app.routes[context["resourcePath"]].get(context["httpMethod"])
        if route is None or not isinstance(route.authorizer, ChaliceAuthorizer):
            return None
        arn = f"{ARN}/{context['httpMethod']}{event['path']}"
        header = event["headers"].get("authorization")
        if header is None:
            return _refused(Unauthenticated("Send a valid access token."))
        try:
            known = os.environ["MESA_TOKEN_PUBLIC_KEYS"], int(time.time()) // TTL_SECONDS
            result = _judged(route.authorizer, header, known)
        except Exception as error:
            if str(error) != "Unauthorized":
                raise
            return _refused(Unauthenticated("Send a valid access token."))
        if not _allowed(arn, result["policyDocument"]["Statement"]):
            return _refused(Forbidden("Your role may not call this."))
        context["authorizer"] = {**result["context"], "principalId": result["principalId"]}
        return None


@lru_cache(maxsize=256)
def _judged(authorizer: ChaliceAuthorizer, header: str, _known: tuple[str, int]) -> dict[str, Any]:
    """What the authorizer says of a token, with the keys that it knows. API Gateway keeps that for its TTL,
    whatever is called."""
    arn = f"{ARN}/GET/v1/auth/me"
    judged: dict[str, Any] = authorizer(
        {"type": "TOKEN", "authorizationToken": header, "methodArn": arn}, Context()
    )
    return judged


@lru_cache(maxsize=8)
def _routes_by_length(app: Chalice) -> dict[int, list[tuple[str, list[str]]]]:
    """The routes and their segments, by how many these are."""
    found = defaultdict[int, list[tuple[str, list[str]]]](list)
    for route in app.routes:
        segments = route.strip("/").split("/")
        found[len(segments)].append((route, segments))
    return found


def _allowed(arn: str, statements: list[dict[str, Any]]) -> bool:
    def hit(effect: str) -> bool:
        resources = [
            resource
            for statement in statements
            if statement["Effect"] == effect
            for resource in (
                [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            )
        ]
        return any(fnmatchcase(arn, resource) for resource in resources)

    return hit("Allow") and not hit("Deny")


def _refused(error: HelpdeskError) -> Reply:
    """What API Gateway answers itself; the template's GatewayResponses give it the shape of all problems."""
    status, headers, members = problem_document.document(error, str(uuid.uuid4()))
    return Reply(status, {name.lower(): value for name, value in headers.items()}, json.dumps(members))
