"""What the stack signs and seals with: made once, kept in private files, never committed."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from local.files import read_json, write_json


@dataclass(frozen=True)
class SigningKey:
    """`secret` is the content of the signing secret, `public_keys` what the authorizer is given."""

    secret: dict[str, str]
    public_keys: dict[str, str]


def signing_key(path: Path) -> SigningKey:
    """The key in this file; a new one where there is none."""
    known: dict[str, Any] = read_json(path)
    if not known:
        key = Ed25519PrivateKey.generate()
        kid = f"local-{secrets.token_hex(4)}"
        pepper = _text(secrets.token_bytes(32))
        secret = {"kid": kid, "private_key": _text(key.private_bytes_raw()), "pepper": pepper}
        known = {"secret": secret, "public_keys": {kid: _text(key.public_key().public_bytes_raw())}}
        write_json(path, known)
    return SigningKey(known["secret"], known["public_keys"])


def webhook_secret(path: Path) -> dict[str, str]:
    """What the secrets of webhooks are sealed with, from this file; new where there is none."""
    known: dict[str, str] = read_json(path)
    if not known:
        known = {"key": _text(secrets.token_bytes(32))}
        write_json(path, known)
    return known


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
