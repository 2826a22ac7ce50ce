"""The API as an OpenAPI 3.1 document: the route table, the shapes and who may call what, as tools read it.

Nothing is written twice: a route that is declared is documented. Imported when first asked for, for it builds
every shape's schema, and no cold start should pay for that.
"""

import inspect
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from chalicelib.accounts.permissions import Role
from chalicelib.api import access, public_status
from chalicelib.api.endpoint import Endpoint, Limit, NoBody, NoQuery
from chalicelib.api.forms import URL_ENCODED
from chalicelib.api.openapi_answers import (
    answer_headers,
    honours_if_match,
    problem_responses,
    problem_statuses,
    shown_refusal,
    success_statuses,
    takes_idempotency_key,
)
from chalicelib.api.openapi_shapes import schemas
from chalicelib.api.openapi_words import DESCRIPTION, HEADERS, PARAMETERS, TAGS
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.look_up import LookUpIn, LookUpOut

UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# Not a view of `Routes`: deployed, it is a Lambda of its own.
LOOK_UP = Endpoint(
    method="POST",
    path=public_status.PATH,
    view=public_status.look_up_ticket_status,
    summary="Ask how far a ticket is, by its label and the email that opened it",
    tag="Public",
    body=LookUpIn,
    query=NoQuery,
    path_types={"workspace": str},
    answer=LookUpOut,
    status=200,
    secret=True,  # nothing is kept for an Idempotency-Key
    needs_if_match=False,
    needs_database=True,
    limits=(Limit("public-status", *public_status.PER_ADDRESS),),
    content_type="application/json",
    examples={"body": {"label": "TKT-2026-00042", "email": "carol@example.com"}},
)


def endpoints() -> tuple[Endpoint, ...]:
    """Every route, by tag and path."""
    order = list(TAGS)
    return tuple(sorted([*Routes.registry, LOOK_UP], key=lambda e: (order.index(e.tag), e.path, e.method)))


@lru_cache(maxsize=2)
def text(public_url: str) -> str:
    """The document as JSON, made once a sandbox. `public_url` is where people reach the API."""
    return to_json(document(endpoints(), public_url)).decode()


def document(served: Iterable[Endpoint], public_url: str) -> dict[str, Any]:
    """The OpenAPI document of these endpoints."""
    served = tuple(served)
    refs, definitions = schemas(served)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in served:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
    used = {endpoint.tag for endpoint in served}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mesa", "version": "1", "summary": "Helpdesk API", "description": DESCRIPTION},
        "servers": [{"url": public_url}],
        "tags": [{"name": name, "description": told} for name, told in TAGS.items() if name in used],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": problem_responses(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token that sign-in gave, or an API key.",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, refs: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    public = access.is_public(endpoint.method, endpoint.path)
    roles = [] if public else [r.value for r in Role if r in access.roles_for(endpoint.method, endpoint.path)]
    who = "Needs no account." if public else f"Roles: {', '.join(roles)}."
    told = inspect.getdoc(endpoint.view)
    operation: dict[str, Any] = {
        "operationId": endpoint.view.__name__,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "description": f"{told}\n\n{who}" if told else who,
        "x-mesa-roles": "public" if public else roles,
        "security": [] if public else [{"bearer": []}],
        "parameters": _parameters(endpoint, refs),
        "responses": _responses(endpoint, refs),
    }
    if endpoint.body is not NoBody:
        operation["requestBody"] = _request_body(endpoint, refs)
    return operation


def _parameters(endpoint: Endpoint, refs: Mapping[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    for name, kind in endpoint.path_types.items():
        value = {"type": "string", "format": "uuid"} if kind is UUID else {"type": "string"}
        parameters.append({"name": name, "in": "path", "required": True, "schema": value})
    if endpoint.query is not NoQuery:
        shape = refs[endpoint.query]
        for name, schema in shape["properties"].items():
            required = name in shape.get("required", ())
            value = _without_null(schema)
            if value.get("type") == "array" and name not in getattr(endpoint.query, "REPEATED", ()):
                value = _comma_list(value)
            parameters.append({"name": name, "in": "query", "required": required, "schema": value})
    if honours_if_match(endpoint):
        component = "RequiredIfMatch" if endpoint.needs_if_match else "IfMatch"
        parameters.append({"$ref": f"#/components/parameters/{component}"})
    if takes_idempotency_key(endpoint):
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is left out is absent, never null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    if len(choices) == 1:
        return {**choices[0], **kept}
    return {"anyOf": choices, **kept} if choices else kept


def _comma_list(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in schema.items() if name not in ("items", "minItems", "maxItems")}
    words = schema["items"].get("enum")
    each = f"({'|'.join(words)})" if words else UUID_PATTERN
    told = f"Comma list of {', '.join(words or ['ids'])}"
    return {**kept, "type": "string", "description": told, "pattern": f"^{each}(,{each})*$"}


def _request_body(endpoint: Endpoint, refs: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": refs[endpoint.body]}
    if "body" in endpoint.examples:
        media["example"] = endpoint.examples["body"]
    required = any(field.is_required() for field in endpoint.body.model_fields.values())
    forms = {URL_ENCODED: media} if endpoint.takes_form or endpoint.is_form else {}
    data = {} if endpoint.is_form else {"application/json": media}
    return {"required": required, "content": {**data, **forms}}


def _responses(endpoint: Endpoint, refs: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done.", "headers": answer_headers(endpoint)}
    if endpoint.answer is not None:
        media: dict[str, Any] = {"schema": refs[endpoint.answer]}
        if "answer" in endpoint.examples:
            media["example"] = endpoint.examples["answer"]
        success["content"] = dict.fromkeys(_media_types(endpoint), media)
    answers = {str(status): success for status in success_statuses(endpoint)}
    for status, shape in endpoint.also.items():
        told = {name: {"schema": refs[shape]} for name in _media_types(endpoint)}
        headers = answer_headers(endpoint, status)
        what = "Under way." if status < 300 else "Refused, on a page for people."
        answers[str(status)] = {"description": what, "headers": headers, "content": told}
    refusals = problem_statuses(endpoint)
    if endpoint.page:
        return answers | {str(status): shown_refusal(status) for status in refusals}
    return answers | {str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals}


def _media_types(endpoint: Endpoint) -> list[str]:
    return [each.partition(";")[0].strip() for each in endpoint.content_type.split(",")]
