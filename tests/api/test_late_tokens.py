"""API Gateway keeps the authorizer's answer for a minute, past the end of a token: the API looks again."""

import json
import time
from typing import Any

import pytest

from benchmarks.gateway import proxy_event
from tests.support.api import Api
from tests.support.cast import Cast


def call(api: Api, cast: Cast, seconds: int) -> Any:
    """As the gateway hands it on, with a token that ends in so many seconds."""
    event = proxy_event("GET", "/v1/auth/me", caller=cast.ada)
    event["requestContext"]["authorizer"]["exp"] = str(int(time.time()) + seconds)
    answer = api.app(event, None)
    return answer["statusCode"], json.loads(answer["body"]).get("code")


@pytest.mark.parametrize("late", [0, -1, -59, -3600])
def test_a_token_that_ended_while_its_policy_was_kept_is_refused(api: Api, cast: Cast, late: int) -> None:
    assert call(api, cast, late) == (401, "UNAUTHENTICATED")


def test_one_that_lives_still_is_not(api: Api, cast: Cast) -> None:
    assert call(api, cast, 30) == (200, None)
