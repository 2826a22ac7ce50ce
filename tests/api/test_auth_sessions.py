"""POST /v1/auth/refresh and /logout: one use a token, a family that ends with the first replay."""

from typing import Any

import pytest

from chalicelib.api.schemas.auth import Tokens
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person
from tests.support.database import Database


def session(api: Api, who: Person) -> dict[str, Any]:
    """What signing in answers."""
    return dict(api.post("/v1/auth/login", {"email": who.email, "password": who.password}).json)


def refresh(api: Api, token: str) -> Reply:
    return api.post("/v1/auth/refresh", {"refresh_token": token})


def refresh_of(api: Api, begun: dict[str, Any]) -> Reply:
    return refresh(api, begun["refresh_token"])


def test_a_refresh_token_gives_the_next_pair(api: Api, cast: Cast) -> None:
    begun = session(api, cast.ana)

    reply = refresh_of(api, begun)

    assert reply.status == 200
    next_pair = reply.read(Tokens)
    assert next_pair["refresh_token"] != begun["refresh_token"]
    assert next_pair["access_token"] != begun["access_token"]
    assert reply.json["user"] == begun["user"]
    assert api.with_token(next_pair["access_token"]).get("/v1/auth/me").json["email"] == cast.ana.email


def test_a_family_goes_on(api: Api, cast: Cast) -> None:
    token = session(api, cast.ana)["refresh_token"]

    for _ in range(5):
        reply = refresh(api, token)
        token = reply.json["refresh_token"]

    assert reply.status == 200


def test_12_a_replay_ends_the_family_and_no_other(api: Api, cast: Cast) -> None:
    stolen, other = session(api, cast.ana), session(api, cast.ana)
    successor = refresh_of(api, stolen).json

    replay = refresh_of(api, stolen)

    assert (replay.status, replay.code) == (401, "UNAUTHENTICATED")
    assert refresh_of(api, successor).status == 401
    assert refresh_of(api, other).status == 200


def test_it_carries_the_role_of_today(api: Api, cast: Cast, database: Database) -> None:
    begun = session(api, cast.ana)
    database.run("UPDATE users SET role = 'dispatcher' WHERE id = :u", u=cast.ana.id)

    refreshed = refresh_of(api, begun).json

    assert refreshed["user"]["role"] == "dispatcher"
    assert api.with_token(refreshed["token"]).post("/v1/tickets/x/transfer", {}).status == 422


def test_an_expired_one_is_refused_and_the_family_lives(api: Api, cast: Cast, database: Database) -> None:
    begun = session(api, cast.ana)
    database.run("UPDATE refresh_tokens SET expires_at = now() - interval '1 second'")

    reply = refresh_of(api, begun)

    assert reply.status == 401
    assert database.value("SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NOT NULL") == 0


def test_it_lives_thirty_days(api: Api, cast: Cast, database: Database) -> None:
    session(api, cast.ana)

    assert database.value("SELECT expires_at - created_at FROM refresh_tokens").days == 30


def test_a_family_ends_ninety_days_after_its_sign_in(api: Api, cast: Cast, database: Database) -> None:
    """However often it was used: its successors live no longer than it."""
    begun = session(api, cast.ana)
    database.run("UPDATE refresh_tokens SET family_id = uuidv7(interval '-80 days')")

    reply = refresh_of(api, begun)

    left = database.value("SELECT max(expires_at) FILTER (WHERE used_at IS NULL) - now() FROM refresh_tokens")
    assert reply.status == 200
    assert left.days == 9


def test_5_a_deactivated_user_is_refused_and_the_family_ends(
    api: Api, cast: Cast, database: Database
) -> None:
    begun = session(api, cast.ana)
    database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ana.id)

    reply = refresh_of(api, begun)
    database.run("UPDATE users SET status = 'active' WHERE id = :u", u=cast.ana.id)

    assert reply.status == 401
    assert refresh_of(api, begun).status == 401


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 43, "A" * 500, "' OR 1=1 --"])
def test_what_is_no_refresh_token_is_refused(api: Api, cast: Cast, token: str) -> None:
    reply = refresh(api, token)

    assert (reply.status, reply.code) == (401, "UNAUTHENTICATED")


def test_3_an_access_token_is_no_refresh_token_nor_the_other_way_round(api: Api, cast: Cast) -> None:
    begun = session(api, cast.ana)

    assert refresh(api, begun["access_token"]).status == 401
    assert api.with_token(begun["refresh_token"]).get("/v1/auth/me").status == 401


