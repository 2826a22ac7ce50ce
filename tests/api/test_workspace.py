"""GET and PATCH /v1/workspace: the settings, and what they can be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts import settings
from chalicelib.api.schemas.workspace import WorkspaceOut
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    """The API as the admin calls it."""
    return api.with_token(cast.ada.token)


def test_it_shows_the_settings(ada: Api, cast: Cast) -> None:
    reply = ada.get("/v1/workspace")

    workspace = reply.read(WorkspaceOut)
    del workspace["created_at"], workspace["updated_at"]
    assert workspace == {
        "id": cast.acme,
        "slug": "acme",
        "name": "Acme",
        "timezone": "UTC",
        "language": "en",
        "label_prefix": "TKT",
        "agent_visibility": "teams",
        "reopen_window_days": 7,
        "retention_days": None,
        "customer_signup": True,
        "two_step_required_of": "nobody",
        "customers_see_organisation": False,
        "categories_only": False,
        "ratings_enabled": True,
        "rating_delay_hours": 0,
        "pending_reminder_days": [],
        "pending_resolve_days": None,
        "pending_resolve_text": None,
        "add_cc_as_watchers": False,
        "form_sites": [],
        "oidc_enabled": False,
        "branding": {"color": None, "logo_url": None, "footer": None},
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"name": " Acme Networks "}, {"name": "Acme Networks"}),
        ({"slug": "Acme-2"}, {"slug": "acme-2"}),
        ({"timezone": "America/Bogota"}, {"timezone": "America/Bogota"}),
        ({"timezone": "Asia/Kathmandu"}, {"timezone": "Asia/Kathmandu"}),
        ({"language": "es"}, {"language": "es"}),
        ({"label_prefix": "hd"}, {"label_prefix": "HD"}),
        ({"agent_visibility": "all"}, {"agent_visibility": "all"}),
        ({"reopen_window_days": 0}, {"reopen_window_days": 0}),
        ({"reopen_window_days": 365}, {"reopen_window_days": 365}),
        ({"customer_signup": False}, {"customer_signup": False}),
        ({"customers_see_organisation": True}, {"customers_see_organisation": True}),
        ({"ratings_enabled": False}, {"ratings_enabled": False}),
        ({"rating_delay_hours": 168}, {"rating_delay_hours": 168}),
        ({"pending_reminder_days": [3, 7]}, {"pending_reminder_days": [3, 7]}),
        ({"pending_reminder_days": [1, 2, 3, 4, 365]}, {"pending_reminder_days": [1, 2, 3, 4, 365]}),
        ({"pending_reminder_days": []}, {}),
        ({"pending_resolve_days": 1}, {"pending_resolve_days": 1}),
        ({"pending_resolve_days": None}, {}),
        ({"pending_resolve_text": " Bye.\n\nA. "}, {"pending_resolve_text": "Bye.\n\nA."}),
        (
            {"pending_reminder_days": [3], "pending_resolve_days": 4},
            {"pending_reminder_days": [3], "pending_resolve_days": 4},
        ),
        ({"branding": {}}, {}),
        (
            {"branding": {"color": "#0D74CE", "footer": " Calle 7 "}},
            {"branding": {"color": "#0d74ce", "logo_url": None, "footer": "Calle 7"}},
        ),
        (
            {"branding": {"logo_url": "https://x.example/logo.png?v=2"}},
            {
                "branding": {
                    "color": None,
                    "logo_url": "https://x.example/logo.png?v=2",
                    "footer": None,
                }
            },
        ),
        ({}, {}),
        (
            {"name": "A", "language": "es", "reopen_window_days": 14},
            {"name": "A", "language": "es", "reopen_window_days": 14},
        ),
    ],
)
def test_each_setting_changes_alone(ada: Api, sent: dict[str, Any], kept: dict[str, Any]) -> None:
    before = ada.get("/v1/workspace").json

    reply = ada.patch("/v1/workspace", sent)

    assert reply.status == 200
    assert {**reply.json, "updated_at": None} == {**before, **kept, "updated_at": None}
    assert ada.get("/v1/workspace").json == reply.json


@for_each(
    "body",
    [
        {"name": ""},
        {"name": None},
        {"name": "A\r\nB"},
        {"slug": ""},
        {"slug": "-acme"},
        {"slug": "acme-"},
        {"slug": "ac me"},
        {"slug": "ñandú"},
        {"slug": "x" * 64},
        {"slug": "ac\nme"},
        {"timezone": "America/Nowhere"},
        {"timezone": "america/bogota"},
        {"timezone": "UTC+3"},
        {"timezone": "EST5EDT4"},
        {"timezone": "localtime"},
        {"timezone": "Factory"},
        {"timezone": "posix/America/Bogota"},
        {"timezone": "../../etc/passwd"},
        {"timezone": "/etc/localtime"},
        {"timezone": "America"},
        {"timezone": ""},
        {"timezone": "'; DROP TABLE users; --"},
        {"timezone": "x" * 65},
        {"language": "fr"},
        {"language": "EN"},
        {"label_prefix": "1TKT"},
        {"label_prefix": "TKT-"},
        {"label_prefix": ""},
        {"label_prefix": "ABCDEFGHIJK"},
        {"agent_visibility": "none"},
        {"reopen_window_days": -1},
        {"reopen_window_days": 366},
        {"reopen_window_days": "7"},
        {"reopen_window_days": True},
        {"reopen_window_days": 7.5},
        {"reopen_window_days": 99999999999999999999},
        {"customer_signup": 1},
        {"customer_signup": None},
        {"customers_see_organisation": 1},
        {"customers_see_organisation": None},
        {"ratings_enabled": None},
        {"ratings_enabled": 1},
        {"rating_delay_hours": -1},
        {"rating_delay_hours": 169},
        {"rating_delay_hours": True},
        {"rating_delay_hours": None},
        {"pending_reminder_days": None},
        {"pending_reminder_days": 3},
        {"pending_reminder_days": [3, 3]},
        {"pending_reminder_days": [7, 3]},
        {"pending_reminder_days": [1, 2, 3, 4, 5, 6]},
        {"pending_resolve_days": 0},
        {"pending_resolve_days": 366},
        {"pending_resolve_days": True},
        {"pending_resolve_days": "10"},
        {"pending_resolve_text": ""},
        {"pending_resolve_text": "x" * 2001},
        {"pending_resolve_text": "a\x00b"},
        {"id": "0190c0de-0000-7000-8000-000000000001"},
        {"workspace_id": "0190c0de-0000-7000-8000-000000000001"},
        {"created_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_is_refused(ada: Api, body: dict[str, Any]) -> None:
    before = ada.get("/v1/workspace").json

    reply = ada.patch("/v1/workspace", body)

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == list(body)
    assert ada.get("/v1/workspace").json == before


@for_each(
    "branding",
    [
        {"color": "blue"},
        {"color": "#0d7"},
        {"color": "#0d74ce;background:url(//x)"},
        {"color": 1},
        {"logo_url": "http://cdn.acme.example/logo.png"},
        {"logo_url": "//cdn.acme.example/logo.png"},
        {"logo_url": "javascript:alert(1)"},
        {"logo_url": "data:image/png;base64,AAAA"},
        {"logo_url": "https://"},
        {"logo_url": "https://logo"},
        {"logo_url": "https://user:pass@cdn.acme.example/logo.png"},
        {"logo_url": "https://cdn.acme.example:0/logo.png"},
        {"logo_url": "https://cdn.acme.example:99999/logo.png"},
        {"logo_url": "https://[::1/logo.png"},
        {"logo_url": 'https://cdn.acme.example/"onerror="alert(1)'},
        {"logo_url": "https://cdn.acme.example/a b"},
        {"logo_url": "https://cdn.acme.example/" + "x" * 500},
        {"footer": ""},
        {"footer": "Acme\r\nBcc: x@y.example"},
        {"footer": "x" * 301},
        {"font": "Comic Sans"},
    ],
)
def test_branding_that_cannot_be_is_refused(ada: Api, branding: dict[str, Any]) -> None:
    before = ada.get("/v1/workspace").json

    reply = ada.patch("/v1/workspace", {"branding": branding})

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [error["field"] for error in reply.json["errors"]] == [f"branding.{name}" for name in branding]
    assert ada.get("/v1/workspace").json == before


def test_a_part_of_the_branding_changes_alone_and_null_makes_it_plain(ada: Api, database: Database) -> None:
    ada.patch("/v1/workspace", {"branding": {"color": "#112233", "footer": "Calle 7"}})

    reply = ada.patch("/v1/workspace", {"branding": {"footer": None}})

    assert reply.json["branding"] == {"color": "#112233", "logo_url": None, "footer": None}
    assert (
        database.value(
            """SELECT before -> 'branding' ->> 'footer' FROM audit_log
           WHERE action = 'workspace.changed' ORDER BY sequence DESC LIMIT 1"""
        )
        == "Calle 7"
    )


def test_strangers_see_the_facade_and_no_more(api: Api, ada: Api) -> None:
    ada.patch("/v1/workspace", {"language": "es", "branding": {"color": "#112233"}})

    reply = api.get("/v1/public/acme")

    assert reply.status == 200
    assert reply.json == {
        "slug": "acme",
        "name": "Acme",
        "language": "es",
        "timezone": "UTC",
        "customer_signup": True,
        "oidc_enabled": False,
        "branding": {"color": "#112233", "logo_url": None, "footer": None},
    }
    assert api.get("/v1/public/nowhere").status == 404


@pytest.mark.parametrize(
    ("slug", "enabled", "told"), [("acme", True, True), ("acme", False, False), ("globex", True, False)]
)
def test_strangers_see_whether_the_desk_has_a_provider_to_sign_in_with(
    api: Api, ada: Api, cast: Cast, database: Database, slug: str, enabled: bool, told: bool
) -> None:
    database.run(
        "INSERT INTO oidc_providers (workspace_id, issuer, client_id, scopes, redirect_uris, enabled, "
        "authorization_endpoint, token_endpoint, jwks_uri, client_authentication, discovered_at) "
        "VALUES ((SELECT id FROM workspaces WHERE slug = :s), 'https://login.example', 'mesa', "
        "'{openid}', '{https://desk.example/in}', :e, 'https://login.example/a', 'https://login.example/t', "
        "'https://login.example/k', 'client_secret_basic', now())",
        s=slug,
        e=enabled,
    )

    assert api.get("/v1/public/acme").json["oidc_enabled"] is told
    assert ada.get("/v1/workspace").json["oidc_enabled"] is told


def test_a_zone_that_the_database_does_not_know_is_refused(ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "available_timezones", lambda: {"Mars/Olympus_Mons"})

    reply = ada.patch("/v1/workspace", {"timezone": "Mars/Olympus_Mons"})

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "timezone")


def test_a_slug_of_another_workspace_is_a_conflict(ada: Api) -> None:
    reply = ada.patch("/v1/workspace", {"slug": "globex", "name": "Changed"})

    assert (reply.status, reply.code) == (409, "CONFLICT")
    assert ada.get("/v1/workspace").json["name"] == "Acme"


def test_a_new_slug_is_where_one_signs_in(api: Api, ada: Api, cast: Cast) -> None:
    ada.patch("/v1/workspace", {"slug": "acme-networks"})
    body = {"email": cast.ana.email, "password": cast.ana.password}

    assert api.post("/v1/auth/login", {**body, "workspace": "acme-networks"}).status == 200
    assert api.post("/v1/auth/login", {**body, "workspace": "acme"}).status == 401


def test_labels_follow_the_prefix_and_the_zone(api: Api, ada: Api, cast: Cast) -> None:
    ada.patch("/v1/workspace", {"label_prefix": "HD", "timezone": "Pacific/Kiritimati"})

    ticket = api.with_token(cast.carol.token).post("/v1/tickets", {"subject": "A", "description": "B"}).json

    year = (datetime.now(UTC) + timedelta(hours=14)).year
    assert ticket["label"] == f"HD-{year}-00001"


@pytest.mark.parametrize("who", ["dario", "ana"])
def test_staff_look_and_do_not_touch(api: Api, cast: Cast, who: str) -> None:
    caller = api.with_token(getattr(cast, who).token)

    assert caller.get("/v1/workspace").json["slug"] == "acme"
    assert caller.patch("/v1/workspace", {"name": "Mine"}).status == 403


def test_case_18_customers_do_neither(api: Api, cast: Cast) -> None:
    carol = api.with_token(cast.carol.token)

    assert (carol.get("/v1/workspace").status, carol.patch("/v1/workspace", {}).status) == (403, 403)


def test_case_14_each_admin_has_the_own_workspace(api: Api, ada: Api, cast: Cast, database: Database) -> None:
    mallory = api.with_token(cast.mallory.token)

    mallory.patch("/v1/workspace", {"name": "Globex Corporation"})

    assert mallory.get("/v1/workspace").json["id"] == str(cast.globex)
    assert ada.get("/v1/workspace").json["name"] == "Acme"
    assert database.value("SELECT count(*) FROM workspaces WHERE name = 'Acme'") == 1
