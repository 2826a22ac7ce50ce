"""Strict reading of what callers send: bytes to checked shapes, or a refusal that names the field.

Malformed (400): not UTF-8, not JSON (RFC 8259: no NaN, no Infinity), nested too deep. Invalid (422): readable
but wrong.
"""

from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote
from uuid import UUID

from chalice.app import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from chalicelib.api.bodies import MAX_BODY_BYTES, is_absent, is_json, unfit
from chalicelib.api.endpoint import Form, Unread
from chalicelib.api.forms import URL_ENCODED, form_fields, is_form
from chalicelib.api.problems import validation_failed
from chalicelib.core.errors import (
    FieldProblem,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from chalicelib.core.versions import Versions

Shape = TypeVar("Shape", bound=BaseModel)
FormShape = TypeVar("FormShape", bound=Form)
MOST_FIELDS = 500


def raw_body(request: Request) -> bytes:
    """The body's bytes, whatever API Gateway wrapped them in. Raises PayloadTooLarge over 1 MB."""
    try:
        raw: bytes = request.raw_body
    except ValueError as error:
        raise MalformedRequest("The body cannot be decoded.") from error
    if len(raw) > MAX_BODY_BYTES:
        raise PayloadTooLarge("The body is larger than 1 MB.")
    return raw


def parse_body(shape: type[Shape], request: Request, raw: bytes, *, may_be_form: bool = False) -> Shape:
    """The JSON body as its shape; an absent body is an empty object. Where a form does as well, the fields of
    one that the shape does not know are left out: browsers and mail programs add their own."""
    content_type = str(request.headers.get("content-type", "application/json"))
    if is_absent(raw):
        raw = b"{}"
    elif may_be_form and is_form(content_type):
        known = {field.alias or name for name, field in shape.model_fields.items()}
        given = form_fields(raw, content_type)
        raw = to_json({name: value for name, value in given.items() if name in known})
    elif not is_json(content_type):
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        document = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON: {error}.") from error
    problems = [FieldProblem(path, "VALIDATION_ERROR", message) for path, message in unfit(document)]
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])
    try:
        return shape.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise validation_failed(error, document) from error


def parse_form(shape: type[FormShape], request: Request, raw: bytes) -> FormShape:
    """A form's fields, unjudged, without the space around those that the shape declares. Line breaks are what
    they are elsewhere (browsers send two signs for each)."""
    media_type = str(request.headers.get("content-type", URL_ENCODED)).split(";")[0].strip().lower()
    if media_type != URL_ENCODED:
        raise UnsupportedMediaType(f"Send the form as {URL_ENCODED}.")
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise MalformedRequest(f"The form cannot be read: {error}.") from error
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text.replace("\r\n", "\n"))
    declared = shape.model_fields
    fields = {name: texts[0].strip() if name in declared else texts for name, texts in given.items()}
    return shape.model_validate(fields)


def parse_query(shape: type[Shape], request: Request) -> Shape:
    """The query string as its shape. A parameter given twice is refused: which one should count? But for
    those that the shape takes as a list."""
    given: dict[str, str | list[str]] = {}
    repeated: frozenset[str] = getattr(shape, "REPEATED", frozenset())
    for name in request.query_params or ():
        values = request.query_params.getlist(name)
        if len(values) > 1 and name not in repeated and not issubclass(shape, Unread):
            raise ValidationFailed.of(name, "This parameter is given twice.")
        if "\0" in name or any("\0" in value for value in values):
            raise ValidationFailed.of(name.replace("\0", ""), "NUL characters cannot be stored.")
        given[name] = values if name in repeated else values[0]
    if issubclass(shape, Unread) or (not given and not shape.model_fields):
        return shape.model_construct()  # most routes take none: a cold start need not build what checks that
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise validation_failed(error, given) from error


def parse_path(wanted: dict[str, type], given: dict[str, str]) -> dict[str, Any]:
    """Path parameters, decoded (API Gateway leaves that to us) and as their types."""
    parsed: dict[str, Any] = {}
    for name, kind in wanted.items():
        text = unquote(given[name])
        if "\0" in text or len(text) > 500:
            raise ValidationFailed.of(name, "This is no valid value.")
        if kind is UUID:
            try:
                parsed[name] = UUID(text)
            except ValueError as error:
                raise ValidationFailed.of(name, "This is no UUID.") from error
        else:
            parsed[name] = text
    return parsed


def if_match(header: str | None) -> Versions | None:
    """The versions that `If-Match` names, with commas between them: `"7"` or `7`. None without the header or
    for `*`; tags that are not ours name none."""
    if header is None or header.strip() == "*":
        return None
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]
    return [int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10]
