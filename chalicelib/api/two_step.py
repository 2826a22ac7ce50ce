"""Door: two-step sign-in: one's own authenticator and recovery codes, and the second step itself."""

from uuid import UUID

from chalicelib.accounts import second_step, two_step, two_step_reset
from chalicelib.accounts.keyring import keyring
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.auth import Tokens
from chalicelib.api.schemas.two_step import (
    BeginTotpIn,
    ConfirmTotpIn,
    ProofIn,
    RecoveryCodes,
    TotpEnrolment,
    TotpState,
    VerifyChallengeIn,
)
from chalicelib.api.schemas.users import UserOut

routes = Routes(__name__, tag="Two-step sign-in")

PROOF = {"current_password": "violet staple horse", "code": "492039"}


@routes.get("/v1/auth/totp", summary="Whether one signs in with a code too", answer=TotpState)
def get_totp(call: Call) -> Answer:
    return Answer(two_step.state(call.tx, call.actor))


@routes.post(
    "/v1/auth/totp",
    summary="Begin with an authenticator app, or with another one",
    answer=TotpEnrolment,
    secret=True,
    signs=True,
    limits=(Limit("totp", 30, 3600),),
    examples={"body": {"current_password": "violet staple horse"}},
)
def begin_totp(call: Call, body: BeginTotpIn) -> Answer:
    """Nothing changes until `confirm`; a former app stays good until then. Wrong passwords are 403."""
    begun = two_step.begin(
        call.tx,
        call.actor,
        keyring(call.settings),
        body.current_password,
        body.code,
        body.recovery_code,
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(begun)


@routes.post(
    "/v1/auth/totp/confirm",
    summary="Turn two-step sign-in on with the app's first code; ends all other sessions",
    answer=RecoveryCodes,
    secret=True,
    signs=True,
    limits=(Limit("totp-confirm", 60, 3600),),
    examples={"body": {"code": "492039"}},
)
def confirm_totp(call: Call, body: ConfirmTotpIn) -> Answer:
    keys, factor = keyring(call.settings), call.settings.rate_limit_factor
    return Answer(two_step.confirm(call.tx, call.actor, keys, body.code, _session(call), limit_factor=factor))


@routes.post(
    "/v1/auth/totp/recovery-codes",
    summary="Have new recovery codes; the former are void",
    answer=RecoveryCodes,
    secret=True,
    signs=True,
    limits=(Limit("totp", 30, 3600),),
    examples={"body": PROOF},
)
def renew_recovery_codes(call: Call, body: ProofIn) -> Answer:
    renewed = two_step.renew_codes(
        call.tx,
        call.actor,
        keyring(call.settings),
        body.current_password,
        body.code,
        body.recovery_code,
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(renewed)


@routes.post(
    "/v1/auth/totp/disable",
    summary="Turn two-step sign-in off; ends all other sessions",
    answer=None,
    status=204,
    signs=True,
    limits=(Limit("totp", 30, 3600),),
    examples={"body": PROOF},
)
def disable_totp(call: Call, body: ProofIn) -> Answer:
    """403 where the workspace requires it of this role."""
    refusal = two_step.disable(
        call.tx,
        call.actor,
        keyring(call.settings),
        body.current_password,
        body.code,
        body.recovery_code,
        _session(call),
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(refusal)


@routes.post(
    "/v1/auth/totp/verify",
    summary="Complete a sign-in with a code",
    answer=Tokens,
    secret=True,
    signs=True,
    limits=(Limit("totp-verify", 30, 60),),
    examples={"body": {"challenge_token": "Zk3uQ0c2b1m8xJ5yV7nW4tR6pL9sD0fG1hK2jA3qE4w", "code": "492039"}},
)
def verify_totp(call: Call, body: VerifyChallengeIn) -> Answer:
    """401 `INVALID_CREDENTIALS` for a wrong code: try again. 401 `UNAUTHENTICATED`: sign in again."""
    signed_in = second_step.complete(
        call.tx,
        keyring(call.settings),
        body.challenge_token,
        body.code,
        body.recovery_code,
        limit_factor=call.settings.rate_limit_factor,
    )
    return Answer(signed_in)


@routes.post(
    "/v1/users/{user_id}/totp/reset",
    summary="Take a user's second step away, who has lost it; ends all their sessions",
    answer=UserOut,
)
def reset_totp(call: Call, user_id: UUID) -> Answer:
    return Answer(two_step_reset.reset(call.tx, call.actor, user_id))


def _session(call: Call) -> UUID:
    return UUID(call.request.context["authorizer"]["jti"])
