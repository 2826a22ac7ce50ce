"""The second step of signing in: a code of the authenticator, or a recovery code, each good once.

The password alone begins no session: it gives a challenge, which this completes. Whoever checks a code holds
the user's row, so of guesses made at the same moment each finds the failures of those before it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals, queries, sessions, totp, two_step_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.core import throttle
from chalicelib.core.db import Transaction
from chalicelib.core.errors import (
    HelpdeskError,
    InvalidCredentials,
    RateLimited,
    Refusal,
    Unauthenticated,
    ValidationFailed,
)
from chalicelib.core.tokens import new_opaque_token, opaque_digest
from chalicelib.models.words import UserStatus

# What a right code does not reset: who has the password must not go on guessing between two sign-ins of the
# person. 20 a day, three of a million codes good at a time: one chance in 16,000 a day.
FAILURES = throttle.Limit("second-step-failures", 5, 15 * 60)
FAILURES_A_DAY = throttle.Limit("second-step-failures-a-day", 20, 24 * 60 * 60)
CHALLENGE_SECONDS = 5 * 60
ENROLMENT_MINUTES = 15
WRONG = "This code is wrong, or was used already."


def begin_session(
    tx: Transaction, keys: Keyring, actor: Actor, *, password_hash: str | None = None
) -> dict[str, Any]:
    """A session for who has proved a password: at once, or behind a challenge where there is a second step.

    `{totp_required, challenge_token, expires_in}`, or what sessions.begin answers.
    """
    if not actor.second_step.enabled:
        audit(tx, actor, "sign_in.succeeded", ("user", person_of(actor)))
        return sessions.begin(tx, keys, actor, password_hash=password_hash)
    challenge = new_opaque_token()
    person = person_of(actor)
    two_step_queries.add_challenge(tx, actor.workspace.id, person, challenge.digest, CHALLENGE_SECONDS)
    audit(tx, actor, "sign_in.challenged", ("user", person))
    return {"totp_required": True, "challenge_token": challenge.token, "expires_in": CHALLENGE_SECONDS}


def complete(
    tx: Transaction,
    keys: Keyring,
    challenge_token: str,
    code: str | None,
    recovery_code: str | None,
    *,
    limit_factor: int,
) -> dict[str, Any] | Refusal:
    """What sessions.begin answers, for a challenge and a code that are good now; both are used up.

    A Refusal of InvalidCredentials counts the failure, and the challenge stays. Raises Unauthenticated for a
    challenge that is none or over, RateLimited, ValidationFailed without a code.
    """
    _require_one(code, recovery_code)
    digest = opaque_digest(challenge_token)
    owner = two_step_queries.challenge_owner(tx, digest) if digest else None
    if digest is None or owner is None:
        raise _over()
    actor = principals.enter(tx, owner.workspace_id, owner.user_id)
    queries.lock_user(tx, owner.workspace_id, owner.user_id)
    # Again, now that nobody else can be using it: the same form sent twice is no failure.
    if not two_step_queries.is_open(tx, owner.workspace_id, owner.user_id, digest):
        raise _over()
    signed_in = sign_in_with(tx, keys, actor, code, recovery_code, limit_factor=limit_factor)
    if not isinstance(signed_in, Refusal):
        two_step_queries.spend_challenge(tx, owner.workspace_id, owner.user_id, digest)
    return signed_in


def sign_in_with(
    tx: Transaction,
    keys: Keyring,
    actor: Actor,
    code: str | None,
    recovery_code: str | None,
    *,
    password_hash: str | None = None,
    limit_factor: int,
) -> dict[str, Any] | Refusal:
    """A session for who has proved a password before and sends a code. Refuses and raises as `complete`."""
    used = check(
        tx, keys, actor, code, recovery_code, limit_factor=limit_factor, wrong=InvalidCredentials(WRONG)
    )
    if isinstance(used, Refusal):
        return used
    audit(tx, actor, "sign_in.succeeded", ("user", person_of(actor)), after={"second_step": used})
    return sessions.begin(tx, keys, actor, password_hash=password_hash)


def check(
    tx: Transaction,
    keys: Keyring,
    actor: Actor,
    code: str | None,
    recovery_code: str | None,
    *,
    limit_factor: int,
    wrong: HelpdeskError,
) -> str | Refusal:
    """Uses a code up: `totp` or `recovery_code`, whichever it was. Where both are sent the first counts.

    A Refusal of `wrong` counts the failure. Raises RateLimited after five of them in a quarter of an hour, or
    twenty in a day, ValidationFailed where neither was sent, Unauthenticated where there is no second step
    any more.
    """
    _require_one(code, recovery_code)
    workspace_id, person = actor.workspace.id, person_of(actor)
    queries.lock_user(tx, workspace_id, person)
    row = two_step_queries.authenticator(tx, workspace_id, person, ENROLMENT_MINUTES)
    if row is None or row.secret is None:
        raise _over()
    # Another device begins another count: it took the old one, or an administrator, to put it there.
    subject = f"{person} {row.enabled_at}"
    for limit in (FAILURES, FAILURES_A_DAY):
        count = throttle.left(tx, limit, subject, factor=limit_factor)
        if not count.allowed:
            raise RateLimited("Too many wrong codes. Wait before you try again.", retry_after=count.reset)
    used = _use(tx, keys, actor, row, code, recovery_code)
    return used or _refuse(tx, actor, subject, limit_factor, wrong)


def _use(
    tx: Transaction, keys: Keyring, actor: Actor, row: Row[Any], code: str | None, recovery_code: str | None
) -> str | None:
    """Which of the two was used up; None where it is not good."""
    workspace_id, person, place = actor.workspace.id, person_of(actor), place_of(actor)
    if code is not None:
        secret = totp.unseal_secret(keys.sealing, place, row.secret)
        step = totp.fitting_step(secret, code, actor.now, row.last_step)
        is_used = step is not None and two_step_queries.use_step(tx, workspace_id, person, step)
        return "totp" if is_used else None
    digest = totp.recovery_digest(keys.pepper, place, recovery_code or "")
    if digest is None or not two_step_queries.use_code(tx, workspace_id, person, digest):
        return None
    audit(tx, actor, "recovery_code.used", ("user", person), after={"left": row.codes_left - 1})
    tell(tx, actor, "user.recovery_code_used", told(actor))
    return "recovery_code"


def person_of(actor: Actor) -> UUID:
    """Raises Unauthenticated for who is no user: nobody else signs in."""
    if actor.user_id is None:
        raise Unauthenticated("Only users sign in.")
    return actor.user_id


def place_of(actor: Actor) -> bytes:
    """Where secrets and codes belong: one that is moved to another row is good for nothing."""
    return actor.workspace.id.bytes + person_of(actor).bytes


def told(actor: Actor) -> dict[str, Any]:
    """The actor as events name a user."""
    facts = {"id": actor.id, "name": actor.name, "email": actor.email, "role": actor.role}
    return {**facts, "status": UserStatus.ACTIVE}


def _refuse(tx: Transaction, actor: Actor, subject: str, limit_factor: int, wrong: HelpdeskError) -> Refusal:
    """Counts a wrong code. The last that is allowed is mailed: somebody else may have the password."""
    throttle.hit(tx, FAILURES_A_DAY, subject, factor=limit_factor)
    if throttle.hit(tx, FAILURES, subject, factor=limit_factor).remaining == 0:
        tell(tx, actor, "user.second_step_failing", told(actor))
    audit(tx, actor, "second_step.failed", ("user", person_of(actor)))
    return Refusal(wrong)


def _require_one(code: str | None, recovery_code: str | None) -> None:
    if code is None and recovery_code is None:
        raise ValidationFailed.of("code", "Send a code, or a recovery_code.", "FIELD_REQUIRED")


def _over() -> Unauthenticated:
    return Unauthenticated("This sign-in is over. Sign in again with email and password.")
