"""What is sealed opens with its own pepper, for its own purpose, in its own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.sealing import Unsealable, seal, unseal

PEPPER = bytes(range(7, 39))


@given(secret=st.binary(max_size=300), place=st.binary(max_size=32))
def test_what_was_sealed_opens(secret: bytes, place: bytes) -> None:
    assert unseal(PEPPER, "totp", place, seal(PEPPER, "totp", place, secret)) == secret


def test_it_hides_the_secret_and_never_looks_the_same_twice() -> None:
    one, other = (seal(PEPPER, "totp", b"w", b"JBSWY3DPEHPK3PXP") for _ in range(2))

    assert b"JBSWY3DPEHPK3PXP" not in one
    assert one != other


@pytest.mark.parametrize(
    ("pepper", "purpose", "place"),
    [(PEPPER[::-1], "totp", b"w"), (PEPPER, "oidc", b"w"), (PEPPER, "totp", b"x")],
    ids=["another pepper", "another purpose", "another place"],
)
def test_nothing_else_opens_it(pepper: bytes, purpose: str, place: bytes) -> None:
    sealed = seal(PEPPER, "totp", b"w", b"secret")

    with pytest.raises(Unsealable):
        unseal(pepper, purpose, place, sealed)


@pytest.mark.parametrize("damage", [lambda s: s[:0], lambda s: s[:12], lambda s: b"\x02" + s[1:]])
def test_a_damaged_one_is_told(damage: object) -> None:
    with pytest.raises(Unsealable):
        unseal(PEPPER, "totp", b"w", damage(seal(PEPPER, "totp", b"w", b"secret")))  # type: ignore[operator]


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal(PEPPER, "totp", b"w", b"secret")

    for index in range(len(sealed)):
        changed = bytes([*sealed[:index], sealed[index] ^ 1, *sealed[index + 1 :]])
        with pytest.raises(Unsealable):
            unseal(PEPPER, "totp", b"w", changed)
