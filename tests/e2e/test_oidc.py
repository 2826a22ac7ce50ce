"""Signing in with a real OpenID provider on the deployed stack: the API's Lambda asks the egress Lambda."""

from pathlib import Path

import pytest

from tests.e2e.http import Http
from tests.support.openid_provider import BACK, CLIENT, SECRET, Browser, OpenIdProvider


def test_somebody_new_signs_in_with_the_provider_of_the_workspace(http: Http, tmp_path: Path) -> None:
    owner = {"admin_email": "ada@oidc.example", "admin_password": "violet staple horse"}
    registered = http.post("/v1/auth/register", {"workspace_name": "Federated", **owner}).json
    ada = http.with_token(registered["access_token"])
    provider = OpenIdProvider(tmp_path)
    try:
        saved = ada.patch(
            "/v1/workspace/oidc",
            {
                "issuer": provider.issuer,
                "client_id": CLIENT,
                "client_secret": SECRET,
                "redirect_uris": [BACK],
                "role_claim": "groups",
                "role_mapping": {"desk-leads": "dispatcher"},
                "create_users": True,
            },
        )
        assert saved.status == 200, saved.text
        slug = registered["workspace"]["slug"]
        started = http.post("/v1/auth/oidc/start", {"workspace": slug}).json
        back = Browser("lena").go(started["authorization_url"])
        signed_in = http.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]})
        again = http.post("/v1/auth/oidc/finish", {**back, "binding": started["binding"]})
    finally:
        provider.stop()

    assert signed_in.status == 200, signed_in.text
    lena = http.with_token(signed_in.json["access_token"])
    me = lena.get("/v1/auth/me").json
    assert (me["email"], me["role"], me["workspace"]["slug"]) == ("lena@acme.example", "dispatcher", slug)
    assert (again.status, again.code) == (401, "UNAUTHENTICATED")
    actions = [entry["action"] for entry in ada.get("/v1/audit-log").json["items"]]
    assert actions[:3] == ["sign_in.failed", "sign_in.succeeded", "user.created"]


@pytest.mark.parametrize(
    "issuer", ["https://169.254.169.254", "https://localtest.invalid", "https://10.0.0.1"]
)
def test_53_the_deployed_egress_calls_nothing_inside(http: Http, issuer: str) -> None:
    owner = {"admin_email": "ada@inside.example", "admin_password": "violet staple horse"}
    registered = http.post("/v1/auth/register", {"workspace_name": "Inside", **owner}).json
    ada = http.with_token(registered["access_token"])

    reply = ada.patch("/v1/workspace/oidc", {"issuer": issuer, "client_id": "a", "redirect_uris": [BACK]})

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
