"""Errors as people and programs see them: application/problem+json (RFC 9457)."""

import logging
from typing import Any

from chalice import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from chalicelib.api.bodies import SENTENCES
from chalicelib.api.problem_document import defect, document
from chalicelib.core.errors import FieldProblem, HelpdeskError, ValidationFailed

log = logging.getLogger(__name__)
# Problems of what is not in the document, so its path ends in a name all the same.
ABSENT = ("missing",)
# Of one of several shapes: the field that says which is not there, or says another.
NO_KIND, NO_SUCH_KIND = "union_tag_not_found", "union_tag_invalid"
MISSING = (*ABSENT, NO_KIND)


def problem(error: HelpdeskError, request_id: str | None) -> Response:
    """The answer that tells of an error: its status, code and sentence, the fields at fault, what else
    helps."""
    status, headers, members = document(error, request_id)
    return Response(to_json(members).decode(), {**headers}, status)


def unexpected(error: Exception, request_id: str | None) -> Response:
    """A defect of ours: logged whole, told as nothing but its request id."""
    log.error("unhandled error", exc_info=error)
    return problem(defect(request_id), request_id)


def validation_failed(error: ValidationError, document: Any) -> ValidationFailed:
    """What pydantic found in a document, in our words: one problem a field, whatever its alternatives."""
    found: dict[str, dict[str, str]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        code = "FIELD_REQUIRED" if detail["type"] in MISSING else "VALIDATION_ERROR"
        found.setdefault(_field(detail, document), {}).setdefault(_sentence(detail), code)
    problems = [
        FieldProblem(field, next(iter(codes.values())), " Or: ".join(codes)) for field, codes in found.items()
    ]
    named = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems[:5])
    return ValidationFailed(f"The request cannot be taken as it is. {named}", errors=problems[:50])


def _sentence(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == NO_SUCH_KIND:
        words = str(detail["ctx"]["expected_tags"]).replace("'", "")
        return f"This must be one of {words}."
    return SENTENCES.get(kind) or detail["msg"].removeprefix("Value error, ").removesuffix(".") + "."


def _field(detail: ErrorDetails, document: Any) -> str:
    """The path of what is wrong, as the document has it: without pydantic's names for a union's members."""
    place = document
    path: list[str] = []
    for part in detail["loc"]:
        if isinstance(place, dict) and part in place:
            place = place[part]
        elif isinstance(place, list) and isinstance(part, int):
            place = place[part] if part < len(place) else None
        elif path and not (part == detail["loc"][-1] and detail["type"] in ABSENT):
            continue
        path.append(str(part))
    if detail["type"] in (NO_KIND, NO_SUCH_KIND):
        path.append(str(detail["ctx"]["discriminator"]).strip("'"))
    return ".".join(path)
