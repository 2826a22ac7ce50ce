"""Signing and checking as Standard Webhooks 1.0 has it: HMAC-SHA-256 over `id.timestamp.body`.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md. Pure.
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64
NEW_BYTES = 32
TOLERANCE_SECONDS = 300
ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
LONGEST_ID = 255


class NotSigned(Exception):
    """What came is not signed, or not by who has the secret, or not now. Its text is for people."""


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
    signatures = (_signature(message_id, str(timestamp), body.encode(), key) for key in keys)
    return {
        ID_HEADER: message_id,
        TIME_HEADER: str(timestamp),
        SIGNATURE_HEADER: " ".join(f"v1,{signature}" for signature in signatures),
    }


def check(given: Mapping[str, str], body: bytes, keys: Iterable[bytes], now: float) -> str:
    """The id of the message, once one of its signatures fits one of the keys and its time is within five
    minutes of `now` (Unix seconds). `given`: header fields by their names in lower case. Raises NotSigned."""
    message_id = given.get(ID_HEADER, "")
    if not (0 < len(message_id) <= LONGEST_ID and message_id.isascii() and message_id.isprintable()):
        raise NotSigned(
            f"The header {ID_HEADER} is missing, or is not 1 to {LONGEST_ID} printable characters."
        )
    timestamp = recent(given.get(TIME_HEADER, ""), now, TIME_HEADER)
    listed = (each.split(",", 1) for each in given.get(SIGNATURE_HEADER, "").split(" "))
    signatures = [each[1] for each in listed if len(each) == 2 and each[0] == "v1" and each[1].isascii()]
    if not signatures:
        raise NotSigned(f"The header {SIGNATURE_HEADER} has no signature of version 1 (v1,…).")
    # Signed once a key, however many signatures somebody sends.
    expected = [_signature(message_id, timestamp, body, key).encode() for key in keys]
    fits = [hmac.compare_digest(one, each.encode()) for one in expected for each in signatures]
    if not any(fits):
        raise NotSigned("The signature does not fit. Sign the bytes of the body as they are sent.")
    return message_id


def recent(timestamp: str, now: float, header: str) -> str:
    """The time as it was sent, where it is whole seconds within five minutes of `now`. Raises NotSigned."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotSigned(f"The header {header} is missing, or is not the time in Unix seconds.")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotSigned(f"The time in {header} is more than five minutes away from now.")
    return timestamp


def _signature(message_id: str, timestamp: str, body: bytes, key: bytes) -> str:
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
