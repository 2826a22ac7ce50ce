"""PATCH /v1/users/{id} and /deactivate: what admins change, and what a workspace never loses."""

from typing import Any

import pytest

from chalicelib.api.schemas.users import UserOut
from tests.conftest import Queue
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person, person
from tests.support.database import Database
from tests.support.for_each import for_each

PASSWORD = "violet staple horse"
ELSEWHERE = "0190c0de-0000-7000-8000-000000000001"


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    """The API as the admin calls it."""
    return api.with_token(cast.ada.token)


@pytest.fixture
def bea(cast: Cast, database: Database) -> Person:
    """A second admin."""
    return person(database, cast.acme, "Bea", "admin", "acme.example")


def patch(caller: Api, who: Person, **fields: Any) -> Reply:
    return caller.patch(f"/v1/users/{who.id}", fields)


def teams(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [team["name"] for team in reply.json["teams"]]


def login(api: Api, who: Person, password: str | None = None) -> Reply:
    return api.post("/v1/auth/login", {"email": who.email, "password": password or who.password})


# Changing


def test_only_what_is_sent_changes(ada: Api, cast: Cast) -> None:
    before = ada.get(f"/v1/users/{cast.ana.id}").json

    reply = patch(ada, cast.ana, name="Ana Ruiz", company="Ruiz S.A.S.")

    reply.read(UserOut)
    assert {**reply.json, "updated_at": None} == {
        **before, "name": "Ana Ruiz", "company": "Ruiz S.A.S.", "updated_at": None
    }  # fmt: skip
    assert reply.json["updated_at"] > before["updated_at"]
    assert ada.get(f"/v1/users/{cast.ana.id}").json == reply.json


def test_a_fact_is_cleared_by_null(ada: Api, cast: Cast) -> None:
    patch(ada, cast.carol, phone="+57 601 555 0100", has_whatsapp=True)

    reply = patch(ada, cast.carol, phone=None, has_whatsapp=None)

    assert (reply.json["phone"], reply.json["has_whatsapp"]) == (None, None)


def test_a_change_is_told_by_the_names_of_its_fields(ada: Api, cast: Cast, queue: Queue) -> None:
    patch(ada, cast.ana, role="dispatcher", document_id="1.020.304", password=PASSWORD)

    (event,) = queue.take()
    assert event["type"] == "user.updated"
    assert event["payload"]["changed"] == ["document_id", "password", "role"]
    assert event["payload"]["user"]["role"] == "dispatcher"
    assert not [secret for secret in (PASSWORD, "$2b$", "1.020.304") if secret in str(event)]


def test_an_admin_sends_somebody_away_and_calls_them_back(ada: Api, cast: Cast, queue: Queue) -> None:
    gone = patch(ada, cast.ana, away=True)
    again = patch(ada, cast.ana, away=True)
    back = patch(ada, cast.ana, away=False)

    assert gone.read(UserOut)["away"] is True
    assert again.json["away_since"] == gone.json["away_since"] is not None
    assert (back.json["away"], back.json["away_since"]) == (False, None)
    assert [told["payload"]["changed"] for told in queue.take()] == [["away"], ["away"]]


def test_a_customer_cannot_be_away(ada: Api, cast: Cast) -> None:
    replies = [
        patch(ada, cast.carol, away=True),
        patch(ada, cast.carol, away=False),
        patch(ada, cast.ana, role="customer", away=True),
    ]

    assert [(reply.status, reply.json["errors"][0]["field"]) for reply in replies] == [(422, "away")] * 3
    assert ada.get(f"/v1/users/{cast.carol.id}").json["away"] is None
    assert patch(ada, cast.carol, role="agent", away=True).json["away"] is True


@pytest.mark.parametrize("how", ["deactivated", "made a customer"])
def test_who_comes_back_is_not_away_still(ada: Api, cast: Cast, how: str) -> None:
    patch(ada, cast.ana, away=True)

    if how == "deactivated":
        gone = ada.post(f"/v1/users/{cast.ana.id}/deactivate")
        back = patch(ada, cast.ana, status="active")
    else:
        gone, back = patch(ada, cast.ana, role="customer"), patch(ada, cast.ana, role="agent")

    assert gone.json["away_since"] is None
    assert (back.status, back.json["away"]) == (200, False)


def test_what_is_the_same_is_no_change(ada: Api, cast: Cast, queue: Queue) -> None:
    before = ada.get(f"/v1/users/{cast.ana.id}").json

    replies = [patch(ada, cast.ana), patch(ada, cast.ana, name="Ana", role="AREA", email="ANA@acme.example")]

    assert [reply.json for reply in replies] == [before] * 2
    assert queue.take() == []


def test_a_new_email_signs_in_and_is_not_verified(api: Api, ada: Api, cast: Cast, database: Database) -> None:
    database.run("UPDATE users SET email_verified_at = now() WHERE id = :u", u=cast.ana.id)

    reply = patch(ada, cast.ana, email=" Ana.Ruiz@Acme.Example")

    assert (reply.json["email"], reply.json["email_verified_at"]) == ("ana.ruiz@acme.example", None)
    assert login(api, cast.ana).status == 401
    for _ in range(2):
        renamed = api.post(
            "/v1/auth/login", {"email": "ana.ruiz@acme.example", "password": cast.ana.password}
        )
        assert renamed.status == 200


def test_a_taken_email_is_a_conflict(ada: Api, cast: Cast) -> None:
    reply = patch(ada, cast.ana, email=cast.ben.email)

    assert (reply.status, reply.code) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("who", "role", "expected"),
    [
        ("carol", "agent", ["Service desk"]),
        ("carol", "ADMIN", ["Service desk"]),
        ("ana", "dispatcher", ["Networks"]),
        ("ana", "customer", []),
        ("ana", "usuario", []),
    ],
)
def test_teams_follow_the_role(ada: Api, cast: Cast, who: str, role: str, expected: list[str]) -> None:
    assert teams(patch(ada, getattr(cast, who), role=role)) == expected


