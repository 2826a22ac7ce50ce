"""Every route by API keys, walked from the route table: scopes, what is for people, no key as a person."""

import pytest

from chalicelib.accounts.permissions import Role
from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support.for_each import for_each
from tests.support.specimens import is_public, name_of, routes
from tests.support.tenants import fingerprint
from tests.support.world import World

PRIVATE = [endpoint for endpoint in routes() if not is_public(endpoint)]
PEOPLES = [each for each in PRIVATE if access.is_for_people_alone(each.method, each.path)]


def key_of(world: World, *scopes: str, role: Role = Role.ADMIN) -> str:
    teams = [str(world.acme.ids["team_id"])] if role is Role.AGENT else []
    body = {"name": "Walker", "role": role, "scopes": list(scopes), "team_ids": teams}
    reply = world.api.with_token(world.cast.ada.token).post("/v1/api-keys", body)
    assert reply.status == 201, reply.text
    return str(reply.json["key"])


@for_each("endpoint", PRIVATE, name_of)
def test_case_18_a_key_without_the_scope_is_refused_before_anything_happens(
    shared_world: World, endpoint: Endpoint
) -> None:
    key = key_of(shared_world, "write" if endpoint.method == "GET" else "read")

    with shared_world.unchanged():
        reply = shared_world.call(key, endpoint)

    assert (reply.status, reply.code) == (403, "FORBIDDEN"), reply.text


@for_each("endpoint", PEOPLES, name_of)
def test_case_18_what_is_for_people_alone_is_refused_to_a_key_of_any_power(
    shared_world: World, endpoint: Endpoint
) -> None:
    key = key_of(shared_world, "read", "write")

    with shared_world.unchanged():
        reply = shared_world.call(key, endpoint)

    assert (reply.status, reply.code) == (403, "FORBIDDEN"), reply.text


def test_what_is_for_people_alone() -> None:
    """Sessions, passwords, profiles and preferences, the making of keys, and who says who people are."""
    names = {name_of(endpoint) for endpoint in PEOPLES}

    assert {"GET /v1/auth/me", "POST /v1/auth/logout", "POST /v1/api-keys"} <= names
    assert {name for name in names if "/v1/auth/" not in name} == {
        "POST /v1/api-keys",
        "GET /v1/notifications/preferences",
        "PATCH /v1/notifications/preferences",
        "DELETE /v1/users/{user_id}/oidc",
        "POST /v1/users/{user_id}/totp/reset",
        "PATCH /v1/workspace/oidc",
        "DELETE /v1/workspace/oidc",
    }


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER, Role.AGENT])
def test_a_key_is_answered_on_all_the_routes_of_its_role(world: World, role: Role) -> None:
    """As people are: with an answer or a refusal, never a defect, and with nothing of another tenant."""
    key = key_of(world, "read", "write", role=role)
    before = fingerprint(world.database, world.cast.globex)
    answered = set()

    # What others name is deleted last.
    for endpoint in sorted(PRIVATE, key=lambda each: each.method == "DELETE"):
        reply = world.call(key, endpoint)
        assert reply.status in (200, 201, 202, 204, 403, 404, 409, 412), f"{name_of(endpoint)}: {reply.text}"
        assert not {secret for secret in world.globex.secrets - {"canary"} if secret in reply.text}
        may = role in access.roles_for(endpoint.method, endpoint.path) and endpoint not in PEOPLES
        assert may or reply.status == 403, name_of(endpoint)
        answered |= {name_of(endpoint)} if reply.status < 300 else set()

    assert len(answered) >= 12, answered
    assert fingerprint(world.database, world.cast.globex) == before
