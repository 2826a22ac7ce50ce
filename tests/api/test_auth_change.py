"""POST /v1/auth/password/change: with the current password only, and the other sessions end."""

from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.post import Post

NEW = "amber ladder cloud"


def login(api: Api, cast: Cast, password: str) -> Reply:
    return api.post("/v1/auth/login", {"email": cast.carol.email, "password": password})


def change(api: Api, **body: Any) -> Reply:
    return api.post("/v1/auth/password/change", {"new_password": NEW, **body})


@pytest.fixture
def session(api: Api, cast: Cast) -> dict[str, Any]:
    """Carol's, as sign-in gave it."""
    return dict(login(api, cast, cast.carol.password).json)


@pytest.fixture
def carol(api: Api, session: dict[str, Any]) -> Api:
    return api.with_token(session["access_token"])


def test_the_new_password_is_good_and_the_old_one_is_not(api: Api, cast: Cast, carol: Api) -> None:
    reply = change(carol, current_password=cast.carol.password)

    assert (reply.status, reply.text) == (204, "")
    assert login(api, cast, NEW).status == 200
    assert login(api, cast, cast.carol.password).status == 401


def test_this_session_goes_on_and_the_others_end(
    api: Api, cast: Cast, carol: Api, session: dict[str, Any]
) -> None:
    other = login(api, cast, cast.carol.password).json

    change(carol, current_password=cast.carol.password)

    assert api.post("/v1/auth/refresh", {"refresh_token": other["refresh_token"]}).status == 401
    assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 200
    assert carol.get("/v1/auth/me").status == 200


@pytest.mark.parametrize("body", [{}, {"current_password": None}, {"current_password": "wrong one here"}])
def test_11_without_the_current_one_it_is_forbidden(
    api: Api, cast: Cast, carol: Api, body: dict[str, Any]
) -> None:
    reply = change(carol, **body)

    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert login(api, cast, cast.carol.password).status == 200


def test_11_without_a_token_nobody_is_known(api: Api, cast: Cast) -> None:
    assert change(api, current_password=cast.carol.password).status == 401


def test_who_has_no_password_cannot_change_it(cast: Cast, database: Database, carol: Api) -> None:
    database.run("UPDATE users SET password_hash = NULL WHERE id = :u", u=cast.carol.id)

    assert change(carol, current_password=cast.carol.password).status == 403


@pytest.mark.parametrize("password", ["short", "password123", "carol@customers.example"])
def test_a_password_that_may_not_be_chosen_is_refused(
    api: Api, cast: Cast, carol: Api, password: str
) -> None:
    reply = change(carol, current_password=cast.carol.password, new_password=password)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "new_password")
    assert login(api, cast, cast.carol.password).status == 200


def test_wrong_ones_are_counted_by_account(cast: Cast, carol: Api) -> None:
    wrong = [change(carol.at(f"198.51.100.{n}"), current_password="wrong one here") for n in range(11)]
    right = change(carol.at("198.51.100.99"), current_password=cast.carol.password)

    assert [reply.status for reply in wrong] == [403] * 10 + [429]
    assert right.status == 429
    assert int(right.headers["retry-after"]) > 0


def test_it_ends_what_was_mailed_before(api: Api, cast: Cast, carol: Api, post: Post) -> None:
    api.post("/v1/auth/password/forgot", {"email": cast.carol.email})
    token = post.token(cast.carol.email)

    change(carol, current_password=cast.carol.password)

    assert api.post("/v1/auth/password/reset", {"token": token, "password": NEW}).status == 410


def test_the_owner_is_told_by_mail(cast: Cast, carol: Api, post: Post) -> None:
    change(carol, current_password=cast.carol.password)

    assert post.last(cast.carol.email)["Subject"] == "Your password at Acme was changed"
