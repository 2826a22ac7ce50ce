"""What nobody sends in good faith, to every route: hostile cases 29 to 32, 36 and 37, made from the document.

All of it is refused as the caller's fault, before anything is touched; a new route is in it at once.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from chalicelib.api.endpoint import Endpoint, Unread
from chalicelib.api.schemas.integrations import InboundCall
from tests.support.api import Reply
from tests.support.for_each import for_each
from tests.support.specimens import (
    Place,
    address,
    body,
    body_schema,
    headers,
    is_public,
    leaves,
    name_of,
    operation,
    put,
    routes,
)
from tests.support.world import World

ROUTES = routes()
WITH_BODY = [endpoint for endpoint in ROUTES if body_schema(endpoint)]
# Forms say what is wrong with them to people: see test_form.py.
READ_BODY = [each for each in ROUTES if each.method in ("POST", "PATCH", "PUT") and not each.is_form]
# What an address of a page carries beside is its sender's, and what it fills in is judged once it is sent.
DATA = [each for each in ROUTES if each.page is None and each.query is not Unread]
# What others send is theirs to shape; who did not sign it hears nothing of it.
SHAPED = [endpoint for endpoint in READ_BODY if endpoint.body is not InboundCall]
WITH_TEXT_IN_PATH = [endpoint for endpoint in ROUTES if endpoint.path_types]

TOO_BIG = (2**31, 2**63, -(2**63) - 1, 10**40)
NO_TIMES = (
    "9999999-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "9223372036854775808",
    "-9223372036854775809",
    "1e400",
)
DEEP = 100_000
NO_JSON = {
    "a deep array": b"[" * DEEP + b"]" * DEEP,
    "a deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and open": b'{"subject": ' + b"[" * DEEP,
    "NaN": b"NaN",
    "NaN inside": b'{"sla_minutes": NaN}',
    "Infinity": b'{"custom_fields": {"a": Infinity}}',
    "-Infinity": b'{"custom_fields": [-Infinity]}',
    "a half": b"{",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "two documents": b'{"a": 1} {"a": 1}',
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a NUL": b"\x00",
    "a space that is none in JSON": b"\x0b\x0c",
}
# What each type of a field is not: a text is no number, a boolean no integer.
OTHER_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (7, True, ["text"], {"text": 1}),
    "integer": (True, "7", 7.5, [7]),
    "number": (True, "7"),
    "boolean": (1, 0, "true", "yes"),
    "object": ("{}", 7, [1], True),
    "array": ("text", 7, {"0": "text"}, True),
}


def send(world: World, endpoint: Endpoint, sent: Any, query: str = "", path: str | None = None) -> Reply:
    """As Ada, who may most; without a token where none is needed."""
    place = path or address(endpoint, world.acme.slug, world.acme.ids)
    api = world.api if is_public(endpoint) else world.api.with_token(world.cast.ada.token)
    return api.request(endpoint.method, place + query, sent, headers(endpoint))


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.text
    assert "Traceback" not in reply.text


def invalid_at(reply: Reply, place: Place) -> None:
    """422, and the field at fault is named."""
    refused(reply, 422, "VALIDATION_ERROR")
    named = {problem["field"] for problem in reply.json["errors"]}
    assert any(field.startswith(str(place[0])) for field in named), f"{place} is not in {named}"


def fields(endpoint: Endpoint, *types: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The fields of a body that have one of these types."""
    return ((place, dict(leaf)) for place, leaf in leaves(body_schema(endpoint)) if leaf.get("type") in types)


def query_parameters(endpoint: Endpoint) -> list[tuple[str, dict[str, Any]]]:
    listed = [each for each in operation(endpoint)["parameters"] if each.get("in") == "query"]
    return [(each["name"], each["schema"]) for each in listed]


def kinds(schema: dict[str, Any]) -> set[tuple[str | None, str | None]]:
    """The types and formats that a parameter may have."""
    return {(each.get("type"), each.get("format")) for each in schema.get("anyOf", [schema])}


