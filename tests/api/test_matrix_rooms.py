"""The rooms by themselves: were the authorizer and the gate of the routes to let everybody through, the verbs
would still refuse (rule 4, the third depth). Walked from the route table."""

from typing import Any

import pytest

from chalicelib.accounts.permissions import Permission, Role
from chalicelib.api import access, oidc_provider, resource
from chalicelib.api.endpoint import Endpoint
from tests.support.api import Api
from tests.support.cast import Cast, token_for
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.specimens import is_public, name_of, routes
from tests.support.world import World

# What the gate alone keeps from customers: who works here, in which teams, at which desk.
READ_BY_ROUTE = {
    "GET /v1/teams",
    "GET /v1/teams/{team_id}",
    "GET /v1/teams/{team_id}/members",
    "GET /v1/users",
    "GET /v1/users/{user_id}",
    "GET /v1/workspace",
}
PRIVATE = [endpoint for endpoint in routes() if not is_public(endpoint)]
CLOSED_TO_SOME = [each for each in PRIVATE if access.roles_for(each.method, each.path) < frozenset(Role)]
GUARDED = [endpoint for endpoint in CLOSED_TO_SOME if name_of(endpoint) not in READ_BY_ROUTE]


@pytest.fixture
def gate_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every route needs what everybody has."""
    monkeypatch.setattr(resource.access, "permission_for", lambda *_: Permission.ACCOUNT_USE)


@pytest.mark.usefixtures("gate_open")
@for_each("endpoint", GUARDED, name_of)
def test_case_18_a_verb_refuses_by_itself_who_lacks_its_permission(
    shared_world: World, endpoint: Endpoint
) -> None:
    lacking = frozenset(Role) - access.CALLERS[endpoint.method, endpoint.path]

    with shared_world.unchanged():
        for role in lacking:
            person = shared_world.roles[role]
            token = token_for(person.workspace_id, person.id, Role.ADMIN)
            reply = shared_world.call(token, endpoint)
            assert (reply.status, reply.code) == (403, "FORBIDDEN"), f"{role}: {reply.text}"


def test_what_is_read_by_route_alone_is_read_only_and_there() -> None:
    assert {name_of(endpoint) for endpoint in CLOSED_TO_SOME} >= READ_BY_ROUTE
    assert all(name.startswith("GET ") for name in READ_BY_ROUTE)


@pytest.mark.usefixtures("gate_open")
def test_case_18_an_agents_key_changes_nobody(api: Api, cast: Cast, database: Database) -> None:
    """Whoever is no user was never demoted either: the permission alone keeps a key out."""
    body = {"name": "Robot", "role": "admin", "scopes": ["read", "write"]}
    made = api.with_token(cast.ada.token).post("/v1/api-keys", body)
    database.run("UPDATE api_keys SET role = 'agent'")

    reply = api.with_token(made.json["key"]).patch(f"/v1/users/{cast.carol.id}", {"name": "Caroline"})

    assert (reply.status, reply.json["detail"]) == (403, "Only an administrator changes users.")


@pytest.mark.usefixtures("gate_open")
def test_case_18_a_refusal_says_what_was_refused(api: Api, cast: Cast) -> None:
    posing = api.with_token(token_for(cast.acme, cast.dario.id, Role.ADMIN))

    reply = posing.post(f"/v1/users/{cast.carol.id}/erase", {"confirm": cast.carol.email})

    assert (reply.status, reply.json["detail"]) == (403, "Only an administrator erases people.")


@pytest.mark.usefixtures("gate_open")
def test_case_18_no_stranger_is_called_for_whom_the_room_refuses(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def called(*_: Any) -> None:
        raise AssertionError("the provider was called")

    monkeypatch.setattr(oidc_provider.oidc_discovery, "discover", called)
    posing = api.with_token(token_for(cast.acme, cast.dario.id, Role.ADMIN))

    reply = posing.patch("/v1/workspace/oidc", {"issuer": "https://login.acme.example"})

    assert (reply.status, reply.code) == (403, "FORBIDDEN"), reply.text
