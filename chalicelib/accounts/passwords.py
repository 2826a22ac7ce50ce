"""Passwords: which ones may be chosen, how they are kept, how they are checked.

Kept as bcrypt over base64(HMAC-SHA-256(pepper, password)): bcrypt alone ends at a NUL and takes 72 bytes; and
the pepper is not in the database, so that stolen hashes alone cannot be guessed at. Compared as RFC 8265 §4.2
says (NFC, every space is U+0020): a password typed on another keyboard is the same password.
"""

import base64
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import bcrypt

from chalicelib.core.errors import ValidationFailed

MIN_LENGTH = 10
MAX_LENGTH = 128

# Composed text is at most four times as long when decomposed. Longer input is no password and must not reach
# the normaliser, whose time on a hostile text grows with the square of its length.
_MAX_RAW_LENGTH = 4 * MAX_LENGTH
# Up to this length repetition and runs are guessed early.
_MAX_MONOTONOUS = 20
# A password must be more than one of these between digits and signs ("P@ssw0rd2026!").
# fmt: off
_STEMS = frozenset({
    "abcdef", "asdfgh", "changeme", "clave", "contrasena", "contraseña", "iloveyou", "letmein", "passwd",
    "password", "qwerty", "qwertyuiop", "welcome",
})
# fmt: on
# bcrypt's "$2b$12$" and 22 characters of salt; and how many of them one sign-in may try.
_SALT_LENGTH = 29
_MAX_SALTS = 3
_BCRYPT_ALPHABET = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
_LEET = str.maketrans("@4301!$57", "aaeoiisst")


def hash_password(password: str, pepper: bytes, cost: int, owner: str | None = None) -> str:
    """The text to store, 60 ASCII characters. `cost` is bcrypt's: 2^cost rounds. `owner`: see `matching`."""
    salt = _salt_of(owner, pepper, cost) if owner else bcrypt.gensalt(cost)
    return bcrypt.hashpw(_prehash(password, pepper), salt).decode("ascii")


def verify_password(password: str, stored: str | None, pepper: bytes, cost: int) -> bool:
    """Whether the password is the stored one.

    Without a stored one (unknown email, a contact without a password) the answer is no, after the same work
    at `cost`: the time tells nobody which it was. Takes any text of any length.
    """
    prehash = _prehash(password[:_MAX_RAW_LENGTH], pepper)
    matches = bcrypt.checkpw(prehash, (stored or _decoy(cost)).encode("ascii"))
    return matches and stored is not None and len(password) <= _MAX_RAW_LENGTH


def matching(password: str, stored: Collection[str], pepper: bytes, cost: int, owner: str) -> frozenset[str]:
    """Which of the stored ones are this password's: those of one email (`owner`), from all its workspaces.

    One bcrypt, whether there are none, one or many, so that the time tells nobody which it was: the salt is
    the email's own, the same in every workspace. Of passwords with another salt (the email was changed since,
    or the cost) two or three are tried; they get the own one at the next sign-in.
    """
    prehash = _prehash(password[:_MAX_RAW_LENGTH], pepper)
    own = _salt_of(owner, pepper, cost)
    found = {each[:_SALT_LENGTH].encode("ascii") for each in stored}
    salts = [own] if own in found or not found else []
    salts += sorted(found - {own})[: _MAX_SALTS - len(salts)]
    made = [bcrypt.hashpw(prehash, salt) for salt in salts]
    if len(password) > _MAX_RAW_LENGTH:
        return frozenset()
    return frozenset(each for each in stored if _is_one_of(each.encode("ascii"), made))


def needs_rehash(stored: str, cost: int, owner: str | None = None, pepper: bytes = b"") -> bool:
    """Whether a stored password lacks today's cost or the salt of its `owner`: hash it again at sign-in."""
    wanted = _salt_of(owner, pepper, cost).decode("ascii") if owner else f"$2b${cost:02d}$"
    return not stored.startswith(wanted)


def check_new_password(password: str, about: Iterable[str | None] = (), *, field: str = "password") -> None:
    """Raises ValidationFailed, about `field`, unless the password may be chosen.

    `about` is what others know: the email, the person's name, the workspace's name and slug.
    """
    if problem := problem_with(password, about):
        raise ValidationFailed.of(field, problem)


def problem_with(password: str, about: Iterable[str | None] = ()) -> str | None:
    """Why a password may not be chosen, as a sentence; None where it may."""
    normal = _normal(password[: _MAX_RAW_LENGTH + 1])
    if len(normal) < MIN_LENGTH:
        return f"Choose a password of at least {MIN_LENGTH} characters."
    if len(normal) > MAX_LENGTH:
        return f"Choose a password of at most {MAX_LENGTH} characters."
    if any(unicodedata.category(character) == "Cs" for character in normal):
        return "The password holds half a character."
    folded = normal.casefold()
    core = _core(folded)
    if folded in _common() or core.translate(_LEET) in _STEMS or _is_monotonous(folded):
        return "This password is among the first that an attacker tries. Choose another one."
    if {_letters_and_digits(folded), _letters_and_digits(core)} & _known_words(about):
        return "The password is your name, email or workspace. Choose one that nobody can look up."
    return None


def _prehash(password: str, pepper: bytes) -> bytes:
    text = _normal(password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(pepper, text, "sha256"))


def _is_one_of(stored: bytes, made: Iterable[bytes]) -> bool:
    # Compared with all of them: the time does not tell which it was.
    return sum(hmac.compare_digest(stored, each) for each in made) > 0


def _salt_of(owner: str, pepper: bytes, cost: int) -> bytes:
    # 128 bits that nobody without the pepper can foresee, in bcrypt's own base64.
    raw = hmac.digest(pepper, b"salt of " + owner.encode("utf-8", "surrogatepass"), "sha256")[:16]
    text = base64.b64encode(raw).rstrip(b"=").translate(_BCRYPT_ALPHABET)
    return f"$2b${cost:02d}$".encode("ascii") + text


def _normal(password: str) -> str:
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in password)
    return unicodedata.normalize("NFC", spaced)


def _decoy(cost: int) -> str:
    # A hash of the right form that no password is known to have; made without work, unlike a real one.
    return f"$2b${cost:02d}$" + "." * 53


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The 10 and more characters long among the most used passwords, as Django and zxcvbn collected them."""
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split("\n"))


def _is_monotonous(text: str) -> bool:
    """One to four characters over and over, or a run such as abcdefghij."""
    if len(text) > _MAX_MONOTONOUS:
        return False
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    if steps in ({1}, {-1}):
        return True
    return any(text == (text[:period] * len(text))[: len(text)] for period in range(1, 5))


def _core(text: str) -> str:
    """The text without the digits and signs around it."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _known_words(about: Iterable[str | None]) -> set[str]:
    words: set[str] = set()
    for fact in filter(None, about):
        folded = _normal(fact[:_MAX_RAW_LENGTH]).casefold()
        words |= {
            _letters_and_digits(part)
            for part in (folded, *re.split(r"[\s@.]+", folded), folded.split("@")[0])
        }
    return {word for word in words if len(word) >= 4}
