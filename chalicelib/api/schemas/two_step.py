"""The second step of signing in: shapes of its set-up and of the sign-in itself."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In, Out
from chalicelib.api.schemas.users import Password

# Whatever was typed: what is no code is a wrong one.
TotpCode = Annotated[str, StringConstraints(max_length=50)]
RecoveryCode = Annotated[str, StringConstraints(max_length=100)]
ChallengeToken = Annotated[str, StringConstraints(max_length=4096)]


class VerifyChallengeIn(In):
    """One of the codes: `code` as the app shows it, or a `recovery_code`."""

    challenge_token: ChallengeToken
    code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class BeginTotpIn(In):
    """The current password; and a code of the device that is in use, where there is one."""

    current_password: Password | None = None
    code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class ProofIn(BeginTotpIn):
    """The current password, and a code or a recovery code. A missing or wrong one is 403."""


class ConfirmTotpIn(In):
    """The code that the new device shows."""

    code: TotpCode


class SignInChallenge(Out):
    """The password was right, and a code is missing: send both to `POST /v1/auth/totp/verify` within
    `expires_in` seconds."""

    totp_required: Literal[True]
    challenge_token: str
    expires_in: int


class TotpState(Out):
    """`required`: whether the workspace requires it of this user."""

    enabled: bool
    required: bool
    enabled_at: datetime | None
    recovery_codes_left: int


class TotpEnrolment(Out):
    """For a QR code the `uri`, to type the `secret`: good once `confirm` has had a code of it, within
    `expires_in` seconds."""

    secret: str
    uri: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    expires_in: int


class RecoveryCodes(Out):
    """Each signs in once in the place of a code. Shown now and never again."""

    recovery_codes: list[str]
