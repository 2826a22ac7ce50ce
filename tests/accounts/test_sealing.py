"""What is sealed opens with its own key, for its own purpose, in its own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.sealing import Unsealable, mark, seal, unseal

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


class TestExchanging:
    """A key is exchanged in steps: both known everywhere, the new one in front, the old one gone."""

    OLD, NEW, OTHER = PEPPER, PEPPER[::-1], bytes(range(50, 82))

    def test_each_opens_what_it_sealed_and_the_newest_seals(self) -> None:
        before = seal(self.OLD, "totp", b"w", b"before")
        both = (self.NEW, self.OLD)

        assert unseal(both, "totp", b"w", before) == b"before"
        after = seal(both, "totp", b"w", b"after")
        assert after.startswith(mark(self.NEW))
        assert unseal(self.NEW, "totp", b"w", after) == b"after"
        with pytest.raises(Unsealable):
            unseal(self.OLD, "totp", b"w", after)

    def test_who_knows_the_new_one_only_to_open_is_understood_by_who_does_not_know_it(self) -> None:
        sealed = seal((self.OLD, self.NEW), "totp", b"w", b"secret")
        assert unseal(self.OLD, "totp", b"w", sealed) == b"secret"
        assert unseal((self.NEW, self.OLD), "totp", b"w", sealed) == b"secret"

    def test_every_changed_byte_is_noticed_here_too(self) -> None:
        both = (self.NEW, self.OLD)
        sealed = seal(both, "totp", b"w", b"secret")
        for index in range(len(sealed)):
            changed = bytes([*sealed[:index], sealed[index] ^ 1, *sealed[index + 1 :]])
            with pytest.raises(Unsealable):
                unseal(both, "totp", b"w", changed)

    def test_nothing_else_opens_it(self) -> None:
        sealed = seal((self.NEW, self.OLD), "totp", b"w", b"secret")
        for keys, purpose, place in (
            ((self.OTHER, self.OLD), "totp", b"w"),
            ((self.NEW, self.OLD), "oidc", b"w"),
            ((self.NEW, self.OLD), "totp", b"x"),
        ):
            with pytest.raises(Unsealable):
                unseal(keys, purpose, place, sealed)
