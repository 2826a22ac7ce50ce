"""Settings of each kind of Lambda, read from its environment and checked once at the start.
Standard library only: the authorizer loads this."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self
from urllib.parse import urlsplit

from chalicelib.core.keys import decode_base64url, public_key_weakness

MIN_BCRYPT_COST = 12
KID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+", re.ASCII)
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NAME = re.compile(r"[a-z][a-z0-9.:/-]{1,99}")
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOSTS = re.compile(r"(?:[a-z0-9.-]+(?:,[a-z0-9.-]+)*)?")
_MAIL_FROM = re.compile(r"(?:[^<>\r\n\0]{0,100}<)?[^\s<>@,;]{1,64}@[^\s<>@,;]{1,255}>?")
_MAIL_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """A setting or secret is missing, ill-formed or weak: the function refuses to start. Holds no value."""


def _stage(text: str) -> str:
    if not _STAGE.fullmatch(text):
        raise ValueError("must be a short lower-case name such as prod")
    return text


def _log_level(text: str) -> str:
    if text.upper() not in _LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(_LOG_LEVELS)}")
    return text.upper()


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("must be a lower-case name or URL of 2 to 100 characters")
    return text


def _secret_arn(text: str) -> str:
    if not _SECRET_ARN.fullmatch(text):
        raise ValueError("must be the ARN of a Secrets Manager secret")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query and fragment")
    return text.rstrip("/")


def _url_if_any(text: str) -> str:
    return _url(text) if text else ""


def _bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise ValueError("must be the name of an S3 bucket")
    return text


def _function(text: str) -> str:
    if not _FUNCTION.fullmatch(text):
        raise ValueError("must be the name of a Lambda function")
    return text


def _hosts(text: str) -> frozenset[str]:
    if not _HOSTS.fullmatch(text):
        raise ValueError("must be host names with commas between them")
    return frozenset(filter(None, text.split(",")))


def _host_if_any(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", text):
        raise ValueError("must be the name of a host")
    return text


def _domain_if_any(text: str) -> str:
    if text and not _MAIL_DOMAIN.fullmatch(text):
        raise ValueError("must be a domain such as mail.example.org, in lower case")
    return text


def _name_of_a_set_if_any(text: str) -> str:
    if text and not _FUNCTION.fullmatch(text):
        raise ValueError("must be the name of a configuration set of SES")
    return text


def _scanner(text: str) -> str:
    if text not in ("none", "external"):
        raise ValueError("must be none or external")
    return text


def _urls(text: str) -> tuple[str, ...]:
    return tuple(_url(part.strip()) for part in text.split(","))


def _mail_from(text: str) -> str:
    if not _MAIL_FROM.fullmatch(text) or ("<" in text) != text.endswith(">"):
        raise ValueError("must be a sender such as Mesa <desk@example.org>")
    return text


def _integer(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _words(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("must be a name of at most 200 characters")
    return text


def _public_keys(text: str) -> dict[str, bytes]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError('must be JSON such as {"kid": "base64url of 32 bytes"}') from None
    if not isinstance(entries, dict) or not 1 <= len(entries) <= 2:
        raise ValueError("must hold one public key, or two during rotation")
    keys = {}
    for kid, encoded in entries.items():
        if not KID.fullmatch(kid):
            raise ValueError("has a key id that is not 1 to 64 letters, digits, dots, dashes or underscores")
        if not isinstance(encoded, str):
            raise ValueError(f"has a key {kid} that is not text")
        try:
            keys[kid] = decode_base64url(encoded)
        except ValueError as error:
            raise ValueError(f"has a key {kid} that {error}") from None
        if weakness := public_key_weakness(keys[kid]):
            raise ValueError(f"has a key {kid} that {weakness}")
    return keys


def _variable(name: str, read: Callable[[str], object], default: str | None = None) -> Any:
    """A dataclass field that comes from the environment variable `name`."""
    return field(metadata={"variable": name, "read": read, "default": default})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every function has."""

    stage: str = _variable("MESA_STAGE", _stage)
    log_level: str = _variable("MESA_LOG_LEVEL", _log_level, "INFO")

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reads this class's variables; SettingsError names the first that is missing or unfit."""
        values = {}
        for setting in fields(cls):
            name, default = setting.metadata["variable"], setting.metadata["default"]
            text = environ.get(name, "").strip() or default
            if text is None:
                raise SettingsError(f"{name} is not set.")
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as error:
                raise SettingsError(f"{name} {error}.") from None
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Rules that need more than one variable. Raises SettingsError."""

    @property
    def on_a_laptop(self) -> bool:
        """True for the stages that never face the internet."""
        return self.stage in ("local", "test")


@dataclass(frozen=True, kw_only=True)
class AuthorizerSettings(Settings):
    """The authorizer: who may have signed a token. `public_keys` maps a key id to a raw Ed25519 key."""

    public_keys: Mapping[str, bytes] = _variable("MESA_TOKEN_PUBLIC_KEYS", _public_keys)
    issuer: str = _variable("MESA_TOKEN_ISSUER", _name, "mesa")
    audience: str = _variable("MESA_TOKEN_AUDIENCE", _name, "mesa-api")


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings(Settings):
    """A function that needs the database and nothing else: the sweep, the purge. `database_host`: the proxy
    before the database that the secret names, if there is one."""

    database_secret_arn: str = _variable("MESA_DATABASE_SECRET_ARN", _secret_arn)
    database_host: str = field(
        default="", metadata={"variable": "MESA_DATABASE_HOST", "read": _host_if_any, "default": ""}
    )


@dataclass(frozen=True, kw_only=True)
class OwnerSettings(DatabaseSettings):
    """What acts as the schema's owner: the migrations, and the rotation of the application's password."""

    owner_secret_arn: str = _variable("MESA_OWNER_SECRET_ARN", _secret_arn)


@dataclass(frozen=True, kw_only=True)
class PublicStatusSettings(DatabaseSettings):
    """The public look-up."""

    rate_limit_factor: int = _variable("MESA_RATE_LIMIT_FACTOR", _integer, "1")

    def check(self) -> None:
        _check_rate_limit(self.rate_limit_factor, self.stage)


@dataclass(frozen=True, kw_only=True)
class RelaySettings(DatabaseSettings):
    """The event relay: the queues that every event goes to, and the one that jobs go to."""

    event_queue_urls: tuple[str, ...] = _variable("MESA_EVENT_QUEUE_URLS", _urls)
    job_queue_url: str = _variable("MESA_JOB_QUEUE_URL", _url)


@dataclass(frozen=True, kw_only=True)
class AnchorSettings(DatabaseSettings):
    """What anchors the audit log: the bucket that the anchors go to."""

    audit_bucket: str = _variable("MESA_AUDIT_BUCKET", _bucket)


@dataclass(frozen=True, kw_only=True)
class PurgeSettings(DatabaseSettings):
    """The purge: the buckets whose files and mails it deletes."""

    attachments_bucket: str = _variable("MESA_ATTACHMENTS_BUCKET", _bucket)
    mail_bucket: str = _variable("MESA_MAIL_BUCKET", _bucket)


@dataclass(frozen=True, kw_only=True)
class AttachmentSettings(DatabaseSettings):
    """What receives files. `scanner`: `external` where files wait for the word of one, else `none`."""

    attachments_bucket: str = _variable("MESA_ATTACHMENTS_BUCKET", _bucket)
    scanner: str = _variable("MESA_SCANNER", _scanner, "none")


@dataclass(frozen=True, kw_only=True)
class MailboxSettings(RelaySettings):
    """What takes mail in: where it comes to, where its files go to, and the desk's own addresses."""

    mail_bucket: str = _variable("MESA_MAIL_BUCKET", _bucket)
    attachments_bucket: str = _variable("MESA_ATTACHMENTS_BUCKET", _bucket)
    mail_from: str = _variable("MESA_MAIL_FROM", _mail_from)
    mail_domain: str = _variable("MESA_MAIL_DOMAIN", _domain_if_any, "")


