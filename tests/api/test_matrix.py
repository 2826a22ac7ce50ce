"""Every route × role × tenant, walked from the route table, so that a new route is in it at once (rule 5).

Hostile cases 14, 15, 18, 19, and what comes before: no token, another method, a role that was taken away.
Whatever is refused here changes nothing, so all of it happens in one world.
"""

import json
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest

from app import app
from chalicelib.accounts.permissions import STAFF, Role
from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from chalicelib.api.schemas.integrations import InboundCall
from tests.support.api import Reply
from tests.support.cast import token_for
from tests.support.for_each import for_each
from tests.support.specimens import IDS, address, body, body_schema, is_public, leaves, name_of, put, routes
from tests.support.world import World

ROUTES = routes()
PRIVATE = [endpoint for endpoint in ROUTES if not is_public(endpoint)]
WITH_BODY = [endpoint for endpoint in ROUTES if body_schema(endpoint)]
# What others send is theirs to shape; who did not sign it hears nothing of it.
SHAPED = [endpoint for endpoint in WITH_BODY if endpoint.body is not InboundCall]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What says which tickets are meant: one that is not there is not among them (tests/tickets/test_bulk.py).
MEANING: dict[str, set[tuple[str | int, ...]]] = {
    "POST /v1/tickets/bulk": {("filter",), ("ticket_ids",)},
    # The same (tests/analytics/test_exports.py).
    "POST /v1/exports": {("filter",), ("user_filter",)},
    # A policy that is copied brings along the ids of its steps, and its copies get their own.
    "POST /v1/sla-policies": {("escalations", 0, "id")},
}


def allowed(endpoint: Endpoint) -> frozenset[Role]:
    return access.roles_for(endpoint.method, endpoint.path)


