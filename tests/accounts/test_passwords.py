"""Passwords: every text works whole, common ones are refused, and the unknown cost what the known cost."""

import hmac
import secrets
import unicodedata
from typing import Any

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.accounts.passwords import (
    check_new_password,
    hash_password,
    matching,
    needs_rehash,
    problem_with,
    verify_password,
)
from chalicelib.core.errors import ValidationFailed
from tests.support.for_each import for_each

PEPPER = secrets.token_bytes(32)
COST = 4
TOO_COMMON = "This password is among the first that an attacker tries. Choose another one."
PERSONAL = "The password is your name, email or workspace. Choose one that nobody can look up."
ADA = ["ada@acme.example", "Ada Lovelace", "Acme Networks", "acme-networks"]


def hashed(password: str) -> str:
    return hash_password(password, PEPPER, COST)


def opens(password: str, stored: str | None) -> bool:
    return verify_password(password, stored, PEPPER, COST)


def test_a_password_opens_its_own_hash_only() -> None:
    stored = hashed("correct horse battery")

    assert stored.startswith("$2b$04$")
    assert len(stored) == 60
    assert opens("correct horse battery", stored)
    assert not opens("correct horse batterY", stored)
    assert not opens("", stored)


def test_two_people_with_one_password_have_two_hashes() -> None:
    assert hashed("correct horse battery") != hashed("correct horse battery")


def test_a_hash_is_worth_nothing_without_the_pepper() -> None:
    stored = hashed("correct horse battery")
    assert not verify_password("correct horse battery", stored, secrets.token_bytes(32), COST)


@for_each(
    "password, neighbour",
    [
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("x" * 72 + "a", "x" * 72),
        ("é" * 36 + "a", "é" * 36),
        ("before\0after-1", "before\0after-2"),
        ("before\0after-1", "before"),
        ("\0" * 10, "\0" * 11),
        ("🙂" * 64, "🙂" * 63),
        ("🙂" * 63 + "🙃", "🙂" * 64),
        ("a" * 128, "a" * 127),
        ("\ud83d" * 12, "\ud83d" * 11),
        ("\ud83d" * 12, "\ud83e" * 12),
        (" leading space", "leading space"),
    ],
)
def test_case_7_every_character_counts(password: str, neighbour: str) -> None:
    stored = hashed(password)

    assert opens(password, stored)
    assert not opens(neighbour, stored)


def test_case_7_a_digest_with_a_nul_counts_whole() -> None:
    # Of raw digests bcrypt would read these two alike: each begins with a NUL.
    words = (f"password number {number}" for number in range(10_000))
    begun_with_nul = (word for word in words if hmac.digest(PEPPER, word.encode(), "sha256")[0] == 0)
    assert not opens(next(begun_with_nul), hashed(next(begun_with_nul)))


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(), max_size=128))
def test_case_7_any_text_can_be_hashed_and_checked(password: str) -> None:
    stored = hashed(password)

    assert opens(password, stored)
    assert not opens(password + "x", stored)


@pytest.mark.parametrize("size", [513, 100_000])
def test_case_7_an_endless_text_is_no_password(size: int) -> None:
    stored = hashed("a" * 512)
    assert opens("a" * 512, stored)
    assert not opens("a" * size, stored)
    assert not opens("a" * size, None)


