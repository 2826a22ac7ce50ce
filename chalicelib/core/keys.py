"""What makes key material fit or unfit for use: encoding, size, and values that anyone could guess.
Standard library only: the authorizer loads this."""

import base64
from itertools import pairwise

KEY_BYTES = 32
# Of 32 random bytes about 30 differ; fewer than 16 happens once in about 10^14 keys.
_MIN_DISTINCT = 16

_PUBLISHED_SEEDS = frozenset(
    bytes.fromhex(seed)
    for seed in (
        # RFC 8032 §7.1 tests 1 to 3; RFC 8037 uses the first.
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    )
)
_PUBLISHED_PUBLIC_KEYS = frozenset(
    bytes.fromhex(key)
    for key in (
        # The public halves of the seeds above, of 32 zero bytes, and of the bytes 0 to 31.
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
    )
)
# Points of order 1, 2, 4 and 8 (the sign bit cleared), as in libsodium's ge25519_has_small_order: under
# such a "key" anyone can make a signature that some messages satisfy.
_LOW_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def decode_base64url(text: str) -> bytes:
    """The bytes of an unpadded base64url text (RFC 7515 §2). ValueError for any other spelling of them."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise ValueError("is not base64url") from error
    if encode_base64url(raw) != text:
        raise ValueError("is not unpadded base64url")
    return raw


def encode_base64url(raw: bytes) -> str:
    """Unpadded base64url (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def secret_weakness(raw: bytes) -> str | None:
    """Why nobody should trust this secret key ("is a pattern …"), or None."""
    if len(raw) < KEY_BYTES:
        return f"is {len(raw)} bytes long, not {KEY_BYTES} or more"
    if raw in _PUBLISHED_SEEDS:
        return "is a published example"
    if all(0x20 <= byte < 0x7F for byte in raw):
        return "is readable text, not random bytes"
    if len({(b - a) % 256 for a, b in pairwise(raw)}) == 1:
        return "is one byte repeated or counted up"
    if len(set(raw)) < _MIN_DISTINCT:
        return "is a pattern, not random bytes"
    return None


def public_key_weakness(raw: bytes) -> str | None:
    """Why this Ed25519 public key must not be trusted, or None."""
    if len(raw) != KEY_BYTES:
        return f"is {len(raw)} bytes long, not {KEY_BYTES}"
    if raw in _PUBLISHED_PUBLIC_KEYS:
        return "is a published example"
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _LOW_ORDER:
        return "is a point of low order"
    return None
