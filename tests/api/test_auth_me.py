"""GET and PATCH /v1/auth/me: who one is, and what one may change of it."""

from typing import Any

import pytest

from chalicelib.accounts.permissions import Permission
from chalicelib.api.schemas.auth import MeOut
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

EVERYBODY = ["ada", "dario", "ana", "carol", "mallory"]


@for_each("who", EVERYBODY)
def test_everybody_learns_who_they_are(api: Api, cast: Cast, who: str) -> None:
    person = getattr(cast, who)

    reply = api.with_token(person.token).get("/v1/auth/me")

    assert reply.status == 200
    me = reply.read(MeOut)
    assert (me["id"], me["name"]) == (person.id, person.name)
    assert (me["email"], me["role"]) == (person.email, person.role)
    assert me["workspace"]["id"] == person.workspace_id


def test_it_shows_the_own_teams(api: Api, cast: Cast) -> None:
    me = api.with_token(cast.ana.token).get("/v1/auth/me").json

    assert me["teams"] == [{"id": str(cast.teams["Networks"]), "name": "Networks"}]


@for_each("who", EVERYBODY)
def test_it_tells_what_the_role_may_do(api: Api, cast: Cast, who: str) -> None:
    person = getattr(cast, who)

    me = api.with_token(person.token).get("/v1/auth/me").json

    assert me["permissions"] == sorted(each for each in Permission if person.role in each.roles)


def test_the_own_name_and_facts_can_be_changed_and_cleared(api: Api, cast: Cast) -> None:
    carol = api.with_token(cast.carol.token)
    facts = {
        "document_id": "1.020.304",
        "phone": "+57 601 555 0100",
        "has_whatsapp": True,
        "company": "Customers Ltd.",
    }

    changed = carol.patch("/v1/auth/me", {"name": "  Carol Díaz ", **facts})
    cleared = carol.patch("/v1/auth/me", {"phone": None})

    assert changed.status == 200
    changed.read(MeOut)
    assert changed.json | {"name": "Carol Díaz", **facts} == changed.json
    assert cleared.json["phone"] is None
    assert carol.get("/v1/auth/me").json == cleared.json


@for_each("who", ["ada", "dario", "ana"])
def test_staff_is_away_and_back(api: Api, cast: Cast, who: str) -> None:
    me = api.with_token(getattr(cast, who).token)

    gone = me.patch("/v1/auth/me", {"away": True})
    still = me.patch("/v1/auth/me", {"away": True, "phone": "+34 600"})
    back = me.patch("/v1/auth/me", {"away": False})

    assert (gone.read(MeOut)["away"], gone.status) == (True, 200)
    assert gone.json["away_since"] == still.json["away_since"] is not None
    assert (back.json["away"], back.json["away_since"]) == (False, None)
    assert me.get("/v1/auth/me").json["away"] is False


def test_being_away_is_audited(api: Api, cast: Cast) -> None:
    api.with_token(cast.ana.token).patch("/v1/auth/me", {"away": True})

    (entry,) = api.with_token(cast.ada.token).get("/v1/audit-log?action=user.changed").json["items"]
    assert (entry["actor"]["name"], entry["target"]["id"]) == ("Ana", str(cast.ana.id))
    assert (entry["before"], entry["after"]) == ({"away": False}, {"away": True})


@pytest.mark.parametrize("away", [True, False])
def test_a_customer_is_neither_away_nor_back(api: Api, cast: Cast, away: bool) -> None:
    carol = api.with_token(cast.carol.token)

    reply = carol.patch("/v1/auth/me", {"away": away, "name": "Away"})

    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert {name: carol.get("/v1/auth/me").json[name] for name in ("name", "away", "away_since")} == {
        "name": "Carol",
        "away": None,
        "away_since": None,
    }


@for_each("away", [None, 1, 0, "true", "2026-11-20T00:00:00Z", []])
def test_away_is_yes_or_no(api: Api, cast: Cast, away: object) -> None:
    reply = api.with_token(cast.ana.token).patch("/v1/auth/me", {"away": away})

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["away"])


def test_an_empty_patch_changes_nothing(api: Api, cast: Cast) -> None:
    carol = api.with_token(cast.carol.token)

    assert carol.patch("/v1/auth/me", {}).json == carol.get("/v1/auth/me").json


@for_each(
    "body, field",
    [
        ({"role": "admin"}, "role"),
        ({"workspace_id": "0190c0de-0000-7000-8000-000000000001"}, "workspace_id"),
        ({"email": "carol@elsewhere.example"}, "email"),
        ({"status": "active"}, "status"),
        ({"password": "violet staple horse"}, "password"),
        ({"team_ids": []}, "team_ids"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Carol\r\nBcc: everybody"}, "name"),
        ({"name": "Carol\0"}, "name"),
        ({"phone": "call me"}, "phone"),
        ({"phone": 5550100}, "phone"),
        ({"has_whatsapp": 1}, "has_whatsapp"),
        ({"has_whatsapp": "yes"}, "has_whatsapp"),
        ({"document_id": "1\n2"}, "document_id"),
        ({"company": "x" * 151}, "company"),
    ],
)
def test_case_19_nothing_else_can(api: Api, cast: Cast, body: dict[str, Any], field: str) -> None:
    carol = api.with_token(cast.carol.token)
    before = carol.get("/v1/auth/me").json

    reply = carol.patch("/v1/auth/me", body)

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert carol.get("/v1/auth/me").json == before


def test_5_a_deactivated_user_is_refused_at_the_next_call(api: Api, cast: Cast, database: Database) -> None:
    database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ana.id)

    reply = api.with_token(cast.ana.token).get("/v1/auth/me")

    assert (reply.status, reply.code) == (401, "UNAUTHENTICATED")


def test_a_caller_without_a_token_is_refused(api: Api) -> None:
    assert api.get("/v1/auth/me").status == 401
