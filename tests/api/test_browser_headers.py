"""What every answer tells browsers, whatever it answers (OWASP ASVS 5.0, 3.4)."""

import pytest

from chalicelib.api.cors import FOR_BROWSERS
from chalicelib.api.endpoint import Endpoint
from tests.support.for_each import for_each
from tests.support.specimens import is_public, name_of, routes
from tests.support.world import World


@for_each("endpoint", [each for each in routes() if not is_public(each)], name_of)
def test_a_private_answer_is_neither_kept_nor_framed_nor_guessed_at(
    shared_world: World, endpoint: Endpoint
) -> None:
    if endpoint.method == "GET":
        reply = shared_world.call(shared_world.cast.ada.token, endpoint)
    else:
        reply = shared_world.call(shared_world.cast.carol.token, endpoint, {"nonsense": True})

    if reply.code != "FORBIDDEN":  # of which the gateway's own are no answers of ours
        assert {name: reply.headers[name.lower()] for name in FOR_BROWSERS} == FOR_BROWSERS


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/rate", "/unsubscribe"])
def test_a_page_has_a_policy_of_its_own_and_the_rest_alike(shared_world: World, path: str) -> None:
    headers = shared_world.api.get(path).headers

    policy = headers["content-security-policy"]
    assert all(part in policy for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"))
    for name in ("Strict-Transport-Security", "Referrer-Policy", "X-Content-Type-Options"):
        assert headers[name.lower()] == FOR_BROWSERS[name]


def test_a_year_of_https_for_every_name_below() -> None:
    assert FOR_BROWSERS["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