def test_teams_become_those_that_are_named(ada: Api, cast: Cast) -> None:
    both = [str(cast.teams["Apps"]), str(cast.teams["Networks"])]

    assert teams(patch(ada, cast.ana, team_ids=both)) == ["Apps", "Networks"]
    assert teams(patch(ada, cast.ana, team_ids=both[:1])) == ["Apps"]
    assert teams(patch(ada, cast.ana, team_ids=[])) == []
    assert teams(patch(ada, cast.carol, role="agent", team_ids=both[:1])) == ["Apps"]


def test_a_customer_joins_no_team(ada: Api, cast: Cast) -> None:
    apps = [str(cast.teams["Apps"])]

    refused = [patch(ada, cast.carol, team_ids=apps), patch(ada, cast.ana, role="customer", team_ids=apps)]

    assert [(reply.status, reply.json["errors"][0]["field"]) for reply in refused] == [(422, "team_ids")] * 2
    assert teams(ada.get(f"/v1/users/{cast.ana.id}")) == ["Networks"]


def test_case_15_a_team_of_another_workspace_is_not_there(api: Api, ada: Api, cast: Cast) -> None:
    foreign = api.with_token(cast.mallory.token).get("/v1/teams").json["items"][0]["id"]

    replies = [
        patch(ada, cast.ana, name="Changed", team_ids=[str(cast.teams["Apps"]), team])
        for team in (foreign, ELSEWHERE)
    ]

    ana = ada.get(f"/v1/users/{cast.ana.id}")
    assert [reply.status for reply in replies] == [404, 404]
    assert (ana.json["name"], teams(ana)) == ("Ana", ["Networks"])


def test_a_password_set_by_an_admin_ends_the_sessions_before_it(api: Api, ada: Api, cast: Cast) -> None:
    before = login(api, cast.ana).json

    assert patch(ada, cast.ana, password=PASSWORD).status == 200

    assert login(api, cast.ana).status == 401
    assert login(api, cast.ana, PASSWORD).status == 200
    assert api.post("/v1/auth/refresh", {"refresh_token": before["refresh_token"]}).status == 401


def test_a_password_activates_who_was_invited(api: Api, ada: Api) -> None:
    made = ada.post("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent"}).json

    reply = ada.patch(f"/v1/users/{made['id']}", {"password": PASSWORD})

    assert reply.json["status"] == "active"
    assert api.post("/v1/auth/login", {"email": "eve@acme.example", "password": PASSWORD}).status == 200


