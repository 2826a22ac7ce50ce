"""POST and GET /v1/users: adding people, finding them."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.users import UserOut
from tests.conftest import Queue
from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PASSWORD = "violet staple horse"
ELSEWHERE = "0190c0de-0000-7000-8000-000000000001"


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    """The API as the admin calls it."""
    return api.with_token(cast.ada.token)


def add(caller: Api, **fields: Any) -> Reply:
    return caller.post(
        "/v1/users", {"name": "Eve Ruiz", "email": "eve@acme.example", "role": "agent", **fields}
    )


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [item["name"] for item in reply.json["items"]]


# Adding


def test_a_user_with_a_password_is_active_and_signs_in(api: Api, ada: Api) -> None:
    reply = add(ada, password=PASSWORD)

    assert reply.status == 201
    user = reply.read(UserOut)
    assert (user["name"], user["email"], user["role"], user["status"]) == (
        "Eve Ruiz",
        "eve@acme.example",
        "agent",
        "active",
    )
    assert reply.headers["location"] == f"/v1/users/{user['id']}"
    assert api.post("/v1/auth/login", {"email": "eve@acme.example", "password": PASSWORD}).status == 200


def test_a_user_without_one_is_invited_and_cannot_sign_in(
    api: Api, cast: Cast, ada: Api, queue: Queue
) -> None:
    user = add(ada, role="customer").json

    (event,) = queue.take()
    assert user["status"] == "invited"
    assert (event["type"], event["internal"]) == ("user.invited", True)
    assert event["payload"]["user"] == {
        "id": user["id"], "name": "Eve Ruiz", "email": "eve@acme.example", "role": "customer",
        "status": "invited",
    }  # fmt: skip
    assert event["payload"]["actor"]["id"] == str(cast.ada.id)
    assert api.post("/v1/auth/login", {"email": "eve@acme.example", "password": PASSWORD}).status == 401


def test_a_password_is_never_told(ada: Api, queue: Queue, database: Database) -> None:
    reply = add(ada, password=PASSWORD)

    told = reply.text + str(queue.take()) + str(database.rows("SELECT * FROM events"))
    assert PASSWORD not in told
    assert "$2b$" not in told


def test_the_contact_facts_are_kept(ada: Api) -> None:
    facts = {
        "document_id": "1.020.304",
        "phone": "+57 601 555 0100",
        "has_whatsapp": False,
        "company": "Eve S.A.S.",
    }

    user = add(ada, **facts).json

    assert user | facts == user
    assert ada.get(f"/v1/users/{user['id']}").json == user


@for_each(
    "word, role",
    [
        ("admin", "admin"), ("ADMIN", "admin"), ("MESA", "dispatcher"), ("mesa", "dispatcher"),
        ("Dispatcher", "dispatcher"), ("AREA", "agent"), ("Área", "agent"), ("agent", "agent"),
        ("USUARIO", "customer"), ("user", "customer"), (" Customer ", "customer"),
    ],
)  # fmt: skip
def test_roles_are_taken_in_the_words_of_others(ada: Api, word: str, role: str) -> None:
    assert add(ada, role=word, email=f"{uuid4()}@acme.example").json["role"] == role


@pytest.mark.parametrize("role", ["admin", "dispatcher", "agent"])
def test_staff_without_teams_join_the_default_one(ada: Api, role: str) -> None:
    assert [team["name"] for team in add(ada, role=role).json["teams"]] == ["Service desk"]


def test_staff_join_the_teams_that_are_named(ada: Api, cast: Cast) -> None:
    ids = [str(cast.teams["Networks"]), str(cast.teams["Apps"]), str(cast.teams["Apps"])]

    assert [team["name"] for team in add(ada, team_ids=ids).json["teams"]] == ["Apps", "Networks"]


def test_a_customer_is_in_no_team(ada: Api, cast: Cast) -> None:
    refused = add(ada, role="customer", team_ids=[str(cast.teams["Apps"])])

    assert add(ada, role="customer").json["teams"] == []
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "team_ids")


def test_case_15_a_team_of_another_workspace_is_not_there(
    api: Api, ada: Api, cast: Cast, database: Database
) -> None:
    foreign = api.with_token(cast.mallory.token).get("/v1/teams").json["items"][0]["id"]

    replies = [add(ada, team_ids=[team]) for team in (foreign, ELSEWHERE)]
    mixed = add(ada, team_ids=[str(cast.teams["Apps"]), foreign])

    assert [(reply.status, reply.code) for reply in [*replies, mixed]] == [(404, "NOT_FOUND")] * 3
    assert database.value("SELECT count(*) FROM users WHERE email = 'eve@acme.example'") == 0
    assert database.value("SELECT count(*) FROM events") == 0


def test_an_email_is_unique_in_its_workspace_however_it_is_typed(api: Api, ada: Api, cast: Cast) -> None:
    add(ada)

    again = add(ada, email="  EVE@Acme.Example ", name="Another")
    elsewhere = add(api.with_token(cast.mallory.token))

    assert (again.status, again.code) == (409, "CONFLICT")
    assert elsewhere.status == 201


def test_the_email_of_a_deleted_user_is_free(ada: Api, database: Database) -> None:
    first = add(ada).json
    database.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=first["id"])

    assert add(ada).status == 201


@for_each(
    "fields, field",
    [
        ({"role": "owner"}, "role"),
        ({"role": ""}, "role"),
        ({"role": None}, "role"),
        ({"role": 1}, "role"),
        ({"email": "eve"}, "email"),
        ({"name": "Eve\r\nBcc: x"}, "name"),
        ({"name": " "}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "eve@acme.example"}, "password"),
        ({"team_ids": ["x"]}, "team_ids.0"),
        ({"team_ids": "x"}, "team_ids"),
        ({"team_ids": [ELSEWHERE] * 101}, "team_ids"),
        ({"has_whatsapp": "true"}, "has_whatsapp"),
        ({"phone": "x"}, "phone"),
        ({"workspace_id": ELSEWHERE}, "workspace_id"),
        ({"status": "active"}, "status"),
        ({"password_hash": "x"}, "password_hash"),
        ({"name": "Eve\0"}, "name"),
    ],
)
def test_case_19_what_cannot_be_is_refused(ada: Api, fields: dict[str, Any], field: str) -> None:
    reply = add(ada, **fields)

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]


@for_each("who", ["dario", "ana", "carol"])
def test_case_18_only_admins_add_users(api: Api, cast: Cast, database: Database, who: str) -> None:
    reply = add(api.with_token(getattr(cast, who).token))

    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert database.value("SELECT count(*) FROM users WHERE email = 'eve@acme.example'") == 0


def test_39_the_same_key_adds_one(ada: Api, database: Database) -> None:
    body = {"name": "Eve", "email": "eve@acme.example", "role": "agent", "password": PASSWORD}

    first, second = (ada.post("/v1/users", body, Idempotency_Key="k") for _ in range(2))
    other = ada.post("/v1/users", {**body, "password": "another good one"}, Idempotency_Key="k")

    assert (first.status, second.status, second.text) == (201, 201, first.text)
    assert second.headers["idempotency-replayed"] == "true"
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_stored_key_does_not_give_the_password_away(ada: Api, database: Database) -> None:
    body = b'{"name": "Eve", "email": "eve@acme.example", "role": "agent", "password": "violet staple horse"}'

    ada.post("/v1/users", body, Idempotency_Key="k")

    guess = database.value("SELECT encode(sha256(:b::bytea), 'hex')", b=body)
    assert database.value("SELECT request_digest FROM idempotency_keys") != guess


def test_5_a_demoted_admin_is_refused_at_the_next_call(ada: Api, cast: Cast, database: Database) -> None:
    database.run("UPDATE users SET role = 'dispatcher' WHERE id = :u", u=cast.ada.id)

    assert (add(ada).status, add(ada).code) == (403, "FORBIDDEN")


# Finding


def test_a_list_shows_everybody_of_the_workspace_by_name(ada: Api) -> None:
    reply = ada.get("/v1/users")

    assert names(reply) == ["Ada", "Ana", "Ben", "Carol", "Chris", "Dario"]
    page = reply.read(Page[UserOut])
    assert (page["next_cursor"], page["next_offset"]) == (None, None)


@for_each(
    "query, expected",
    [
        ("role=agent", ["Ana", "Ben"]),
        ("role=AREA,MESA", ["Ana", "Ben", "Dario"]),
        ("role=usuario", ["Carol", "Chris"]),
        ("status=active", ["Ada", "Ana", "Ben", "Carol", "Chris", "Dario"]),
        ("status=invited,deactivated", []),
        ("query=AN", ["Ana"]),
        ("query=customers.example", ["Carol", "Chris"]),
        ("query=%25", []),
        ("query=_", []),
        ("query=arol&role=agent", []),
        ("sort=-name&limit=2", ["Dario", "Chris"]),
        ("sort=created_at&limit=2", ["Ada", "Dario"]),
        ("sort=-created_at&limit=2", ["Chris", "Carol"]),
        ("offset=4", ["Chris", "Dario"]),
        ("offset=10000", []),
    ],
)
def test_a_list_can_be_narrowed_and_sorted(ada: Api, query: str, expected: list[str]) -> None:
    assert names(ada.get(f"/v1/users?{query}")) == expected


def test_a_list_can_be_narrowed_to_who_is_away(ada: Api, cast: Cast) -> None:
    ada.patch(f"/v1/users/{cast.ana.id}", {"away": True})

    assert names(ada.get("/v1/users?away=true")) == ["Ana"]
    assert names(ada.get("/v1/users?away=false")) == ["Ada", "Ben", "Dario"]


def test_a_list_can_be_narrowed_to_a_team(ada: Api, api: Api, cast: Cast) -> None:
    foreign = api.with_token(cast.mallory.token).get("/v1/teams").json["items"][0]["id"]

    assert names(ada.get(f"/v1/users?team={cast.teams['Networks']}")) == ["Ana"]
    assert names(ada.get(f"/v1/users?team={foreign}")) == []


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-created_at"])
def test_pages_show_everybody_once(ada: Api, sort: str) -> None:
    for number in range(4):
        add(ada, name="Namesake", email=f"namesake{number}@acme.example")
    whole = [item["id"] for item in ada.get(f"/v1/users?limit=100&sort={sort}").json["items"]]

    by_cursor, by_offset = [], []
    query = ""
    while query is not None:
        page = ada.get(f"/v1/users?limit=3&sort={sort}{query}").json
        by_cursor += [item["id"] for item in page["items"]]
        query = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    offset = 0
    while offset is not None:
        page = ada.get(f"/v1/users?limit=3&sort={sort}&offset={offset}").json
        by_offset += [item["id"] for item in page["items"]]
        offset = page["next_offset"]

    assert len(set(whole)) == 10
    assert by_cursor == by_offset == whole


@for_each(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "limit=1.5", "limit=99999999999999999999", "offset=-1",
        "offset=10001", "sort=email", "sort=name;DROP TABLE users", "sort=u.password_hash", "role=owner",
        "role=", "status=gone",
        "team=x", "query=", "cursor=x", "cursor=' OR 1=1 --", "cursor=WyJlbWFpbCJd", "unknown=1",
        "limit=1&limit=2", "role=agent&role=admin", "cursor=x&offset=1", "query=%00",
    ],
)  # fmt: skip
def test_37_what_is_no_query_is_refused(ada: Api, query: str) -> None:
    reply = ada.get("/v1/users?" + quote(query, safe="=&%"))

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")


def test_37_a_cursor_of_another_sort_is_refused(ada: Api) -> None:
    cursor = ada.get("/v1/users?limit=1&sort=name").json["next_cursor"]

    assert ada.get(f"/v1/users?sort=-name&cursor={cursor}").status == 422
    assert ada.get(f"/v1/users?sort=created_at&cursor={cursor}").status == 422
    assert ada.get(f"/v1/users?sort=name&cursor={cursor}").status == 200


@for_each("who", ["ada", "dario", "ana"])
def test_staff_may_look(api: Api, cast: Cast, who: str) -> None:
    caller = api.with_token(getattr(cast, who).token)

    one = caller.get(f"/v1/users/{cast.carol.id}")

    assert len(names(caller.get("/v1/users"))) == 6
    assert (one.status, one.json["name"]) == (200, "Carol")
    one.read(UserOut)


def test_case_18_customers_may_not(api: Api, cast: Cast) -> None:
    carol = api.with_token(cast.carol.token)

    assert carol.get("/v1/users").status == 403
    assert carol.get(f"/v1/users/{cast.carol.id}").status == 403


def test_case_14_another_workspace_sees_nobody(api: Api, cast: Cast) -> None:
    mallory = api.with_token(cast.mallory.token)

    assert names(mallory.get("/v1/users")) == ["Mallory"]
    assert mallory.get(f"/v1/users/{cast.ada.id}").status == 404


@pytest.mark.parametrize("id", [ELSEWHERE, "deleted"])
def test_who_is_not_there_is_not_found(ada: Api, cast: Cast, database: Database, id: str) -> None:
    database.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=cast.ben.id)

    assert ada.get(f"/v1/users/{cast.ben.id if id == 'deleted' else id}").status == 404
    assert ada.get("/v1/users/x").status == 422
