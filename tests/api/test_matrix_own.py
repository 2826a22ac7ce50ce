"""Every route on one's own things, by every role that may call it: answered, with nothing foreign. Those that
read are in test_matrix_own_read.py."""

import pytest

from chalicelib.accounts.permissions import Role
from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support.cast import token_for
from tests.support.database import Database
from tests.support.specimens import is_public, name_of, routes
from tests.support.world import World

PRIVATE = [endpoint for endpoint in routes() if not is_public(endpoint)]
WRITTEN = [endpoint for endpoint in PRIVATE if endpoint.method != "GET"]


@pytest.mark.parametrize("endpoint", WRITTEN, ids=name_of)
def test_who_may_call_it_is_answered_and_shown_nothing_of_another_tenant(
    world: World, endpoint: Endpoint
) -> None:
    """Some answers are refusals of the room: a state that does not allow it, a version that is old."""
    world.answers_its_roles(endpoint)


def test_most_routes_do_what_they_are_asked_for_by_somebody(world: World) -> None:
    """Else the test above would prove little."""
    done = set()
    # What is deleted is not found by those that come after.
    for endpoint in sorted(PRIVATE, key=lambda each: each.method == "DELETE"):
        for role in access.roles_for(endpoint.method, endpoint.path):
            if world.call(world.roles[role].token, endpoint).status < 300:
                done.add(name_of(endpoint))
    assert len(done) >= len(PRIVATE) * 2 / 3, {name_of(endpoint) for endpoint in PRIVATE} - done


def test_5_a_deactivated_user_is_nobody_at_the_next_call(database: Database, world: World) -> None:
    database.run(
        "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u", u=world.cast.ana.id
    )
    token = token_for(world.cast.acme, world.cast.ana.id, Role.AGENT)

    codes = {
        world.call(token, endpoint).code
        for endpoint in PRIVATE
        if Role.AGENT in access.roles_for(endpoint.method, endpoint.path)
    }

    assert codes == {"UNAUTHENTICATED"}
