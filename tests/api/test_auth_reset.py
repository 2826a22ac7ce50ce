"""POST /v1/auth/password/reset: a new password for a mailed token, once, within the hour."""

import logging

import pytest

from tests.conftest import Queue
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.mailbox import text_of
from tests.support.post import Post

NEW = "amber ladder cloud"


@pytest.fixture
def token(api: Api, cast: Cast, post: Post) -> str:
    """Ana's, fresh from her mail."""
    api.post("/v1/auth/password/forgot", {"email": cast.ana.email})
    return post.token(cast.ana.email)


def reset(api: Api, token: str, password: str = NEW) -> Reply:
    return api.post("/v1/auth/password/reset", {"token": token, "password": password})


def login(api: Api, who: Person, password: str) -> Reply:
    return api.post("/v1/auth/login", {"email": who.email, "password": password})


def test_the_new_password_is_good_and_the_old_one_is_not(api: Api, cast: Cast, token: str) -> None:
    reply = reset(api, token)

    assert (reply.status, reply.text) == (204, "")
    assert login(api, cast.ana, NEW).status == 200
    assert login(api, cast.ana, cast.ana.password).status == 401


def test_all_sessions_end(api: Api, cast: Cast, token: str) -> None:
    sessions = [login(api, cast.ana, cast.ana.password).json for _ in range(2)]
    others = login(api, cast.ben, cast.ben.password).json

    reset(api, token)

    for session in sessions:
        assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 401
    assert api.post("/v1/auth/refresh", {"refresh_token": others["refresh_token"]}).status == 200


def test_a_token_is_good_once(api: Api, cast: Cast, token: str) -> None:
    reset(api, token)

    again = reset(api, token, "another ladder cloud")

    assert (again.status, again.code) == (410, "GONE")
    assert login(api, cast.ana, NEW).status == 200


def test_a_token_lives_for_an_hour(api: Api, cast: Cast, database: Database, token: str) -> None:
    life = database.value(
        "SELECT t.expires_at - e.created_at AS life FROM one_time_tokens t JOIN events e ON e.id = t.event_id"
    )
    assert life.total_seconds() == 3600
    database.run("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'")

    late = reset(api, token)

    assert (late.status, late.code) == (410, "GONE")
    assert login(api, cast.ana, cast.ana.password).status == 200


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "A" * 4096])
def test_10_a_token_that_is_none_is_not_found(api: Api, cast: Cast, token: str) -> None:
    reply = reset(api, token)

    assert (reply.status, reply.code) == (404, "NOT_FOUND")


def test_a_token_for_something_else_is_not_found(api: Api, cast: Cast, post: Post) -> None:
    api.with_token(cast.ada.token).post(
        "/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent"}
    )

    assert reset(api, post.token("eve@acme.example")).status == 404


def test_a_password_that_may_not_be_chosen_leaves_the_token_good(api: Api, cast: Cast, token: str) -> None:
    for password in ("short", "password123", cast.ana.email):
        refused = reset(api, token, password)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "password")

    assert reset(api, token).status == 204


def test_whoever_was_deactivated_meanwhile_has_no_use_for_it(api: Api, cast: Cast, token: str) -> None:
    api.with_token(cast.ada.token).post(f"/v1/users/{cast.ana.id}/deactivate")

    assert reset(api, token).status == 410


@pytest.mark.parametrize("change", ["status = 'deactivated'", "status = 'invited'"])
def test_a_token_that_outlived_its_account_opens_nothing(
    api: Api, cast: Cast, database: Database, token: str, change: str
) -> None:
    """Past the app, which ends tokens with the account."""
    database.run(f"UPDATE users SET {change} WHERE id = :u", u=cast.ana.id)

    assert reset(api, token).code == "GONE"


@pytest.mark.parametrize("change", [{"email": "ana2@acme.example"}, {"password": "violet staple horse"}])
def test_a_new_email_or_password_by_an_admin_ends_it(
    api: Api, cast: Cast, token: str, change: dict[str, str]
) -> None:
    """The mailbox that holds it may be somebody else's by now."""
    assert api.with_token(cast.ada.token).patch(f"/v1/users/{cast.ana.id}", change).status == 200

    assert reset(api, token).status == 410


def test_it_proves_the_mailbox_too(api: Api, cast: Cast, database: Database, token: str) -> None:
    reset(api, token)

    verified = "SELECT email_verified_at IS NOT NULL AS so FROM users WHERE id = :u"
    assert database.value(verified, u=cast.ana.id)


def test_the_owner_is_told_by_mail(api: Api, cast: Cast, post: Post, token: str) -> None:
    reset(api, token)

    mail = post.last(cast.ana.email)
    assert mail["Subject"] == "Your password at Acme was changed"
    assert "If it was not you" in text_of(mail)
    assert token not in mail.as_string()


def test_guesses_are_throttled_by_address(api: Api, cast: Cast) -> None:
    statuses = [reset(api, "A" * 43).status for _ in range(31)]

    assert statuses == [404] * 30 + [429]
    assert reset(api.at("198.51.100.9"), "A" * 43).status == 404


def test_the_token_is_nowhere_but_in_the_mail(
    api: Api,
    cast: Cast,
    database: Database,
    queue: Queue,
    post: Post,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG, logger="chalicelib"):
        api.post("/v1/auth/password/forgot", {"email": cast.ana.email})
        token = post.token(cast.ana.email)
        reset(api, token)
        post.arrive()

    tables = [
        row["relname"]
        for row in database.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    ]
    for table in tables:
        found = database.value(f"SELECT count(*) AS n FROM {table} t WHERE t::text LIKE :c", c=f"%{token}%")
        assert found == 0, table
    assert token not in str(post.told)
    assert token not in caplog.text
    assert token not in "".join(capsys.readouterr())


def test_it_is_in_the_audit_log(api: Api, cast: Cast, token: str) -> None:
    reset(api, token)

    entries = api.with_token(cast.ada.token).get("/v1/audit-log").json["items"]
    assert "password.reset" in [entry["action"] for entry in entries]
