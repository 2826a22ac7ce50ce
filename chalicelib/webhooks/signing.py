"""Signing as Standard Webhooks 1.0 has it: HMAC-SHA-256 over `id.timestamp.body`, with each valid secret.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md. Pure.
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64
NEW_BYTES = 32


def new_secret() -> bytes:
    return secrets.token_bytes(NEW_BYTES)


def written(secret: bytes) -> str:
    """As people get it."""
    return PREFIX + b64encode(secret).decode("ascii")


def read(text: str) -> bytes:
    """What people sent. ValueError, without a word of it, for anything but `whsec_` and base64 of 24 to 64
    bytes."""
    encoded = text.removeprefix(PREFIX)
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not text.startswith(PREFIX) or not FEWEST_BYTES <= len(raw) <= MOST_BYTES or written(raw) != text:
        raise ValueError("A secret is `whsec_` followed by base64 of 24 to 64 bytes.")
    return raw


def headers(message_id: str, timestamp: int, body: str, keys: Sequence[bytes]) -> dict[str, str]:
    """The three header fields of one attempt at `timestamp` (Unix seconds); a signature a key, in order."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    signatures = (b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii") for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
