"""What a stack signs and seals with. On a laptop it is made once, kept in private files, never committed."""

import json
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
        fresh = new_signing_key("local")
        known = {"secret": fresh.secret, "public_keys": fresh.public_keys}
        write_json(path, known)
    return SigningKey(known["secret"], known["public_keys"])


def new_signing_key(beginning: str = "key") -> SigningKey:
    """A fresh one, in memory alone; its id begins as told."""
    key = Ed25519PrivateKey.generate()
    kid = f"{beginning}-{secrets.token_hex(4)}"
    pepper = _text(secrets.token_bytes(32))
    secret = {"kid": kid, "private_key": _text(key.private_bytes_raw()), "pepper": pepper}
    return SigningKey(secret, {kid: _text(key.public_key().public_bytes_raw())})


def webhook_secret(path: Path) -> dict[str, str]:
    """What the secrets of webhooks are sealed with, from this file; new where there is none."""
    known: dict[str, str] = read_json(path)
    if not known:
        known = new_webhook_secret()
        write_json(path, known)
    return known


def new_webhook_secret() -> dict[str, str]:
    """A fresh one, in memory alone."""
    return {"key": _text(secrets.token_bytes(32))}


def main() -> None:
    """Prints fresh ones, for who deploys by other means than `make deploy`: the template's parameters."""
    key = new_signing_key()
    told = {
        "SigningSecretValue": json.dumps(key.secret),
        "TokenPublicKeys": json.dumps(key.public_keys),
        "WebhookSecretValue": json.dumps(new_webhook_secret()),
    }
    print(json.dumps(told))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


if __name__ == "__main__":
    main()
