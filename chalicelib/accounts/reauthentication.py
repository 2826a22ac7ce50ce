"""Proving one's password again, for what a stolen session must not do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chalicelib.accounts import mail_queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import verify_password
from chalicelib.core import throttle
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, RateLimited, Refusal

FAILURES = throttle.Limit("password-change-failures", 10, 15 * 60)


def prove_password(
    tx: Transaction, actor: Actor, keys: Keyring, password: str | None, refused: str, *, limit_factor: int
) -> Refusal | None:
    """None where this is the actor's password.

    A Refusal of Forbidden counts a wrong or missing one, and is audited as `refused`. Raises RateLimited
    after ten of them, whatever they were for.
    """
    if actor.user_id is None or actor.email is None:
        raise Forbidden("Only users have a password.")
    _refuse_the_throttled(tx, actor, limit_factor)
    stored = mail_queries.password_hash(tx, actor.workspace.id, actor.user_id)
    if not verify_password(password or "", stored, keys.pepper, keys.bcrypt_cost):
        throttle.hit(tx, FAILURES, str(actor.user_id), factor=limit_factor)
        audit(tx, actor, refused, ("user", actor.user_id))
        return Refusal(Forbidden("The current password is wrong."))
    # Again: of many guesses made at the same moment, only the first few may find out that they are right.
    _refuse_the_throttled(tx, actor, limit_factor)
    return None


def prove_own_email(
    tx: Transaction,
    actor: Actor,
    keys: Keyring,
    user_id: UUID,
    wanted: Mapping[str, Any],
    password: str | None,
    *,
    limit_factor: int,
) -> Refusal | None:
    """None unless somebody changes their own email without their password: who has stolen a session could
    have another password mailed to themselves."""
    if actor.user_id != user_id or wanted.get("email", actor.email) == actor.email:
        return None
    return prove_password(tx, actor, keys, password, "email_change.refused", limit_factor=limit_factor)


def _refuse_the_throttled(tx: Transaction, actor: Actor, limit_factor: int) -> None:
    count = throttle.left(tx, FAILURES, str(actor.user_id), factor=limit_factor)
    if not count.allowed:
        raise RateLimited("Too many wrong passwords. Wait before you try again.", retry_after=count.reset)
