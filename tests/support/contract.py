"""The OpenAPI document as a judge: whatever the app answers in a test must be what the document says it
answers."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.support.fitting import Fits, Fitting

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What callers have written themselves comes back as it went in.
CALLERS_OWN = {"custom_fields"}

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_utc(value: object) -> bool:
    """RFC 3339 in UTC, with `Z`."""
    if not isinstance(value, str):
        return True
    try:
        return UTC_TIME.fullmatch(value) is not None and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


@FORMATS.checks("uuid")
def is_uuid(value: object) -> bool:
    return not isinstance(value, str) or UUID.fullmatch(value) is not None


class Contract:
    """A document, asked about answers."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._fitting = Fitting(document["components"], FORMATS)
        self._known: dict[str, Fits] = {}

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], text: str) -> None:
        """Raises AssertionError where the answer to `method path` (its template) is not one that the document
        knows."""
        operation = self.document["paths"].get(path, {}).get(method.lower())
        assert operation is not None, f"{method} {path} is not in the document"
        response = operation["responses"].get(str(status))
        told = f"{method} {path} answered {status}"
        assert response is not None, f"{told}, which the document does not know: {text[:300]}"
        response = self._resolve(response)
        self._check_headers(told, response.get("headers", {}), headers)
        media_type = headers.get("content-type", "").partition(";")[0]
        if "content" not in response:
            assert text == "", f"{told} with a body where the document has none: {text[:300]}"
            return
        known = response["content"]
        assert media_type in known, f"{told} as {media_type}; the document says {', '.join(known)}"
        if media_type.endswith("json"):
            self._check_body(told, known[media_type]["schema"], json.loads(text))

    def _check_headers(self, told: str, known: Mapping[str, Any], sent: Mapping[str, str]) -> None:
        for name, header in known.items():
            header = self._resolve(header)
            value = sent.get(name.lower())
            if value is None:
                assert not header["required"], f"{told} without {name}"
                continue
            whole = header["schema"].get("type") == "integer"
            errors = self._errors(header["schema"], int(value) if whole else value)
            assert not errors, f"{told} with {name}: {errors}"

    def _check_body(self, told: str, schema: Mapping[str, Any], body: Any) -> None:
        errors = self._errors(schema, body)
        assert not errors, f"{told} in another shape than the document's: {errors[:5]}"
        elsewhere = [path for path, value in times(body) if not is_utc(value)]
        assert not elsewhere, f"{told} with times that are not UTC with Z: {elsewhere}"

    def _errors(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        """What jsonschema says of a value that does not fit."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._known:
            self._known[key] = self._fitting.of(schema)
        if self._known[key](value):
            return []
        whole = {**schema, "components": self.document["components"]}
        found = Draft202012Validator(whole, format_checker=FORMATS).iter_errors(value)
        return [f"{e.json_path}: {e.message[:300]}" for e in found] or ["jsonschema takes it"]

    def _resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in part:
            return part
        found: Any = self.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found


def times(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """The texts of an answer that look like times, with where they stand."""
    if isinstance(value, str) and TIME.fullmatch(value):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in CALLERS_OWN:
                yield from times(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from times(inner, f"{path}[{index}]")


@lru_cache(maxsize=1)
def contract() -> Contract:
    """That of the app."""
    from app import app  # registers every route
    from chalicelib.api import openapi

    assert app.routes
    return Contract(openapi.document(openapi.endpoints(), "http://127.0.0.1:4566/api"))