def test_case_7_a_text_made_to_stall_the_normaliser_reaches_it_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    # Combining marks out of order: 80,000 of them hold unicodedata.normalize for seconds.
    hostile = "a" + "\u0315\u0300" * 40_000
    lengths = []
    normalize = unicodedata.normalize

    def measured(form: Any, text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", measured)
    opens(hostile, None)
    problem_with(hostile)

    assert 0 < max(lengths) < 1_000


def test_a_password_is_the_same_on_every_keyboard() -> None:
    composed, decomposed = "contraseña-año-ó", "contrasen\u0303a-an\u0303o-o\u0301"
    assert opens(decomposed, hashed(composed))
    assert opens("words with spaces", hashed("words\u00a0with\u3000spaces"))


def test_characters_that_only_look_alike_stay_apart() -> None:
    assert not opens("ﬁfteen-ships", hashed("fifteen-ships"))


@pytest.mark.parametrize("stored", [None, ""])
def test_case_8_nobody_signs_in_without_a_stored_password(stored: str | None) -> None:
    assert not opens("correct horse battery", stored)
    assert not opens("", stored)


@pytest.mark.parametrize("password", ["", "correct horse battery"])
def test_case_8_not_even_if_the_decoy_fitted(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr(bcrypt, "checkpw", lambda *_: True)

    assert opens(password, hashed("another horse battery"))
    assert not opens(password, None)


@pytest.mark.parametrize("cost", [4, 7])
def test_case_8_unknown_costs_what_known_costs(monkeypatch: pytest.MonkeyPatch, cost: int) -> None:
    """What bcrypt is asked; `make bench ONLY=sign_in` holds the time of whole sign-ins against each other."""
    stored = hash_password("correct horse battery", PEPPER, cost)
    asked: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: asked.append(given))

    verify_password("wrong horse battery", stored, PEPPER, cost)
    verify_password("wrong horse battery", None, PEPPER, cost)

    (known, against), (unknown, decoy) = asked
    assert known == unknown
    assert decoy[: len("$2b$00$")] == against[: len("$2b$00$")] == b"$2b$%02d$" % cost
    assert len(decoy) == len(against) == 60


def test_a_hash_of_yesterdays_cost_is_noticed() -> None:
    stored = hashed("correct horse battery")
    assert not needs_rehash(stored, COST)
    assert needs_rehash(stored, COST + 1)


# One email in several workspaces.

EMAIL = "ada@acme.example"


def kept(password: str, owner: str | None = EMAIL, cost: int = COST) -> str:
    return hash_password(password, PEPPER, cost, owner)


def found(password: str, *stored: str) -> frozenset[str]:
    return matching(password, stored, PEPPER, COST, EMAIL)


@pytest.fixture
def bcrypts(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The salt of each bcrypt that was made."""
    made: list[bytes] = []
    original = bcrypt.hashpw
    monkeypatch.setattr(bcrypt, "hashpw", lambda text, salt: (made.append(salt), original(text, salt))[1])
    return made


def test_a_password_is_found_among_those_of_its_email() -> None:
    acme, globex, initech = (
        kept("correct horse battery"),
        kept("another horse battery"),
        kept("third horse battery"),
    )

    assert found("correct horse battery", acme, globex, initech) == {acme}
    assert found("another horse battery", acme, globex, initech) == {globex}
    assert found("wrong horse battery", acme, globex, initech) == frozenset()


def test_one_password_may_open_several_workspaces() -> None:
    assert found("correct horse battery", kept("correct horse battery"), kept("x" * 12)) == {
        kept("correct horse battery")
    }


@pytest.mark.parametrize("workspaces", [0, 1, 2, 5])
def test_case_8_a_sign_in_is_one_bcrypt_however_many_accounts_there_are(
    bcrypts: list[bytes], workspaces: int
) -> None:
    stored = [kept(f"password number {number}") for number in range(workspaces)]
    bcrypts.clear()

    found("correct horse battery", *stored)

    assert len(bcrypts) == 1
    assert bcrypts[0].startswith(b"$2b$04$")


def test_a_salt_belongs_to_one_email_under_one_pepper() -> None:
    salts = {
        kept("correct horse battery")[:29],
        kept("correct horse battery", "dario@acme.example")[:29],
        hash_password("correct horse battery", b"another pepper of thirty-two byte", COST, EMAIL)[:29],
    }
    assert len(salts) == 3


def test_a_password_with_an_emails_salt_is_plain_bcrypt() -> None:
    assert opens("correct horse battery", kept("correct horse battery"))
    assert not opens("wrong horse battery", kept("correct horse battery"))


def test_a_password_kept_under_a_former_email_or_cost_still_opens() -> None:
    former, costly, random = (
        kept("correct horse battery", "ada@old.example"),
        kept("correct horse battery", cost=COST + 1),
        kept("correct horse battery", None),
    )

    assert found("correct horse battery", former, costly, random) == {former, costly, random}
    assert found("wrong horse battery", former, costly, random) == frozenset()


def test_what_lacks_the_emails_salt_or_the_cost_of_today_is_hashed_again() -> None:
    def stale(stored: str) -> bool:
        return needs_rehash(stored, COST, EMAIL, PEPPER)

    assert not stale(kept("correct horse battery"))
    assert stale(kept("correct horse battery", "ada@old.example"))
    assert stale(kept("correct horse battery", None))
    assert stale(kept("correct horse battery", cost=COST + 1))


def test_case_7_every_character_counts_among_several_as_well(bcrypts: list[bytes]) -> None:
    stored = kept("x" * 512)
    bcrypts.clear()

    assert found("x" * 512, stored) == {stored}
    assert found("x" * 513, stored) == frozenset()
    assert len(bcrypts) == 2


# Which ones may be chosen.


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "correct-horse-battery-staple",
        "x7#Kp2!vQz",
        "ñandú-y-quirquincho",
        "пароль-из-слов-и-точек",
        "before\0after it",
        "🙂🙃🙂😀🎈🚀🌵🐙🍋🧩",
        "🙂" * 64,
        "x" * 73,
        "z" * 128,
        "12345678901234567890123",
    ],
)
def test_a_password_of_10_to_128_characters_may_be_chosen(password: str) -> None:
    assert problem_with(password, ADA) is None
    check_new_password(password, ADA)


@pytest.mark.parametrize("password", ["", "short", "123456789", "🙂" * 9, "e\u0301" * 9])
def test_a_short_password_is_refused(password: str) -> None:
    assert problem_with(password) == "Choose a password of at least 10 characters."


@pytest.mark.parametrize("password", ["az" * 64 + "a", "🙂" * 129, "q" * 600, "q" * 1_000_000])
def test_a_long_password_is_refused(password: str) -> None:
    assert problem_with(password) == "Choose a password of at most 128 characters."


def test_a_decomposed_password_counts_as_typed() -> None:
    assert problem_with("q1w-\u1ec7" + "a\u0302\u0323" * 120) is None


@for_each(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "QWERTYUIOP",
        "1q2w3e4r5t",
        "password123",
        "Password123!",
        "P@ssw0rd2026",
        "!!!Welcome1!!!",
        "Contraseña2026",
        "iloveyou1234",
        "aaaaaaaaaaaa",
        "abababababab",
        "xyz1xyz1xyz1",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
    ],
)
def test_a_common_password_is_refused(password: str) -> None:
    assert problem_with(password) == TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "ada@acme.example",
        "ADA@ACME.EXAMPLE",
        "Ada Lovelace",
        "AdaLovelace",
        "adalovelace1815",
        "Lovelace-1815",
        "acme-networks",
        "Acme Networks!!",
        "AcmeNetworks2026",
    ],
)
def test_what_anyone_can_look_up_is_refused(password: str) -> None:
    assert problem_with(password, ADA) == PERSONAL


def test_a_name_with_digits_is_refused_with_them() -> None:
    assert problem_with("4711, CD 9900", ["4711 CD 9900"]) == PERSONAL


def test_a_name_of_three_letters_may_begin_a_password() -> None:
    assert problem_with("Bob-83051774", ["Bob"]) is None


def test_unknown_facts_do_not_matter() -> None:
    assert problem_with("correct horse battery", [None, "", "@", "Bo", "\ud800"]) is None


def test_half_a_character_is_refused() -> None:
    assert problem_with("half an emoji \ud83d") == "The password holds half a character."


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        check_new_password("short", field="admin_password")

    [problem] = refusal.value.errors
    assert (problem.field, problem.code) == ("admin_password", "VALIDATION_ERROR")
    assert problem.message == refusal.value.detail == "Choose a password of at least 10 characters."
