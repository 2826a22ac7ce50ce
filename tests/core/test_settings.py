"""Settings: each function reads its own variables and refuses to start, naming the one that is unfit."""

import hashlib
import json
from dataclasses import FrozenInstanceError

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.core.keys import encode_base64url
from chalicelib.core.settings import (
    AnchorSettings,
    ApiSettings,
    AttachmentSettings,
    AuthorizerSettings,
    DatabaseSettings,
    DeliverySettings,
    EgressSettings,
    JobSettings,
    NotificationSettings,
    PublicStatusSettings,
    PurgeSettings,
    RelaySettings,
    Settings,
    SettingsError,
    WebhookSettings,
)
from tests.support.for_each import for_each


def public_key(name: str) -> bytes:
    seed = hashlib.sha256(name.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


KEY = encode_base64url(public_key("one"))
OTHER_KEY = encode_base64url(public_key("two"))
ENVIRON = {
    "MESA_STAGE": "prod",
    "MESA_DATABASE_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mesa/database-AbCdEf",
    "MESA_SIGNING_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mesa/signing-AbCdEf",
    "MESA_TOKEN_PUBLIC_KEYS": json.dumps({"k1": KEY}),
    "MESA_EVENT_QUEUE_URLS": "https://sqs.eu-west-1.amazonaws.com/123456789012/mesa-notifications",
    "MESA_JOB_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mesa-jobs",
    "MESA_AUDIT_BUCKET": "mesa-audit-anchors",
    "MESA_ATTACHMENTS_BUCKET": "mesa-attachment-files",
    "MESA_MAIL_BUCKET": "mesa-mail",
    "MESA_EGRESS_FUNCTION": "mesa-egress",
    "MESA_EXPORT_BUCKET": "mesa-exports",
    "MESA_WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mesa/webhooks-AbCdEf",
    "MESA_DELIVERY_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mesa-deliveries",
    "MESA_DELIVERY_RESULT_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mesa-results",
    "MESA_MAIL_FROM": "Acme desk <desk@acme.example>",
    "MESA_PUBLIC_URL": "https://desk.acme.example/api",
}
EVERY_KIND = [
    AnchorSettings,
    ApiSettings,
    AttachmentSettings,
    AuthorizerSettings,
    DatabaseSettings,
    DeliverySettings,
    EgressSettings,
    JobSettings,
    NotificationSettings,
    PublicStatusSettings,
    PurgeSettings,
    RelaySettings,
    WebhookSettings,
]


def test_the_api_reads_its_variables() -> None:
    settings = ApiSettings.load(ENVIRON | {"MESA_TOKEN_ISSUER": "https://desk.acme.example"})

    assert settings.stage == "prod"
    assert settings.log_level == "INFO"
    assert settings.database_secret_arn == ENVIRON["MESA_DATABASE_SECRET_ARN"]
    assert settings.signing_secret_arn == ENVIRON["MESA_SIGNING_SECRET_ARN"]
    assert settings.issuer == "https://desk.acme.example"
    assert settings.audience == "mesa-api"
    assert settings.event_queue_urls == (ENVIRON["MESA_EVENT_QUEUE_URLS"],)
    assert settings.public_url == "https://desk.acme.example/api"
    assert (settings.rate_limit_factor, settings.bcrypt_cost) == (1, 12)


def test_the_authorizer_needs_its_own_variables_only() -> None:
    environ = {name: ENVIRON[name] for name in ("MESA_STAGE", "MESA_TOKEN_PUBLIC_KEYS")}

    settings = AuthorizerSettings.load(environ)

    assert settings.public_keys == {"k1": public_key("one")}
    assert (settings.issuer, settings.audience) == ("mesa", "mesa-api")


def test_two_public_keys_are_known_during_rotation() -> None:
    keys = json.dumps({"k1": KEY, "k2": OTHER_KEY})
    assert len(AuthorizerSettings.load(ENVIRON | {"MESA_TOKEN_PUBLIC_KEYS": keys}).public_keys) == 2


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.load(ENVIRON).stage = "test"  # type: ignore[misc]


@for_each("kind", EVERY_KIND)
def test_every_function_starts_with_a_whole_environment(kind: type[Settings]) -> None:
    assert kind.load(ENVIRON).stage == "prod"


@pytest.mark.parametrize("empty", ["", "  "])
@for_each("kind", EVERY_KIND)
def test_a_missing_variable_is_named(kind: type[Settings], empty: str) -> None:
    needed = [name for name in ENVIRON if _refusal(kind, {n: v for n, v in ENVIRON.items() if n != name})]

    assert "MESA_STAGE" in needed
    assert [_refusal(kind, ENVIRON | {name: empty}) for name in needed] == [
        f"{n} is not set." for n in needed
    ]


def _refusal(kind: type[Settings], environ: dict[str, str]) -> str | None:
    try:
        kind.load(environ)
    except SettingsError as error:
        return str(error)
    return None


@for_each(
    "kind, name, value",
    [
        (Settings, "MESA_STAGE", "Prod!"),
        (Settings, "MESA_LOG_LEVEL", "LOUD"),
        (DatabaseSettings, "MESA_DATABASE_SECRET_ARN", "mesa/database"),
        (DatabaseSettings, "MESA_DATABASE_SECRET_ARN", "arn:aws:s3:::bucket"),
        (ApiSettings, "MESA_SIGNING_SECRET_ARN", "changeme"),
        (ApiSettings, "MESA_TOKEN_ISSUER", "two words"),
        (ApiSettings, "MESA_TOKEN_AUDIENCE", "x"),
        (ApiSettings, "MESA_PUBLIC_URL", "desk.acme.example"),
        (ApiSettings, "MESA_PUBLIC_URL", "http://desk.acme.example/api"),
        (ApiSettings, "MESA_PUBLIC_URL", "https://desk.acme.example/api?x=1"),
        (ApiSettings, "MESA_RATE_LIMIT_FACTOR", "0"),
        (ApiSettings, "MESA_RATE_LIMIT_FACTOR", "20"),
        (PublicStatusSettings, "MESA_RATE_LIMIT_FACTOR", "20"),
        (ApiSettings, "MESA_RATE_LIMIT_FACTOR", "many"),
        (ApiSettings, "MESA_BCRYPT_COST", "11"),
        (ApiSettings, "MESA_BCRYPT_COST", "31"),
        (ApiSettings, "MESA_BCRYPT_COST", "-12"),
        (AnchorSettings, "MESA_AUDIT_BUCKET", "Mesa_Audit"),
        (AnchorSettings, "MESA_AUDIT_BUCKET", "s3://mesa-audit"),
        (PurgeSettings, "MESA_ATTACHMENTS_BUCKET", "Mesa_Files"),
        (ApiSettings, "MESA_DOWNLOAD_URL", "files.acme.example"),
        (AttachmentSettings, "MESA_SCANNER", "clamav"),
        (ApiSettings, "MESA_EGRESS_FUNCTION", "../other/functions"),
        (EgressSettings, "MESA_EGRESS_LOCAL_HOSTS", "127.0.0.1"),
        (ApiSettings, "MESA_EGRESS_LOCAL_HOSTS", "127.0.0.1"),
        (DeliverySettings, "MESA_EGRESS_LOCAL_HOSTS", "localhost"),
        (EgressSettings, "MESA_EGRESS_LOCAL_HOSTS", "a,,b"),
        (DeliverySettings, "MESA_DELIVERY_RESULT_QUEUE_URL", "mesa-results"),
        (WebhookSettings, "MESA_DELIVERY_QUEUE_URL", "mesa-deliveries"),
        (WebhookSettings, "MESA_WEBHOOK_SECRET_ARN", "changeme"),
        (ApiSettings, "MESA_WEBHOOK_SECRET_ARN", "changeme"),
        (RelaySettings, "MESA_EVENT_QUEUE_URLS", "https://sqs.example/a,,"),
        (NotificationSettings, "MESA_MAIL_FROM", "nobody"),
        (NotificationSettings, "MESA_MAIL_FROM", "desk@acme.example\r\nBcc: all@acme.example"),
        (NotificationSettings, "MESA_MAIL_FROM", "Desk <desk@acme.example>\r\nBcc: all@acme.example"),
        (NotificationSettings, "MESA_MAIL_FROM", "Desk <desk@acme.example"),
    ],
)
def test_an_unfit_variable_is_named_but_not_shown(kind: type[Settings], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+\.$") as refusal:
        kind.load(ENVIRON | {name: value})
    assert len(value) < 4 or value not in str(refusal.value)


@for_each(
    "keys",
    [
        "k1",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps({"a": KEY, "b": OTHER_KEY, "c": KEY}),
        json.dumps({"": KEY}),
        json.dumps({"k 1": KEY}),
        json.dumps({"k1": 7}),
        json.dumps({"k1": KEY + "="}),
        json.dumps({"k1": KEY[:40]}),
        json.dumps({"k1": encode_base64url(bytes(32))}),
        json.dumps({"k1": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),  # of RFC 8037
    ],
)
def test_case_4_the_authorizer_refuses_to_start_with_keys_that_prove_nothing(keys: str) -> None:
    with pytest.raises(SettingsError, match=r"^MESA_TOKEN_PUBLIC_KEYS (must|has) "):
        AuthorizerSettings.load(ENVIRON | {"MESA_TOKEN_PUBLIC_KEYS": keys})


@pytest.mark.parametrize("stage", ["prod", "staging", "local"])
def test_case_4_cheap_hashes_are_for_tests_only(stage: str) -> None:
    assert ApiSettings.load(ENVIRON | {"MESA_STAGE": "test", "MESA_BCRYPT_COST": "4"}).bcrypt_cost == 4
    with pytest.raises(SettingsError, match=f"MESA_BCRYPT_COST must be 12 to 16 in the stage {stage}"):
        ApiSettings.load(ENVIRON | {"MESA_STAGE": stage, "MESA_BCRYPT_COST": "4"})


def test_a_laptop_may_speak_http_and_is_throttled_less() -> None:
    address = "http://127.0.0.1:4566/api/"
    local = {"MESA_STAGE": "local", "MESA_PUBLIC_URL": address, "MESA_RATE_LIMIT_FACTOR": "20"}

    settings = ApiSettings.load(ENVIRON | local)

    assert (settings.public_url, settings.rate_limit_factor) == ("http://127.0.0.1:4566/api", 20)
