"""The public look-up's request, read by hand as strictly as parsing.py reads all others, refused alike.
Standard library only."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never
from urllib.parse import unquote

from chalicelib.accounts.emails import normalised
from chalicelib.api.bodies import MAX_BODY_BYTES, SENTENCES, is_absent, is_json, unfit
from chalicelib.core.errors import (
    FieldProblem,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)

# The longest label (prefix, year, 19 digits) and the longest address (RFC 5321 §4.5.3.1.3).
FIELDS = {"label": 40, "email": 254}


@dataclass(frozen=True)
class Lookup:
    """What somebody without an account asks for, and from which address."""

    slug: str
    label: str
    email: str
    address: str


def read(event: Mapping[str, Any]) -> Lookup:
    """The look-up of a proxy event. The address is the connection's, as API Gateway saw it, never a header's.

    Raises the HelpdeskError kinds of a refused request.
    """
    slug = _slug(event)
    fields = _fields(_document(event))
    _refuse_parameters(event)
    identity = event.get("requestContext", {}).get("identity", {})
    return Lookup(
        slug, fields["label"].upper(), normalised(fields["email"]), str(identity.get("sourceIp") or "")
    )


def _slug(event: Mapping[str, Any]) -> str:
    slug = unquote(str((event.get("pathParameters") or {}).get("workspace", "")))
    if "\0" in slug or len(slug) > 500:
        raise ValidationFailed.of("workspace", "This is no valid value.")
    return slug


def _document(event: Mapping[str, Any]) -> Any:
    raw = _raw_body(event)
    if is_absent(raw):
        return {}
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    if not is_json(headers.get("content-type", "application/json")):
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        # Numbers are refused wherever they stand, so none is worth the time that a million digits take.
        document = json.loads(raw.decode(), parse_int=float, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise MalformedRequest(f"The body is not valid JSON: {reason}.") from error
    return document


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is no number")


def _raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    try:
        raw = b64decode(body) if event.get("isBase64Encoded") else str(body).encode()
    except (binascii.Error, ValueError) as error:
        raise MalformedRequest("The body cannot be decoded.") from error
    if len(raw) > MAX_BODY_BYTES:
        raise PayloadTooLarge("The body is larger than 1 MB.")
    return raw


def _fields(document: Any) -> dict[str, str]:
    if found := unfit(document):
        problems = [FieldProblem(path, "VALIDATION_ERROR", message) for path, message in found]
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])
    if not isinstance(document, dict):
        raise _refusal([FieldProblem("", "VALIDATION_ERROR", SENTENCES["model_type"])])
    problems = [problem for name in FIELDS if (problem := _problem(name, document))]
    problems += [
        FieldProblem(name, "VALIDATION_ERROR", SENTENCES["extra_forbidden"])
        for name in document
        if name not in FIELDS
    ]
    if problems:
        raise _refusal(problems)
    return {name: document[name].strip() for name in FIELDS}


def _problem(name: str, document: dict[str, Any]) -> FieldProblem | None:
    if name not in document:
        return FieldProblem(name, "FIELD_REQUIRED", SENTENCES["missing"])
    value = document[name]
    if not isinstance(value, str):
        return FieldProblem(name, "VALIDATION_ERROR", SENTENCES["string_type"])
    if not value.strip():
        return FieldProblem(name, "VALIDATION_ERROR", "String should have at least 1 character.")
    if len(value.strip()) > FIELDS[name]:
        return FieldProblem(
            name, "VALIDATION_ERROR", f"String should have at most {FIELDS[name]} characters."
        )
    return None


def _refuse_parameters(event: Mapping[str, Any]) -> None:
    """An address in a query string would end in access logs."""
    given = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}
    if given:
        raise _refusal(
            [FieldProblem(name, "VALIDATION_ERROR", SENTENCES["extra_forbidden"]) for name in given]
        )


def _refusal(problems: list[FieldProblem]) -> ValidationFailed:
    named = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems[:5])
    return ValidationFailed(f"The request cannot be taken as it is. {named}", errors=problems[:50])
