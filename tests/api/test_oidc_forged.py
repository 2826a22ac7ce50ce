"""Providers, browsers and strangers that lie about a sign-in: none of them comes in, and the log says why."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from chalicelib.accounts import oidc_calls
from tests.support.for_each import for_each
from tests.support.forged_provider import CLIENT, Provider, jwk, key_for, weak_key
from tests.support.oidc_desk import OidcDesk
from tests.support.stranger import Told

NOW = int(time.time())


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused(oidc: OidcDesk, body: dict[str, Any] | None = None) -> str | None:
    """Why a sign-in failed; whoever tried hears 401, no more, and no session begins."""
    body, before = body or oidc.went_there(), len(oidc.actions())
    reply = oidc.finish(body)
    assert (reply.status, reply.code) == (401, "UNAUTHENTICATED"), reply.text
    assert oidc.actions()[before:] == ["sign_in.failed"]
    assert oidc.database.value("SELECT count(*) FROM refresh_tokens") == 0
    return oidc.reason()


class TestTokens:
    @for_each(
        "claims, reason",
        [
            ({"iss": "https://evil.example"}, "issuer"),
            ({"iss": None}, "malformed"),
            ({"iss": ["a"]}, "issuer"),
            ({"aud": "another-client"}, "audience"),
            ({"aud": None}, "malformed"),
            ({"aud": []}, "audience"),
            ({"aud": [CLIENT, "another-client"]}, "audience"),
            ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, "audience"),
            ({"azp": "another-client"}, "audience"),
            ({"aud": {CLIENT: True}}, "audience"),
            ({"exp": NOW - 120}, "expired"),
            ({"exp": None}, "malformed"),
            ({"exp": "soon"}, "malformed"),
            ({"exp": float("inf")}, "malformed"),
            ({"iat": NOW - 3600, "exp": NOW + 3600}, "expired"),
            ({"iat": NOW + 3600, "exp": NOW + 7200}, "not_yet"),
            ({"iat": None}, "malformed"),
            ({"nbf": NOW + 3600}, "not_yet"),
            ({"nonce": "another"}, "nonce"),
            ({"nonce": None}, "nonce"),
            ({"nonce": ["a"]}, "nonce"),
            ({"at_hash": "c3RvbGVu"}, "at_hash"),
            ({"at_hash": 7}, "at_hash"),
            ({"sub": None}, "malformed"),
            ({"sub": ""}, "subject"),
            ({"sub": "a" * 256}, "subject"),
            ({"sub": "a\x00b"}, "subject"),
        ],
    )
    def test_a_claim_that_is_not_for_us_here_and_now(
        self, oidc: OidcDesk, claims: dict[str, Any], reason: str
    ) -> None:
        oidc.set_up()
        oidc.provider.claims = claims
        assert refused(oidc) == reason

    def test_several_audiences_are_fine_where_we_are_whom_it_is_for(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.provider.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}
        assert oidc.sign_in().status == 200

    @for_each("header", [{"alg": "none"}, {"alg": "NONE"}, {"alg": ""}])
    @pytest.mark.parametrize("signature", ["", "AAAA"])
    def test_case_1_a_token_without_a_signature(
        self, oidc: OidcDesk, header: dict[str, Any], signature: str
    ) -> None:
        oidc.set_up()
        oidc.provider.sign = lambda claims, _: f"{b64(header)}.{b64(claims)}.{signature}"
        assert refused(oidc) == "algorithm"

    @pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER])
    def test_case_1_the_public_key_as_a_shared_secret(
        self, oidc: OidcDesk, encoding: serialization.Encoding
    ) -> None:
        oidc.set_up()
        secret = oidc.provider.key.public_key().public_bytes(
            encoding, serialization.PublicFormat.SubjectPublicKeyInfo
        )

        def sign(claims: dict[str, Any], _: object) -> str:
            signed = f"{b64({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{b64(claims)}"
            return f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

        oidc.provider.sign = sign
        assert refused(oidc) == "algorithm"

    def test_a_shared_secret_in_the_set_is_no_key(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.provider.keys = [{"kty": "oct", "kid": "one", "k": b64(b"a" * 32), "alg": "HS256"}]
        oidc.provider.sign = lambda claims, _: jwt.encode(claims, b"a" * 32, "HS256", {"kid": "one"})
        assert refused(oidc) == "algorithm"

    @for_each(
        "header, reason",
        [
            ({"crit": ["exp"]}, "malformed"),
            ({"crit": ["b64"], "b64": True}, "malformed"),
            ({"typ": "at+jwt"}, "algorithm"),
            ({"typ": "logout+jwt"}, "algorithm"),
        ],
    )
    def test_a_token_of_another_kind(self, oidc: OidcDesk, header: dict[str, Any], reason: str) -> None:
        oidc.set_up()
        oidc.provider.header = header
        assert refused(oidc) == reason

    @pytest.mark.parametrize("field", ["jku", "x5u", "jwk"])
    def test_case_1_a_key_that_the_token_brings_along(self, oidc: OidcDesk, field: str) -> None:
        oidc.set_up()
        own = key_for("RS256", 1)
        brought = jwk(own, "one") if field == "jwk" else f"{oidc.provider.url}/evil"
        oidc.provider.key, oidc.provider.header = own, {field: brought}

        assert refused(oidc) == "signature"
        assert "/evil" not in {asked.path for asked in oidc.provider.heard}

    def test_a_signature_of_somebody_else(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.provider.key = key_for("RS256", 1)
        assert refused(oidc) == "signature"

    def test_a_key_that_nobody_knows_is_looked_for_once(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.provider.kid = "unknown"

        assert refused(oidc) == "key"
        assert [asked.path for asked in oidc.provider.heard].count("/jwks") == 2

    @pytest.mark.parametrize(
        "change",
        [
            {"use": "enc"},
            {"alg": "ES256"},
            {"key_ops": ["sign"]},
            {"key_ops": "verify"},
            {"n": "AA"},
            {"n": None},
            {"kty": "EC"},
        ],
    )
    def test_a_key_for_something_else(self, oidc: OidcDesk, change: dict[str, Any]) -> None:
        oidc.set_up()
        whole = {**oidc.provider.keys[0], **change}
        oidc.provider.keys = [{name: value for name, value in whole.items() if value is not None}]
        oidc_calls.forget_keys()
        assert refused(oidc) == "key"

    @pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
    def test_a_key_that_is_too_short(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.provider.key, oidc.provider.kid = weak_key(), "weak"
        oidc.provider.keys = [jwk(weak_key(), "weak")]
        assert refused(oidc) == "key"

    @pytest.mark.parametrize("kids", [["one", "one"], [None, None]])
    def test_two_keys_between_which_nothing_decides(self, oidc: OidcDesk, kids: list[str | None]) -> None:
        oidc.set_up()
        oidc.provider.kid = kids[0]  # type: ignore[assignment]
        oidc.provider.keys = [jwk(key_for("RS256", n), kid) for n, kid in enumerate(kids)]
        oidc_calls.forget_keys()
        assert refused(oidc) == "key"

    @for_each(
        "token",
        [
            "",
            "a",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "e30.e30.",
            "W10.e30.AA",
            "e30.W10.AA",
            "a" * 40_000,
            7,
            None,
            [],
        ],
    )
    def test_what_is_no_token_at_all(self, oidc: OidcDesk, token: Any) -> None:
        oidc.set_up()
        oidc.provider.answer = {"id_token": token}
        assert refused(oidc) in ("malformed", "algorithm", "token_endpoint_malformed")

    def test_a_payload_that_is_nested_too_deep(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        deep = b'{"a":' * 3000 + b"1" + b"}" * 3000

        def sign(_: object, header: dict[str, Any]) -> str:
            return jwt.PyJWS().encode(deep, oidc.provider.key, "RS256", header)

        oidc.provider.sign = sign
        assert refused(oidc) is not None


class TestStates:
    def test_one_is_good_once(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        body = oidc.went_there()
        assert oidc.finish(body).status == 200
        oidc.database.run("DELETE FROM refresh_tokens")

        assert refused(oidc, body) == "state"
        assert len(oidc.provider.redeemed) == 1

    def test_one_is_used_up_by_a_failure_too(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        body = oidc.went_there()
        oidc.provider.status = 500

        assert refused(oidc, body) == "token_endpoint_status"
        oidc.provider.status = 200
        assert refused(oidc, body) == "state"

    def test_one_is_good_for_ten_minutes(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        body = oidc.went_there()
        oidc.database.run("UPDATE oidc_sign_ins SET expires_at = expires_at - interval '601 seconds'")

        assert refused(oidc, body) == "state"
        assert oidc.provider.redeemed == []

    @for_each("state", ["a", "A" * 43, "", "\u00e9" * 43])
    def test_one_that_nobody_gave_is_none(self, oidc: OidcDesk, state: str) -> None:
        oidc.set_up()
        reply = oidc.finish({**oidc.went_there(), "state": state})
        assert reply.status in (401, 422)
        assert oidc.provider.redeemed == []

    @pytest.mark.parametrize("binding", ["A" * 43, "short"])
    def test_a_victim_is_not_signed_in_with_a_strangers_state(self, oidc: OidcDesk, binding: str) -> None:
        """Login CSRF: the link carries the stranger's state and code, the victim's client has no binding."""
        oidc.set_up()
        body = oidc.went_there()

        assert refused(oidc, {**body, "binding": binding}) == "binding"
        assert refused(oidc, body) == "state"
        assert oidc.provider.redeemed == []

    def test_the_binding_of_another_sign_in_is_no_binding(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        other = oidc.start().json["binding"]
        assert refused(oidc, {**oidc.went_there(), "binding": other}) == "binding"

    def test_the_state_of_another_workspace_leads_there_and_nowhere_else(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.set_up(oidc.cast.mallory, create_users=True, default_role="admin")

        tokens = oidc.sign_in("globex").json

        assert tokens["user"]["workspace"]["slug"] == "globex"
        assert (
            oidc.database.value(
                "SELECT count(*) FROM refresh_tokens WHERE workspace_id = :w", w=oidc.cast.acme
            )
            == 0
        )
        entries = oidc.database.rows("SELECT workspace_id FROM audit_log WHERE action = 'sign_in.succeeded'")
        assert {row["workspace_id"] for row in entries} == {oidc.cast.globex}

    @pytest.mark.parametrize("change", [{"enabled": False}, {"issuer": "other"}, None])
    def test_a_provider_that_was_changed_meanwhile_answers_for_nobody(
        self, oidc: OidcDesk, change: dict[str, Any] | None
    ) -> None:
        oidc.set_up()
        body = oidc.went_there()
        other = Provider()
        try:
            if change is None:
                assert oidc.api.with_token(oidc.cast.ada.token).delete("/v1/workspace/oidc").status == 204
            else:
                oidc.set_up(**({"issuer": other.issuer} if "issuer" in change else change))
            assert refused(oidc, body) == "provider_changed"
        finally:
            other.stop()
        assert oidc.provider.redeemed == []


class TestCodes:
    def test_a_stolen_code_is_of_no_use_in_another_sign_in(self, oidc: OidcDesk) -> None:
        """Injection: the provider knows the challenge that the code was asked for with."""
        oidc.set_up()
        own = oidc.went_there()
        stolen = oidc.went_there()["code"]

        assert refused(oidc, {**own, "code": stolen}) == "invalid_grant"

    def test_nor_where_the_provider_overlooks_the_challenge(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        own = oidc.went_there()
        oidc.went_there()
        challenge = oidc.provider.asked["code_challenge"]

        def overlook(asked: Any) -> Told:
            oidc.provider.asked["code_challenge"] = challenge
            token = {"access_token": "at-1", "id_token": oidc.provider.id_token("at-1")}
            return Told(200, {}, json.dumps(token).encode())

        oidc.provider.routes["/token"] = overlook

        assert refused(oidc, own) == "nonce"

    def test_another_provider_that_answers_is_told_apart(self, oidc: OidcDesk) -> None:
        """Mix-up: the code would go to the token endpoint of whoever lied."""
        oidc.set_up()
        body = oidc.went_there()
        assert refused(oidc, {**body, "iss": "https://evil.example"}) == "mix_up"
        assert oidc.provider.redeemed == []

    def test_one_that_always_names_itself_must(self, oidc: OidcDesk) -> None:
        oidc.provider.document = {"authorization_response_iss_parameter_supported": True}
        oidc.set_up()
        assert refused(oidc) == "mix_up"


class TestProvidersThatFail:
    @for_each(
        "told, reason",
        [
            (Told(400, {}, b'{"error": "invalid_client"}'), "invalid_client"),
            (Told(400, {}, b'{"error": "<script>alert(1)</script>"}'), "token_endpoint_status"),
            (Told(400, {}, b'{"error": ["invalid_grant"]}'), "token_endpoint_status"),
            (Told(403, {}, b"no"), "token_endpoint_status"),
            (Told(302, {"Location": "http://127.0.0.1:1/"}, b""), "token_endpoint_redirected"),
            (Told(200, {}, b"[" * 50_000), "malformed"),
            (Told(200, {}, b"[]"), "malformed"),
            (Told(200, {}, b"\xff"), "malformed"),
            (Told(200, {}, b"{}"), "token_endpoint_malformed"),
            (Told(200, {}, b'{"id_token": "a.b.c", "access_token": 7}'), "token_endpoint_malformed"),
            (Told(200, {}, b'"' + b"a" * 300_000 + b'"'), "token_endpoint_too_large"),
        ],
    )
    def test_a_token_endpoint_that_says_anything_else(self, oidc: OidcDesk, told: Told, reason: str) -> None:
        oidc.set_up()
        oidc.provider.routes["/token"] = lambda _: told
        before = len(oidc.actions())

        reply = oidc.finish(oidc.went_there())

        assert (reply.status, oidc.reason()) == (401, reason)
        assert oidc.actions()[before:] == ["sign_in.failed"]
        assert "script" not in reply.text

    def test_one_that_turned_inward_is_not_called(self, oidc: OidcDesk) -> None:
        oidc.set_up()
        oidc.database.run("UPDATE oidc_providers SET token_endpoint = 'https://169.254.169.254/token'")
        assert refused(oidc) == "token_endpoint_blocked"

    @pytest.mark.parametrize("body", [b"{}", b'{"keys": {}}', b'{"keys": [1, "a", null]}', b"no"])
    def test_keys_that_are_none(self, oidc: OidcDesk, body: bytes) -> None:
        oidc.set_up()
        oidc.provider.says("/jwks", body)
        oidc.provider.kid = "other"
        assert refused(oidc) in ("keys_malformed", "malformed", "key")

    def test_without_the_egress_function_nobody_signs_in_and_nothing_breaks(
        self, oidc: OidcDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        oidc.set_up()
        body = oidc.went_there()
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")

        reply = oidc.finish(body)

        assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE")
        assert int(reply.headers["retry-after"]) >= 1


class TestDiscovery:
    def saved(self, oidc: OidcDesk, issuer: str | None = None) -> str:
        """Why a provider cannot be set up; nothing of it is kept."""
        body = {"client_id": CLIENT, "redirect_uris": ["https://desk.acme.example/back"]}
        reply = oidc.change(issuer=issuer or oidc.provider.issuer, **body)
        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), reply.text
        assert [problem["field"] for problem in reply.json["errors"]] == ["issuer"]
        assert oidc.database.value("SELECT count(*) FROM oidc_providers") == 0
        assert "secret words" not in reply.text
        return str(reply.json["errors"][0]["message"])

    @for_each(
        "issuer",
        [
            "https://10.0.0.1",
            "https://169.254.169.254/latest",
            "https://[::1]:8000",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[64:ff9b::a00:1]/",
            "https://127.0.0.1.nip.invalid",
            "http://login.acme.example",
            "https://user@login.acme.example",
            "https://login.acme.example:25",
            "https://login.acme.example?a=b",
            "https://login.acme.example#a",
            "ftp://login.acme.example",
            "login.acme.example",
            "javascript:alert(1)",
        ],
    )
    def test_case_53_an_issuer_that_leads_inside_or_nowhere(self, oidc: OidcDesk, issuer: str) -> None:
        assert self.saved(oidc, issuer)

    @pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
    @for_each(
        "url",
        ["http://login.acme.example/a", "https://a@b/", "https://b:25/", None, 7, "javascript:a", "//b"],
    )
    def test_case_53_an_endpoint_that_is_none(self, oidc: OidcDesk, field: str, url: Any) -> None:
        oidc.provider.document = {field: url}
        assert self.saved(oidc)

    def test_case_53_keys_that_lie_inside(self, oidc: OidcDesk) -> None:
        oidc.provider.document = {"jwks_uri": "https://10.0.0.1/jwks"}
        assert "public internet" in self.saved(oidc)

    @for_each(
        "document, word",
        [
            ({"issuer": "https://evil.example"}, "issuer"),
            ({"issuer": None}, "issuer"),
            ({"response_types_supported": ["id_token"]}, "code"),
            ({"code_challenge_methods_supported": ["plain"]}, "S256"),
            ({"code_challenge_methods_supported": "S256"}, "S256"),
            ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "RS256"),
        ],
    )
    def test_a_provider_that_lacks_what_is_needed(
        self, oidc: OidcDesk, document: dict[str, Any], word: str
    ) -> None:
        oidc.provider.document = document
        assert word in self.saved(oidc)

    def test_one_that_does_not_say_whether_it_takes_challenges_is_given_one(self, oidc: OidcDesk) -> None:
        oidc.provider.document = {"code_challenge_methods_supported": None}
        assert oidc.set_up().status == 200

    def redirecting(self, _: Any) -> Told:
        return Told(302, {"Location": "/elsewhere"}, b"secret words")

    def huge(self, _: Any) -> Told:
        return Told(200, {}, b"secret words" * 50_000)

    def failing(self, _: Any) -> Told:
        return Told(500, {}, b"secret words")

    def babbling(self, _: Any) -> Told:
        return Told(200, {}, b"secret words")

    @for_each("how", ["redirecting", "huge", "failing", "babbling"])
    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
    def test_case_55_and_56_one_that_redirects_babbles_or_never_ends(
        self, oidc: OidcDesk, how: str, path: str
    ) -> None:
        oidc.provider.routes[path] = getattr(self, how)
        assert self.saved(oidc)

    def test_case_56_one_that_is_slow_is_cut(self, oidc: OidcDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(oidc_calls, "SECONDS", 0.3)

        said: list[int] = []

        def drip(handler: Any) -> None:
            for number in range(100):
                said.append(number)
                handler.wfile.write(b" ")
                time.sleep(0.05)

        oidc.provider.routes["/jwks"] = lambda _: Told(then=drip)

        assert "too long" in self.saved(oidc)
        assert len(said) < 100

    @for_each("keys", [[], [{"kty": "oct", "k": "AA"}], [{"kty": "RSA", "use": "enc"}]])
    def test_one_without_a_key_of_use(self, oidc: OidcDesk, keys: list[Any]) -> None:
        oidc.provider.keys = keys
        assert "key" in self.saved(oidc)