def test_all_refusals_sound_alike(api: Api, cast: Cast, database: Database) -> None:
    expired, used, revoked = session(api, cast.ana), session(api, cast.ben), session(api, cast.carol)
    database.run("UPDATE refresh_tokens SET expires_at = now() WHERE user_id = :u", u=cast.ana.id)
    refresh_of(api, used)
    api.with_token(revoked["token"]).post("/v1/auth/logout", {})

    refusals = [refresh_of(api, expired), refresh_of(api, used), refresh_of(api, revoked), refresh(api, "x")]

    assert {reply.json["detail"] for reply in refusals} == {
        "This refresh token is not valid any more. Sign in again."
    }


def test_sixty_a_minute_from_one_address(api: Api, cast: Cast) -> None:
    replies = [refresh(api, "x") for _ in range(61)]

    assert [reply.status for reply in replies] == [401] * 60 + [429]
    assert int(replies[-1].headers["retry-after"]) <= 60


def test_logout_ends_the_session_of_its_access_token(api: Api, cast: Cast) -> None:
    begun, other = session(api, cast.ana), session(api, cast.ana)

    reply = api.with_token(begun["token"]).post("/v1/auth/logout")

    assert (reply.status, reply.text) == (204, "")
    assert refresh_of(api, begun).status == 401
    assert refresh_of(api, other).status == 200


def test_logout_after_refreshes_ends_the_whole_family(api: Api, cast: Cast) -> None:
    begun = session(api, cast.ana)
    successor = refresh_of(api, begun).json

    api.with_token(begun["token"]).post("/v1/auth/logout", {})

    assert refresh_of(api, successor).status == 401


def test_logout_ends_the_session_that_it_names(api: Api, cast: Cast) -> None:
    begun = session(api, cast.ana)

    reply = api.with_token(cast.ana.token).post("/v1/auth/logout", {"refresh_token": begun["refresh_token"]})

    assert reply.status == 204
    assert refresh_of(api, begun).status == 401


def test_logout_everywhere_ends_all_of_the_callers(api: Api, cast: Cast) -> None:
    mine = [session(api, cast.ana) for _ in range(3)]
    bens = session(api, cast.ben)

    reply = api.with_token(cast.ana.token).post("/v1/auth/logout", {"everywhere": True})

    assert reply.status == 204
    assert [refresh_of(api, each).status for each in mine] == [401] * 3
    assert refresh_of(api, bens).status == 200


@pytest.mark.parametrize("who", ["ben", "mallory"])
def test_nobody_logs_another_out(api: Api, cast: Cast, who: str) -> None:
    begun = session(api, cast.ana)

    reply = api.with_token(getattr(cast, who).token).post(
        "/v1/auth/logout", {"refresh_token": begun["refresh_token"]}
    )

    assert reply.status == 204
    assert refresh_of(api, begun).status == 200


class TestAccessTokensOfASession:
    """What a signed token says is true until it is over; that its session ended counts at the next call."""

    def test_case_12_after_logout_they_open_nothing(self, api: Api, cast: Cast) -> None:
        begun = session(api, cast.ana)
        successor = refresh_of(api, begun).json
        other = session(api, cast.ana)

        api.with_token(begun["token"]).post("/v1/auth/logout", {})

        assert [me(api, each) for each in (begun, successor, other)] == [401, 401, 200]

    def test_case_12_after_logout_everywhere_none_does(self, api: Api, cast: Cast) -> None:
        mine, bens = [session(api, cast.ana) for _ in range(2)], session(api, cast.ben)

        api.with_token(mine[0]["token"]).post("/v1/auth/logout", {"everywhere": True})

        assert [me(api, each) for each in (*mine, bens)] == [401, 401, 200]

    def test_case_12_a_replay_ends_those_of_its_family_and_no_other(self, api: Api, cast: Cast) -> None:
        begun, other = session(api, cast.ana), session(api, cast.ana)
        successor = refresh_of(api, begun).json

        refresh_of(api, begun)

        assert [me(api, each) for each in (begun, successor, other)] == [401, 401, 200]

    def test_logout_twice_knows_nobody_the_second_time(self, api: Api, cast: Cast) -> None:
        caller = api.with_token(session(api, cast.ana)["token"])

        assert [caller.post("/v1/auth/logout", {}).status for _ in range(2)] == [204, 401]

    def test_a_session_of_one_says_nothing_about_another(self, api: Api, cast: Cast) -> None:
        """A refresh does not end the access token that it follows: calls under way go on."""
        begun = session(api, cast.ana)

        refresh_of(api, begun)

        assert me(api, begun) == 200


def me(api: Api, begun: dict[str, Any]) -> int:
    return api.with_token(begun["token"]).get("/v1/auth/me").status


def test_logout_needs_a_caller(api: Api) -> None:
    assert api.post("/v1/auth/logout", {"everywhere": True}).status == 401
