"""Errors as people and programs see them: application/problem+json (RFC 9457)."""

import logging
from typing import Any

from chalice import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from chalicelib.core.errors import FieldProblem, HelpdeskError, ValidationFailed

STATUS = {
    "MALFORMED_REQUEST": 400,
    "INVALID_CREDENTIALS": 401,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CONFLICT": 409,
    "ILLEGAL_TRANSITION": 409,
    "GONE": 410,
    "OPTIMISTIC_LOCK": 412,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "FIELD_REQUIRED": 422,
    "VALIDATION_ERROR": 422,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "PRECONDITION_REQUIRED": 428,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

log = logging.getLogger(__name__)


def problem(error: HelpdeskError, request_id: str | None) -> Response:
    """The answer that tells of an error: its status, code and sentence, the fields at fault, what else helps."""
    code = _code(error)
    status = STATUS[code]
    facts = dict(error.facts)
    retry_after = facts.pop("retry_after", None)
    headers: dict[str, str | list[str]] = {"Content-Type": "application/problem+json", **facts.pop("headers", {})}
    if status in (429, 503):
        headers["Retry-After"] = str(retry_after or 1)
    elif retry_after:
        headers["Retry-After"] = str(retry_after)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": error.detail,
        "code": code,
        "request_id": request_id,
        "errors": [{"field": e.field, "code": e.code, "message": e.message} for e in error.errors],
        **facts,
    }
    return Response(to_json(body).decode(), headers, status)


def unexpected(error: Exception, request_id: str | None) -> Response:
    """A defect of ours: logged whole, told as nothing but its request id."""
    log.error("unhandled error", exc_info=error)
    return problem(HelpdeskError(f"Something went wrong on our side. Tell us the request id {request_id}."), request_id)


def _code(error: HelpdeskError) -> str:
    if isinstance(error, ValidationFailed) and error.errors and all(e.code == "FIELD_REQUIRED" for e in error.errors):
        return "FIELD_REQUIRED"
    return error.code


def validation_failed(error: ValidationError) -> ValidationFailed:
    """What pydantic found, in our words."""
    problems = [_field_problem(detail) for detail in error.errors(include_url=False, include_input=False)]
    named = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems[:5])
    return ValidationFailed(f"The request cannot be taken as it is. {named}", errors=problems[:50])


SENTENCES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "model_type": "This must be a JSON object.",
    "dict_type": "This must be a JSON object.",
    "string_type": "This must be a text.",
    "uuid_parsing": "This is no UUID.",
    "uuid_type": "This is no UUID.",
}


def _field_problem(detail: ErrorDetails) -> FieldProblem:
    kind = detail["type"]
    field = ".".join(str(part) for part in detail["loc"])
    message = SENTENCES.get(kind) or detail["msg"].removeprefix("Value error, ").removesuffix(".") + "."
    return FieldProblem(field, "FIELD_REQUIRED" if kind == "missing" else "VALIDATION_ERROR", message)
