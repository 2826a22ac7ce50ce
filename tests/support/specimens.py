"""Bodies and parameters made from the API's own document, so that a new route is called sensibly at once."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app import app
from chalicelib.api import access, openapi
from chalicelib.api.endpoint import Endpoint
from tests.support.cast import PASSWORD
from tests.support.contract import contract

# Stands for a whole body, where None stands for none.
WHOLE = object()
Place = tuple[str | int, ...]

_numbers = itertools.count(1)

# What a field of this name holds, where its type alone does not say.
BY_NAME = {
    "pending_resolve_days": lambda: 30,
    "address": lambda: f"specimen{next(_numbers)}@example.org",
    "email": lambda: f"specimen{next(_numbers)}@example.org",
    "requester_email": lambda: f"specimen{next(_numbers)}@example.org",
    "admin_email": lambda: f"specimen{next(_numbers)}@example.org",
    "confirm": lambda: "somebody.else@example.org",
    "password": lambda: "violet staple horse",
    "admin_password": lambda: "violet staple horse",
    "current_password": lambda: PASSWORD,
    "new_password": lambda: "amber ladder cloud",
    "spent_on": lambda: "2026-11-20",
    "file_name": lambda: "specimen.png",
    "columns": lambda: ["label", "custom_fields.canary"],
    "content_type": lambda: "image/png",
    "created_after": lambda: "2026-11-20T09:00:00Z",
    "created_before": lambda: "2026-11-20T10:00:00Z",
    "custom_field": lambda: ["canary:sings"],
    "phone": lambda: "+34 600 100 200",
    "updated_after": lambda: "2026-11-20T09:00:00Z",
    "timezone": lambda: "Europe/Madrid",
    "weekly": lambda: {"0": [["09:00", "17:00"]]},
    "holidays": lambda: ["2026-12-25"],
    "country": lambda: "ES",
    "region": lambda: "CT",
    "years": lambda: [2026],
    "year": lambda: 2026,
    "start": lambda: "2026-11-20T09:00:00Z",
    "form_sites": lambda: ["https://www.specimen.example"],
    "slug": lambda: f"specimen-{next(_numbers)}",
    "label_prefix": lambda: "DESK",
    "issuer": lambda: "https://login.specimen.example",
    "redirect_uri": lambda: "https://desk.specimen.example/back",
    "redirect_uris": lambda: ["https://desk.specimen.example/back"],
    "email_domains": lambda: ["specimen.example"],
    "key": lambda: f"specimen_{next(_numbers)}",
    "options": lambda: [],
    "visible_to_customers": lambda: True,
    "color": lambda: "#0d74ce",
    "logo_url": lambda: "https://specimen.example/logo.png",
    "actions": lambda: [{"action": "add_tags", "tags": ["specimen"]}],
    "when": lambda: [{"on": "created"}],
    "warnings": lambda: [{"percent": 75}],
    "escalations": lambda: [{"when": "after", "minutes": 5, "actions": [{"action": "raise_priority"}]}],
    "dry_run": lambda: False,
    "domains": lambda: [f"specimen{next(_numbers)}.example"],
    "events": lambda: ["ticket.created"],
    "url": lambda: "https://hooks.specimen.example/mesa",
    "secret": lambda: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "from": lambda: "2026-11-20T09:00:00Z",
    "to": lambda: "2026-11-20T10:00:00Z",
    "expires_at": lambda: (datetime.now(UTC) + timedelta(days=30)).isoformat(),
}
# Those of rules, which have operators; policies name values alone.
CONDITIONS = {group: [{"field": "priority", "operator": "is", "value": "urgent"}] for group in ("all", "any")}
# Which id of a tenant a field of this name holds.
IDS = {
    "assignee": "user_id",
    "assignee_id": "user_id",
    "organisation": "organisation_id",
    "requester": "requester_id",
    "team": "team_id",
    "requester_id": "requester_id",
    "user": "user_id",
    "user_id": "user_id",
    "team_id": "team_id",
    "team_ids": "team_id",
    "teams": "team_id",
    "ticket": "ticket_id",
    "ticket_id": "other_id",
    "ticket_ids": "ticket_id",
    "organisation_id": "organisation_id",
    "comment_id": "comment_id",
    "calendar_id": "calendar_id",
    "category_id": "category_id",
    "comment_ids": "comment_id",
    "ids": "view_id",
    "policy_id": "policy_id",
    "policy_ids": "policy_id",
    "into_id": "other_id",
    "id": "policy_id",
    "field_id": "field_id",
    "rule_ids": "rule_id",
}
# What a whole body does without: a ticket changed by a word changes more, staff is in no organisation, and
# files are attached to own comments alone.
# Of an import, what CSV files alone need.
LEFT_OUT = {"comment", "comment_id", "date_format", "delimiter", "icalendar", "organisation_id"}
# Elsewhere a list, and here a document of its own.
DOCUMENTS = {"columns", "options"}
# What says the same in another way, so that a whole body has the second alone; and what only goes with
# something that is left out.
INSTEAD = {
    "requester": "requester_id",
    "filter": "ticket_ids",
    **{"user_filter": "filter", "since": "user_filter", "until": "user_filter"},
}
WITH = {"name": "icalendar"}


def routes() -> tuple[Endpoint, ...]:
    """Every route of the app."""
    found = openapi.endpoints()
    assert {endpoint.path for endpoint in found} == set(app.routes)
    return found


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def operation(endpoint: Endpoint) -> Mapping[str, Any]:
    return contract().document["paths"][endpoint.path][endpoint.method.lower()]


def body_schema(endpoint: Endpoint) -> Mapping[str, Any] | None:
    """The schema of the JSON that a route takes, None where it takes none."""
    body = operation(endpoint).get("requestBody", {"content": {}})["content"].get("application/json")
    return plain(body["schema"]) if body else None


def plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without its reference, and without the null that it may be; of several shapes the first."""
    if "$ref" in schema:
        return plain(contract()._resolve(schema))
    if "anyOf" in schema:
        return plain(next(choice for choice in schema["anyOf"] if choice != {"type": "null"}))
    if "oneOf" in schema:
        return plain(schema["oneOf"][0])
    return schema


