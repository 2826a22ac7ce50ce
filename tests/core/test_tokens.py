"""Tokens: what is signed comes back, and nothing else passes, even when it is signed with the right key."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.keys import encode_base64url
from chalicelib.core.tokens import (
    Claims,
    InvalidToken,
    Signer,
    SigningKey,
    TokenKind,
    Verifier,
    new_opaque_token,
    opaque_digest,
)
from tests.support.for_each import for_each

NOW = 1_790_000_000
DAY = 24 * 60 * 60
KEY = SigningKey.from_seed("2026-01", hashlib.sha256(b"one").digest())
NEXT_KEY = SigningKey.from_seed("2026-07", hashlib.sha256(b"two").digest())
SIGNER = Signer(KEY, "mesa", "mesa-api")
CLAIMS = Claims(
    subject=UUID("0198f3a0-0000-7000-8000-000000000001"),
    workspace_id=UUID("0198f3a0-0000-7000-8000-000000000002"),
    role="agent",
    kind=TokenKind.ACCESS,
    token_id=UUID("0198f3a0-0000-7000-8000-000000000003"),
    issued_at=NOW,
    expires_at=NOW + 900,
)
API_KEY = replace(CLAIMS, kind=TokenKind.API_KEY, expires_at=NOW + 365 * DAY)
HEADER = {"alg": "EdDSA", "kid": "2026-01", "typ": "JWT"}
PAYLOAD = {
    "aud": "mesa-api",
    "exp": NOW + 900,
    "iat": NOW,
    "iss": "mesa",
    "jti": str(CLAIMS.token_id),
    "role": "agent",
    "sub": str(CLAIMS.subject),
    "typ": "access",
    "workspace_id": str(CLAIMS.workspace_id),
}


def verifier(now: float = NOW + 1, **keys: bytes) -> Verifier:
    return Verifier(keys or {KEY.kid: KEY.public_bytes}, "mesa", "mesa-api", clock=lambda: now)


def segment(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return encode_base64url(text)


def forge(header: object = HEADER, payload: object = PAYLOAD, key: SigningKey = KEY) -> str:
    """Any header and payload under a genuine signature."""
    signed = f"{segment(header)}.{segment(payload)}"
    return f"{signed}.{encode_base64url(key.private_key.sign(signed.encode()))}"


def refusal(token: str, now: float = NOW + 1) -> str:
    with pytest.raises(InvalidToken) as refused:
        verifier(now).verify(token)
    return str(refused.value)


def test_an_access_token_comes_back_as_it_was_signed() -> None:
    assert verifier().verify(SIGNER.sign(CLAIMS)) == CLAIMS


def test_an_api_key_is_the_same_with_a_prefix() -> None:
    token = SIGNER.sign(API_KEY)

    assert token.startswith("mesa_eyJ")
    assert verifier().verify(token) == API_KEY


def test_the_form_of_a_token_never_changes() -> None:
    # API keys live for years: a library that writes the header in another way must not end them.
    assert SIGNER.sign(CLAIMS) == forge()
    assert SIGNER.sign(CLAIMS).split(".")[0] == "eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYtMDEiLCJ0eXAiOiJKV1QifQ"


def test_pyjwt_reads_what_we_sign() -> None:
    token = SIGNER.sign(CLAIMS)

    payload = jwt.decode(
        token,
        KEY.private_key.public_key(),
        ["EdDSA"],
        {"verify_exp": False, "verify_iat": False},
        audience="mesa-api",
    )

    assert payload == PAYLOAD


@given(
    st.builds(
        Claims,
        subject=st.uuids(),
        workspace_id=st.uuids(),
        role=st.sampled_from(["admin", "dispatcher", "agent", "customer"]),
        kind=st.just(TokenKind.ACCESS),
        token_id=st.uuids(),
        issued_at=st.integers(NOW - 899, NOW),
        expires_at=st.just(NOW + 1),
    )
)
def test_every_claim_goes_both_ways(claims: Claims) -> None:
    assert verifier(NOW).verify(SIGNER.sign(claims)) == claims


def test_two_keys_are_valid_during_rotation() -> None:
    both = verifier(**{KEY.kid: KEY.public_bytes, NEXT_KEY.kid: NEXT_KEY.public_bytes})

    assert both.verify(SIGNER.sign(CLAIMS)) == CLAIMS
    assert both.verify(Signer(NEXT_KEY, "mesa", "mesa-api").sign(CLAIMS)) == CLAIMS


def test_a_key_taken_out_of_rotation_signs_nothing_any_more() -> None:
    after = verifier(**{NEXT_KEY.kid: NEXT_KEY.public_bytes})

    with pytest.raises(InvalidToken, match="known key"):
        after.verify(SIGNER.sign(CLAIMS))


def test_a_key_cannot_sign_under_the_id_of_another() -> None:
    assert refusal(forge(key=NEXT_KEY)) == "InvalidSignatureError"


# 1: what a header says is never believed.


def test_case_1_alg_none_is_refused() -> None:
    for alg in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{segment({**HEADER, 'alg': alg})}.{segment(PAYLOAD)}"
        assert "known key" in refusal(f"{unsigned}.")
        assert "known key" in refusal(f"{unsigned}.{SIGNER.sign(CLAIMS).rsplit('.')[-1]}")


def test_case_1_a_token_without_signature_is_refused() -> None:
    signed = SIGNER.sign(CLAIMS).rsplit(".", 1)[0]
    assert refusal(f"{signed}.") == "InvalidSignatureError"
    assert "three segments" in refusal(signed)


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_case_1_the_public_key_is_no_shared_secret(alg: str) -> None:
    for header in ({**HEADER, "alg": alg}, HEADER):
        signed = f"{segment(header)}.{segment(PAYLOAD)}"
        digest = hmac.digest(KEY.public_bytes, signed.encode(), alg.replace("HS", "sha"))
        assert refusal(f"{signed}.{encode_base64url(digest)}")


@for_each(
    "header",
    [
        {**HEADER, "jku": "https://mallory.example/keys.json"},
        {**HEADER, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(NEXT_KEY.public_bytes)}},
        {**HEADER, "x5u": "https://mallory.example/cert.pem"},
        {**HEADER, "x5c": ["MIIB"]},
        {**HEADER, "crit": ["exp"]},
        {**HEADER, "crit": []},
        {**HEADER, "b64": True},
        {**HEADER, "b64": False, "crit": ["b64"]},
        {**HEADER, "cty": "JWT"},
        {**HEADER, "zip": "DEF"},
        {**HEADER, "enc": "A256GCM"},
        {**HEADER, "alg": "Ed25519"},
        {**HEADER, "alg": "RS256"},
        {**HEADER, "alg": "ES256"},
        {**HEADER, "alg": ["EdDSA"]},
        {**HEADER, "typ": "at+jwt"},
        {**HEADER, "kid": "2026-02"},
        {**HEADER, "kid": "../../dev/null"},
        {**HEADER, "kid": ["2026-01"]},
        {**HEADER, "kid": None},
        {"alg": "EdDSA", "typ": "JWT"},
        {"alg": "EdDSA", "kid": "2026-01"},
        {"typ": "JWT", "kid": "2026-01"},
        {},
        [],
        None,
        b"",
        b"[" * 2000,
        b'{"alg":"EdDSA", "kid":"2026-01","typ":"JWT"}',
        b'{"alg":"none","alg":"EdDSA","kid":"2026-01","typ":"JWT"}',
        b'\xef\xbb\xbf{"alg":"EdDSA","kid":"2026-01","typ":"JWT"}',
    ],
)
def test_case_1_any_other_header_is_refused_even_when_signed_by_us(header: object) -> None:
    assert "known key" in refusal(forge(header=header))


def test_case_1_a_detached_payload_is_refused() -> None:
    head, _, signature = SIGNER.sign(CLAIMS).split(".")
    assert refusal(f"{head}..{signature}") == "InvalidSignatureError"


# 2: every claim is needed, and of the right shape.


@pytest.mark.parametrize("claim", sorted(PAYLOAD))
def test_case_2_a_missing_claim_is_refused(claim: str) -> None:
    rest = {name: value for name, value in PAYLOAD.items() if name != claim}
    assert refusal(forge(payload=rest)) == "claims missing or unknown"
    assert refusal(forge(payload={**rest, claim: None}))


@for_each(
    "change",
    [
        {"iss": "other"},
        {"iss": ["mesa"]},
        {"iss": "Mesa"},
        {"aud": "other"},
        {"aud": ["mesa-api"]},
        {"aud": ["mesa-api", "other"]},
        {"aud": ""},
        {"sub": ""},
        {"sub": "1"},
        {"sub": 7},
        {"sub": str(CLAIMS.subject).upper()},
        {"sub": CLAIMS.subject.hex},
        {"sub": "{" + str(CLAIMS.subject) + "}"},
        {"sub": CLAIMS.subject.urn},
        {"workspace_id": "acme"},
        {"workspace_id": "*"},
        {"workspace_id": str(CLAIMS.workspace_id) + "\n"},
        {"jti": "7"},
        {"jti": True},
        {"role": ""},
        {"role": "Agent"},
        {"role": "agent\n"},
        {"role": ["agent"]},
        {"role": "a" * 40},
        {"iat": str(NOW)},
        {"iat": float(NOW)},
        {"iat": -NOW},
        {"iat": 0},
        {"exp": str(NOW + 900)},
        {"exp": NOW + 900.5},
        {"exp": True},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW + 901},
        {"exp": 10**30},
        {"admin": True},
        {"nbf": NOW + 60},
    ],
)
def test_case_2_a_claim_of_another_shape_is_refused_even_when_signed_by_us(change: dict[str, Any]) -> None:
    assert refusal(forge(payload={**PAYLOAD, **change}))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{}",
        b"{",
        b"\xff",
        b"[" * 1500,
        b'{"exp":NaN}',
        b'{"exp":Infinity}',
    ],
)
def test_case_2_a_payload_that_is_no_object_of_claims_is_refused(payload: bytes) -> None:
    assert refusal(forge(payload=payload))


@pytest.mark.parametrize("name", PAYLOAD)
def test_case_2_a_claim_that_is_there_twice_is_refused(name: str) -> None:
    first, last = json.dumps({name: PAYLOAD[name]})[1:-1], json.dumps(PAYLOAD)[1:]

    assert refusal(forge(payload=f"{{{first},{last}".encode())) == "a name is there twice"


def test_case_2_a_boolean_is_no_time() -> None:
    with pytest.raises(InvalidToken, match="not a whole number"):
        verifier(now=1).verify(forge(payload={**PAYLOAD, "iat": True, "exp": 2}))


@pytest.mark.parametrize(("now", "valid"), [(NOW + 899.9, True), (NOW + 900, False), (NOW + 10**6, False)])
def test_a_token_ends_with_its_second(now: float, valid: bool) -> None:
    token = SIGNER.sign(CLAIMS)
    assert (verifier(now).verify(token) == CLAIMS) if valid else (refusal(token, now) == "expired")


@pytest.mark.parametrize(("now", "valid"), [(NOW - 5, True), (NOW - 6, False)])
def test_a_token_from_the_future_is_refused_beyond_a_little_skew(now: float, valid: bool) -> None:
    token = SIGNER.sign(CLAIMS)
    assert (
        (verifier(now).verify(token) == CLAIMS) if valid else (refusal(token, now) == "issued in the future")
    )


@pytest.mark.parametrize(("kind", "life"), [(TokenKind.ACCESS, 15 * 60), (TokenKind.API_KEY, 731 * DAY)])
def test_a_token_is_not_made_to_live_longer_than_its_kind_may(kind: TokenKind, life: int) -> None:
    SIGNER.sign(replace(CLAIMS, kind=kind, expires_at=NOW + life))
    with pytest.raises(ValueError, match="lives too long"):
        SIGNER.sign(replace(CLAIMS, kind=kind, expires_at=NOW + life + 1))


# 3: a token serves for its own purpose only.


def test_case_3_a_refresh_token_is_no_access_token() -> None:
    assert "known key" in refusal(new_opaque_token().token)


@pytest.mark.parametrize("typ", ["refresh", "id", "Access", "API_KEY", ""])
def test_case_3_a_token_for_another_purpose_is_refused_even_when_signed_by_us(typ: str) -> None:
    assert refusal(forge(payload={**PAYLOAD, "typ": typ})) == "typ is neither access nor api_key"


def test_case_3_an_access_token_is_no_api_key_and_an_api_key_no_access_token() -> None:
    assert refusal("mesa_" + SIGNER.sign(CLAIMS)) == "prefix and typ disagree"
    assert refusal(SIGNER.sign(API_KEY).removeprefix("mesa_")) == "prefix and typ disagree"
    assert "known key" in refusal("mesa_" + SIGNER.sign(API_KEY))


# One token, one spelling; and no text breaks the verifier.


@for_each(
    "spoil",
    [
        lambda _: "",
        lambda t: " " + t,
        lambda t: t + " ",
        lambda t: t + "\n",
        lambda t: t + "=",
        lambda t: t + "==",
        lambda t: t + ".",
        lambda t: t + ".x",
        lambda t: t.replace(".", ".."),
        lambda t: t.replace(".", "=."),
        lambda t: t.upper(),
        lambda t: t[:-1],
        lambda t: t[:-1] + chr(ord(t[-1]) + 1),
        lambda t: t + "\0",
        lambda t: t + "é",
        lambda t: t + "\ud800",
        lambda t: t * 20,
        lambda _: "a" * 1_000_000,
        lambda t: t.split(".")[0] + "." * 100,
    ],
)
def test_a_token_has_one_spelling(spoil: Any) -> None:
    assert refusal(spoil(SIGNER.sign(CLAIMS)))


def test_a_signature_has_one_value() -> None:
    # s + L satisfies the same equation; RFC 8032 §5.1.7 has it refused.
    order = 2**252 + 27742317777372353535851937790883648493
    signed, _, signature = SIGNER.sign(CLAIMS).rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    twin = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")

    assert refusal(f"{signed}.{encode_base64url(twin)}") == "InvalidSignatureError"


def test_a_length_is_refused_before_anything_is_parsed() -> None:
    assert refusal(forge(payload={**PAYLOAD, "role": "a" * 4096})) == "too long"


@given(st.text(max_size=200))
def test_no_text_breaks_the_verifier(text: str) -> None:
    refusal(text)
    refusal(SIGNER.sign(CLAIMS).split(".")[0] + "." + text)
    refusal(SIGNER.sign(CLAIMS) + text + "x")


@given(st.data())
def test_a_token_changed_in_one_character_is_refused(data: st.DataObject) -> None:
    token = SIGNER.sign(CLAIMS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != token[place]))

    refusal(token[:place] + other + token[place + 1 :])


@given(
    st.dictionaries(st.sampled_from([*PAYLOAD, "x"]), st.none() | st.booleans() | st.integers() | st.text())
)
def test_no_signed_payload_breaks_the_verifier(change: dict[str, Any]) -> None:
    with suppress(InvalidToken):
        claims = verifier().verify(forge(payload={**PAYLOAD, **change}))
        assert (claims.subject, claims.workspace_id) == (CLAIMS.subject, CLAIMS.workspace_id)


# Opaque tokens.


def test_an_opaque_token_is_256_random_bits_kept_as_a_digest() -> None:
    tokens = [new_opaque_token() for _ in range(100)]

    assert len({opaque.token for opaque in tokens}) == 100
    assert all(len(base64.urlsafe_b64decode(opaque.token + "=")) == 32 for opaque in tokens)
    assert all(opaque_digest(opaque.token) == opaque.digest for opaque in tokens)
    assert tokens[0].digest == hashlib.sha256(tokens[0].token.encode()).digest()


@pytest.mark.parametrize(
    "token", ["", "short", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "é", "a" * 43 + "\n"]
)
def test_what_cannot_be_an_opaque_token_has_no_digest(token: str) -> None:
    assert opaque_digest(token) is None
