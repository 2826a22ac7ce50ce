"""Time-based one-time passwords (RFC 6238) and recovery codes: pure, but for the random numbers.

Six digits of HMAC-SHA-1 every 30 seconds, which every authenticator app knows. pyotp is loaded when first
needed: most sign-ins ask for no code.
"""

import base64
import hmac
import re
import secrets
from datetime import datetime
from functools import lru_cache

from chalicelib.accounts.sealing import Keys, seal, unseal

PERIOD_SECONDS = 30
# A code is good in the step before its own and the one after: people type slowly, and clocks differ.
WINDOW = 1
RECOVERY_CODES = 10

_PURPOSE = "totp"
_CODE = re.compile(r"[0-9]{6}")
# 120 bits: a keyed hash is enough to keep them by (OWASP ASVS 5.0, 6.5.2 asks for 112).
_RECOVERY_BYTES = 15
_RECOVERY_CODE = re.compile(r"[A-Z2-7]{24}")
_GROUP = 4
# Digits that base32 leaves out for looking like these.
_READ_AS = str.maketrans("018", "OIB")


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4)."""
    import pyotp

    return pyotp.random_base32()


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """What authenticator apps read from a QR code: `otpauth://totp/issuer:account?secret=…`."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def fitting_step(secret: str, code: str, now: datetime, used: int) -> int | None:
    """The time step (30 s since 1970) whose code this is, later than the last one `used`; None for no code of
    around `now`. Spaces do not count."""
    import pyotp

    typed = "".join(code.split())
    if not _CODE.fullmatch(typed):
        return None
    totp = pyotp.TOTP(secret, interval=PERIOD_SECONDS)
    current = totp.timecode(now)
    # All are compared, whichever fits: the time does not tell which it was.
    fitting = [
        step
        for step in range(current - WINDOW, current + WINDOW + 1)
        if hmac.compare_digest(totp.generate_otp(step), typed)
    ]
    return next((step for step in fitting if step > used), None)


def seal_secret(keys: Keys, place: bytes, secret: str) -> bytes:
    """As the database keeps it. `place` is whose it is: workspace and user."""
    return seal(keys, _PURPOSE, place, secret.encode("ascii"))


def unseal_secret(keys: Keys, place: bytes, sealed: bytes) -> str:
    """The secret again. Raises Unsealable for what is another's."""
    return unseal(keys, _PURPOSE, place, sealed).decode("ascii")


def new_recovery_codes(pepper: bytes, place: bytes) -> dict[str, bytes]:
    """Ten of 120 random bits each, in base32, `abcd-efgh-ijkl-mnop-qrst-uvwx`, and what to store of each."""
    drawn = (
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii") for _ in range(RECOVERY_CODES)
    )
    return {_grouped(code): _digest(pepper, place, code) for code in drawn}


def recovery_digest(pepper: bytes, place: bytes, code: str) -> bytes | None:
    """What is stored in a code's place. None for what cannot be a code.

    Case, spaces and dashes do not count.
    """
    normal = re.sub(r"[\s-]", "", code).upper().translate(_READ_AS)
    return _digest(pepper, place, normal) if _RECOVERY_CODE.fullmatch(normal) else None


def _digest(pepper: bytes, place: bytes, normal: str) -> bytes:
    return hmac.digest(_recovery_key(pepper), place + normal.encode("ascii"), "sha256")


@lru_cache(maxsize=2)
def _recovery_key(pepper: bytes) -> bytes:
    """A key of its own, so that no other digest under the pepper can stand for one of these."""
    return hmac.digest(pepper, b"mesa recovery codes", "sha256")


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP)).lower()