@dataclass(frozen=True, kw_only=True)
class JobSettings(DatabaseSettings):
    """What works off jobs: the bucket for files that people ask for; and what takes in mail that was released
    has, beside the queues."""

    export_bucket: str = _variable("MESA_EXPORT_BUCKET", _bucket)
    mail_bucket: str = _variable("MESA_MAIL_BUCKET", _bucket)
    attachments_bucket: str = _variable("MESA_ATTACHMENTS_BUCKET", _bucket)
    mail_from: str = _variable("MESA_MAIL_FROM", _mail_from)
    mail_domain: str = _variable("MESA_MAIL_DOMAIN", _domain_if_any, "")


@dataclass(frozen=True, kw_only=True)
class WebhookSettings(DatabaseSettings):
    """What hands events to webhooks: the key of their secrets, and the queue to what calls strangers."""

    webhook_secret_arn: str = _variable("MESA_WEBHOOK_SECRET_ARN", _secret_arn)
    delivery_queue_url: str = _variable("MESA_DELIVERY_QUEUE_URL", _url)


@dataclass(frozen=True, kw_only=True)
class NotificationSettings(DatabaseSettings):
    """The notification function."""

    mail_from: str = _variable("MESA_MAIL_FROM", _mail_from)
    public_url: str = _variable("MESA_PUBLIC_URL", _url)
    mail_domain: str = _variable("MESA_MAIL_DOMAIN", _domain_if_any, "")
    configuration_set: str = _variable("MESA_MAIL_CONFIGURATION_SET", _name_of_a_set_if_any, "")

    def check(self) -> None:
        _check_public_url(self.public_url, self)


