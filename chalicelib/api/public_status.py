"""Door: the public look-up. Its own Lambda: one SQL function through pg8000, and neither SQLAlchemy, pydantic
nor boto3, so that it starts at once, and a crowd of guests never takes a seat of the API."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalice import Blueprint, Response

import chalicelib.core.cold_start
from chalicelib.api import lookup_request
from chalicelib.api.cors import CORS, FOR_BROWSERS
from chalicelib.api.lookup_request import Lookup
from chalicelib.api.problem_document import defect, document
from chalicelib.core import logs, metrics
from chalicelib.core.addresses import network
from chalicelib.core.connection import connect
from chalicelib.core.errors import HelpdeskError, NotFound, RateLimited
from chalicelib.core.kept_connection import KeptConnection
from chalicelib.core.settings import PublicStatusSettings

PATH = "/v1/public/{workspace}/ticket-status"
# How often, in how many seconds: from one address, and for one person's tickets from wherever.
PER_ADDRESS = (30, 60)
PER_ACCOUNT = (100, 3600)
STATUS = "SELECT * FROM fn_public_ticket_status(%s, %s, %s, %s, %s, %s, %s, %s, %s)"

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


@bp.lambda_function(name="public-status")  # type: ignore[untyped-decorator]
def public_status(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """API Gateway's proxy event to its proxy answer."""
    return answer(event)


@bp.route(  # type: ignore[untyped-decorator]
    PATH, methods=["POST"], name=f"POST {PATH}", cors=CORS, content_types=["*/*"]
)
def look_up_ticket_status(workspace: str) -> Response:  # noqa: ARG001 (the event itself holds it)
    """The same in the API's own process. Deployed, API Gateway sends this path to the Lambda above."""
    reply = answer(bp.current_request.to_original_event())
    return Response(reply["body"], reply["headers"], reply["statusCode"])


def answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """Serves one look-up; whatever happens ends as an answer of our own making."""
    started = time.perf_counter()
    request_id = str(event.get("requestContext", {}).get("requestId", ""))
    logs.request_id.set(request_id)
    try:
        status, headers, body = _serve(event)
    except HelpdeskError as error:
        status, headers, members = document(error, request_id)
        body = _json(members)
    except Exception as error:
        log.error("unhandled error", exc_info=error)
        status, headers, members = document(defect(request_id), request_id)
        body = _json(members)
    headers = {**CORS.get_access_control_headers(), **FOR_BROWSERS, **headers, "X-Request-Id": request_id}
    milliseconds = (time.perf_counter() - started) * 1000
    metrics.emit(
        {"Requests": (1, "Count"), "Latency": (milliseconds, "Milliseconds")},
        Route=f"POST {PATH}",
        Status=f"{status // 100}xx",
    )
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


@lru_cache(maxsize=1)
def settings() -> PublicStatusSettings:
    """Checked once a sandbox: what is missing refuses to start."""
    loaded = PublicStatusSettings.load()
    logs.configure(loaded.log_level)
    return loaded


database = KeptConnection(lambda: connect(settings()))


def _serve(event: Mapping[str, Any]) -> tuple[int, dict[str, str], str]:
    factor = settings().rate_limit_factor
    lookup = lookup_request.read(event)
    ((allowed, limit, remaining, reset, found),) = database.ask(STATUS, _values(lookup, factor))
    rates = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(reset),
    }
    if not allowed:
        raise RateLimited("Too many requests. Wait before you try again.", retry_after=reset, headers=rates)
    if found is None:
        raise NotFound("There is no ticket with this label and email here.", headers=rates)
    return 200, {"Content-Type": "application/json", **rates}, found


def _values(lookup: Lookup, factor: int) -> tuple[object, ...]:
    return (
        lookup.slug,
        lookup.label,
        lookup.email,
        _bucket("public-status:address", network(lookup.address)),
        PER_ADDRESS[0] * factor,
        PER_ADDRESS[1],
        _bucket("public-status:account", f"{lookup.slug}\n{lookup.email}"),
        PER_ACCOUNT[0] * factor,
        PER_ACCOUNT[1],
    )


def _bucket(scope: str, subject: str) -> str:
    """A digest, since an address or email is nobody's business in the table of counts."""
    return f"{scope}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def _json(members: dict[str, Any]) -> str:
    return json.dumps(members, default=str, ensure_ascii=False, separators=(",", ":"))


chalicelib.core.cold_start.over(__name__)
