"""Every route that reads one's own things, by every role that may call it: answered, with nothing foreign.
What only reads leaves the world to the next as it found it."""

from chalicelib.api.endpoint import Endpoint
from tests.support.for_each import for_each
from tests.support.specimens import is_public, name_of, routes
from tests.support.world import World

READ = [endpoint for endpoint in routes() if not is_public(endpoint) and endpoint.method == "GET"]


@for_each("endpoint", READ, ids=name_of)
def test_who_may_read_it_is_answered_and_shown_nothing_of_another_tenant(
    shared_world: World, endpoint: Endpoint
) -> None:
    shared_world.answers_its_roles(endpoint)