def outcome(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.code


def foreign_paths(endpoint: Endpoint, world: World) -> Iterator[dict[str, UUID]]:
    """The ids of a path, each foreign or own, at least one of them foreign."""
    names = [name for name, kind in endpoint.path_types.items() if kind is UUID]
    for sources in product((world.acme, world.globex), repeat=len(names)):
        if world.globex in sources:
            yield {name: source.ids[name] for name, source in zip(names, sources, strict=True)}


class TestPrivateRoutes:
    @for_each("endpoint", PRIVATE, name_of)
    def test_case_14_what_is_another_tenants_is_not_found_and_not_touched(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        with shared_world.unchanged():
            for path in foreign_paths(endpoint, shared_world):
                for role, person in shared_world.roles.items():
                    reply = shared_world.call(person.token, endpoint, **path)
                    expected = (404, "NOT_FOUND") if role in allowed(endpoint) else (403, "FORBIDDEN")
                    assert outcome(reply) == expected, f"{role}: {reply.text}"
                    assert "canary" not in reply.text

    @for_each("endpoint", PRIVATE, name_of)
    def test_case_15_an_id_of_another_tenant_in_a_body_is_not_found(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        fields = leaves(body_schema(endpoint) or {"type": "object", "properties": {}})
        whole = body(endpoint, shared_world.acme.ids)

        with shared_world.unchanged():
            apart = MEANING.get(name_of(endpoint), set())
            places = [place for place, leaf in fields if leaf.get("format") == "uuid"]
            for place in [place for place in places if not {place[:1], place} & apart]:
                foreign = shared_world.globex.ids[IDS[[part for part in place if isinstance(part, str)][-1]]]
                reply = shared_world.call(
                    shared_world.cast.ada.token, endpoint, put(whole, place, str(foreign))
                )
                assert outcome(reply) == (404, "NOT_FOUND"), f"{place}: {reply.text}"

    @for_each("endpoint", PRIVATE, name_of)
    def test_case_18_a_role_that_may_not_call_it_is_refused_before_anything_happens(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        with shared_world.unchanged():
            for role in shared_world.roles.keys() - allowed(endpoint):
                reply = shared_world.call(shared_world.roles[role].token, endpoint)
                assert outcome(reply) == (403, "FORBIDDEN"), role

    @for_each("endpoint", PRIVATE, name_of)
    def test_case_18_a_role_that_was_taken_away_counts_no_more_whatever_the_token_says(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        """Past the authorizer, whose answer is kept for a minute: Carol was an admin when she signed in."""
        once_admin = token_for(shared_world.cast.acme, shared_world.cast.carol.id, Role.ADMIN)

        if Role.CUSTOMER not in allowed(endpoint):
            with shared_world.unchanged():
                assert outcome(shared_world.call(once_admin, endpoint)) == (403, "FORBIDDEN")

    @for_each("endpoint", PRIVATE, name_of)
    def test_without_a_token_of_ours_nobody_is_known(self, shared_world: World, endpoint: Endpoint) -> None:
        forged = shared_world.cast.ada.token[:-8] + "AAAAAAAA"

        with shared_world.unchanged():
            for token in (None, "nonsense", forged):
                assert outcome(shared_world.call(token, endpoint)) == (401, "UNAUTHENTICATED")

    @for_each("endpoint", PRIVATE, name_of)
    def test_a_token_is_good_in_its_own_workspace_only(self, shared_world: World, endpoint: Endpoint) -> None:
        """Mallory is nobody at Acme, were she to have a token that says so."""
        stranger = token_for(shared_world.cast.acme, shared_world.cast.mallory.id, Role.ADMIN)

        with shared_world.unchanged():
            assert outcome(shared_world.call(stranger, endpoint)) == (401, "UNAUTHENTICATED")


class TestBodies:
    @for_each("endpoint", SHAPED, name_of)
    def test_the_specimen_is_a_good_one(self, shared_world: World, endpoint: Endpoint) -> None:
        """Else the refusals of these tests would prove nothing."""
        whole = json.dumps(body(endpoint, shared_world.acme.ids))

        assert endpoint.body.model_validate_json(whole, strict=True)

    @for_each("endpoint", SHAPED, name_of)
    def test_case_19_a_body_decides_neither_role_nor_workspace(
        self, shared_world: World, endpoint: Endpoint
    ) -> None:
        """A role is given to users by admins, and nowhere else."""
        foreign = {"workspace_id": str(shared_world.cast.globex), "role": "admin", "is_admin": True}
        whole = body(endpoint, shared_world.acme.ids)

        with shared_world.unchanged():
            for field in foreign.keys() - whole.keys():
                reply = shared_world.call(
                    shared_world.cast.ada.token, endpoint, {**whole, field: foreign[field]}
                )
                assert outcome(reply) == (422, "VALIDATION_ERROR")
                assert [problem["field"] for problem in reply.json["errors"]] == [field]

        assert "workspace_id" not in whole
        assert "role" not in whole or allowed(endpoint) == {Role.ADMIN}


class TestTable:
    def test_there_is_much_that_customers_may_not_call(self) -> None:
        assert len([endpoint for endpoint in PRIVATE if allowed(endpoint) <= STAFF]) >= 15

    def test_what_is_changed_is_seen_whoever_changed_it(self, shared_world: World) -> None:
        """Else these tests would prove nothing."""
        rename = "UPDATE users SET name = :name WHERE id = :id"
        carol = shared_world.cast.carol

        with shared_world.database.another() as other:
            with pytest.raises(AssertionError), shared_world.unchanged():
                other.run(rename, id=carol.id, name="Caroline")
            with pytest.raises(AssertionError), shared_world.unchanged():
                other.run(rename, id=carol.id, name=carol.name)
            with shared_world.unchanged():
                other.run("BEGIN")
                other.run(rename, id=carol.id, name="Caroline")
                other.run("ROLLBACK")

    @for_each("path", sorted(app.routes))
    def test_another_method_is_not_allowed(self, shared_world: World, path: str) -> None:
        endpoint = next(each for each in ROUTES if each.path == path)
        place = address(endpoint, "acme", shared_world.acme.ids)
        api = shared_world.api.with_token(shared_world.cast.ada.token)

        with shared_world.unchanged():
            for method in (method for method in METHODS if method not in app.routes[path]):
                assert outcome(api.request(method, place)) == (405, "METHOD_NOT_ALLOWED")