@dataclass(frozen=True, kw_only=True)
class ApiSettings(RelaySettings):
    """The API."""

    signing_secret_arn: str = _variable("MESA_SIGNING_SECRET_ARN", _secret_arn)
    issuer: str = _variable("MESA_TOKEN_ISSUER", _name, "mesa")
    audience: str = _variable("MESA_TOKEN_AUDIENCE", _name, "mesa-api")
    public_url: str = _variable("MESA_PUBLIC_URL", _url)
    audit_bucket: str = _variable("MESA_AUDIT_BUCKET", _bucket)
    attachments_bucket: str = _variable("MESA_ATTACHMENTS_BUCKET", _bucket)
    download_url: str = _variable("MESA_DOWNLOAD_URL", _url_if_any, "")
    mail_bucket: str = _variable("MESA_MAIL_BUCKET", _bucket)
    egress_function: str = _variable("MESA_EGRESS_FUNCTION", _function)
    egress_local_hosts: frozenset[str] = _variable("MESA_EGRESS_LOCAL_HOSTS", _hosts, "")
    webhook_secret_arn: str = _variable("MESA_WEBHOOK_SECRET_ARN", _secret_arn)
    export_bucket: str = _variable("MESA_EXPORT_BUCKET", _bucket)
    mail_domain: str = _variable("MESA_MAIL_DOMAIN", _domain_if_any, "")
    rate_limit_factor: int = _variable("MESA_RATE_LIMIT_FACTOR", _integer, "1")
    bcrypt_cost: int = _variable("MESA_BCRYPT_COST", _integer, "12")

    def check(self) -> None:
        _check_public_url(self.public_url, self)
        _check_rate_limit(self.rate_limit_factor, self.stage)
        _check_local_hosts(self.egress_local_hosts, self)
        lowest = 4 if self.stage == "test" else MIN_BCRYPT_COST
        if not lowest <= self.bcrypt_cost <= 16:
            raise SettingsError(f"MESA_BCRYPT_COST must be {lowest} to 16 in the stage {self.stage}.")


@dataclass(frozen=True, kw_only=True)
class EgressSettings(Settings):
    """What calls strangers. `local_hosts` are this machine's own: they may be called, by plain http too."""

    local_hosts: frozenset[str] = _variable("MESA_EGRESS_LOCAL_HOSTS", _hosts, "")

    def check(self) -> None:
        _check_local_hosts(self.local_hosts, self)


@dataclass(frozen=True, kw_only=True)
class DeliverySettings(EgressSettings):
    """What makes the calls of a queue: the one where it tells what became of them."""

    result_queue_url: str = _variable("MESA_DELIVERY_RESULT_QUEUE_URL", _url)


@dataclass(frozen=True, kw_only=True)
class PointSettings(EgressSettings):
    """What writes points: the InfluxDB that takes them, and the secret that has its token."""

    influx_url: str = _variable("MESA_INFLUX_URL", _url)
    influx_org: str = _variable("MESA_INFLUX_ORG", _words, "")
    influx_bucket: str = _variable("MESA_INFLUX_BUCKET", _words, "mesa")
    influx_secret_arn: str = _variable("MESA_INFLUX_SECRET_ARN", _secret_arn)

    def check(self) -> None:
        super().check()
        if not self.on_a_laptop and not self.influx_url.startswith("https://"):
            raise SettingsError(f"MESA_INFLUX_URL must be https in the stage {self.stage}.")


def _check_local_hosts(hosts: frozenset[str], settings: Settings) -> None:
    if hosts and not settings.on_a_laptop:
        raise SettingsError(f"MESA_EGRESS_LOCAL_HOSTS must be empty in the stage {settings.stage}.")


def _check_public_url(url: str, settings: Settings) -> None:
    if not settings.on_a_laptop and not url.startswith("https://"):
        raise SettingsError(f"MESA_PUBLIC_URL must be https in the stage {settings.stage}.")


def _check_rate_limit(factor: int, stage: str) -> None:
    if factor < 1:
        raise SettingsError("MESA_RATE_LIMIT_FACTOR must be 1 or more.")
    if factor > 1 and stage == "prod":
        raise SettingsError("MESA_RATE_LIMIT_FACTOR must be 1 in the stage prod.")
