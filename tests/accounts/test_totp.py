"""Codes: those of RFC 6238, each good in its window and once; recovery codes however they are typed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from chalicelib.accounts import totp
from chalicelib.accounts.sealing import Unsealable

# RFC 6238 appendix B: the SHA-1 secret, and its codes cut to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
    (2000000000, "279037"), (20000000000, "353130"),
]  # fmt: skip
PEPPER = bytes(range(7, 39))
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.fitting_step(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC), 0) == seconds // 30


@pytest.mark.parametrize(
    ("away", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False), (120, False)]
)
def test_a_code_is_good_a_step_around_now(away: int, is_good: bool) -> None:
    code = pyotp.TOTP(RFC_SECRET).generate_otp(STEP + away)

    assert totp.fitting_step(RFC_SECRET, code, NOW, 0) == (STEP + away if is_good else None)


@pytest.mark.parametrize(("seconds", "is_good"), [(0, True), (29.999, True), (59.999, True), (60, False)])
def test_the_window_ends_at_the_second(seconds: float, is_good: bool) -> None:
    code = pyotp.TOTP(RFC_SECRET).generate_otp(STEP)

    found = totp.fitting_step(RFC_SECRET, code, NOW + timedelta(seconds=seconds), 0)

    assert (found is not None) is is_good


@pytest.mark.parametrize(("used", "is_good"), [(STEP - 1, True), (STEP, False), (STEP + 1, False)])
def test_no_code_is_good_at_or_before_the_last_one_used(used: int, is_good: bool) -> None:
    code = pyotp.TOTP(RFC_SECRET).generate_otp(STEP)

    assert (totp.fitting_step(RFC_SECRET, code, NOW, used) is not None) is is_good


@pytest.mark.parametrize("typed", ["{0:.3} {1}", " {0} ", "{0}\t", "{0}\u00a0"])
def test_spaces_in_a_code_do_not_count(typed: str) -> None:
    code = pyotp.TOTP(RFC_SECRET).generate_otp(STEP)
    spaced = typed.format(code, code[3:]) if "{1}" in typed else typed.format(code)

    assert totp.fitting_step(RFC_SECRET, spaced, NOW, 0) == STEP


@pytest.mark.parametrize(
    "typed", ["", " ", "12345", "1234567", "१२३४५६", "１２３４５６", "abcdef", "-12345", "0x1234"]
)
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert totp.fitting_step(RFC_SECRET, typed, NOW, 0) is None


def test_a_secret_is_160_bits_and_never_the_same() -> None:
    made = {totp.new_secret() for _ in range(50)}

    assert len(made) == 50
    assert {len(pyotp.TOTP(secret).byte_secret()) for secret in made} == {20}


def test_the_uri_names_issuer_and_account() -> None:
    parts = urlsplit(totp.enrolment_uri(RFC_SECRET, "ada@acme.example", "Acme & Söhne: IT"))

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Acme & Söhne: IT:ada@acme.example"
    assert parse_qs(parts.query) == {"secret": [RFC_SECRET], "issuer": ["Acme & Söhne: IT"]}


def test_a_sealed_secret_opens_in_its_own_place_only() -> None:
    sealed = totp.seal_secret(PEPPER, b"ada", RFC_SECRET)

    assert RFC_SECRET.encode() not in sealed
    assert totp.unseal_secret(PEPPER, b"ada", sealed) == RFC_SECRET
    with pytest.raises(Unsealable):
        totp.unseal_secret(PEPPER, b"eve", sealed)


class TestRecoveryCodes:
    def test_there_are_ten_of_120_bits(self) -> None:
        codes = totp.new_recovery_codes(PEPPER, b"ada")

        assert len(set(codes)) == 10
        assert {tuple(map(len, code.split("-"))) for code in codes} == {(4,) * 6}
        assert all(totp.recovery_digest(PEPPER, b"ada", code) == kept for code, kept in codes.items())
        assert set("".join(codes)) <= set("abcdefghijklmnopqrstuvwxyz234567-")

    @pytest.mark.parametrize(
        "typed",
        [
            "ABCD-EFGH-OIBL-MN23-QRST-UVWX",
            "abcdefghoiblmn23qrstuvwx",
            " abcd efgh oibl mn23 qrst uvwx ",
            "abcd-efgh-018l-mn23-qrst-uvwx",
        ],
    )
    def test_however_it_is_typed_it_is_the_same_code(self, typed: str) -> None:
        kept = totp.recovery_digest(PEPPER, b"ada", "abcd-efgh-oibl-mn23-qrst-uvwx")

        assert kept is not None
        assert totp.recovery_digest(PEPPER, b"ada", typed) == kept

    @pytest.mark.parametrize(
        "typed", ["", "abcd", "abcd-efgh-oibl-mn23", "a" * 23, "a" * 25, "ñ" * 24, "9" * 24]
    )
    def test_what_is_no_code_is_none(self, typed: str) -> None:
        assert totp.recovery_digest(PEPPER, b"ada", typed) is None

    def test_the_digest_is_one_persons_and_needs_the_pepper(self) -> None:
        code = "abcd-efgh-ijkl-mnop-qrst-uvwx"
        digests = {
            totp.recovery_digest(PEPPER, b"ada", code),
            totp.recovery_digest(PEPPER, b"eve", code),
            totp.recovery_digest(PEPPER[::-1], b"ada", code),
        }

        assert len(digests) == 3
