"""Secrets that must be read again (a second factor's, a provider's) rest sealed: AES-256-GCM under a key of
their own, which is made from the pepper or another key of ours and so is not in the database.

    sealed = seal(keys.sealing, "totp", workspace_id.bytes + user_id.bytes, secret)

Where a key is exchanged there are several, the newest first: that one seals, each opens what it has sealed,
and what is sealed names its key. Sources: RFC 5869 (HKDF), NIST SP 800-38D (GCM).
"""

import hmac
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
MARK_BYTES = 5
# By the one key there is, and by one of several, which is named behind it.
_BY_ONE, _BY_ONE_OF_SEVERAL = b"\x01", b"\x02"

Keys = bytes | tuple[bytes, ...]


class Unsealable(Exception):
    """It was sealed with another key, for another purpose or place, or changed since. Holds no value."""


def seal(keys: Keys, purpose: str, place: bytes, plaintext: bytes) -> bytes:
    """`purpose` separates kinds of secrets, `place` (whose it is) the rows: one moved elsewhere does not
    open."""
    newest, *former = _all(keys)
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = mark(newest) if former else _BY_ONE
    return head + nonce + _cipher(newest, purpose).encrypt(nonce, plaintext, place)


def unseal(keys: Keys, purpose: str, place: bytes, sealed: bytes) -> bytes:
    """What was sealed for the same purpose and place, by any of the keys. Raises Unsealable."""
    from cryptography.exceptions import InvalidTag

    candidates, head = _all(keys), 1
    if sealed[:1] == _BY_ONE_OF_SEVERAL:
        candidates, head = tuple(key for key in candidates if mark(key) == sealed[:MARK_BYTES]), MARK_BYTES
    nonce, rest = sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :]
    if sealed[:1] not in (_BY_ONE, _BY_ONE_OF_SEVERAL) or len(nonce) < NONCE_BYTES:
        raise Unsealable(f"{purpose}: not sealed here")
    for key in candidates:
        try:
            return _cipher(key, purpose).decrypt(nonce, rest, place)
        except InvalidTag:
            continue
    raise Unsealable(f"{purpose}: another key or place, or changed")


def mark(key: bytes) -> bytes:
    """How begins what this key has sealed, where there are several."""
    return _BY_ONE_OF_SEVERAL + hmac.digest(key, b"mesa sealing key", "sha256")[: MARK_BYTES - 1]


def _all(keys: Keys) -> tuple[bytes, ...]:
    return (keys,) if isinstance(keys, bytes) else keys


@lru_cache(maxsize=16)
def _cipher(key: bytes, purpose: str) -> "AESGCM":
    # Imported when first sealed: most requests of the API never do.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"mesa {purpose}".encode()).derive(key))
