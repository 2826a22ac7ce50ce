"""The one wrapper around every view. Read `_serve` top to bottom: parse, throttle, enter, replay or work,
commit, send, answer.

A view is a function of a `Call`, its path parameters by name, and, where it declares them, `body` and `query`
in their shapes:

    @routes.post("/v1/tickets/{ticket_id}/pause", answer=TicketOut, summary="Wait for somebody")
    def pause(call: Call, ticket_id: UUID, body: PauseBody) -> Answer: ...
"""

import inspect
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from chalice import Blueprint, Response
from chalice.app import Request
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.keyring import keyring
from chalicelib.api import access, parsing, problems
from chalicelib.api.authorizer import authorizer
from chalicelib.api.cors import CORS, FOR_BROWSERS
from chalicelib.api.endpoint import TOKEN, Ahead, Answer, Call, Endpoint, Form, Limit, NoBody, NoQuery
from chalicelib.api.problem_document import defect
from chalicelib.core import events, idempotency, logs, metrics, throttle
from chalicelib.core.addresses import network
from chalicelib.core.db import Origin, Transaction, in_transaction, sqlstate
from chalicelib.core.errors import (
    Forbidden,
    HelpdeskError,
    InvalidCredentials,
    PreconditionRequired,
    RateLimited,
    Refusal,
    Unauthenticated,
    ValidationFailed,
)
from chalicelib.core.settings import ApiSettings
from chalicelib.core.tokens import TokenKind
from chalicelib.models.words import ActorType, Scope

log = logging.getLogger(__name__)
SUSPICIOUS = (Forbidden, InvalidCredentials, RateLimited, Unauthenticated)
# Numbers and times that the database cannot hold, texts that spell no value of their column's type.
UNFIT = {"22003", "22007", "22008", "22P02"}


@lru_cache(maxsize=1)
def api_settings() -> ApiSettings:
    """Checked once a sandbox: what is missing or weak refuses to start."""
    settings = ApiSettings.load()
    logs.configure(settings.log_level)
    return settings


