"""What secrets must hold before a function starts: neither a default nor a pattern nor too short."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chalicelib.core.keys import KEY_BYTES, decode_base64url, secret_weakness
from chalicelib.core.settings import KID, SettingsError

_MIN_PASSWORD_LENGTH = 16
_SSL_MODES = ("disable", "require", "verify-full")
_DEFAULT_WORDS = ("changeme", "change_me", "change-me", "default", "example", "passw", "postgres", "secret")


@dataclass(frozen=True, slots=True, repr=False)
class SigningSecret:
    """What signs tokens (`seed`: a raw 32-byte Ed25519 seed), what passwords are keyed with (`pepper`), and
    what secrets are sealed with before the pepper, the newest first."""

    kid: str
    seed: bytes
    pepper: bytes
    sealing_keys: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, secret: Mapping[str, Any]) -> Self:
        """From `{"kid", "private_key", "pepper", "sealing_key"?, "previous_sealing_key"?}`. SettingsError for
        a default, patterned or short one."""
        kid = secret.get("kid")
        if not isinstance(kid, str) or not KID.fullmatch(kid):
            raise SettingsError("The signing secret's kid is not 1 to 64 letters, digits or ._- signs.")
        seed, pepper = _key_bytes(secret, "private_key"), _key_bytes(secret, "pepper")
        if len(seed) != KEY_BYTES:
            raise SettingsError(f"The signing secret's private_key is not {KEY_BYTES} bytes long.")
        if hmac.compare_digest(seed, pepper):
            raise SettingsError("The signing secret's pepper is its private_key: they must be independent.")
        return cls(kid, seed, pepper, _several(secret, "sealing_key", "signing"))


@dataclass(frozen=True, slots=True, repr=False)
class WebhookSecret:
    """What the secrets of webhooks are sealed with: a key of its own, for what hands events to them neither
    signs tokens nor knows passwords. The newest key first."""

    keys: tuple[bytes, ...]

    @classmethod
    def parse(cls, secret: Mapping[str, Any]) -> Self:
        """From `{"key", "previous_key"?}`. SettingsError for a default, patterned or short one."""
        _key_bytes(secret, "key", "webhook")
        return cls(_several(secret, "key", "webhook"))


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseSecret:
    """Where the database is and how to log in. `sslmode` is `disable`, `require` or `verify-full`."""

    host: str
    port: int
    dbname: str
    username: str
    password: str
    sslmode: str

    @classmethod
    def parse(cls, secret: Mapping[str, Any]) -> Self:
        """From the shape that RDS keeps, with `sslmode` beside it (else `verify-full`), or SettingsError."""
        text = {"port": "5432", "sslmode": "verify-full"}
        text |= {name: str(value) for name, value in secret.items() if value and isinstance(value, str | int)}
        for name in ("host", "dbname", "username", "password"):
            if name not in text:
                raise SettingsError(f"The database secret has no {name}.")
        if not re.fullmatch(r"[0-9]{1,5}", text["port"]):
            raise SettingsError("The database secret's port is not a number.")
        if text["sslmode"] not in _SSL_MODES:
            raise SettingsError(f"The database secret's sslmode is not one of {', '.join(_SSL_MODES)}.")
        password = text["password"]
        if len(password) < _MIN_PASSWORD_LENGTH:
            raise SettingsError(f"The database secret's password is under {_MIN_PASSWORD_LENGTH} characters.")
        if _is_default(password) or len(set(password)) < _MIN_PASSWORD_LENGTH // 2:
            raise SettingsError("The database secret's password is a default value.")
        return cls(
            text["host"], int(text["port"]), text["dbname"], text["username"], password, text["sslmode"]
        )


def _key_bytes(secret: Mapping[str, Any], name: str, which: str = "signing") -> bytes:
    text = secret.get(name)
    if not isinstance(text, str) or not text:
        raise SettingsError(f"The {which} secret has no {name}.")
    if _is_default(text):
        raise SettingsError(f"The {which} secret's {name} is a default value.")
    try:
        raw = decode_base64url(text)
    except ValueError as error:
        raise SettingsError(f"The {which} secret's {name} {error}.") from None
    if weakness := secret_weakness(raw):
        raise SettingsError(f"The {which} secret's {name} {weakness}.")
    return raw


def _several(secret: Mapping[str, Any], name: str, which: str) -> tuple[bytes, ...]:
    """The key of this name and the one before it, of those that there are."""
    names = [each for each in (name, f"previous_{name}") if secret.get(each)]
    return tuple(dict.fromkeys(_key_bytes(secret, each, which) for each in names))


def _is_default(text: str) -> bool:
    return any(word in text.lower() for word in _DEFAULT_WORDS)
