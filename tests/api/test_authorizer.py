"""The authorizer Lambda: a genuine token gets its role's policy, everything else gets 401."""

import base64
import hashlib
import json
import logging
import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from chalice import Chalice
from chalice.test import Client

from chalicelib.accounts.permissions import Role
from chalicelib.api.access import CALLERS, PUBLIC
from chalicelib.api.authorizer import authorizer, bp, verifier
from chalicelib.core.keys import encode_base64url
from chalicelib.core.settings import SettingsError
from chalicelib.core.tokens import Claims, Signer, SigningKey, TokenKind, new_opaque_token
from tests.support.for_each import for_each

KEY = SigningKey.from_seed("2026-01", hashlib.sha256(b"one").digest())
NEXT_KEY = SigningKey.from_seed("2026-07", hashlib.sha256(b"two").digest())
STRANGERS_KEY = SigningKey.from_seed("2026-01", hashlib.sha256(b"mallory").digest())
METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/api/GET/v1/tickets"
ADA = UUID("0198f3a0-0000-7000-8000-000000000001")
ACME = UUID("0198f3a0-0000-7000-8000-000000000002")


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new sandbox of the authorizer, in the middle of a rotation."""
    keys = {key.kid: encode_base64url(key.public_bytes) for key in (KEY, NEXT_KEY)}
    monkeypatch.setenv("MESA_STAGE", "test")
    monkeypatch.setenv("MESA_TOKEN_PUBLIC_KEYS", json.dumps(keys))
    monkeypatch.delenv("MESA_TOKEN_ISSUER", raising=False)
    monkeypatch.delenv("MESA_TOKEN_AUDIENCE", raising=False)
    verifier.cache_clear()
    yield
    verifier.cache_clear()


def token(
    role: str = "admin",
    kind: TokenKind = TokenKind.ACCESS,
    *,
    key: SigningKey = KEY,
    issuer: str = "mesa",
    audience: str = "mesa-api",
    age: int = 0,
) -> str:
    issued = int(time.time()) - age
    claims = Claims(ADA, ACME, role, kind, uuid4(), issued, issued + 900)
    return Signer(key, issuer, audience).sign(claims)


def authorize(header: str) -> dict[str, Any]:
    """What API Gateway gets for an Authorization header."""
    event = {"type": "TOKEN", "authorizationToken": header, "methodArn": METHOD_ARN}
    answer: dict[str, Any] = authorizer(event, None)
    return answer


def test_a_token_gets_its_roles_policy_and_its_claims_as_texts() -> None:
    answer = authorize(f"Bearer {token('dispatcher')}")

    assert answer["principalId"] == str(ADA)
    context = answer["context"]
    assert (context["sub"], context["workspace_id"]) == (str(ADA), str(ACME))
    assert (context["role"], context["kind"]) == ("dispatcher", "access")
    assert str(UUID(context["jti"])) == context["jti"]
    assert int(context["exp"]) > time.time()
    assert all(type(value) is str for value in context.values())
    assert [statement["Effect"] for statement in answer["policyDocument"]["Statement"]] == ["Allow", "Deny"]


def test_an_api_key_works_as_well() -> None:
    answer = authorize(f"Bearer {token('agent', TokenKind.API_KEY)}")
    assert (answer["context"]["kind"], answer["context"]["role"]) == ("api_key", "agent")


def test_a_token_of_the_next_key_works_during_rotation() -> None:
    assert authorize(f"Bearer {token(key=NEXT_KEY)}")["principalId"] == str(ADA)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_written_in_any_case(scheme: str) -> None:
    assert authorize(f"{scheme} {token()}")["principalId"] == str(ADA)


@for_each(
    "header",
    [
        *(
            "",
            " ",
            "{}",
            "Bearer",
            "Bearer ",
            "Bearer  {}",
            " Bearer {}",
            "Bearer {} ",
            "Bearer\t{}",
            "Bearer {}\n",
        ),
        *("Basic {}", "Token {}", "Bearer: {}", "Bearer Bearer {}", "Bearer {},{}", "Bearer {}; x=y"),
        *(
            "Bearer \0",
            "Bearer é",
            "Bearer%20{}",
            "%42earer {}",
            "bearer={}",
            'Bearer "{}"',
            "Bearer\u00a0{}",
        ),
        *("Bearer {}%", "Bearer {}.", "Bearer {}=", "Bearer %65{}", "Bearer mesa_{}", "Bearer MESA_{}"),
    ],
)
def test_any_other_header_is_401(header: str) -> None:
    refused(header.replace("{}", token()))


def refused(header: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as refusal:
        authorize(header)
    # The type counts too: API Gateway answers 401 to this message alone, and the log shows no cause.
    assert type(refusal.value) is Exception
    assert refusal.value.__suppress_context__


def test_case_1_a_header_of_another_algorithm_is_401() -> None:
    _, payload, signature = token().split(".")
    for header in (
        {"alg": "none", "kid": KEY.kid, "typ": "JWT"},
        {"alg": "HS256", "kid": KEY.kid, "typ": "JWT"},
        {"alg": "EdDSA", "kid": KEY.kid, "typ": "JWT", "jku": "https://mallory.example/keys.json"},
        {"alg": "EdDSA", "kid": KEY.kid, "typ": "JWT", "crit": ["exp"]},
    ):
        changed = encode_base64url(json.dumps(header).encode())
        refused(f"Bearer {changed}.{payload}.{signature}")
        refused(f"Bearer {changed}.{payload}.")


def test_case_1_a_strangers_signature_is_401() -> None:
    refused(f"Bearer {token(key=STRANGERS_KEY)}")


@pytest.mark.parametrize(
    "claims",
    [{"role": "admin"}, {"workspace_id": str(UUID(int=7))}, {"sub": str(UUID(int=7))}, {"typ": "api_key"}],
)
def test_case_1_a_claim_written_over_is_401(claims: dict[str, str]) -> None:
    head, payload, signature = token("customer").split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    forged = encode_base64url(json.dumps({**said, **claims}, separators=(",", ":")).encode())

    refused(f"Bearer {head}.{forged}.{signature}")
    refused(f"Bearer mesa_{head}.{forged}.{signature}")


def test_case_2_another_issuer_or_audience_is_401() -> None:
    refused(f"Bearer {token(issuer='other')}")
    refused(f"Bearer {token(audience='other')}")


def test_case_3_a_refresh_token_is_401() -> None:
    refused(f"Bearer {new_opaque_token().token}")


def test_an_expired_token_is_401() -> None:
    assert authorize(f"Bearer {token(age=890)}")
    refused(f"Bearer {token(age=900)}")


def test_a_role_that_does_not_exist_is_401() -> None:
    refused(f"Bearer {token('superuser')}")


@pytest.mark.parametrize("keys", ["", "{}", '{"2026-01": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'])
def test_case_4_an_authorizer_without_proper_keys_answers_nobody(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    monkeypatch.setenv("MESA_TOKEN_PUBLIC_KEYS", keys)
    for header in (f"Bearer {token()}", "Bearer nonsense"):
        with pytest.raises(SettingsError, match="MESA_TOKEN_PUBLIC_KEYS"):
            authorize(header)


def test_the_answer_may_be_kept_for_a_minute_at_most() -> None:
    app = Chalice("mesa")
    app.register_blueprint(bp)

    [config] = app.builtin_auth_handlers

    assert (config.name, config.ttl_seconds) == ("authorizer", 60)
    assert config.handler_string == "chalicelib.api.authorizer.authorizer"


def test_no_answer_changes_the_next_one() -> None:
    first = authorize(f"Bearer {token('agent')}")
    first["context"]["role"] = "admin"
    assert authorize(f"Bearer {token('agent')}")["context"]["role"] == "agent"


def test_the_token_is_never_logged(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = token(), token(key=STRANGERS_KEY)
    with caplog.at_level(logging.DEBUG):
        authorize(f"Bearer {good}")
        refused(f"Bearer {bad}")

    written = caplog.text + "".join(capsys.readouterr())
    assert all(part not in written for each in (good, bad) for part in each.split(".")[1:])


# In process, where Chalice's own gateway reads the permissions of the policy.


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Every private route of the table, answering with what the authorizer said."""
    app = Chalice("mesa")
    app.register_blueprint(bp)

    def answer(**_: str) -> Any:
        return app.current_request.context["authorizer"]

    for number, ((method, path), access) in enumerate(CALLERS.items()):
        if access != PUBLIC:
            app.route(path, methods=[method], authorizer=authorizer, name=f"route{number}")(answer)
    with Client(app) as client:
        yield client


@pytest.mark.parametrize("role", Role)
def test_chalices_local_gateway_lets_each_role_through_to_its_routes(client: Client, role: Role) -> None:
    headers = {"Authorization": f"Bearer {token(role)}"}
    for (method, path), access in CALLERS.items():
        if access != PUBLIC and role in access:
            response = client.http.request(method, re.sub(r"{\w+}", str(uuid4()), path), headers=headers)
            assert response.status_code == 200, (method, path)
            assert response.json_body["role"] == role
            assert response.json_body["principalId"] == str(ADA)
