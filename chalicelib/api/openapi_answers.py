"""What an endpoint may answer, as OpenAPI says it: header fields, and the refusals that follow from it."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint, NoBody
from chalicelib.api.openapi_words import HEADERS, SENTENCES
from chalicelib.api.problem_document import STATUS, TITLES

# What a route answers beyond that which its method, parameters and access already say.
BEYOND: dict[access.Route, frozenset[int]] = {
    # The ids that a filter names.
    ("GET", "/v1/analytics/dashboard"): frozenset({404}),
    ("GET", "/v1/analytics/series"): frozenset({404}),
    ("GET", "/v1/analytics/sla"): frozenset({404}),
    ("GET", "/v1/analytics/sla/targets"): frozenset({404}),
    ("GET", "/v1/events"): frozenset({410}),
    # The team that the options name.
    ("POST", "/v1/imports"): frozenset({404}),
    ("POST", "/v1/auth/login"): frozenset({401}),
    ("POST", "/v1/auth/oidc/finish"): frozenset({401, 403}),
    ("POST", "/v1/auth/oidc/start"): frozenset({404}),
    ("POST", "/v1/auth/password/reset"): frozenset({404, 410}),
    ("POST", "/v1/auth/refresh"): frozenset({401}),
    ("POST", "/v1/auth/totp/verify"): frozenset({401}),
    ("POST", "/v1/auth/verify-email"): frozenset({404, 410}),
    ("POST", "/v1/invitations/accept"): frozenset({404, 410}),
    ("POST", "/v1/public/{workspace}/signup"): frozenset({403}),
    ("POST", "/v1/public/{workspace}/tickets"): frozenset({403}),
    ("POST", "/v1/inbound/{integration_id}"): frozenset({401, 404, 409}),
    ("GET", "/v1/workspace/oidc"): frozenset({404}),
    ("DELETE", "/v1/workspace/oidc"): frozenset({404}),
    ("GET", "/v1/health/ready"): frozenset({503}),
    ("POST", "/v1/ratings"): frozenset({200, 404, 410}),
    ("POST", "/v1/ratings/look-up"): frozenset({404, 410}),
    ("POST", "/v1/tickets/{ticket_id}/rating"): frozenset({200}),
    # The ids that a rule names stand in values of any kind.
    ("POST", "/v1/rules"): frozenset({404}),
    ("POST", "/v1/teams/{team_id}/members"): frozenset({200}),
    # Its filters name teams.
    ("POST", "/v1/webhooks"): frozenset({404}),
    ("POST", "/v1/tickets/{ticket_id}/links"): frozenset({200}),
    ("POST", "/v1/tickets/{ticket_id}/watchers"): frozenset({200}),
}
RATES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def honours_if_match(endpoint: Endpoint) -> bool:
    """Whether If-Match counts here: where it must be sent, or where the view reads it off the call."""
    return endpoint.needs_if_match or "if_match" in endpoint.view.__code__.co_names


def takes_idempotency_key(endpoint: Endpoint) -> bool:
    """Every POST that does something in a workspace, but those whose answers are not kept."""
    private = not access.is_public(endpoint.method, endpoint.path)
    in_workspace = private or "workspace" in endpoint.path_types
    return endpoint.method == "POST" and in_workspace and not endpoint.secret and endpoint.needs_database


def answer_headers(endpoint: Endpoint, status: int | None = None) -> dict[str, Any]:
    """The header fields of the answer where all went well; `status`: where it is another than the route's."""
    names = ["X-Request-Id"]
    if _has_version(endpoint.answer):
        names.append("ETag")
    if (status or endpoint.status) in (201, 202):
        names.append("Location")
    if takes_idempotency_key(endpoint):
        names.append("Idempotency-Replayed")
    if endpoint.limits:
        names += RATES
    return _refs(names)


def success_statuses(endpoint: Endpoint) -> list[int]:
    """The statuses of the answers where all went well."""
    beyond = (status for status in _beyond(endpoint) if status < 400)
    return sorted({endpoint.status, *endpoint.also, *beyond})


def problem_statuses(endpoint: Endpoint) -> list[int]:
    """The statuses of the refusals that can happen on this route."""
    private = not access.is_public(endpoint.method, endpoint.path)
    reads_body = endpoint.method in ("POST", "PATCH", "PUT") or endpoint.body is not NoBody
    # 422: even a route without parameters refuses one.
    found = {422: True, 500: True, 503: endpoint.needs_database, 429: bool(endpoint.limits)}
    found |= {401: private, 403: private, 428: endpoint.needs_if_match, 412: honours_if_match(endpoint)}
    found |= {400: reads_body, 413: reads_body, 415: reads_body}
    found |= {404: bool(endpoint.path_types) or _names_others(endpoint.body)}
    found |= {409: endpoint.needs_database and endpoint.method in ("POST", "PATCH", "PUT", "DELETE")}
    found |= {status: True for status in _beyond(endpoint) if status >= 400}
    return sorted(status for status, can_be in found.items() if can_be)


def problem_responses() -> dict[str, Any]:
    """One response a status, with the codes that come with it."""
    responses = {}
    for status, sentence in SENTENCES.items():
        codes = [code for code, of in STATUS.items() if of == status]
        names = ["WWW-Authenticate"] if status == 401 else ["Retry-After"] if status in (429, 503) else []
        # What the gateway refuses by itself has none of these.
        ours = ("X-Request-Id", *RATES) if status == 429 else ("X-Request-Id",)
        # Beside the reference, so that who makes a client of it has one type for all problems.
        schema = {
            "$ref": "#/components/schemas/Problem",
            "properties": {"status": {"const": status}, "code": {"enum": codes}},
        }
        example = {
            "type": "about:blank",
            "title": TITLES[status],
            "status": status,
            "detail": sentence,
            "code": codes[-1],
            "request_id": "c2f0…",
            "errors": [],
        }
        responses[str(status)] = {
            "description": sentence,
            "headers": {**{name: {**HEADERS[name], "required": False} for name in ours}, **_refs(names)},
            "content": {"application/problem+json": {"schema": schema, "example": example}},
        }
    return responses


def shown_refusal(status: int) -> dict[str, Any]:
    """The response of a page: a page too for who asks for `text/html`, else a problem as everywhere."""
    return {
        "description": SENTENCES[status],
        "content": {
            "text/html": {"schema": {"type": "string"}},
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    }


def _refs(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _beyond(endpoint: Endpoint) -> frozenset[int]:
    return BEYOND.get((endpoint.method, endpoint.path), frozenset())


def _has_version(answer: Any) -> bool:
    return "version" in getattr(answer, "__annotations__", ())


def _names_others(body: type[BaseModel]) -> bool:
    """Whether a body can hold ids: of things that there may not be."""
    return any(UUID in _parts(field.annotation) for field in body.model_fields.values())


def _parts(annotation: Any) -> set[Any]:
    inner = getattr(annotation, "__args__", ())
    return {annotation}.union(*(_parts(part) for part in inner)) if inner else {annotation}