class TestNul:
    """29: PostgreSQL cannot store it, so no text may hold it."""

    @for_each("endpoint", WITH_BODY, name_of)
    def test_29_in_every_text_of_a_body(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        texts = ("\0", "a\0b", "a".ljust(20, "b") + "\0")
        with shared_world.unchanged():
            for place, _ in fields(endpoint, "string"):
                for text in texts:
                    invalid_at(send(shared_world, endpoint, put(whole, place, text)), place)

    @for_each("endpoint", WITH_BODY, name_of)
    def test_29_in_a_field_of_any_kind_and_in_its_name(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for place, _ in fields(endpoint, "object"):
                for hidden in ({"a": "\0"}, {"\0": 1}, {"a": [{"b": "x\0"}]}):
                    invalid_at(send(shared_world, endpoint, put(whole, place, hidden)), place)
            refused(send(shared_world, endpoint, {**whole, "a\0b": 1}), 422, "VALIDATION_ERROR")

    @for_each("endpoint", ROUTES, name_of)
    def test_29_in_every_parameter(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        names = [name for name, _ in query_parameters(endpoint)] or ["anything"]
        with shared_world.unchanged():
            for name in names:
                for query in (f"?{name}=%00", f"?{name}=a%00b", f"?{name}%00=1"):
                    refused(send(shared_world, endpoint, whole, query), 422, "VALIDATION_ERROR")

    @for_each("endpoint", WITH_TEXT_IN_PATH, name_of)
    def test_29_in_every_part_of_a_path(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        known = {"workspace": "acme", "name": "x", "tag": "x", "kind": "closed.requester", "language": "en"}
        known |= shared_world.acme.ids
        with shared_world.unchanged():
            for name in endpoint.path_types:
                for text in ("%00", f"{known[name]}%00", "a%00b"):
                    path = endpoint.path.format(**{**known, name: text})
                    reply = send(shared_world, endpoint, whole, path=path)
                    refused(reply, 422, "VALIDATION_ERROR")


class TestOverflow:
    """30: what neither an int8 nor a date of ours can hold."""

    @for_each("endpoint", WITH_BODY, name_of)
    def test_30_in_every_whole_number_of_a_body(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for place, _ in fields(endpoint, "integer"):
                for number in TOO_BIG:
                    invalid_at(send(shared_world, endpoint, put(whole, place, number)), place)

    @for_each("endpoint", ROUTES, name_of)
    def test_30_in_every_parameter(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for name, schema in query_parameters(endpoint):
                for kind, form in kinds(schema):
                    wrong = TOO_BIG if kind == "integer" else NO_TIMES if form == "date-time" else ()
                    for value in wrong:
                        reply = send(shared_world, endpoint, whole, f"?{name}={value}")
                        invalid_at(reply, (name,))

    @for_each("endpoint", WITH_BODY, name_of)
    def test_30_a_number_without_end_in_a_free_field(self, shared_world: World, endpoint: Endpoint) -> None:
        """Longer than Python reads by default, than any double, than PostgreSQL's numeric."""
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for place, _ in fields(endpoint, "object"):
                marked = json.dumps(put(whole, place, {"n": "NUMBER"}))
                for digits in ("9" * 5_000, "9" * 200_000, "1e999999", "-1e400"):
                    reply = send(shared_world, endpoint, marked.replace('"NUMBER"', digits).encode())
                    assert reply.status in (400, 422), reply.text[:300]


class TestMalformed:
    """31: what is no JSON (RFC 8259), or nested past reason."""

    @for_each("endpoint", READ_BODY, name_of)
    def test_31_what_is_no_json_is_malformed(self, shared_world: World, endpoint: Endpoint) -> None:
        with shared_world.unchanged():
            for name, raw in NO_JSON.items():
                reply = send(shared_world, endpoint, raw)
                assert (reply.status, reply.code) == (400, "MALFORMED_REQUEST"), f"{name}: {reply.text}"

    @for_each("endpoint", READ_BODY, name_of)
    def test_31_nested_a_little_too_deep_is_invalid(self, shared_world: World, endpoint: Endpoint) -> None:
        sent: Any = 1
        for _ in range(60):
            sent = {"a": sent}
        with shared_world.unchanged():
            refused(send(shared_world, endpoint, sent), 422, "VALIDATION_ERROR")


class TestShapes:
    """32: nothing is guessed, nothing is dropped."""

    @for_each("endpoint", SHAPED, name_of)
    def test_32_an_unknown_field_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids) or {}
        with shared_world.unchanged():
            for name in ("unheard_of", "Subject", "__proto__", "", "a.b"):
                reply = send(shared_world, endpoint, {**whole, name: 1})
                refused(reply, 422, "VALIDATION_ERROR")
                assert [problem["field"] for problem in reply.json["errors"]] == [name]

    @for_each("endpoint", DATA, name_of)
    def test_32_an_unknown_parameter_is_refused_and_so_is_one_given_twice(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for query in ("?unheard_of=1", "?limit=1&limit=2"):
                refused(send(shared_world, endpoint, whole, query), 422, "VALIDATION_ERROR")

    @for_each("endpoint", WITH_BODY, name_of)
    def test_32_a_field_of_another_type_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for place, leaf in fields(endpoint, *OTHER_TYPES):
                for value in OTHER_TYPES[leaf["type"]]:
                    invalid_at(send(shared_world, endpoint, put(whole, place, value)), place)

    @for_each("endpoint", READ_BODY, name_of)
    def test_32_a_body_that_is_no_object_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        with shared_world.unchanged():
            for sent in ([], [{}], "text", 7, True):
                refused(send(shared_world, endpoint, sent), 422, "VALIDATION_ERROR")
            refused(send(shared_world, endpoint, b"null"), 422, "VALIDATION_ERROR")

    @for_each("endpoint", WITH_BODY, name_of)
    def test_32_what_is_required_and_missing_is_named(self, shared_world: World, endpoint: Endpoint) -> None:
        required = body_schema(endpoint).get("required", ())
        with shared_world.unchanged():
            for name in required:
                whole = {
                    each: value
                    for each, value in body(endpoint, shared_world.acme.ids).items()
                    if each != name
                }
                reply = send(shared_world, endpoint, whole)
                refused(reply, 422, "FIELD_REQUIRED")
                assert [problem["field"] for problem in reply.json["errors"]] == [name]

    @for_each("endpoint", WITH_BODY, name_of)
    def test_32_a_text_that_is_too_long_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        """Every text has an end, and none of them is near the body's own of 1 MB."""
        whole = body(endpoint, shared_world.acme.ids)
        with shared_world.unchanged():
            for place, _ in fields(endpoint, "string"):
                invalid_at(send(shared_world, endpoint, put(whole, place, "é" * 65_537)), place)

    @for_each("endpoint", READ_BODY, name_of)
    def test_32_another_media_type_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        place = address(endpoint, "acme", shared_world.acme.ids)
        api = shared_world.api.with_token(None if is_public(endpoint) else shared_world.cast.ada.token)
        with shared_world.unchanged():
            forms = (
                () if endpoint.takes_form else ("application/x-www-form-urlencoded", "multipart/form-data")
            )
            for media_type in ("text/plain", *forms, "json"):
                sent = {**headers(endpoint), "Content_Type": media_type}
                reply = api.request(endpoint.method, place, b'{"a": 1}', sent)
                refused(reply, 415, "UNSUPPORTED_MEDIA_TYPE")

    @for_each("endpoint", READ_BODY, name_of)
    def test_32_a_body_over_1_megabyte_is_refused(self, shared_world: World, endpoint: Endpoint) -> None:
        with shared_world.unchanged():
            reply = send(shared_world, endpoint, b'{"a": "' + b"a" * 1_048_577 + b'"}')
            refused(reply, 413, "PAYLOAD_TOO_LARGE")


# What people write in lines; every other text of a body is one line.
IN_LINES = {
    "body",
    "comment",
    "description",
    "footer",
    "html",
    "note",
    "notes",
    "pending_resolve_text",
    "reason",
    "reply",
    "resolution",
    "text",
}
# What is cleaned instead (case 72), what is looked for in lists, and routes that look things up and keep no
# word of what they are sent.
CLEANED = {"file_name"}
LOOKED_FOR = {"filter"}
LOOKING_UP = {
    "/v1/auth/login",
    "/v1/auth/logout",
    "/v1/auth/oidc/finish",
    "/v1/auth/oidc/start",
    "/v1/auth/password/forgot",
    "/v1/auth/refresh",
    "/v1/auth/verify-email",
    "/v1/public/{workspace}/ticket-status",
}
# Secrets are compared, or hashed.
SECRETS = re.compile("password|token|code")
BREAKS = ("a\r\nBcc: everybody@example.org", "line\nline", "line\rline", "line\u2028line", "line\x85line")


class TestLineBreaks:
    """36: what can stand in a header, a subject or a file's name holds no line break."""

    @for_each("endpoint", [each for each in WITH_BODY if each.path not in LOOKING_UP], name_of)
    def test_case_36_in_every_name_of_a_body(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        names = [
            place
            for place, leaf in fields(endpoint, "string")
            if not {*map(str, place)} & (IN_LINES | CLEANED | LOOKED_FOR)
            and not SECRETS.search(str(place[0]))
        ]
        with shared_world.unchanged():
            for place in names:
                for text in BREAKS:
                    invalid_at(send(shared_world, endpoint, put(whole, place, text)), place)


SQL = (
    "'; DROP TABLE tickets; --",
    "' OR 'a'='a",
    "x') UNION SELECT password_hash FROM users --",
    "created_at; SELECT pg_sleep(5)",
    "(CASE WHEN true THEN created_at END)",
    "$$||pg_sleep(5)||$$",
    "%",
    "\\",
    "{}",
    ":workspace_id",
    "%(workspace_id)s",
    "%s",
)
# Parameters that take a text of any kind, and find nothing by it; all others refuse what they do not know.
FREE = {"category", "custom_field", "query", "region", "tag"}


class TestSql:
    """37: what is asked for is a value, wherever it stands."""

    @for_each("endpoint", DATA, name_of)
    def test_case_37_in_every_parameter(self, shared_world: World, endpoint: Endpoint) -> None:
        with shared_world.unchanged():
            for name, _ in query_parameters(endpoint):
                for text in SQL:
                    reply = send(shared_world, endpoint, None, f"?{name}={quote(text, safe='')}")
                    if endpoint.content_type.startswith("text/html") and reply.status == 404:
                        assert text not in reply.text
                    elif endpoint.takes_form and reply.code == "FIELD_REQUIRED":
                        pass  # it is refused before anything is looked up
                    elif name in FREE and reply.status == 200:
                        assert reply.json.get("items", []) == [], f"{name}={text}"
                    else:
                        invalid_at(reply, (name,))

    @for_each("endpoint", WITH_TEXT_IN_PATH, name_of)
    def test_case_37_in_every_part_of_a_path(self, shared_world: World, endpoint: Endpoint) -> None:
        whole = body(endpoint, shared_world.acme.ids)
        known = {"workspace": "acme", "name": "x", "tag": "x", "kind": "closed.requester", "language": "en"}
        known |= shared_world.acme.ids
        with shared_world.unchanged():
            for name in endpoint.path_types:
                for text in SQL:
                    path = endpoint.path.format(**{**known, name: quote(text, safe="")})
                    reply = send(shared_world, endpoint, whole, path=path)
                    harmless = (404, 422, 429) if is_public(endpoint) else (404, 422)
                    assert reply.status in harmless or (name, reply.status) == ("tag", 204), reply.text
