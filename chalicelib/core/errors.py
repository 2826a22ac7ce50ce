"""What can go wrong, in the product's words. Rooms raise these; only the HTTP door knows their status
codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One thing that is wrong with one field of the request."""

    field: str
    code: str
    message: str


class HelpdeskError(Exception):
    """A refusal: a code for programs, a sentence for people, and what else a caller needs to act on it."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"

    def __init__(self, detail: str, *, errors: Sequence[FieldProblem] = (), **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.facts: Mapping[str, Any] = facts


class MalformedRequest(HelpdeskError):
    code = "MALFORMED_REQUEST"


class InvalidCredentials(HelpdeskError):
    code = "INVALID_CREDENTIALS"


class Unauthenticated(HelpdeskError):
    code = "UNAUTHENTICATED"


class Forbidden(HelpdeskError):
    code = "FORBIDDEN"


class NotFound(HelpdeskError):
    code = "NOT_FOUND"


class MethodNotAllowed(HelpdeskError):
    code = "METHOD_NOT_ALLOWED"


class Conflict(HelpdeskError):
    code = "CONFLICT"


class IllegalTransition(HelpdeskError):
    code = "ILLEGAL_TRANSITION"


class Gone(HelpdeskError):
    code = "GONE"


class StaleVersion(HelpdeskError):
    code = "OPTIMISTIC_LOCK"


class PayloadTooLarge(HelpdeskError):
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(HelpdeskError):
    code = "UNSUPPORTED_MEDIA_TYPE"


class ValidationFailed(HelpdeskError):
    """The request can be read but not obeyed. FIELD_REQUIRED where missing fields are all that is wrong."""

    code = "VALIDATION_ERROR"

    @classmethod
    def of(cls, field: str, message: str, code: str = "VALIDATION_ERROR") -> "ValidationFailed":
        """One field, one problem."""
        return cls(message, errors=[FieldProblem(field, code, message)])


class KeyReused(HelpdeskError):
    code = "IDEMPOTENCY_KEY_REUSED"


class PreconditionRequired(HelpdeskError):
    code = "PRECONDITION_REQUIRED"


class RateLimited(HelpdeskError):
    """Facts: `retry_after` in seconds."""

    code = "RATE_LIMITED"


class Unavailable(HelpdeskError):
    """The database or a queue cannot be used now; nothing is known to be wrong with the request."""

    code = "SERVICE_UNAVAILABLE"


@dataclass(frozen=True)
class Refusal:
    """Returned, not raised: commit what must outlive the refusal (a failed sign-in, a revoked family), then
    answer it."""

    error: HelpdeskError
