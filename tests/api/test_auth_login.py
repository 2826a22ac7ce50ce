"""POST /v1/auth/login: who proves the password gets tokens; who does not learns nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import bcrypt
import pytest
from sqlalchemy import event

from chalicelib.accounts.passwords import hash_password
from chalicelib.api.schemas.auth import Tokens
from chalicelib.core.db import engine
from tests.support.api import Api, Reply
from tests.support.cast import Cast, person, signing_secret
from tests.support.database import Database
from tests.support.for_each import for_each

PASSWORD = "violet staple horse"


@pytest.fixture(autouse=True)
def everybody(cast: Cast) -> None:
    """The cast is there, whoever signs in."""


def login(api: Api, email: str, password: str, workspace: str | None = None) -> Reply:
    body = {"email": email, "password": password}
    return api.post("/v1/auth/login", body if workspace is None else {**body, "workspace": workspace})


def give_password(database: Database, email: str, password: str, workspace: Any = None) -> None:
    made = hash_password(password, signing_secret().pepper, 4, email)
    database.run(
        "UPDATE users SET password_hash = :h WHERE email = :e AND (:w::uuid IS NULL OR workspace_id = :w)",
        h=made,
        e=email,
        w=workspace,
    )


def also_at_globex(database: Database, cast: Cast, password: str) -> None:
    """Ada has an account at Globex too."""
    ada = person(database, cast.globex, "Ada", "agent", "acme.example")
    give_password(database, ada.email, password, cast.globex)


def test_it_answers_tokens_and_who_signed_in(api: Api, cast: Cast) -> None:
    reply = login(api, cast.ana.email, cast.ana.password)

    assert reply.status == 200
    tokens = reply.read(Tokens)
    assert tokens["token"] == tokens["access_token"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert reply.json["user"] == {
        **cast.ana.ref,
        "role": "agent",
        "workspace": {"id": str(cast.acme), "slug": "acme", "name": "Acme"},
    }


def test_its_access_token_is_good(api: Api, cast: Cast) -> None:
    token = login(api, cast.carol.email, cast.carol.password).json["access_token"]

    assert api.with_token(token).get("/v1/auth/me").json["id"] == str(cast.carol.id)


@pytest.mark.parametrize("email", ["ADA@ACME.example", "  ada@acme.example\n", "Ada@Acme.Example"])
@pytest.mark.parametrize("workspace", [None, "acme", " ACME "])
def test_email_and_workspace_are_taken_as_people_type_them(
    api: Api, cast: Cast, email: str, workspace: str
) -> None:
    assert login(api, email, cast.ada.password, workspace).json["user"]["id"] == str(cast.ada.id)


def test_spaces_around_a_password_belong_to_it(api: Api, cast: Cast, database: Database) -> None:
    give_password(database, cast.ada.email, "  violet horse  ")

    assert login(api, cast.ada.email, "  violet horse  ").status == 200
    assert login(api, cast.ada.email, "violet horse").status == 401


@pytest.mark.parametrize("password", ["x" * 72 + "y", "\U0001f600" * 64, "ñ" * 100])
def test_7_long_passwords_count_to_their_last_character(
    api: Api, cast: Cast, database: Database, password: str
) -> None:
    give_password(database, cast.ada.email, password)

    assert login(api, cast.ada.email, password).status == 200
    assert login(api, cast.ada.email, password[:-1]).status == 401
    assert login(api, cast.ada.email, password[:-1] + "!").status == 401


def test_7_a_password_with_nul_is_refused_not_cut(api: Api, cast: Cast) -> None:
    reply = login(api, cast.ada.email, f"{cast.ada.password}\0tail")

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "password")


Credentials = tuple[str, str, str | None]
Arrangement = Callable[[Cast, Database], Credentials]


def unknown(cast: Cast, database: Database) -> Credentials:
    return "nobody@acme.example", cast.ada.password, None


def no_address(cast: Cast, database: Database) -> Credentials:
    return "' OR 1=1 --", cast.ada.password, None


def wrong_password(cast: Cast, database: Database) -> Credentials:
    return cast.ada.email, PASSWORD, None


def wrong_in_two(cast: Cast, database: Database) -> Credentials:
    give_password(database, cast.ada.email, cast.ada.password)
    also_at_globex(database, cast, PASSWORD)
    return cast.ada.email, "neither of them", None


def wrong_workspace(cast: Cast, database: Database) -> Credentials:
    return cast.ada.email, cast.ada.password, "globex"


def unknown_workspace(cast: Cast, database: Database) -> Credentials:
    return cast.ada.email, cast.ada.password, "no such place"


def deactivated(cast: Cast, database: Database) -> Credentials:
    database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ana.id)
    return cast.ana.email, cast.ana.password, None


def invited(cast: Cast, database: Database) -> Credentials:
    database.run("UPDATE users SET status = 'invited', password_hash = NULL WHERE id = :u", u=cast.ana.id)
    return cast.ana.email, cast.ana.password, None


def deleted(cast: Cast, database: Database) -> Credentials:
    database.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=cast.ana.id)
    return cast.ana.email, cast.ana.password, None


def too_long(cast: Cast, database: Database) -> Credentials:
    return cast.ada.email, "x" * 2000, None


FAILURES = [
    unknown, no_address, wrong_password, wrong_in_two, wrong_workspace, unknown_workspace, deactivated,
    invited, deleted, too_long,
]  # fmt: skip


@pytest.fixture
def work(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a request costs: its bcrypts and its statements, in order."""
    done: list[str] = []
    hashing = bcrypt.hashpw

    def counting(password: bytes, salt: bytes) -> bytes:
        done.append(f"bcrypt at {salt[4:6].decode()}")
        return hashing(password, salt)

    def telling(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        done.extend(re.findall(r"fn_[a-z_]+", statement) or [statement])

    monkeypatch.setattr(bcrypt, "hashpw", counting)
    event.listen(engine(), "before_cursor_execute", telling)
    yield done
    event.remove(engine(), "before_cursor_execute", telling)


@pytest.mark.parametrize("arrange", FAILURES)
def test_8_every_failure_answers_the_same_after_the_same_work(
    api: Api, cast: Cast, database: Database, work: list[str], arrange: Arrangement
) -> None:
    known = login(api, "nobody@else.example", "whatever it is")
    email, password, workspace = arrange(cast, database)
    work.clear()

    reply = login(api, email, password, workspace)

    assert (reply.status, reply.code) == (401, "INVALID_CREDENTIALS")
    assert same(reply) == same(known)
    assert work == [
        "fn_throttle", "fn_throttle_left", "fn_sign_in_candidates", "bcrypt at 04", "fn_throttle",
        "fn_audit_failed_sign_in",
    ]  # fmt: skip


def same(reply: Reply) -> tuple[int, dict[str, Any], set[str]]:
    """All of an answer but what differs from one to the next anyway."""
    return reply.status, {**reply.json, "request_id": None}, set(reply.headers)


def test_8_one_bcrypt_answers_for_all_workspaces_of_an_email(
    api: Api, cast: Cast, database: Database, work: list[str]
) -> None:
    give_password(database, cast.ada.email, cast.ada.password)
    also_at_globex(database, cast, PASSWORD)
    work.clear()

    replies = [
        login(api, cast.ada.email, password) for password in (cast.ada.password, PASSWORD, "neither of them")
    ]

    assert [reply.status for reply in replies] == [200, 200, 401]
    assert work.count("bcrypt at 04") == 3


def test_the_password_tells_which_workspace(api: Api, cast: Cast, database: Database) -> None:
    also_at_globex(database, cast, PASSWORD)

    assert login(api, cast.ada.email, PASSWORD).json["user"]["workspace"]["slug"] == "globex"
    assert login(api, cast.ada.email, cast.ada.password).json["user"]["workspace"]["slug"] == "acme"


def test_one_password_in_two_workspaces_asks_which(api: Api, cast: Cast, database: Database) -> None:
    also_at_globex(database, cast, cast.ada.password)

    asked = login(api, cast.ada.email, cast.ada.password)
    named = login(api, cast.ada.email, cast.ada.password, "globex")

    assert (asked.status, asked.code) == (409, "CONFLICT")
    assert asked.json["workspaces"] == ["acme", "globex"]
    assert named.json["user"]["workspace"]["slug"] == "globex"


def test_strangers_cannot_crowd_an_email_out(api: Api, cast: Cast, database: Database) -> None:
    for number in range(30):
        made = database.rows("SELECT * FROM fn_make_workspace('squat', 'Squat')")[0]["workspace_id"]
        person(database, made, "Dario", "admin", "acme.example")
        give_password(database, cast.dario.email, f"squatter {number}", made)
    late = database.rows("SELECT * FROM fn_make_workspace('late', 'Late')")[0]["workspace_id"]
    person(database, late, "Dario", "agent", "acme.example")
    give_password(database, cast.dario.email, PASSWORD, late)

    assert login(api, cast.dario.email, PASSWORD).json["user"]["workspace"]["slug"] == "late"


def test_an_old_hash_is_replaced_at_sign_in(api: Api, cast: Cast, database: Database) -> None:
    stored = "SELECT password_hash FROM users WHERE id = :u"
    before = database.value(stored, u=cast.ada.id)

    replies = [login(api, cast.ada.email, cast.ada.password) for _ in range(2)]

    after = database.value(stored, u=cast.ada.id)
    assert [reply.status for reply in replies] == [200, 200]
    assert after != before
    assert after == hash_password(cast.ada.password, signing_secret().pepper, 4, cast.ada.email)


@for_each("body", [{}, {"email": "ada@acme.example"}, {"password": PASSWORD}])
def test_a_missing_field_is_named(api: Api, body: dict[str, str]) -> None:
    reply = api.post("/v1/auth/login", body)

    assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")


@for_each("more", [{"role": "admin"}, {"workspace_id": "x"}, {"email": 1}, {"password": ["a"]}])
def test_case_19_nothing_else_is_taken(api: Api, cast: Cast, more: dict[str, Any]) -> None:
    reply = api.post("/v1/auth/login", {"email": cast.ada.email, "password": cast.ada.password, **more})

    assert reply.status == 422


def test_ten_failures_close_an_account_for_a_while(api: Api, cast: Cast) -> None:
    failures = [login(api, cast.ada.email.upper(), f"guess {n}") for n in range(10)]

    closed = login(api, cast.ada.email, cast.ada.password)
    other = login(api, cast.dario.email, cast.dario.password)

    assert {failure.status for failure in failures} == {401}
    assert (closed.status, closed.code) == (429, "RATE_LIMITED")
    assert 800 < int(closed.headers["retry-after"]) <= 900
    assert other.status == 200


def test_an_unknown_account_closes_too(api: Api) -> None:
    replies = [login(api, "nobody@acme.example", f"guess {n}") for n in range(11)]

    assert [reply.status for reply in replies] == [401] * 10 + [429]


def test_a_closed_account_opens_again(api: Api, cast: Cast, database: Database) -> None:
    for number in range(10):
        login(api, cast.ada.email, f"guess {number}")
    database.run("UPDATE rate_limits SET window_ends_at = now() - interval '1 second'")

    assert login(api, cast.ada.email, cast.ada.password).status == 200


def test_signing_in_often_is_no_failure(api: Api, cast: Cast) -> None:
    replies = [login(api, cast.ada.email, cast.ada.password) for _ in range(12)]

    assert {reply.status for reply in replies} == {200}


def test_thirty_a_minute_from_one_address(api: Api, cast: Cast) -> None:
    replies = [login(api, f"somebody{n}@acme.example", "whatever it is") for n in range(30)]

    refused = login(api, cast.ada.email, cast.ada.password)
    elsewhere = login(api.at("198.51.100.9"), cast.ada.email, cast.ada.password)

    assert [reply.headers["ratelimit-remaining"] for reply in replies[:2]] == ["29", "28"]
    assert {reply.status for reply in replies} == {401}
    assert (refused.status, refused.headers["ratelimit-remaining"]) == (429, "0")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert elsewhere.status == 200


def test_a_forwarding_header_is_nobodys_address(api: Api, cast: Cast) -> None:
    body = {"email": "nobody@acme.example", "password": PASSWORD}
    for number in range(30):
        api.post(
            "/v1/auth/login", {**body, "email": f"n{number}@acme.example"}, X_Forwarded_For=f"10.0.0.{number}"
        )

    assert api.post("/v1/auth/login", body, X_Forwarded_For="10.9.9.9").status == 429