def test_the_own_email_needs_the_current_password(api: Api, ada: Api, cast: Cast, database: Database) -> None:
    for given in ({}, {"current_password": "another one entirely"}):
        reply = patch(ada, cast.ada, email="mallory@globex.example", **given)
        assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert login(api, cast.ada).status == 200
    assert database.value("SELECT count(*) FROM audit_log WHERE action = 'email_change.refused'") == 2

    reply = patch(ada, cast.ada, email="ada.lovelace@acme.example", current_password=cast.ada.password)

    assert (reply.status, reply.json["email"]) == (200, "ada.lovelace@acme.example")


def test_guesses_of_the_own_password_are_counted(ada: Api, cast: Cast) -> None:
    replies = [patch(ada, cast.ada, email="x@y.example", current_password=f"guess {n}") for n in range(11)]

    assert [reply.status for reply in replies] == [403] * 10 + [429]


@for_each("password", ["short", "ana@acme.example", "acme-202611!", "x" * 129])
def test_a_password_keeps_to_the_policy(api: Api, ada: Api, cast: Cast, password: str) -> None:
    reply = patch(ada, cast.ana, password=password)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "password")
    assert login(api, cast.ana).status == 200


def test_11_the_own_password_needs_the_current_one(api: Api, ada: Api, cast: Cast) -> None:
    reply = patch(ada, cast.ada, password=PASSWORD)

    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert login(api, cast.ada).status == 200


@for_each(
    "fields, field",
    [
        ({"role": "owner"}, "role"),
        ({"role": None}, "role"),
        ({"name": None}, "name"),
        ({"email": None}, "email"),
        ({"email": "ana"}, "email"),
        ({"password": None}, "password"),
        ({"team_ids": None}, "team_ids"),
        ({"status": "deactivated"}, "status"),
        ({"status": "invited"}, "status"),
        ({"status": None}, "status"),
        ({"workspace_id": ELSEWHERE}, "workspace_id"),
        ({"id": ELSEWHERE}, "id"),
        ({"password_hash": "x"}, "password_hash"),
        ({"deleted_at": None}, "deleted_at"),
        ({"name": "A\r\nB"}, "name"),
    ],
)
def test_case_19_what_cannot_be_is_refused(ada: Api, cast: Cast, fields: dict[str, Any], field: str) -> None:
    reply = patch(ada, cast.ana, **fields)

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert "<" not in reply.json["detail"]


@for_each("who", ["dario", "ana", "carol"])
def test_case_18_only_admins_change_users(api: Api, cast: Cast, who: str) -> None:
    caller = api.with_token(getattr(cast, who).token)

    assert patch(caller, cast.ben, name="Benny").status == 403
    assert patch(caller, getattr(cast, who), role="admin").status == 403
    assert caller.post(f"/v1/users/{cast.ben.id}/deactivate").status == 403


def test_case_14_another_workspace_changes_nobody(api: Api, cast: Cast, ada: Api) -> None:
    mallory = api.with_token(cast.mallory.token)
    before = ada.get(f"/v1/users/{cast.ana.id}").json

    replies = [patch(mallory, cast.ana, role="admin"), mallory.post(f"/v1/users/{cast.ana.id}/deactivate")]

    assert [reply.status for reply in replies] == [404, 404]
    assert ada.get(f"/v1/users/{cast.ana.id}").json == before


# The last admin


def test_the_last_admin_stays_one(ada: Api, cast: Cast) -> None:
    replies = [
        patch(ada, cast.ada, role="agent"),
        patch(ada, cast.ada, role="customer", name="Somebody"),
        ada.post(f"/v1/users/{cast.ada.id}/deactivate"),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(409, "CONFLICT")] * 3
    assert ada.get(f"/v1/users/{cast.ada.id}").json["name"] == "Ada"


@pytest.mark.parametrize("status", ["invited", "deactivated"])
def test_an_admin_who_cannot_act_is_no_other_one(
    ada: Api, cast: Cast, bea: Person, database: Database, status: str
) -> None:
    database.run("UPDATE users SET status = :s WHERE id = :u", s=status, u=bea.id)

    assert patch(ada, cast.ada, role="agent").status == 409
    assert patch(ada, bea, role="agent").status == 200


