"""The secrets that functions start with: defaults, patterns and short ones stop them."""

import hashlib

import pytest

from chalicelib.core.credentials import DatabaseSecret, SigningSecret, WebhookSecret
from chalicelib.core.keys import encode_base64url
from chalicelib.core.settings import SettingsError
from tests.support.for_each import for_each

SEED = hashlib.sha256(b"seed").digest()
PEPPER = hashlib.sha512(b"pepper").digest()
SIGNING = {"kid": "2026-01", "private_key": encode_base64url(SEED), "pepper": encode_base64url(PEPPER)}
DATABASE = {
    "host": "db.acme.example",
    "port": 5432,
    "dbname": "mesa",
    "username": "mesa_app",
    "password": "v7-Qe9_xLpT2mNcR",
}


def test_a_signing_secret_is_read() -> None:
    secret = SigningSecret.parse(SIGNING)
    assert (secret.kid, secret.seed, secret.pepper) == ("2026-01", SEED, PEPPER)


@for_each(
    "change, sentence",
    [
        ({"kid": None}, "kid is not"),
        ({"kid": ""}, "kid is not"),
        ({"kid": "a b"}, "kid is not"),
        ({"private_key": None}, "has no private_key"),
        ({"private_key": ""}, "has no private_key"),
        ({"private_key": "changeme"}, "private_key is a default value"),
        ({"private_key": "please-change-me-before-production-12345678"}, "private_key is a default value"),
        ({"private_key": "mesa-secret-mesa-secret-mesa-secret-mesa-12"}, "private_key is a default value"),
        ({"private_key": "not base64!"}, "private_key is not base64url"),
        ({"private_key": encode_base64url(bytes(32))}, "private_key is one byte repeated"),
        ({"private_key": encode_base64url(b"tiny")}, "private_key is 4 bytes long"),
        ({"private_key": encode_base64url(SEED[:31])}, "private_key is 31 bytes long"),
        ({"private_key": encode_base64url(SEED + SEED)}, "private_key is not 32 bytes long"),
        ({"private_key": encode_base64url(SEED[:4] * 8)}, "private_key is a pattern"),
        ({"pepper": None}, "has no pepper"),
        ({"pepper": encode_base64url(PEPPER[:16])}, "pepper is 16 bytes long"),
        ({"pepper": encode_base64url(b"salt and pepper, salt and pepper")}, "pepper is readable text"),
        ({"pepper": encode_base64url(SEED)}, "pepper is its private_key"),
    ],
)
def test_case_4_a_default_or_short_signing_secret_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=f"^The signing secret.* {sentence}.*\\.$"):
        SigningSecret.parse(SIGNING | change)


@pytest.mark.parametrize(
    "key", [None, "", "changeme", encode_base64url(bytes(32)), encode_base64url(PEPPER[:16]), "not base64!"]
)
def test_case_4_a_default_or_short_webhook_secret_is_refused(key: str | None) -> None:
    with pytest.raises(SettingsError, match=r"^The webhook secret.* key.*\.$"):
        WebhookSecret.parse({"key": key})


def test_a_webhook_secret_is_read() -> None:
    assert WebhookSecret.parse({"key": encode_base64url(PEPPER)}).keys == (PEPPER,)


def test_while_a_key_is_exchanged_there_are_two_and_both_are_strong() -> None:
    old, new = encode_base64url(PEPPER), encode_base64url(SEED)
    assert WebhookSecret.parse({"key": new, "previous_key": old}).keys == (SEED, PEPPER)
    assert WebhookSecret.parse({"key": new, "previous_key": ""}).keys == (SEED,)
    signing = SigningSecret.parse({**SIGNING, "sealing_key": new, "previous_sealing_key": old})
    assert signing.sealing_keys == (SEED, PEPPER)
    assert SigningSecret.parse(SIGNING).sealing_keys == ()
    for weak in ("changeme", encode_base64url(b"a" * 32), encode_base64url(SEED[:8])):
        with pytest.raises(SettingsError):
            WebhookSecret.parse({"key": new, "previous_key": weak})
        with pytest.raises(SettingsError):
            SigningSecret.parse({**SIGNING, "previous_sealing_key": weak})


def test_a_database_secret_is_read_as_rds_writes_it() -> None:
    secret = DatabaseSecret.parse(DATABASE | {"engine": "postgres", "dbInstanceIdentifier": "mesa"})
    assert (secret.host, secret.port, secret.dbname) == ("db.acme.example", 5432, "mesa")
    assert (secret.username, secret.password, secret.sslmode) == (
        "mesa_app",
        "v7-Qe9_xLpT2mNcR",
        "verify-full",
    )


def test_a_database_port_may_be_text_or_missing() -> None:
    assert DatabaseSecret.parse(DATABASE | {"port": "6432"}).port == 6432
    assert DatabaseSecret.parse({k: v for k, v in DATABASE.items() if k != "port"}).port == 5432


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"host": ""}, "has no host"),
        ({"dbname": None}, "has no dbname"),
        ({"username": None}, "has no username"),
        ({"password": None}, "has no password"),
        ({"port": "five"}, "port is not a number"),
        ({"sslmode": "prefer"}, "sslmode is not one of"),
        ({"password": "v7-Qe9_xLpT2mNc"}, "password is under 16 characters"),
        ({"password": "changeme-changeme"}, "password is a default value"),
        ({"password": "MyPostgresPassword"}, "password is a default value"),
        ({"password": "aaaaaaaaaaaaaaaaaaaa"}, "password is a default value"),
    ],
)
def test_case_4_a_default_or_short_database_secret_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=f"^The database secret.* {sentence}.*\\.$"):
        DatabaseSecret.parse(DATABASE | change)


def test_secrets_do_not_show_in_what_is_printed() -> None:
    printed = repr((SigningSecret.parse(SIGNING), DatabaseSecret.parse(DATABASE)))
    assert "v7-Qe9" not in printed
    assert repr(SEED) not in printed
