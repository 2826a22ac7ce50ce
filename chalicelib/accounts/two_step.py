"""One's own second step: begun with the password, good once a code has come back; renewed, turned off.

Whatever changes it takes the password, and a code where it is on already: neither a stolen session nor a
stolen password alone takes it away.
"""

from typing import Any
from uuid import UUID

from chalicelib.accounts import mail_queries, queries, totp, two_step_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.reauthentication import prove_password
from chalicelib.accounts.second_step import ENROLMENT_MINUTES, WRONG, check, person_of, place_of, told
from chalicelib.core import throttle
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, RateLimited, Refusal
from chalicelib.models.words import UserStatus

# Who has stolen a session must not guess an enrolment that its owner has begun into one of theirs.
CONFIRMATION_FAILURES = throttle.Limit("totp-confirmation-failures", 10, ENROLMENT_MINUTES * 60)


def state(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """`{enabled, required, enabled_at, recovery_codes_left}`."""
    row = two_step_queries.authenticator(tx, actor.workspace.id, person_of(actor), ENROLMENT_MINUTES)
    return {
        "enabled": actor.second_step.enabled,
        "required": actor.second_step.required,
        "enabled_at": row.enabled_at if row else None,
        "recovery_codes_left": row.codes_left if row else 0,
    }


def begin(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    password: str | None,
    code: str | None,
    recovery_code: str | None,
    *,
    limit_factor: int,
) -> dict[str, Any] | Refusal:
    """`{secret, uri, expires_in}` of an authenticator that `confirm` makes good, in a former one's place.

    A Refusal of Forbidden counts a wrong password or code; a code is asked for where one is on. Raises
    RateLimited.
    """
    refusal = prove_password(tx, actor, keys, password, "totp.refused", limit_factor=limit_factor)
    if refusal is None and actor.second_step.enabled:
        refusal = _prove_code(tx, actor, keys, code, recovery_code, limit_factor)
    if refusal is not None:
        return refusal
    person = _hold(tx, actor)
    secret = totp.new_secret()
    sealed = totp.seal_secret(keys.sealing, place_of(actor), secret)
    two_step_queries.put_pending(tx, actor.workspace.id, person, sealed)
    uri = totp.enrolment_uri(secret, actor.email or "", actor.workspace.name)
    return {"secret": secret, "uri": uri, "expires_in": ENROLMENT_MINUTES * 60}


def confirm(
    tx: Transaction, actor: Actor, keys: Keyring, code: str, token_id: UUID, *, limit_factor: int
) -> dict[str, Any] | Refusal:
    """`{recovery_codes}`, which are never shown again. Ends every session but that of the access token.

    A Refusal of Forbidden counts a wrong code. Raises Conflict where nothing was begun within 15 minutes,
    RateLimited after ten wrong codes.
    """
    workspace_id, person = actor.workspace.id, _hold(tx, actor)
    row = two_step_queries.authenticator(tx, workspace_id, person, ENROLMENT_MINUTES)
    if row is None or row.pending_secret is None:
        raise Conflict("There is nothing to confirm. Begin with POST /v1/auth/totp.")
    count = throttle.left(tx, CONFIRMATION_FAILURES, str(person), factor=limit_factor)
    if not count.allowed:
        raise RateLimited("Too many wrong codes. Wait before you try again.", retry_after=count.reset)
    secret = totp.unseal_secret(keys.sealing, place_of(actor), row.pending_secret)
    step = totp.fitting_step(secret, code, actor.now, 0)
    if step is None:
        throttle.hit(tx, CONFIRMATION_FAILURES, str(person), factor=limit_factor)
        return Refusal(Forbidden("This code is wrong. Check the clock of the device that shows it."))
    two_step_queries.enable(tx, workspace_id, person, step)
    mail_queries.revoke_other_families(tx, workspace_id, person, token_id)
    tell(tx, actor, "user.totp_enabled", told(actor))
    audit(tx, actor, "totp.enabled", ("user", person), after={"replaced": row.enabled_at is not None})
    return _new_codes(tx, actor, keys)


def renew_codes(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    password: str | None,
    code: str | None,
    recovery_code: str | None,
    *,
    limit_factor: int,
) -> dict[str, Any] | Refusal:
    """`{recovery_codes}` in the place of all former ones. Refuses as `disable`."""
    refusal = _prove_both(tx, actor, keys, password, code, recovery_code, limit_factor)
    if refusal is not None:
        return refusal
    tell(tx, actor, "user.recovery_codes_renewed", told(actor))
    audit(tx, actor, "recovery_codes.renewed", ("user", person_of(actor)))
    return _new_codes(tx, actor, keys)


def disable(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    password: str | None,
    code: str | None,
    recovery_code: str | None,
    token_id: UUID,
    *,
    limit_factor: int,
) -> Refusal | None:
    """Turns it off and ends every other session.

    A Refusal of Forbidden counts a wrong password or code. Raises Forbidden where the workspace requires it,
    Conflict where it is off, RateLimited.
    """
    if actor.second_step.required:
        raise Forbidden("Your workspace requires two-step sign-in of you.")
    refusal = _prove_both(tx, actor, keys, password, code, recovery_code, limit_factor)
    if refusal is not None:
        return refusal
    workspace_id, person = actor.workspace.id, person_of(actor)
    two_step_queries.forget(tx, workspace_id, person)
    mail_queries.revoke_other_families(tx, workspace_id, person, token_id)
    tell(tx, actor, "user.totp_disabled", told(actor))
    audit(tx, actor, "totp.disabled", ("user", person))
    return None


def _prove_both(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    password: str | None,
    code: str | None,
    recovery_code: str | None,
    limit_factor: int,
) -> Refusal | None:
    if not actor.second_step.enabled:
        raise Conflict("Two-step sign-in is off.")
    refusal = prove_password(tx, actor, keys, password, "totp.refused", limit_factor=limit_factor)
    return refusal or _prove_code(tx, actor, keys, code, recovery_code, limit_factor)


def _prove_code(
    tx: Transaction, actor: Actor, keys: Keyring, code: str | None, recovery_code: str | None, factor: int
) -> Refusal | None:
    used = check(tx, keys, actor, code, recovery_code, limit_factor=factor, wrong=Forbidden(WRONG))
    return used if isinstance(used, Refusal) else None


def _hold(tx: Transaction, actor: Actor) -> UUID:
    """Locks the actor's row, as whoever ends sessions does. Raises Forbidden for who is active no more."""
    person = person_of(actor)
    if queries.lock_user(tx, actor.workspace.id, person) != UserStatus.ACTIVE:
        raise Forbidden("This account is no longer active.")
    return person


def _new_codes(tx: Transaction, actor: Actor, keys: Keyring) -> dict[str, Any]:
    codes = totp.new_recovery_codes(keys.pepper, place_of(actor))
    two_step_queries.put_codes(tx, actor.workspace.id, person_of(actor), list(codes.values()))
    return {"recovery_codes": list(codes)}