def specimen(schema: Mapping[str, Any], ids: Mapping[str, UUID], name: str = "") -> Any:
    """A value that fits. Raises KeyError for an id of which this module does not know whose it is."""
    schema = plain(schema)
    is_document = name in DOCUMENTS and schema.get("type") == "object"
    if name in BY_NAME and schema.get("type") != "boolean" and not is_document:
        return BY_NAME[name]()
    if CONDITIONS.keys() == schema.get("properties", {}).keys():
        return CONDITIONS
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema["type"] == "object":
        return {
            each: specimen(inner, ids, each)
            for each, inner in schema.get("properties", {}).items()
            if each not in LEFT_OUT and not {INSTEAD.get(each), WITH.get(each)} & schema["properties"].keys()
        }
    if schema["type"] == "null":
        return None
    if schema["type"] == "array":
        return [specimen(schema["items"], ids, name)]
    if schema.get("format") == "uuid":
        return str(ids[IDS[name]])
    if schema["type"] == "string":
        return "specimen".ljust(schema.get("minLength", 1), ".")
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}[schema["type"]]


def body(endpoint: Endpoint, ids: Mapping[str, UUID]) -> Any:
    """A whole body for a route with these ids in it, None where it takes none."""
    schema = body_schema(endpoint)
    return specimen(schema, ids) if schema else None


def leaves(schema: Mapping[str, Any], path: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every field of a body that holds no other, with where it stands."""
    schema = plain(schema)
    if schema.get("type") == "object" and "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from leaves(inner, (*path, name))
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], (*path, 0))
    else:
        yield path, schema


def put(whole: Any, path: Place, value: Any) -> Any:
    """A copy of a body with another value at a place."""
    if not path:
        return value
    first, *rest = path
    if isinstance(whole, list):
        return [put(whole[0] if whole else {}, tuple(rest), value)]
    whole = whole if isinstance(whole, dict) else {}
    return {**whole, first: put(whole.get(first), tuple(rest), value)}


def address(endpoint: Endpoint, slug: str, ids: Mapping[str, UUID]) -> str:
    """The path of a route with these ids in it."""
    return endpoint.path.format(**path_values(endpoint, slug, ids))


def path_values(endpoint: Endpoint, slug: str, ids: Mapping[str, UUID]) -> dict[str, str]:
    """What its parameters are. Raises KeyError for one that is not known here."""
    known = {"workspace": slug, "name": "specimen.js", "tag": "canary"}
    known |= {"kind": "closed.requester", "language": "en"}
    known |= {name: str(value) for name, value in ids.items()}
    return {name: known[name] for name in endpoint.path_types}


def headers(endpoint: Endpoint) -> dict[str, str]:
    return {"If_Match": '"1"'} if endpoint.needs_if_match else {}


def is_public(endpoint: Endpoint) -> bool:
    return access.is_public(endpoint.method, endpoint.path)