class Routes:
    """The routes of one module: a Chalice blueprint, and the endpoints as data."""

    registry: ClassVar[list[Endpoint]] = []

    def __init__(self, import_name: str, *, tag: str) -> None:
        self.blueprint = Blueprint(import_name)
        self.tag = tag

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        return self._route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        return self._route("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        return self._route("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        return self._route("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        return self._route("DELETE", path, **{"status": 204, "answer": None, **options})

    def _route(
        self,
        method: str,
        path: str,
        *,
        summary: str,
        answer: Any,
        status: int = 200,
        secret: bool = False,
        needs_if_match: bool = False,
        needs_database: bool = True,
        limits: Sequence[Limit] = (),
        content_type: str = "application/json",
        examples: Mapping[str, Any] | None = None,
        signs: bool = False,
        prepare: Callable[[Ahead], Any] | None = None,
        also: Mapping[int, Any] | None = None,
        takes_form: bool = False,
        page: Callable[[HelpdeskError, Request], Answer] | None = None,
        renew: Callable[[Call, Any], Any] | None = None,
    ) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        def declare(view: Callable[..., Answer]) -> Callable[..., Answer]:
            parameters = inspect.signature(view).parameters
            types = {
                name: p.annotation
                for name, p in parameters.items()
                if name not in ("call", "_", "body", "query")
            }
            endpoint = Endpoint(
                method,
                path,
                view,
                summary,
                self.tag,
                parameters["body"].annotation if "body" in parameters else NoBody,
                parameters["query"].annotation if "query" in parameters else NoQuery,
                types,
                answer,
                status,
                secret,
                needs_if_match,
                needs_database,
                limits,
                content_type,
                examples or {},
                signs,
                prepare,
                also or {},
                takes_form,
                page,
                renew,
            )
            Routes.registry.append(endpoint)
            self._serve_with_chalice(endpoint)
            return view

        return declare

    def _serve_with_chalice(self, endpoint: Endpoint) -> None:
        private = not access.is_public(endpoint.method, endpoint.path)

        def view(**path: str) -> Response:
            return respond(endpoint, self.blueprint.current_request, path)

        view.__name__ = endpoint.view.__name__
        self.blueprint.route(
            endpoint.path,
            methods=[endpoint.method],
            name=f"{endpoint.method} {endpoint.path}",
            authorizer=authorizer if private else None,
            cors=CORS,
            content_types=["*/*"],
        )(view)


def respond(endpoint: Endpoint, request: Request, path: dict[str, str]) -> Response:
    """Serves one request; whatever happens ends as an answer of our own making."""
    started = time.perf_counter()
    context = request.context
    request_id = str(context.get("requestId", ""))
    logs.request_id.set(request_id)
    spent: dict[str, str] = {}
    try:
        response = _serve(endpoint, request, path, spent)
    except HelpdeskError as error:
        response = _shown(endpoint, request, error, problems.problem(error, request_id))
        _log_refusal(endpoint, request, error)
    except Exception as error:
        response = _shown(endpoint, request, defect(request_id), _unforeseen(error, request_id))
    for name, value in {**spent, **FOR_BROWSERS}.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id
    _place(response, request)
    milliseconds = (time.perf_counter() - started) * 1000
    metrics.emit(
        {"Requests": (1, "Count"), "Latency": (milliseconds, "Milliseconds")},
        Route=f"{endpoint.method} {endpoint.path}",
        Status=f"{response.status_code // 100}xx",
    )
    return response


def _place(response: Response, request: Request) -> None:
    """A Location is resolved against the address that was called, where the stage, or the base path of a
    domain of one's own, stands before the route."""
    place = response.headers.get("Location", "")
    if place.startswith("/v1/"):
        before = str(request.context.get("path", "")).partition("/v1/")[0]
        response.headers["Location"] = before.rstrip("/") + place


def _shown(endpoint: Endpoint, request: Request, error: HelpdeskError, problem: Response) -> Response:
    """A refusal as who asks can read it: people's browsers ask for a page."""
    if endpoint.page is None or "text/html" not in str(request.headers.get("accept", "")):
        return problem
    try:
        shown = endpoint.page(error, request)
    except Exception:
        log.exception("a refusal cannot be shown as a page")
        return problem
    headers = {**problem.headers, "Content-Type": endpoint.content_type, **shown.headers}
    return Response(shown.body, headers, problem.status_code)


def _log_refusal(endpoint: Endpoint, request: Request, error: HelpdeskError) -> None:
    """Who was kept from what: what an attack looks like. Never what was sent."""
    if isinstance(error, SUSPICIOUS):
        known = request.context.get("authorizer") or {}
        who = {"principal": known.get("sub"), "kind": known.get("kind")}
        route, code = f"{endpoint.method} {endpoint.path}", type(error).__name__
        log.warning("refused", extra={"route": route, "refusal": code, **who})


def _unforeseen(error: Exception, request_id: str) -> Response:
    """A value that our checks let through and the database refused is the caller's; all else is a defect."""
    if isinstance(error, DBAPIError) and sqlstate(error) in UNFIT:
        log.warning("value refused by the database", extra={"sqlstate": sqlstate(error)})
        refused = ValidationFailed("A value of this request is out of the range that its field can hold.")
        return problems.problem(refused, request_id)
    return problems.unexpected(error, request_id)


def _serve(endpoint: Endpoint, request: Request, path: dict[str, str], spent: dict[str, str]) -> Response:
    """`spent` takes the RateLimit-* header fields, which refusals carry too."""
    settings = api_settings()
    raw = parsing.raw_body(request)
    arguments = parsing.parse_path(dict(endpoint.path_types), path)
    if issubclass(endpoint.body, Form):
        arguments["body"] = parsing.parse_form(endpoint.body, request, raw)
    elif endpoint.body is not NoBody or endpoint.method in ("POST", "PATCH", "PUT"):
        body = parsing.parse_body(endpoint.body, request, raw, may_be_form=endpoint.takes_form)
        if endpoint.body is not NoBody:
            arguments["body"] = body
    query = parsing.parse_query(endpoint.query, request)
    if endpoint.query is not NoQuery:
        arguments["query"] = query
    header = request.headers.get("if-match")
    if endpoint.needs_if_match and header is None:
        raise PreconditionRequired('Send If-Match with the version that you saw, as in If-Match: "7".')
    address = str(request.context.get("identity", {}).get("sourceIp", ""))
    if not endpoint.needs_database:
        return _json(endpoint, endpoint.view(None, **arguments))

    spent |= _throttle(endpoint, address, arguments, settings)
    # What signs tokens and keys passwords comes from Secrets Manager: asked before the transaction, never
    # inside.
    pepper = keyring(settings).pepper if endpoint.signs else b""
    origin = Origin(address or None, str(request.context.get("requestId", "")) or None)
    prepared = (
        endpoint.prepare(_ahead(endpoint, request, arguments, settings, origin)) if endpoint.prepare else None
    )
    key = _idempotency_key(endpoint, request, arguments)
    concrete = endpoint.path.format(**path) if path else endpoint.path

    def work(tx: Transaction) -> tuple[Response, list[dict[str, Any]]] | Refusal:
        actor = _enter(endpoint, request, tx, arguments)
        call = Call(tx, request, address, parsing.if_match(header), settings, actor, prepared)
        asked = None
        if key is not None and actor is not None:
            asked = idempotency.Request(
                actor.workspace.id,
                _principal(actor, address),
                endpoint.method,
                concrete,
                key,
                idempotency.digest(raw, pepper),
            )
            if stored := idempotency.claim(tx, asked):
                return _replay(endpoint, call, stored), []
        result = endpoint.view(call, **arguments)
        if isinstance(result.body, Refusal):
            if asked:
                idempotency.release(tx, asked)
            return result.body
        response = _json(endpoint, result)
        if asked:
            answer = idempotency.StoredAnswer(
                response.status_code, _kept(response.headers), response.body or None
            )
            idempotency.store(tx, asked, answer)
        if endpoint.renew:
            response.body = _dumped(endpoint.renew(call, result.body))
        return response, tx.events

    # Without a workspace there is nobody to keep a key for: see _enter.
    keyed = key is not None and _has_actor(endpoint, arguments)
    reads = endpoint.method == "GET"
    result = in_transaction(work, repeatable=reads or keyed, of_one_moment=reads, origin=origin)
    if isinstance(result, Refusal):
        raise result.error
    response, recorded = result
    events.send_committed(recorded, settings.event_queue_urls, settings.job_queue_url)
    return response


def _ahead(
    endpoint: Endpoint, request: Request, arguments: dict[str, Any], settings: ApiSettings, origin: Origin
) -> Ahead:
    def apart(unit: Callable[[Transaction], Any]) -> Any:
        result = in_transaction(unit, repeatable=False, origin=origin)
        if isinstance(result, Refusal):
            raise result.error
        return result

    def admit(check: Callable[[Actor], None]) -> None:
        actor = in_transaction(lambda tx: _enter(endpoint, request, tx, arguments), repeatable=True)
        if actor is not None:
            check(actor)

    known = request.context.get("authorizer") or {}
    workspace_id = UUID(known["workspace_id"]) if known else None
    path = {name: arguments[name] for name in endpoint.path_types}
    return Ahead(settings, workspace_id, path, arguments.get("body"), admit, apart)


def _principal(actor: Actor, address: str) -> str:
    """Whose idempotency keys these are. Strangers are told apart by their address, kept as a digest alone."""
    if actor.type == ActorType.CONTACT:
        return throttle.bucket(actor.type, address)
    return f"{actor.type}:{actor.id or ''}"


def _has_actor(endpoint: Endpoint, arguments: dict[str, Any]) -> bool:
    return not access.is_public(endpoint.method, endpoint.path) or "workspace" in arguments


def _enter(endpoint: Endpoint, request: Request, tx: Transaction, arguments: dict[str, Any]) -> Actor | None:
    """The principal as the database knows it now, and whether its role of today may call this route at
    all."""
    if access.is_public(endpoint.method, endpoint.path):
        known = _has_actor(endpoint, arguments)
        return principals.enter_public(tx, arguments["workspace"]) if known else None
    claims = request.context["authorizer"]
    if int(claims["exp"]) <= time.time():
        # The gateway reuses the authorizer's answer for up to a minute, past the token's end.
        raise Unauthenticated("The token has expired. Refresh it or sign in; an API key needs a successor.")
    workspace_id, subject = UUID(claims["workspace_id"]), UUID(claims["sub"])
    if claims["kind"] == TokenKind.API_KEY:
        actor = principals.enter_api_key(tx, workspace_id, subject, UUID(claims["jti"]))
        _require_scope(endpoint, actor)
    else:
        actor = principals.enter(tx, workspace_id, subject, UUID(claims["jti"]))
    logs.workspace_id.set(str(actor.workspace.id))
    needed = access.permission_for(endpoint.method, endpoint.path)
    actor.require(needed, f"The role {actor.role} may not do this: it lacks {needed}.")
    if actor.second_step.is_missing and not access.is_open_before_second_step(endpoint.method, endpoint.path):
        raise Forbidden(
            "This workspace requires two-step sign-in of you. Set it up first, with POST /v1/auth/totp.",
            two_step_enrolment_required=True,
        )
    return actor


def _require_scope(endpoint: Endpoint, actor: Actor) -> None:
    """Raises Forbidden for what a key was not made for, and for what is for people alone."""
    needed = Scope.READ if endpoint.method == "GET" else Scope.WRITE
    if needed not in actor.scopes:
        raise Forbidden(f"This API key lacks the scope {needed}.")
    if access.is_for_people_alone(endpoint.method, endpoint.path):
        raise Forbidden(
            "This is for people: API keys have no sessions, make no keys and do not say who signs in."
        )


def _throttle(
    endpoint: Endpoint, address: str, arguments: dict[str, Any], settings: ApiSettings
) -> dict[str, str]:
    """Counts in a transaction of its own, so that the count outlives whatever the request becomes and holds
    no lock."""
    if not endpoint.limits:
        return {}

    def subject(limit: Limit) -> str:
        if limit.by == "address":
            return network(address)
        return str(getattr(arguments["body"], limit.by)).casefold()

    def count(tx: Transaction) -> list[throttle.Count]:
        return [
            throttle.hit(
                tx,
                throttle.Limit(limit.scope, limit.hits, limit.seconds),
                subject(limit),
                factor=settings.rate_limit_factor,
            )
            for limit in endpoint.limits
            # A form is counted before it is judged: what names nobody counts for nobody.
            if subject(limit) or limit.by == "address"
        ]

    tightest = min(in_transaction(count, repeatable=True), key=lambda c: (c.allowed, c.remaining))
    if not tightest.allowed:
        raise RateLimited(
            "Too many requests. Wait before you try again.",
            retry_after=tightest.reset,
            headers=rate_headers(tightest),
        )
    return rate_headers(tightest)


def rate_headers(count: throttle.Count) -> dict[str, str]:
    """RateLimit-* header fields, as draft-ietf-httpapi-ratelimit-headers-06 has them: seconds until the
    reset."""
    return {
        "RateLimit-Limit": str(count.limit),
        "RateLimit-Remaining": str(count.remaining),
        "RateLimit-Reset": str(count.reset),
    }


def _idempotency_key(endpoint: Endpoint, request: Request, arguments: dict[str, Any]) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None and endpoint.is_form:
        key = arguments["body"].token
        key = key if TOKEN.fullmatch(key) else None
    if key is None or endpoint.method != "POST" or endpoint.secret:
        return None
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValidationFailed.of("Idempotency-Key", "This must be 1 to 255 printable ASCII characters.")
    return str(key)


def _kept(headers: Mapping[str, Any]) -> dict[str, str]:
    names = ("Content-Type", "Content-Security-Policy", "ETag", "Location")
    return {name: str(value) for name, value in headers.items() if name in names}


def _replay(endpoint: Endpoint, call: Call, stored: idempotency.StoredAnswer) -> Response:
    body = stored.body or ""
    if endpoint.renew:
        body = _dumped(endpoint.renew(call, json.loads(body)))
    return Response(body, {**stored.headers, "Idempotency-Replayed": "true"}, stored.status)


def _json(endpoint: Endpoint, answer: Answer) -> Response:
    status = answer.status or endpoint.status
    headers: dict[str, str | list[str]] = {"Content-Type": endpoint.content_type, **answer.headers}
    if answer.body is None:
        return Response("", headers, status)
    body = answer.body if isinstance(answer.body, str) else _dumped(answer.body)
    return Response(body, headers, status)


def _dumped(body: Any) -> str:
    return to_json(body).decode()
