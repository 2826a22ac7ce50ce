"""Secrets that must be read again (a second factor's, a provider's) rest sealed: AES-256-GCM under a key of
their own, which is made from the pepper and so is not in the database.

    sealed = seal(keys.pepper, "totp", workspace_id.bytes + user_id.bytes, secret)

Sources: RFC 5869 (HKDF), NIST SP 800-38D (GCM).
"""

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
_VERSION = b"\x01"


class Unsealable(Exception):
    """It was sealed with another pepper, for another purpose or place, or changed since. Holds no value."""


def seal(pepper: bytes, purpose: str, place: bytes, plaintext: bytes) -> bytes:
    """`purpose` separates kinds of secrets, `place` (whose it is) the rows: one moved elsewhere does not
    open."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _VERSION + nonce + _cipher(pepper, purpose).encrypt(nonce, plaintext, place)


def unseal(pepper: bytes, purpose: str, place: bytes, sealed: bytes) -> bytes:
    """What was sealed for the same purpose and place. Raises Unsealable."""
    from cryptography.exceptions import InvalidTag

    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != _VERSION or len(nonce) < NONCE_BYTES:
        raise Unsealable(f"{purpose}: not sealed here")
    try:
        return _cipher(pepper, purpose).decrypt(nonce, rest, place)
    except InvalidTag:
        raise Unsealable(f"{purpose}: another pepper or place, or changed") from None


@lru_cache(maxsize=8)
def _cipher(pepper: bytes, purpose: str) -> "AESGCM":
    # Imported when first sealed: most requests of the API never do.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"mesa {purpose}".encode()).derive(pepper))
