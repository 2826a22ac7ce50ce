"""An error as an RFC 9457 document: its status, header fields and members.
Standard library only: the public look-up loads this."""

from typing import Any

from chalicelib.core.errors import HelpdeskError, ValidationFailed

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


def document(error: HelpdeskError, request_id: str | None) -> tuple[int, dict[str, str], dict[str, Any]]:
    """The answer that tells of an error: status, header fields, members for programs and people to act on."""
    code = code_of(error)
    status = STATUS[code]
    facts = dict(error.facts)
    retry_after = facts.pop("retry_after", None)
    headers: dict[str, str] = {"Content-Type": "application/problem+json", **facts.pop("headers", {})}
    if status in (429, 503):
        headers["Retry-After"] = str(retry_after or 1)
    elif retry_after:
        headers["Retry-After"] = str(retry_after)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": error.detail,
        "code": code,
        "request_id": request_id,
        "errors": [{"field": e.field, "code": e.code, "message": e.message} for e in error.errors],
        **facts,
    }
    return status, headers, members


def defect(request_id: str | None) -> HelpdeskError:
    """A defect of ours, told as nothing but its request id."""
    return HelpdeskError(f"Something went wrong on our side. Tell us the request id {request_id}.")


def code_of(error: HelpdeskError) -> str:
    """The error's code; FIELD_REQUIRED where missing fields are all that is wrong."""
    codes = {problem.code for problem in error.errors}
    if isinstance(error, ValidationFailed) and codes == {"FIELD_REQUIRED"}:
        return "FIELD_REQUIRED"
    return error.code
