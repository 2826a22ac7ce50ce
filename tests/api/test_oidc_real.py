"""Signing in with a real OpenID provider, django-oauth-toolkit, through its own pages."""

from collections.abc import Iterator

import pytest

from chalicelib.accounts import oidc_calls
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.invoking import Lambda
from tests.support.openid_provider import BACK, CLIENT, SECRET, Browser, OpenIdProvider


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture
def desk(api: Api, cast: Cast, real: OpenIdProvider, egress_function: Lambda) -> Api:
    """Acme, where the provider's groups are roles."""
    oidc_calls.forget_keys()
    settings = {
        "issuer": real.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [BACK],
        "role_claim": "groups",
        "role_mapping": {"desk": "agent", "desk-leads": "dispatcher"},
        "create_users": True,
    }
    reply = api.with_token(cast.ada.token).patch("/v1/workspace/oidc", settings)
    assert reply.status == 200, reply.text
    assert reply.json["authorization_endpoint"] == f"{real.issuer}/authorize/"
    return api


def test_a_person_of_the_desk_signs_in_and_is_who_one_was(
    desk: Api, cast: Cast, real: OpenIdProvider
) -> None:
    started = desk.post("/v1/auth/oidc/start", {"workspace": "acme"}).json

    back = Browser("ana").go(started["authorization_url"])
    reply = desk.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]})

    assert (back["state"], back["iss"]) == (started["state"], real.issuer)
    assert (reply.status, reply.json["user"]["id"]) == (200, str(cast.ana.id))
    assert desk.with_token(reply.json["access_token"]).get("/v1/auth/me").json["email"] == cast.ana.email


def test_somebody_new_comes_in_with_the_role_of_the_groups(desk: Api) -> None:
    started = desk.post("/v1/auth/oidc/start", {"workspace": "acme"}).json

    back = Browser("lena").go(started["authorization_url"])
    user = desk.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]}).json["user"]

    assert (user["email"], user["name"], user["role"]) == ("lena@acme.example", "Lena", "dispatcher")


def test_somebody_without_a_group_stays_outside(desk: Api) -> None:
    started = desk.post("/v1/auth/oidc/start", {"workspace": "acme"}).json

    back = Browser("olga").go(started["authorization_url"])
    reply = desk.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]})

    assert (reply.status, reply.code) == (403, "FORBIDDEN")


def test_the_code_of_one_sign_in_is_refused_by_the_provider_in_another(
    desk: Api, real: OpenIdProvider, database: Database
) -> None:
    """What PKCE is for, said by somebody else's code."""
    first, second = (desk.post("/v1/auth/oidc/start", {"workspace": "acme"}).json for _ in range(2))
    stolen = Browser("ana").go(first["authorization_url"])["code"]

    body = {"state": second["state"], "binding": second["binding"], "code": stolen, "iss": real.issuer}
    reply = desk.post("/v1/auth/oidc/finish", body)

    assert (reply.status, reply.code, reason(database)) == (401, "UNAUTHENTICATED", "invalid_grant")


def test_a_wrong_client_secret_lets_nobody_in(desk: Api, cast: Cast, database: Database) -> None:
    desk.with_token(cast.ada.token).patch("/v1/workspace/oidc", {"client_secret": "another"})
    started = desk.post("/v1/auth/oidc/start", {"workspace": "acme"}).json
    back = Browser("ana").go(started["authorization_url"])

    assert desk.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]}).status == 401
    assert reason(database) == "invalid_client"


def reason(database: Database) -> str:
    """Why the last sign-in failed, as the audit log has it."""
    sql = "SELECT after FROM audit_log WHERE action = 'sign_in.failed' ORDER BY sequence DESC LIMIT 1"
    return str(database.value(sql)["reason"])
