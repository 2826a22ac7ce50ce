"""Signing in with email and password.

Whoever fails hears the same, after the same work and as many statements: an unknown email, a wrong password,
a deactivated user, one without a password. Failures are counted by email, known or not.
"""

from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import principals, queries, second_step
from chalicelib.accounts.auditing import audit_failed_sign_in
from chalicelib.accounts.emails import normalised
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import hash_password, matching, needs_rehash
from chalicelib.core import throttle
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, InvalidCredentials, RateLimited, Refusal

FAILURES = throttle.Limit("sign-in-failures", 10, 15 * 60)


def sign_in(
    tx: Transaction,
    keys: Keyring,
    email: str,
    password: str,
    workspace: str | None,
    code: str | None = None,
    recovery_code: str | None = None,
    *,
    limit_factor: int,
) -> dict[str, Any] | Refusal:
    """What second_step.begin_session answers; where a code came along, what completing its challenge would.
    `workspace` is a slug; without one the password must fit in one workspace.

    A Refusal of InvalidCredentials counts the failure. Raises RateLimited after ten of them, Conflict (fact:
    `workspaces`) where the password fits in several.
    """
    account = normalised(email)
    slug = workspace.strip().lower() if workspace else None
    _refuse_the_throttled(tx, account, limit_factor)
    fitting = _fitting(tx, keys, account, password, slug)
    if not fitting:
        throttle.hit(tx, FAILURES, account, factor=limit_factor)
        audit_failed_sign_in(tx, account, slug)
        return Refusal(InvalidCredentials("Email or password is wrong."))
    # Again: of many guesses made at the same moment, only the first few may find out that they are right.
    _refuse_the_throttled(tx, account, limit_factor)
    if len(fitting) > 1:
        slugs = sorted(each.workspace_slug for each in fitting)
        raise Conflict(
            "You have an account in several workspaces. Say which one, as `workspace`.", workspaces=slugs
        )
    (found,) = fitting
    actor = principals.enter(tx, found.workspace_id, found.user_id)
    proved = _rehashed(tx, keys, found, account, password)
    if actor.second_step.enabled and (code or recovery_code):
        return second_step.sign_in_with(
            tx, keys, actor, code, recovery_code, password_hash=proved, limit_factor=limit_factor
        )
    return second_step.begin_session(tx, keys, actor, password_hash=proved)


def _fitting(tx: Transaction, keys: Keyring, account: str, password: str, slug: str | None) -> list[Row[Any]]:
    """The users with this email, of all workspaces or one, whose password it is."""
    candidates = queries.sign_in_candidates(tx, account, slug)
    stored = [each.password_hash for each in candidates]
    right = matching(password, stored, keys.pepper, keys.bcrypt_cost, account)
    return [each for each in candidates if each.password_hash in right]


def _rehashed(tx: Transaction, keys: Keyring, found: Row[Any], account: str, password: str) -> str:
    """The stored password, with today's cost and the email's own salt from now on."""
    stored: str = found.password_hash
    if not needs_rehash(stored, keys.bcrypt_cost, account, keys.pepper):
        return stored
    fresh = hash_password(password, keys.pepper, keys.bcrypt_cost, account)
    queries.replace_hash(tx, found.workspace_id, found.user_id, stored, fresh)
    return fresh


def _refuse_the_throttled(tx: Transaction, account: str, limit_factor: int) -> None:
    count = throttle.left(tx, FAILURES, account, factor=limit_factor)
    if not count.allowed:
        raise RateLimited(
            "Too many failed sign-ins with this email. Wait before you try again.", retry_after=count.reset
        )
