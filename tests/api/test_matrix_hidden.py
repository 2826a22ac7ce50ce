"""Cases 15, 16 and 17 from the route table: a ticket that one may not see, in the own workspace, by every
route, in every body, in every list. A new route is in it at once."""

from uuid import UUID

import pytest

from chalicelib.accounts.permissions import Role
from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.for_each import for_each
from tests.support.specimens import IDS, body, body_schema, is_public, leaves, name_of, put, routes
from tests.support.world import World

PRIVATE = [endpoint for endpoint in routes() if not is_public(endpoint)]
ON_A_TICKET = [endpoint for endpoint in PRIVATE if "ticket_id" in endpoint.path_types]
OTHERS = [endpoint for endpoint in PRIVATE if "ticket_id" not in endpoint.path_types]
READING = [endpoint for endpoint in OTHERS if endpoint.method == "GET"]
NAMING = [endpoint for endpoint in OTHERS if body_schema(endpoint)]
# Of many tickets each has its own result.
ONE_BY_ONE = {"POST /v1/tickets/bulk"}


def outsiders(world: World) -> dict[Role, Person]:
    """Ben, whose team has none of it, and Chris, who did not ask for it. Ben watches it: to agents that opens
    nothing."""
    return {Role.AGENT: world.cast.ben, Role.CUSTOMER: world.cast.chris}


def tells_of_it(world: World, reply: Reply) -> bool:
    return "TKT-2026-0090" in reply.text or str(world.acme.ids["ticket_id"]) in reply.text


@for_each("endpoint", ON_A_TICKET, name_of)
def test_case_17_a_hidden_ticket_is_not_found_by_any_route(shared_world: World, endpoint: Endpoint) -> None:
    allowed = access.roles_for(endpoint.method, endpoint.path)

    with shared_world.unchanged():
        for role, person in outsiders(shared_world).items():
            reply = shared_world.call(person.token, endpoint)
            expected = (404, "NOT_FOUND") if role in allowed else (403, "FORBIDDEN")
            assert (reply.status, reply.code) == expected, f"{role}: {reply.text}"
            assert not tells_of_it(shared_world, reply)
            assert "canary" not in reply.text


@for_each("endpoint", NAMING, name_of)
def test_case_15_a_hidden_ticket_in_a_body_is_not_found(shared_world: World, endpoint: Endpoint) -> None:
    allowed = access.roles_for(endpoint.method, endpoint.path)
    hidden = str(shared_world.acme.ids["ticket_id"])
    whole = body(endpoint, shared_world.acme.ids)
    places = [
        place
        for place, leaf in leaves(body_schema(endpoint) or {})
        if leaf.get("format") == "uuid" and _is_a_ticket(place)
    ]

    for place in places:
        with shared_world.unchanged():
            for role in outsiders(shared_world).keys() & allowed:
                token = outsiders(shared_world)[role].token
                reply = shared_world.call(token, endpoint, put(whole, place, hidden))
                if name_of(endpoint) in ONE_BY_ONE:
                    assert reply.json["counts"]["changed"] == 0, reply.text
                else:
                    assert (reply.status, reply.code) == (404, "NOT_FOUND"), f"{place}: {reply.text}"


def _is_a_ticket(place: tuple[str | int, ...]) -> bool:
    names = [name for name in place if isinstance(name, str)]
    return bool(names) and IDS.get(names[-1]) in {"ticket_id", "other_id"}


@for_each("endpoint", READING, name_of)
@pytest.mark.parametrize("query", ["", "?query=901", "?query=TKT-2026-00901", "?query=canary", "?tag=canary"])
def test_case_16_no_list_tells_of_a_hidden_ticket(
    shared_world: World, endpoint: Endpoint, query: str
) -> None:
    for person in outsiders(shared_world).values():
        path = endpoint.path.format(
            **{name: _own(shared_world, endpoint, name) for name in endpoint.path_types}
        )
        reply = shared_world.api.with_token(person.token).get(path + query)
        assert reply.status in (200, 403, 404, 422), reply.text
        assert not tells_of_it(shared_world, reply), reply.text


def _own(world: World, endpoint: Endpoint, name: str) -> object:
    known: dict[str, object] = {"workspace": "acme", "name": "x", "tag": "canary"}
    return known.get(name) or world.acme.ids.get(name, UUID(int=0))