def test_one_of_two_admins_may_go(api: Api, ada: Api, cast: Cast, bea: Person) -> None:
    demoted = patch(ada, cast.ada, role="agent")
    now = patch(ada, cast.ben, name="Benny")

    assert demoted.json["role"] == "agent"
    assert now.status == 403
    assert api.with_token(bea.token).post(f"/v1/users/{bea.id}/deactivate").status == 409


# Deactivating


def test_5_deactivated_means_out_at_once(api: Api, ada: Api, cast: Cast) -> None:
    session = login(api, cast.ana).json

    reply = ada.post(f"/v1/users/{cast.ana.id}/deactivate")

    assert reply.status == 200
    user = reply.read(UserOut)
    assert user["status"] == "deactivated"
    assert user["deactivated_at"] is not None
    assert api.with_token(cast.ana.token).get("/v1/tickets").status == 401
    assert login(api, cast.ana).status == 401
    assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 401


def test_it_is_told_once(ada: Api, cast: Cast, queue: Queue) -> None:
    first, second = (ada.post(f"/v1/users/{cast.ana.id}/deactivate") for _ in range(2))

    assert second.json == first.json
    assert [(event["type"], event["payload"]["user"]["id"]) for event in queue.take()] == [
        ("user.deactivated", str(cast.ana.id))
    ]


def test_who_is_active_again_signs_in_anew(api: Api, ada: Api, cast: Cast) -> None:
    session = login(api, cast.ana).json
    ada.post(f"/v1/users/{cast.ana.id}/deactivate")

    reply = patch(ada, cast.ana, status="active")

    assert (reply.json["status"], reply.json["deactivated_at"]) == ("active", None)
    assert teams(reply) == ["Networks"]
    assert login(api, cast.ana).status == 200
    assert api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}).status == 401


@pytest.mark.parametrize(("role", "status"), [("agent", "invited"), ("customer", "contact")])
def test_without_a_password_one_returns_as_one_was(ada: Api, role: str, status: str) -> None:
    made = ada.post("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": role}).json
    early = ada.patch(f"/v1/users/{made['id']}", {"status": "active"})
    ada.post(f"/v1/users/{made['id']}/deactivate")

    reply = ada.patch(f"/v1/users/{made['id']}", {"status": "active"})

    assert (early.status, early.code) == (409, "CONFLICT")
    assert (reply.json["status"], reply.json["deactivated_at"]) == (status, None)


def test_a_contact_who_joins_the_staff_is_invited(
    ada: Api, cast: Cast, database: Database, queue: Queue
) -> None:
    database.run("UPDATE users SET status = 'contact', password_hash = NULL WHERE id = :u", u=cast.carol.id)

    named = patch(ada, cast.carol, name="Carol Díaz")
    hired = patch(ada, cast.carol, role="agent")

    assert (named.json["status"], hired.json["status"]) == ("contact", "invited")
    assert [event["type"] for event in queue.take()] == ["user.updated", "user.invited"]


def test_a_password_alone_does_not_let_in_who_was_deactivated(api: Api, ada: Api, cast: Cast) -> None:
    ada.post(f"/v1/users/{cast.ana.id}/deactivate")

    patch(ada, cast.ana, password=PASSWORD)

    assert login(api, cast.ana, PASSWORD).status == 401


def test_the_history_of_a_deactivated_user_stays(api: Api, ada: Api, cast: Cast) -> None:
    ticket = (
        api.with_token(cast.carol.token).post("/v1/tickets", {"subject": "Mine", "description": "Hers."}).json
    )

    ada.post(f"/v1/users/{cast.carol.id}/deactivate")

    assert ada.get(f"/v1/tickets/{ticket['id']}").json["requester"]["name"] == "Carol"


@pytest.mark.parametrize("id", [ELSEWHERE, "x"])
def test_who_is_not_there_cannot_be_changed(ada: Api, id: str) -> None:
    wanted = 404 if id == ELSEWHERE else 422

    assert ada.patch(f"/v1/users/{id}", {}).status == wanted
    assert ada.post(f"/v1/users/{id}/deactivate").status == wanted
