"""Errors as people and programs see them: application/problem+json (RFC 9457)."""

import logging

from chalice import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from chalicelib.api.bodies import SENTENCES
from chalicelib.api.problem_document import defect, document
from chalicelib.core.errors import FieldProblem, HelpdeskError, ValidationFailed

log = logging.getLogger(__name__)


def problem(error: HelpdeskError, request_id: str | None) -> Response:
    """The answer that tells of an error: its status, code and sentence, the fields at fault, what else
    helps."""
    status, headers, members = document(error, request_id)
    return Response(to_json(members).decode(), {**headers}, status)


def unexpected(error: Exception, request_id: str | None) -> Response:
    """A defect of ours: logged whole, told as nothing but its request id."""
    log.error("unhandled error", exc_info=error)
    return problem(defect(request_id), request_id)


def validation_failed(error: ValidationError) -> ValidationFailed:
    """What pydantic found, in our words."""
    problems = [_field_problem(detail) for detail in error.errors(include_url=False, include_input=False)]
    named = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems[:5])
    return ValidationFailed(f"The request cannot be taken as it is. {named}", errors=problems[:50])


def _field_problem(detail: ErrorDetails) -> FieldProblem:
    kind = detail["type"]
    field = ".".join(str(part) for part in detail["loc"])
    message = SENTENCES.get(kind) or detail["msg"].removeprefix("Value error, ").removesuffix(".") + "."
    return FieldProblem(field, "FIELD_REQUIRED" if kind == "missing" else "VALIDATION_ERROR", message)
