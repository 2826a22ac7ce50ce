"""Key material that anyone could guess or forge is refused."""

import hashlib
import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.keys import decode_base64url, encode_base64url, public_key_weakness, secret_weakness

RANDOM = hashlib.sha256(b"nothing special").digest()


@given(st.binary(max_size=100))
def test_base64url_goes_both_ways(raw: bytes) -> None:
    assert decode_base64url(encode_base64url(raw)) == raw


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "+/8A", "A A", "AA\n", "ä", "!!!!"])
def test_only_the_one_unpadded_spelling_is_base64url(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        decode_base64url(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "0 bytes"),
        (RANDOM[:31], "31 bytes"),
        (bytes(32), "repeated"),
        (b"\xff" * 32, "repeated"),
        (bytes(range(32)), "counted up"),
        (bytes(range(255, 223, -1)), "counted up"),
        (b"changeme" * 4, "readable text"),
        (b"correct horse battery staple 1234", "readable text"),
        (RANDOM[:8] * 4, "pattern"),
        (bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), "published"),
    ],
)
def test_case_4_a_guessable_secret_is_weak(raw: bytes, reason: str) -> None:
    assert reason in (secret_weakness(raw) or "")


def test_random_secrets_are_strong() -> None:
    assert {secret_weakness(os.urandom(size)) for size in (32, 48, 64) for _ in range(500)} == {None}


def test_the_public_half_of_a_random_key_is_trusted() -> None:
    key = Ed25519PrivateKey.from_private_bytes(RANDOM).public_key().public_bytes_raw()
    assert public_key_weakness(key) is None


@pytest.mark.parametrize(
    "seed",
    [
        bytes(32),
        bytes(range(32)),
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
        bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
    ],
)
def test_case_4_the_public_half_of_a_known_seed_is_refused(seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert public_key_weakness(key) == "is a published example"


LOW_ORDER = [
    "00" * 32,
    "00" * 31 + "80",
    "01" + "00" * 31,
    "01" + "00" * 30 + "80",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ec" + "ff" * 30 + "7f",
    "ec" + "ff" * 31,
]


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_public_key_under_which_anyone_can_sign_is_refused(point: str) -> None:
    raw = bytes.fromhex(point)

    assert _is_forgeable(raw)
    assert public_key_weakness(raw) == "is a point of low order"


def _is_forgeable(raw: bytes) -> bool:
    # With s = 0 and R the neutral element, a message passes whose challenge the point's order divides.
    key, forged = Ed25519PublicKey.from_public_bytes(raw), b"\x01" + bytes(63)
    for number in range(200):
        try:
            key.verify(forged, b"message %d" % number)
        except InvalidSignature:
            continue
        return True
    return False


@pytest.mark.parametrize("size", [0, 31, 33, 57])
def test_a_public_key_of_another_size_is_refused(size: int) -> None:
    assert public_key_weakness(os.urandom(size)) == f"is {size} bytes long, not 32"
