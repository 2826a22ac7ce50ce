"""POST /v1/auth/register: a workspace and its first administrator, whole or not at all."""

import logging
from typing import Any

import pytest

from chalicelib.api.schemas.auth import Registered
from tests.support.api import Api, Reply
from tests.support.database import Database
from tests.support.for_each import for_each

PASSWORD = "violet staple horse"


def register(api: Api, **fields: Any) -> Reply:
    body = {
        "workspace_name": "Initech",
        "admin_email": "bill@initech.example",
        "admin_password": PASSWORD,
        **fields,
    }
    return api.post("/v1/auth/register", {name: value for name, value in body.items() if value is not ...})


def test_it_answers_the_workspace_the_admin_and_tokens(api: Api) -> None:
    reply = register(api, admin_name="Bill Lumbergh")

    assert reply.status == 201
    made = reply.read(Registered)
    assert (made["workspace"]["name"], made["workspace"]["slug"]) == ("Initech", "initech")
    assert (made["user"]["name"], made["user"]["email"], made["user"]["role"]) == (
        "Bill Lumbergh",
        "bill@initech.example",
        "admin",
    )
    assert made["user"]["workspace"]["id"] == made["workspace"]["id"]
    assert (made["token"], made["token_type"], made["expires_in"]) == (made["access_token"], "Bearer", 900)


def test_its_tokens_are_good_at_once(api: Api) -> None:
    made = register(api).json

    me = api.with_token(made["access_token"]).get("/v1/auth/me")
    refreshed = api.post("/v1/auth/refresh", {"refresh_token": made["refresh_token"]})

    assert (me.status, me.json["email"]) == (200, "bill@initech.example")
    assert refreshed.status == 200


def test_the_admin_can_sign_in_and_is_in_the_default_team(api: Api) -> None:
    register(api)

    token = api.post("/v1/auth/login", {"email": "bill@initech.example", "password": PASSWORD}).json["token"]

    me = api.with_token(token).get("/v1/auth/me").json
    assert [team["name"] for team in me["teams"]] == ["Service desk"]
    assert me["name"] == "bill"
    assert me["status"] == "active"


def test_the_workspace_is_ready_for_its_first_ticket(api: Api) -> None:
    token = register(api).json["token"]

    ticket = api.with_token(token).post(
        "/v1/tickets", {"subject": "Printer", "description": "Jams.", "priority": "high"}
    )

    assert ticket.status == 201, ticket.text
    assert ticket.json["label"].endswith("-00001")
    assert ticket.json["sla_minutes"] == 480


def test_a_second_workspace_of_the_name_gets_another_slug(api: Api) -> None:
    slugs = [
        register(api, admin_email=f"bill{n}@initech.example").json["workspace"]["slug"] for n in range(3)
    ]

    assert slugs == ["initech", "initech-2", "initech-3"]


def test_a_crowded_name_gets_a_slug_all_the_same(api: Api, database: Database) -> None:
    for number in range(2, 21):
        database.rows("SELECT * FROM fn_make_workspace(:s, 'Initech')", s=f"initech-{number}")
    register(api)

    slug = register(api).json["workspace"]["slug"]

    assert slug.startswith("initech-")
    assert len(slug) == len("initech-") + 6


def test_the_same_email_may_have_several_workspaces(api: Api) -> None:
    first, second = register(api), register(api, workspace_name="Initrode")

    assert (first.status, second.status) == (201, 201)
    assert first.json["workspace"]["id"] != second.json["workspace"]["id"]


@for_each(
    "fields, field",
    [
        ({"admin_password": "short"}, "admin_password"),
        ({"admin_password": "password123"}, "admin_password"),
        ({"admin_password": "x" * 129}, "admin_password"),
        ({"admin_password": "initech-2026!"}, "admin_password"),
        ({"admin_password": None}, "admin_password"),
        ({"admin_email": "bill"}, "admin_email"),
        ({"admin_email": "bill@initech.example\r\nBcc: all@initech.example"}, "admin_email"),
        ({"workspace_name": ""}, "workspace_name"),
        ({"workspace_name": "   "}, "workspace_name"),
        ({"workspace_name": "x" * 151}, "workspace_name"),
        ({"workspace_name": "Ini\r\ntech"}, "workspace_name"),
        ({"workspace_name": 7}, "workspace_name"),
        ({"admin_name": "Bill\nLumbergh"}, "admin_name"),
        ({"role": "admin"}, "role"),
        ({"workspace_id": "0190c0de-0000-7000-8000-000000000001"}, "workspace_id"),
        ({"slug": "initech"}, "slug"),
        ({"admin_name": "Bill\0"}, "admin_name"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    api: Api, database: Database, fields: dict[str, Any], field: str
) -> None:
    reply = register(api, **fields)

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert database.value("SELECT count(*) FROM workspaces") == 0


@for_each("field", ["workspace_name", "admin_email", "admin_password"])
def test_a_missing_field_is_named(api: Api, field: str) -> None:
    reply = register(api, **{field: ...})

    assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")
    assert [error["field"] for error in reply.json["errors"]] == [field]


def test_a_key_stores_no_answer_with_secrets(api: Api, database: Database) -> None:
    body = {"workspace_name": "Initech", "admin_email": "bill@initech.example", "admin_password": PASSWORD}

    replies = [api.post("/v1/auth/register", body, Idempotency_Key="k") for _ in range(2)]

    assert [reply.status for reply in replies] == [201, 201]
    assert database.value("SELECT count(*) FROM idempotency_keys") == 0


def test_only_digests_are_kept(api: Api, database: Database) -> None:
    made = register(api).json

    kept = str(database.rows("SELECT * FROM refresh_tokens")) + str(database.rows("SELECT * FROM users"))

    assert made["refresh_token"] not in kept
    assert PASSWORD not in kept


def test_nothing_secret_is_logged(
    api: Api, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    made = register(api).json

    told = caplog.text + capsys.readouterr().out
    assert not [
        secret for secret in (PASSWORD, made["access_token"], made["refresh_token"]) if secret in told
    ]


def test_twenty_an_hour_from_one_address(api: Api) -> None:
    first = register(api)
    for _ in range(19):
        register(api, admin_password="short")

    refused, elsewhere = register(api), register(api.at("198.51.100.9"))

    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("20", "19")
    assert (refused.status, refused.code) == (429, "RATE_LIMITED")
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert elsewhere.status == 201
